"""What an audit costs, and what it still takes: labels of the open part of a set whose other rows are known."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.records import AuditPlan
from engine.core.settings.trust import TrustSettings
from engine.curation.trust.certificate import plan_size
from engine.curation.trust.meter import evidence, full

_ALL = 1 - 1e-12
"""A share from which on every single open row has to be good: no sample proves that."""


@dataclass(frozen=True, slots=True)
class OpenShare:
    """A kept set of which some rows are known, and the share that has to be good of the rest."""

    kept: int
    known: int
    good: int
    """Good ones among the known rows."""
    target: float

    @property
    def rest(self) -> int:
        """Rows that nobody has judged."""
        return self.kept - self.known

    @property
    def best(self) -> float:
        """Share of good rows where all of the rest are good."""
        return (self.good + self.rest) / self.kept if self.kept else 0.0

    @property
    def lost(self) -> bool:
        """Whether the target is missed whatever the rest is like."""
        return self.best < self.target - 1e-12

    @property
    def needed(self) -> float:
        """Share of the rest that has to be good; 0 or less where the known rows alone hold the target."""
        return (self.target * self.kept - self.good) / self.rest if self.rest else 0.0


def plan_rows(share: OpenShare, error: float, plan: AuditPlan, bad: int, settings: TrustSettings | None = None) -> int:
    """Return how many rows an audit puts in order: those of the plan, or as many as a meter may ever need."""
    if plan == "fixed":
        return price(share, error, plan, bad)
    return min(share.rest, (settings or TrustSettings()).audit_rows)


def price(share: OpenShare, error: float, plan: AuditPlan, bad: int = 0) -> int:
    """Return the labels that prove the target with so many bad ones among them; all of the rest at most."""
    tau, rest = share.needed, share.rest
    if tau <= 0 or not rest:
        return 0
    if tau >= _ALL:
        return rest
    if plan == "fixed":
        return min(plan_size(tau, bad, error, rest), rest)
    return _least(bad, bad, tau, error, rest)


def still_needed(good: int, read: int, share: OpenShare, error: float) -> int:
    """Return the labels that fill the meter if no further one is bad; those of all open rows at most."""
    tau, left = share.needed, share.rest - read
    if tau <= 0 or left <= 0:
        return 0
    if tau >= _ALL:
        return left
    return _least(read, read - good, tau, error, share.rest) - read


def _least(start: int, bad: int, tau: float, error: float, most: int) -> int:
    """Return the fewest labels from `start` on, `bad` of them bad, that fill the meter; `most` where none do.

    The evidence grows with every good label once the share is above tau, so that the search may halve.
    """
    low, high = start, max(start, 1)
    while high < most and evidence(high - bad, high, tau) < full(error):
        low, high = high + 1, 2 * high
    high = min(high, most)
    while low < high:
        middle = (low + high) // 2
        if evidence(middle - bad, middle, tau) >= full(error):
            high = middle
        else:
            low = middle + 1
    return high
