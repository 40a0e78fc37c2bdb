"""Percentile intervals by drawing rows anew (Efron 1979), for measures that depend on sums over rows alone.

Every measure of agreement is such a function: of the counts of a table, or of the coincidences of all rows. So a draw
of the rows is a draw of how often each kind of row comes, and two thousand draws are one product of matrices.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Statistic = Callable[[Floats], Floats]
"""Takes sums (..., D) and returns measures (...), nan where a measure has no value."""

DRAWS = 2000
LEVEL = 0.95
_SURE = 0.95
"""Share of the draws in which a measure must have a value; below it an interval would speak of other rows."""


def row_weights(weights: ArrayLike | None, rows: int) -> Floats:
    """Return the weights (N) of rows, made to add up to N; all 1 where none are given.

    ValueError for another number of weights, and for one below 0 or not finite.
    """
    if weights is None:
        return np.ones(rows)
    given = np.asarray(weights, dtype=float)
    if given.shape != (rows,) or not np.all(np.isfinite(given)) or np.any(given < 0):
        raise ValueError(f"{rows} rows need as many weights that are finite and not below 0")
    return given * (rows / given.sum()) if given.any() else given


def percentile(rows: Floats, statistic: Statistic, seed: int, draws: int = DRAWS) -> tuple[float, float] | None:
    """Return the 95 % interval of a measure; None where it has no value in more than a few draws.

    Args:
        rows: (N, D) what each row adds to the sums, its weight within.
        statistic: the measure, of sums.
        seed: equal input gives an equal interval.
        draws: how often N rows are drawn anew, with replacement.
    """
    if not len(rows):
        return None
    kinds, counts = np.unique(rows, axis=0, return_counts=True)
    often = np.random.default_rng(seed).multinomial(len(rows), counts / len(rows), size=draws)
    values = statistic(often @ kinds)
    known = values[np.isfinite(values)]
    if len(known) < _SURE * draws:
        return None
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(known, (tail, 1 - tail))
    return float(low), float(high)
