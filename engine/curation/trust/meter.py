"""The meter that may be read after every label: evidence against "the precision is at most tau", valid at any stop.

A mixture over all shares above tau of how much likelier they make the labels (a test martingale; Ville 1939,
Waudby-Smith and Ramdas 2020). Stopping on success with an interval of fixed size is a cheat; with this it is not.
"""

from __future__ import annotations

from math import log

from scipy import special
from scipy.stats import beta


def evidence(good: int, labels: int, tau: float) -> float:
    """Return ln M against "precision <= tau"; certify from `full` on. Labels must be random rows of the kept set."""
    return _mixture(good, labels - good, tau)


def evidence_below(good: int, labels: int, tau: float) -> float:
    """Return ln M against "precision >= tau": the way to fail early."""
    return _mixture(labels - good, good, 1 - tau)


def full(error: float) -> float:
    """Return the reading from which the meter certifies: ln(1 / error)."""
    return log(1 / error)


def _mixture(hits: int, misses: int, tau: float) -> float:
    """Return ln of the mean, over p uniform on (tau, 1), of the likelihood of p over that of tau."""
    if hits + misses == 0:
        return 0.0
    above = float(special.betaln(hits + 1, misses + 1)) + float(beta.logsf(tau, hits + 1, misses + 1))
    return above - log(1 - tau) - hits * log(tau) - misses * log(1 - tau)
