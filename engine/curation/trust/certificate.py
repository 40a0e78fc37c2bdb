"""What a frozen kept set is guaranteed to hold, by exact bounds and by the meter that may be stopped at any label."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, log

from scipy import special
from scipy.stats import hypergeom

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.intervals import clopper_lower, least_good
from engine.curation.trust.meter import evidence, full

LARGE = 50
"""Rows for each label from which a kept set is as good as endless."""


@dataclass(frozen=True, slots=True)
class AuditLabels:
    """Random labels of a frozen kept set."""

    good: int
    labels: int
    kept: int
    """Rows K of the frozen set."""
    known: int = 0
    """Rows of it labelled before the audit, which count exactly as they are; the audit draws from the rest."""
    known_good: int = 0


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What holds with probability 1 - error."""

    bound: float
    """At least this share of the frozen set is good."""
    passed: bool
    method: str


def exact_bound(good: int, labels: int, population: int, error: float) -> float:
    """Return the exact lower bound of the good share of `population` rows: hypergeometric, or Clopper and Pearson's."""
    if labels <= 0 or population <= 0:
        return 0.0
    if population > LARGE * labels:
        return float(clopper_lower(good, labels, error))
    return least_good(good, labels, population, error) / population


def fixed_plan(audit: AuditLabels, tau: float, error: float | None = None) -> Guarantee:
    """Return what an audit of a size set in advance guarantees: (known good + lower bound for the rest) / K."""
    alpha = TrustSettings().certificate_error if error is None else error
    rest = audit.kept - audit.known
    bound = 1.0 if rest <= 0 else exact_bound(audit.good, audit.labels, rest, alpha)
    whole = (audit.known_good + bound * max(rest, 0)) / audit.kept if audit.kept else 0.0
    return Guarantee(whole, whole >= tau - 1e-12, "exact bound, size set in advance")


def anytime(audit: AuditLabels, tau: float, error: float | None = None) -> Guarantee:
    """Return what the meter says at any label; its bound is the largest share that it certifies by now."""
    alpha = TrustSettings().certificate_error if error is None else error
    rest = audit.kept - audit.known
    bound = 1.0 if rest <= 0 else _anytime_bound(audit.good, audit.labels, alpha)
    whole = (audit.known_good + bound * max(rest, 0)) / audit.kept if audit.kept else 0.0
    return Guarantee(whole, whole >= tau - 1e-12, "anytime meter")


def _anytime_bound(good: int, labels: int, error: float) -> float:
    """Return the largest tau that the meter certifies, by bisection; its reading falls with tau."""
    low, high = 0.0, good / labels if labels else 0.0
    if high <= 0:
        return 0.0
    for _ in range(60):
        middle = (low + high) / 2
        if middle > 0 and evidence(good, labels, middle) >= full(error):
            low = middle
        else:
            high = middle
    return low


def clean_run(tau: float, error: float) -> int:
    """Return the labels that prove tau when all are good: ceil(ln error / ln tau)."""
    return ceil(log(error) / log(tau) - 1e-9)


@lru_cache(maxsize=1024)
def plan_size(tau: float, bad: int = 0, error: float = 0.05, population: int | None = None) -> int:
    """Return the fewest labels that prove tau with at most `bad` bad ones among them, all rows at most.

    `population` is the number of kept rows where they are few; without it the set is endless.
    """
    low = high = bad + 1
    while not _proves(high - bad, high, tau, error, population):
        if population is not None and high >= population:
            return population
        low, high = high + 1, min(2 * high, population or 2 * high)
    while low < high:
        middle = (low + high) // 2
        if _proves(middle - bad, middle, tau, error, population):
            high = middle
        else:
            low = middle + 1
    return high


def _proves(good: int, labels: int, tau: float, error: float, population: int | None) -> bool:
    """Tell whether so many good labels are too many, with this error, for a set that misses tau."""
    if population is None:
        return float(special.betainc(good, labels - good + 1, tau)) <= error
    most = ceil(tau * population - 1e-9) - 1
    if most < 0:
        return True
    return float(hypergeom.sf(good - 1, population, most, min(labels, population))) <= error
