"""How sure a share is: Wilson's interval, Clopper and Pearson's, and the exact one of a finite set.

Shares of 0 and 1 have ends of exactly 0 and 1: rounding would give .9999999, which contains no truth of 1.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.stats import hypergeom

Z95 = 1.959963984540054
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def normal_quantile(confidence: float) -> float:
    """Return z such that a normal value lies within +-z with this probability: 1.96 for .95."""
    return float(special.ndtri((1 + confidence) / 2))


def finite_base(of: ArrayLike, population: ArrayLike) -> Floats:
    """Return the labels that `of` of `population` are worth, without replacement; infinite for all, 0 for none.

    n (K - 1) / (K - n): the finite-population correction of the variance, turned into labels (Korn and Graubard 1998).
    An infinite population leaves them as they are.
    """
    n, rows = np.broadcast_arrays(np.asarray(of, float), np.asarray(population, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        base = np.where(np.isinf(rows), n, n * (rows - 1) / (rows - n))
    return np.where(n >= rows, np.where(n > 0, inf, 0.0), base)


def wilson_limits(share: ArrayLike, base: ArrayLike, z: float = Z95) -> tuple[Floats, Floats]:
    """Return both ends of Wilson's interval (1927) of shares that are worth `base` labels; 0 and 1 where of none.

    `base` need not be whole; an infinite one gives the share itself twice.
    """
    p, n = np.broadcast_arrays(np.asarray(share, float), np.asarray(base, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        z2 = z * z / n
        centre = (p + z2 / 2) / (1 + z2)
        half = np.sqrt(np.maximum(p * (1 - p), 0) * z2 + z2 * z2 / 4) / (1 + z2)
        low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
        low = np.where(p <= 0, 0.0, np.minimum(low, p))
        high = np.where(p >= 1, 1.0, np.maximum(high, p))
        return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def wilson_of(share: float, base: float, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's interval of one share that is worth `base` labels."""
    low, high = wilson_limits(share, base, z)
    return float(low), float(high)


def wilson(hits: float, of: float, population: int | None = None, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's interval of hits/of; (0, 1) where nothing was labelled.

    `population` is the number of rows that the labelled ones were drawn from without replacement. Raises ValueError
    for counts that cannot be.
    """
    if not 0 <= hits <= of or (population is not None and population < of):
        raise ValueError(f"{hits} of {of} labels, drawn from {population}, cannot be")
    if of == 0:
        return 0.0, 1.0
    return wilson_of(hits / of, of if population is None else float(finite_base(of, population)), z)


def clopper_lower(hits: Any, of: Any, error: Any) -> Floats:
    """Return the share that is not below the truth with probability 1 - error (Clopper, Pearson 1934)."""
    k, n = np.asarray(hits, float), np.asarray(of, float)
    return np.where(k > 0, special.betaincinv(np.maximum(k, 1), n - k + 1, error), 0.0)


def clopper_upper(hits: Any, of: Any, error: Any) -> Floats:
    """Return the share that is not above the truth with probability 1 - error; 1 where all are hits."""
    return 1 - clopper_lower(np.asarray(of) - np.asarray(hits), of, error)


def clopper_pearson(hits: int, of: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the interval that contains the truth at least so often; (0, 1) where nothing was labelled."""
    side = (1 - confidence) / 2
    return float(clopper_lower(hits, of, side)), float(clopper_upper(hits, of, side))


def least_good(hits: int, of: int, population: int, error: float) -> int:
    """Return the fewest good rows of `population` that are still believable after `hits` good of `of` drawn.

    The smallest M with P(X >= hits | population, M, of) > error, X hypergeometric: fewer are wrong with probability
    1 - error. Exact for draws without replacement.
    """
    low, high = hits, population - (of - hits)
    while low < high:
        middle = (low + high) // 2
        if hypergeom.sf(hits - 1, population, middle, of) > error:
            high = middle
        else:
            low = middle + 1
    return low


def most_good(hits: int, of: int, population: int, error: float) -> int:
    """Return the most good rows that are still believable: the mirror of `least_good`."""
    return population - least_good(of - hits, of, population, error)


def exact_interval(hits: int, of: int, population: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share of `population` rows, for the word "guaranteed"."""
    side = (1 - confidence) / 2
    return least_good(hits, of, population, side) / population, most_good(hits, of, population, side) / population
