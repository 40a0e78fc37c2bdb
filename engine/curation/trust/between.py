"""Bounds between the limits that a band was made for: good rows only accumulate as a limit is relaxed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.curation.trust.intervals import Floats


def lower_between(at: ArrayLike, size: ArrayLike, lower: ArrayLike) -> Floats:
    """Return lower bounds of the precision of nested kept sets of `at` rows (T), from those of `size` rows (M).

    max( max over stricter L_j K_j , max over laxer K_t - (1 - L_j) K_j ) / K_t: exact wherever the bounds hold. A
    bound that is nan is left out.
    """
    wanted, known, bound = _arrays(at, size, lower, 0.0)
    stricter = np.where(known <= wanted, bound * known, 0.0).max(1, initial=0.0)
    laxer = np.where(known >= wanted, wanted - (1 - bound) * known, 0.0).max(1, initial=0.0)
    found: Floats = np.maximum(np.maximum(stricter, laxer), 0.0) / np.maximum(wanted[:, 0], 1)
    return found


def upper_between(at: ArrayLike, size: ArrayLike, upper: ArrayLike) -> Floats:
    """Return upper bounds likewise: no more good rows than a laxer set has, and no more bad ones lost than added."""
    wanted, known, bound = _arrays(at, size, upper, 1.0)
    rows = wanted[:, 0]
    stricter = np.where(known <= wanted, bound * known + (wanted - known), np.inf).min(1, initial=np.inf)
    laxer = np.where(known >= wanted, bound * known, np.inf).min(1, initial=np.inf)
    found: Floats = np.minimum(np.minimum(stricter, laxer), rows) / np.maximum(rows, 1)
    return found


def _arrays(at: ArrayLike, size: ArrayLike, bound: ArrayLike, unknown: float) -> tuple[Floats, Floats, Floats]:
    ends = np.asarray(bound, float)
    ends = np.where(np.isfinite(ends), ends, unknown)
    return np.atleast_1d(np.asarray(at, float))[:, None], np.asarray(size, float)[None, :], ends[None, :]
