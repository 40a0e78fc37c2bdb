"""The meter that may be read after every label: evidence against "the precision is at most tau", valid at any stop.

A mixture over all shares above tau of how much likelier they make the labels (a test martingale; Ville 1939,
Waudby-Smith and Ramdas 2020). Stopping on success with an interval of fixed size is a cheat; with this it is not.
"""

from __future__ import annotations

from math import log

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from engine.curation.trust.intervals import Floats


def readings(good: ArrayLike, labels: ArrayLike, tau: float) -> Floats:
    """Return ln M against "precision <= tau" after each number of labels; they must be random rows of the kept set."""
    k, n = np.asarray(good, float), np.asarray(labels, float)
    return _mixture(k, n - k, tau)


def evidence(good: int, labels: int, tau: float) -> float:
    """Return ln M against "precision <= tau"; certify from `full` on."""
    return float(readings(good, labels, tau))


def evidence_below(good: int, labels: int, tau: float) -> float:
    """Return ln M against "precision >= tau": the way to fail early."""
    return evidence(labels - good, labels, 1 - tau)


def full(error: float) -> float:
    """Return the reading from which the meter certifies: ln(1 / error)."""
    return log(1 / error)


def _mixture(hits: Floats, misses: Floats, tau: float) -> Floats:
    """Return ln of the mean, over p uniform on (tau, 1), of the likelihood of p over that of tau.

    Where the integral is too small for floating point all of it lies at tau, and the likelihood falls from there at
    least as fast as an exponential: that bound stands in for it.
    """
    tail = special.betaincc(hits + 1, misses + 1, tau)
    whole = special.betaln(hits + 1, misses + 1) + np.log(np.maximum(tail, 1e-300))
    exact = whole - log(1 - tau) - hits * log(tau) - misses * log(1 - tau)
    fall = np.maximum(misses / (1 - tau) - hits / tau, 1e-300)
    found: Floats = np.where(tail > 1e-290, exact, np.minimum(-np.log((1 - tau) * fall), 0.0))
    return np.where(hits + misses == 0, 0.0, found)
