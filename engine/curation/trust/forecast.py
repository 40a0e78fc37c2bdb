"""How many labels it takes: to know a share to so many points, to prove a target; and when to stop."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import ceil, inf, sqrt

import numpy as np
from scipy import special

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.intervals import Z95, Ints, finite_base, wilson_of

MOST = 20_000_000
EXACT = 4000
"""Labels up to which the size of an audit is found exactly."""


@dataclass(frozen=True, slots=True)
class LabelForecast:
    """Labels in all, those still to come, and how many batches they are at least and at most."""

    labels: int
    more: int
    batches: tuple[int, int]

    def sentence(self) -> str:
        """Return it as it is shown: about 230 more (4-6 batches)."""
        few, many = self.batches
        count = f"{few}" if few == many else f"{few}-{many}"
        return f"about {self.more} more ({count} {'batch' if many == 1 else 'batches'})"


def _half_width(share: float, base: float, z: float) -> float:
    low, high = wilson_of(share, base, z)
    return (high - low) / 2


@lru_cache(maxsize=4096)
def labels_to_width(
    share: float, half_width: float, kept: int | None = None, explained: float = 0.0, z: float = Z95
) -> int:
    """Return the fewest labels of a simple draw with which Wilson's interval is at most so wide, at this share.

    `kept` is the number of rows where they are few; judges that explain a share of the variance spare as many labels.
    """
    low, high = 1, MOST if kept is None else kept
    while low < high:
        middle = (low + high) // 2
        base = (middle if kept is None else float(finite_base(middle, kept))) / (1 - explained)
        if base == inf or _half_width(share, base, z) <= half_width:
            high = middle
        else:
            low = middle + 1
    return low


@lru_cache(maxsize=1024)
def labels_to_prove(share: float, target: float, error: float, settings: TrustSettings | None = None) -> int | None:
    """Return the fewest labels with which an exact audit likely proves the target; None where the share misses it.

    Likely: with the power of the settings, .8. Exact binomial tests; the power rises in steps, so that the first number
    from which it is there counts. Above a few thousand the normal approximation, since nobody counts those one by one.
    """
    power = (settings or TrustSettings()).power
    if share <= target:
        return None
    rough = _normal_size(share, target, error, power)
    if rough > EXACT:
        return rough
    n = np.arange(1, 2 * rough + 200)
    k = _least_passing(n, target, error)
    reached = np.where(k <= n, special.betainc(np.maximum(k, 1), np.maximum(n - k + 1, 1), share), 0.0)
    return int(n[np.flatnonzero(reached >= power)[0]])


def _normal_size(share: float, target: float, error: float, power: float) -> int:
    spread = special.ndtri(1 - error) * sqrt(target * (1 - target)) + special.ndtri(power) * sqrt(share * (1 - share))
    return min(ceil(float((spread / (share - target)) ** 2)), MOST)


def _least_passing(n: Ints, target: float, error: float) -> Ints:
    """Return the fewest good ones of n that prove the target: the smallest k with P(Bin(n, target) >= k) <= error."""
    low, high = np.zeros_like(n), n + 1
    while (low < high).any():
        middle = (low + high) // 2
        tail = np.where(
            middle > n,
            0.0,
            np.where(middle < 1, 1.0, special.betainc(np.maximum(middle, 1), np.maximum(n - middle + 1, 1), target)),
        )
        passes = tail <= error
        high, low = np.where(passes, middle, high), np.where(passes | (low >= high), low, middle + 1)
    return low


def forecast(needed: int, labelled: int, settings: TrustSettings | None = None) -> LabelForecast:
    """Return what is still to be labelled, and in how many batches."""
    known = settings or TrustSettings()
    more = max(needed - labelled, 0)
    return LabelForecast(needed, more, (ceil(more / known.first_batch), ceil(more / known.batch)))


def narrow_enough(found: Estimated, half_width: float, settings: TrustSettings | None = None) -> bool:
    """Tell whether a number is known to +-half_width, after at least fifty random labels.

    Stopping on width is harmless, asked after each batch; stopping on success is not, it needs the meter.
    """
    if found.half_width is None or found.labels.get("random", 0) < (settings or TrustSettings()).stop_labels:
        return False
    return found.half_width <= half_width + 1e-12


def out_of_reach(found: Estimated, target: float) -> bool:
    """Tell whether the target is above what the labels can still be reconciled with."""
    return found.high is not None and found.high < target
