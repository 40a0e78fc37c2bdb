"""Builds AgenticMath's data sets: seeds with new solutions and the best synthesised problems (AM-19, AM-20).

The published sizes are 15K seeds and 15K problems with one, two or three solutions each: 30K, 60K, 90K. More solutions
change the rows, not the problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.curation.ds2.curated import rank


@dataclass(frozen=True, slots=True)
class Solved:
    """A problem with the ids and texts of its solutions, in order."""

    problem_id: str
    solutions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One row of a data set: a problem with one solution; `part` is seed or synthesised."""

    problem_id: str
    solution_id: str
    part: str


def build(
    seeds: Sequence[Solved],
    made: Sequence[Solved],
    scores: npt.ArrayLike,
    long_tail: npt.ArrayLike,
    *,
    pairs: int,
    solutions: int = 1,
) -> tuple[DatasetRow, ...]:
    """Return the rows of a data set: every seed, and the `pairs` best of `made`, with `solutions` solutions each.

    Args:
        seeds: seed problems that were solved anew.
        made: synthesised problems.
        scores: (N) curated score of each synthesised problem, 0 to 5.
        long_tail: (N) its rarity, which decides inside the bucket that does not fit whole (AM-19).
        pairs: how many synthesised problems.
        solutions: rows per problem; a solution whose text stands there already is not repeated (AM-20).
    """
    order = rank(np.asarray(scores), np.asarray(long_tail), pairs)
    chosen = [made[row] for row in order.tolist()]
    parts = (("seed", seeds), ("synthesised", chosen))
    return tuple(row for part, problems in parts for one in problems for row in _rows(one, part, solutions))


def _rows(one: Solved, part: str, most: int) -> list[DatasetRow]:
    rows: list[DatasetRow] = []
    seen: set[str] = set()
    for ident, text in one.solutions:
        if len(rows) < most and text not in seen:
            seen.add(text)
            rows.append(DatasetRow(one.problem_id, ident, part))
    return rows
