"""The limits of a score that can be set, as an axis: the grid that strips, tables and policies move on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.core.records import Rule
from engine.curation.quantize import MISSING, positions
from engine.curation.scores import SCORES
from engine.curation.table import ScoreTable
from engine.curation.trust.axis import ScoreAxis


def limit_axis(table: ScoreTable, rule: Rule) -> ScoreAxis:
    """Return the rows along the limits that a rule may have; exact, because a limit lies on the grid.

    A row without a score is kept at every limit where the rule keeps such rows, else at none.
    """
    points = grid_points(rule.score)
    level = levels(table, rule)
    score = np.where(level < len(points), points[np.minimum(level, len(points) - 1)], np.nan)
    return ScoreAxis.of(score, rule.op == "at least", missing_kept=rule.if_missing == "keep")


def levels(table: ScoreTable, rule: Rule) -> NDArray[np.uint8]:
    """Return for each row (N,) the number of the strictest grid point that keeps it; 255 where it has no score."""
    at = positions(rule.score, table.scores[rule.score])
    known = at != MISSING
    level = at // 2 if rule.op == "at least" else at // 2 + at % 2
    found: NDArray[np.uint8] = np.where(known, level, np.uint8(MISSING))
    return found


def grid_points(score: str) -> NDArray[np.float64]:
    """Return the grid points of a score as a person would type them."""
    spec = SCORES[score]
    return np.array([spec.value(index) for index in range(spec.steps + 1)])
