"""Bounds that hold at all limits at once: looking does no harm.

Pointwise intervals of 95 % hold at all of forty limits together in 58 to 81 % of draws only. Labels of one simple draw
get Clopper and Pearson's bound at an error that was calibrated by draws of the labels themselves (Westfall and Young
1993, min-p); weighted labels, or those that judges helped, a studentised multiplier band.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import Moments, effective_wilson
from engine.curation.trust.intervals import Flags, Floats, Ints, clopper_lower, clopper_upper, normal_quantile
from engine.curation.trust.label_set import LabelSet

COUNTED = "simultaneous, calibrated Clopper-Pearson"
WEIGHTED = "simultaneous, studentised multipliers"


@dataclass(frozen=True, slots=True, eq=False)
class JointBounds:
    """Lower and upper bounds at each limit; nan where there are too few labels."""

    lower: Floats
    upper: Floats
    method: str
    at: float
    """What makes them hold at once: the calibrated error of each, or the quantile in the place of 1.96."""


def fitted_rates(good: Floats, settings: TrustSettings) -> Floats:
    """Return the rate of good ones of each label (n), labels in the order of the score, by blocks of about 25."""
    n = len(good)
    if n == 0:
        return np.zeros(0)
    blocks = min(max(n // settings.block, settings.fewest_blocks), settings.most_blocks, n)
    block = np.arange(n) * blocks // n
    count = np.bincount(block, minlength=blocks)
    rate = (np.bincount(block, weights=good, minlength=blocks) + 0.5) / (count + 1)
    return rate[block]


def calibrated_errors(
    holds: Flags, rates: Floats, error: float, seed: int, settings: TrustSettings
) -> tuple[float, float]:
    """Return the error of one lower and of one upper bound with which all M hold at once, before the safety factor.

    Args:
        holds: which labels each policy keeps (n, M), nested or not.
        rates: fitted rate of good ones of each label (n).
        error: of the whole band, on either side.
        seed: of the draws.
        settings: how many draws.

    Labels of one rate that the same policies keep are drawn together, as one binomial count.
    """
    labels = holds.sum(0)
    member, rate, count = _alike(holds, rates)
    rng = np.random.default_rng(seed)
    draws = np.stack([rng.binomial(n, p, settings.calibrations) for n, p in zip(count, rate, strict=True)], 1)
    hits = (draws.astype(np.float32) @ member.astype(np.float32)).astype(np.int64)
    mean = (count * rate) @ member / np.maximum(labels, 1)
    down, up = np.ones(settings.calibrations), np.ones(settings.calibrations)
    for tick, (n, p) in enumerate(zip(labels.tolist(), mean.tolist(), strict=True)):
        above = _tail(n, p)
        np.minimum(down, above[hits[:, tick]], out=down)
        # P(X <= k) is 1 - P(X >= k + 1): few good ones are as rare as many bad ones.
        below = 1 - np.concatenate((above[1:], [0.0]))
        np.minimum(up, below[hits[:, tick]], out=up)
    least = error / len(labels)
    return tuple(min(max(float(np.quantile(one, error)), least), error) for one in (down, up))  # type: ignore[return-value]


def _alike(holds: Flags, rates: Floats) -> tuple[Flags, Floats, Ints]:
    """Return the distinct kinds of labels: who keeps them (k, M), their rate (k), how many they are (k)."""
    packed = np.packbits(holds, axis=1)
    kinds = np.concatenate((packed, np.ascontiguousarray(rates[:, None]).view(np.uint8)), 1)
    _, first, count = np.unique(kinds, axis=0, return_index=True, return_counts=True)
    return holds[first], rates[first], count.astype(np.int64)


def _tail(n: int, p: float) -> Floats:
    """Return P(Bin(n, p) >= k) for k = 0 .. n."""
    k = np.arange(n + 1)
    p = min(max(p, 1e-12), 1 - 1e-12)
    ways = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    mass = np.exp(ways + k * np.log(p) + (n - k) * np.log1p(-p))
    tail: Floats = np.minimum(np.cumsum(mass[::-1])[::-1], 1.0)
    return tail


def counted_bounds(
    holds: Flags, good: Floats, sizes: Ints, error: float, seed: int, settings: TrustSettings
) -> JointBounds:
    """Return the band of labels of one simple draw: `holds` (n, M) and `good` (n) in the order of the score.

    Lower and upper bounds each hold at once with probability 1 - error, both together with 1 - 2 error. What is
    labelled is known, whatever the draw: of K rows (`sizes`) at least the good ones seen are good.
    """
    labels, hits = holds.sum(0), good @ holds
    rates = fitted_rates(good, settings)
    down, up = (settings.safety * one for one in calibrated_errors(holds, rates, error, seed, settings))
    lower = np.maximum(clopper_lower(hits, labels, down), hits / sizes)
    upper = np.minimum(clopper_upper(hits, labels, up), 1 - (labels - hits) / sizes)
    return JointBounds(lower, upper, COUNTED, down)


@lru_cache(maxsize=2)
def _normals(draws: int, labels: int, seed: int) -> NDArray[np.float32]:
    """Return normal multipliers, made once for the labels and the seed: a move of a limit needs the same ones."""
    return np.random.default_rng(seed).standard_normal((draws, labels), np.float32)


def joint_quantile(moves: Floats, error: float, seed: int, settings: TrustSettings) -> float:
    """Return what takes the place of 1.96 for all limits at once: from what labels do to each estimate (n, M)."""
    size = np.sqrt(np.sum(moves * moves, 0))
    scaled = np.divide(moves, size, out=np.zeros_like(moves), where=size > 0).astype(np.float32)
    draws = _normals(settings.calibrations, len(moves), seed)
    least = normal_quantile(1 - error)
    return max(float(np.quantile(np.abs(draws @ scaled).max(1), 1 - error)), least) if scaled.size else least


def weighted_bounds(
    moments: list[Moments], moves: Floats, error: float, seed: int, settings: TrustSettings
) -> JointBounds:
    """Return the band of weighted labels, or of labels that judges helped, with two-sided error `error`."""
    at = joint_quantile(moves, error, seed, settings)
    capped = settings.model_copy(update={"cap_many": min(settings.band_cap, settings.cap_many)})
    found = [
        effective_wilson(replace(one, capped=True, explained=0.0, freedom=max(one.base - 1, 1.0)), capped, at)
        for one in moments
    ]
    ends = np.array([(one.low, one.high) for one in found]).reshape(-1, 2)
    return JointBounds(ends[:, 0], ends[:, 1], WEIGHTED, at)


def influence(labels: LabelSet, holds: Flags, f: Floats | None, helped: Flags) -> Floats:
    """Return how much each label (n) moves the estimate at each limit (n, M), up to a factor of the limit.

    The residual from the limit's own fit, by what the label adds to a standard error; `helped` are the limits at which
    the judges' word f (n) is used.
    """
    d = labels.weight[:, None] * holds
    total = np.maximum(d.sum(0), 1e-300)
    left = labels.good[:, None] - (labels.good @ d) / total
    if f is not None and helped.any():
        off = f[:, None] - (f @ d) / total
        power = np.sum(d * off * off, 0)
        slope = np.divide(np.sum(d * left * off, 0), power, out=np.zeros_like(power), where=power > 1e-12 * total)
        left = left - np.where(helped, np.maximum(slope, 0), 0.0) * off
    spread = np.ones(len(labels)) if labels.simple else labels.spread
    made: Floats = spread[:, None] * holds * left
    return made
