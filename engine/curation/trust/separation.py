"""Does a score put good rows above bad ones, wherever the limit lies?

The share of pairs of a good and a bad row in which the good one has the higher score, ties by half: the area under the
curve of all limits (Hanley and McNeil 1982). A judge that a wrong limit makes look useless may still rank well.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.stats import rankdata

from engine.curation.trust.intervals import Z95


@dataclass(frozen=True, slots=True)
class Separation:
    """Share of pairs that a score puts in the right order, one half by chance, with its 95 % interval."""

    value: float
    low: float
    high: float
    good: int
    bad: int


def separation(scores: Sequence[float], labels: Sequence[bool]) -> Separation | None:
    """Return how well scores separate good rows from bad ones; None without rows of both sorts.

    The interval is the one of Newcombe (2006, method 5): that of Wilson for areas, so it keeps a width at 0 and 1.
    """
    truth = np.asarray(labels, dtype=bool)
    good, bad = int(truth.sum()), int((~truth).sum())
    if not good or not bad:
        return None
    ranks = rankdata(np.asarray(scores, dtype=float))
    area = (float(ranks[truth].sum()) - good * (good + 1) / 2) / (good * bad)
    low = _end(lambda at: area - at - Z95 * _error(at, good, bad), 0.0, area)
    high = _end(lambda at: area - at + Z95 * _error(at, good, bad), area, 1.0)
    return Separation(area, low, high, good, bad)


def _error(area: float, good: int, bad: int) -> float:
    """Return the standard error of an area, by the mean size of both sorts."""
    more = (good + bad) / 2 - 1
    part = 1 + more * ((1 - area) / (2 - area) + area / (1 + area))
    return sqrt(max(0.0, area * (1 - area) * part / (good * bad)))


def _end(above: Callable[[float], float], low: float, high: float) -> float:
    """Return where a falling function crosses zero within [low, high], by halving."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) > 0 else (low, middle)
    return (low + high) / 2
