"""The same two texts shown both ways round: is the judge's word about the texts, or about which of them comes first?

A pair counts as told only where both readings name the same text (Zheng et al. 2023, section 3.4); whoever prefers the
first place whatever stands there is shown as what it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.comparing import paired_shares
from engine.curation.trust.intervals import wilson

Place = Literal["first", "second", "tie"]
Preferred = Literal["A", "B", "tie", "can't tell"]


@dataclass(frozen=True, slots=True)
class PairReading:
    """What a judge said of texts A and B shown in this order, and of B and A; None where a reply could not be read."""

    forward: Place | None
    swapped: Place | None

    @property
    def preferred(self) -> Preferred:
        """Which text both readings name; "can't tell" where they differ or one is missing."""
        named = {("first", "second"): "A", ("second", "first"): "B", ("tie", "tie"): "tie"}
        return named.get((self.forward, self.swapped), "can't tell")  # type: ignore[arg-type, return-value]

    @property
    def leaning(self) -> int:
        """1 where the first place was named more often than the second, -1 where less, 0 where as often."""
        said = (self.forward, self.swapped)
        more = said.count("first") - said.count("second")
        return (more > 0) - (more < 0)


@dataclass(frozen=True, slots=True)
class OrderBias:
    """How far a judge keeps to its word when the order is turned; no intervals where `reason` says why."""

    pairs: int
    """Read both ways; the rest are counted by `unread`."""
    unread: int
    consistent: int
    to_first: int
    """Pairs in which the judge leaned to whichever text came first."""
    to_second: int
    consistent_share: float | None
    consistent_low: float | None
    consistent_high: float | None
    preference: float | None
    """Share of pairs that leaned to the first place less those that leaned to the second: -1 to 1, 0 is no bias."""
    preference_low: float | None
    preference_high: float | None
    reason: str = ""

    @property
    def biased(self) -> bool | None:
        """Whether the judge surely prefers a place; None is "can't tell"."""
        if self.preference_low is None or self.preference_high is None:
            return None
        return not self.preference_low <= 0 <= self.preference_high


def order_bias(readings: Sequence[PairReading], settings: TrustSettings | None = None) -> OrderBias:
    """Count how a judge's readings hold when the order is turned; pairs are taken as a sample of such pairs."""
    whole = [one for one in readings if one.forward is not None and one.swapped is not None]
    count, unread = len(whole), len(readings) - len(whole)
    consistent = sum(one.preferred != "can't tell" for one in whole)
    first, second = sum(one.leaning > 0 for one in whole), sum(one.leaning < 0 for one in whole)
    if not count:
        return OrderBias(0, unread, 0, 0, 0, None, None, None, None, None, None, "no_pairs")
    share = consistent / count
    if count < (settings or TrustSettings()).least_labels:
        leaned = (first - second) / count
        return OrderBias(
            count, unread, consistent, first, second, share, None, None, leaned, None, None, "few_pairs"
        )  # fmt: skip
    low, high = wilson(consistent, count)
    return OrderBias(count, unread, consistent, first, second, share, low, high, *paired_shares(first, second, count))
