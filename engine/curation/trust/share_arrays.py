"""Shares of many groups of rows at once with the common interval, as a table of policies needs them.

Shares are design-based: rows and their truth are fixed, only which rows were labelled is random, so repeated rows and
judges that err together do not break an interval. The formula is that of `effective`, over arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import cap_of, shrink
from engine.curation.trust.intervals import Flags, Floats, finite_base, normal_quantile, wilson_limits
from engine.curation.trust.label_sums import LabelSums


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
    rough: Flags


def shares(
    hit: LabelSums,
    base: LabelSums,
    rows: Floats,
    uniform: bool,
    fewest: int | None = None,
    settings: TrustSettings | None = None,
) -> ShareArrays:
    """Return the share of `hit` in `base`, with its interval.

    Args:
        hit: sums over labels that have what is counted; each is among those of `base`.
        base: sums over all labels that are asked about.
        rows: how many rows these labels were drawn from; infinite where that is not known, as of good rows.
        uniform: the drawn labels come from one simple draw, and no other label has a weight.
        fewest: drawn labels below which the interval is refused; those of the settings where it is not given.
        settings: limits of what is shown.
    """
    known = settings or TrustSettings()
    z = normal_quantile(known.confidence)
    rows = np.broadcast_to(np.asarray(rows, float), base.count.shape)
    # Rows that people picked, all of them, are known and say nothing of how they were picked: no number (`estimate`).
    exact = (base.count >= rows) & (base.drawn > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(exact, hit.count / base.count, hit.weight / base.weight)
        value = np.where(base.drawn > 0, value, np.nan)
        sized = np.where(base.spread > 0, base.root**2 / base.spread, 0.0)
    effective = finite_base(base.drawn, rows) if uniform else _effective(value, hit, base, sized, z, known)
    effective = np.where(exact, np.inf, effective)
    low, high = wilson_limits(value, effective, z)
    size = base.drawn if uniform else np.minimum(base.drawn, sized)
    reason = _refused(
        base, (size < (fewest or known.least_labels)) & (rows > known.least_labels), exact, uniform, known
    )
    refused = reason != ""
    thin = (base.drawn < known.rough_labels) | (~np.bool_(uniform) & (sized < known.rough_kish))
    low, high, effective = (np.where(refused, np.nan, end) for end in (low, high, effective))
    return ShareArrays(value, low, high, effective, base.count, reason, ~refused & ~exact & thin)


def _effective(
    value: Floats, hit: LabelSums, base: LabelSums, sized: Floats, z: float, settings: TrustSettings
) -> Floats:
    """Return the effective size from the variance, capped while one side was hardly seen, with Student's quantile."""
    with np.errstate(divide="ignore", invalid="ignore"):
        missed = base.spread - hit.spread
        variance = (hit.spread * (1 - value) ** 2 + missed * value**2) / base.weight**2
        found = value * (1 - value) / variance
    found = np.where((value > 0) & (value < 1) & (variance > 0), found, sized)
    cap = cap_of(np.minimum(hit.drawn, base.drawn - hit.drawn), settings)
    return np.minimum(found, cap * sized) * shrink(sized - 1, z)


def _refused(base: LabelSums, few: Flags, exact: Flags, uniform: bool, settings: TrustSettings) -> NDArray[np.str_]:
    with np.errstate(divide="ignore", invalid="ignore"):
        heavy = base.heaviest / base.weight > settings.largest_weight
    conditions = [exact, base.count == 0, base.drawn == 0, few, heavy & ~np.bool_(uniform)]
    return np.select(conditions, ["", "no_labels", "not_random", "too_few", "one_weight"], "").astype(np.str_)
