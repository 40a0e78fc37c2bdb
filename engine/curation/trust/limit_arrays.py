"""Intervals of many shares at once: Wilson's at an effective number of labels, as a table of policies needs them.

Shares are design-based: rows and their truth are fixed, only which rows were labelled is random, so repeated rows and
judges that err together do not break an interval. Everything here works on whole arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from engine.curation.trust.intervals import Z95

Floats = NDArray[np.float64]

FEWEST = 10
"""Random labels below which no interval is given (or Kish's size, where weights differ)."""
ROUGH = 30
"""Random labels below which an interval is rough; of Kish's size, ROUGH_KISH."""
ROUGH_KISH = 25
HEAVIEST = 0.2
"""Share of all weight above which one label alone speaks too loudly for an interval."""


def wilson_limits(share: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return both ends of Wilson's 95 % interval (Wilson 1927) of `share` seen on `size` labels.

    The size may be a fraction (effective labels) or infinite (exact: both ends are the share); 0 gives 0 to 1. The
    upper end of 1 and the lower end of 0 are exact, since 0.9999999 would leave the truth outside.
    """
    share, size = np.broadcast_arrays(np.asarray(share, float), np.asarray(size, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        z2 = Z95 * Z95 / size
        centre = (share + z2 / 2) / (1 + z2)
        half = np.sqrt(share * (1 - share) * z2 + z2 * z2 / 4) / (1 + z2)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    low, high = np.where(share == 0, 0.0, low), np.where(share == 1, 1.0, high)
    return np.where(size > 0, low, 0.0), np.where(size > 0, high, 1.0)


def finite_base(labels: Floats, population: Floats) -> Floats:
    """Return what `labels` drawn uniformly out of `population` rows are worth: infinite where all are labelled."""
    labels, population = np.asarray(labels, float), np.asarray(population, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        base = labels * (population - 1) / (population - labels)
    base = np.where(np.isinf(population), labels, base)
    return np.where(labels >= population, np.where(labels > 0, np.inf, 0.0), base)


def kish(weights: Floats) -> float:
    """Return Kish's effective size of weighted rows (Kish 1965), 0 for none."""
    squares = float(np.sum(weights**2))
    return float(np.sum(weights)) ** 2 / squares if squares > 0 else 0.0


@dataclass(frozen=True, slots=True)
class LabelSums:
    """Sums over the labels of some groups of rows, an array each; they add up, so groups are joined by addition."""

    count: Floats
    """Labels, of any origin."""
    drawn: Floats
    """Labels that a draw asked for: they alone say how sure a share is."""
    weight: Floats
    """Sum of the weights d of the ledger; the count, where labels come from one uniform draw."""
    spread: Floats
    """Sum of w^2 (1 - pi) / pi^2, what each drawn label adds to the variance."""
    root: Floats
    """Sum of the square roots of those."""
    heaviest: Floats
    """The largest single weight."""


@dataclass(frozen=True, slots=True)
class ShareArrays:
    """Shares with their intervals; a NaN end is an interval that is refused, for the reason beside it."""

    value: Floats
    low: Floats
    high: Floats
    effective: Floats
    """How many labels of one uniform draw would be as sure."""
    labels: Floats
    reason: NDArray[np.str_]
    """`too_few`, `few_good`, `one_weight`, `not_random`, `no_labels`, or '' where the interval stands."""
    rough: NDArray[np.bool_]


def shares(hit: LabelSums, base: LabelSums, rows: Floats, uniform: bool, fewest: int = FEWEST) -> ShareArrays:
    """Return the share of `hit` in `base`, with its interval.

    Args:
        hit: sums over labels that have what is counted; each is among those of `base`.
        base: sums over all labels that are asked about.
        rows: how many rows these labels were drawn from; infinite where that is not known, as of good rows.
        uniform: the labels come from one uniform draw, with no other labels beside it.
        fewest: drawn labels below which the interval is refused.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        value = hit.weight / base.weight
        sized = base.root**2 / base.spread
    rows = np.broadcast_to(np.asarray(rows, float), value.shape)
    sized = np.where(base.spread > 0, sized, 0.0)
    exact = (base.count >= rows) & (base.count > 0)
    effective = finite_base(base.drawn, rows) if uniform else _effective(value, hit, base, sized)
    effective = np.where(exact, np.inf, effective)
    low, high = wilson_limits(value, effective)
    reason = _refused(base, rows, base.drawn if uniform else sized, exact, uniform, fewest)
    refused = reason != ""
    rough = ~refused & ~exact & ((base.drawn < ROUGH) | (~np.bool_(uniform) & (sized < ROUGH_KISH)))
    low, high, effective = (np.where(refused, np.nan, end) for end in (low, high, effective))
    return ShareArrays(value, low, high, effective, base.count, reason, rough)


def _effective(value: Floats, hit: LabelSums, base: LabelSums, sized: Floats) -> Floats:
    """Return the effective size from the variance, capped while one side was hardly seen, with Student's quantile."""
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = base.spread - hit.spread
        variance = (hit.spread * (1 - value) ** 2 + missed * value**2) / base.weight**2
        found = value * (1 - value) / variance
    found = np.where((value > 0) & (value < 1) & (variance > 0), found, sized)
    rarer = np.minimum(hit.drawn, base.drawn - hit.drawn)
    cap = np.select([rarer < 10, rarer < 30], [1.0, 1.5], 3.0)
    student = stdtrit(np.maximum(sized - 1, 1), 0.975)
    return np.asarray(np.minimum(found, cap * sized) * (Z95 / student) ** 2)


def _refused(
    base: LabelSums, rows: Floats, sized: Floats, exact: NDArray[np.bool_], uniform: bool, fewest: int
) -> NDArray[np.str_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        heavy = base.heaviest / base.weight > HEAVIEST
    few = (np.minimum(base.drawn, sized) < fewest) & (rows > FEWEST)
    conditions = [exact, base.count == 0, base.drawn == 0, few, heavy & ~np.bool_(uniform)]
    return np.select(conditions, ["", "no_labels", "not_random", "too_few", "one_weight"], "").astype(np.str_)
