"""How far a judge's probabilities can be believed: reliability in bins, calibration error, Brier score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import kish
from engine.curation.trust.intervals import Floats, wilson_limits

FEWEST_IN_BIN = 5
"""Effective labels that a bin needs, or it joins its neighbour."""
ROUNDS = 2000
_CHUNK = 1 << 21


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Labelled rows of nearly the same score: what the judge said of them and how many were good."""

    labels: int
    lowest: float
    highest: float
    said: float
    """Mean score."""
    good: float
    """Share of good rows, with its interval."""
    low: float
    high: float
    weight: float
    """Share of all weight."""


@dataclass(frozen=True, slots=True)
class BrierParts:
    """Brier score = reliability - resolution + uncertainty + within (Murphy 1973; Stephenson et al. 2008)."""

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    """What is lost and won inside bins: nothing where all scores of a bin are one."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """The bins, and the error in one number; no numbers where `reason` says why."""

    bins: tuple[ReliabilityBin, ...]
    unscored: int
    """Labelled rows that have no score; they are in no bin."""
    plain: float | None
    """Expected calibration error, which even a perfect judge has: it shrinks with labels only."""
    squared: float | None
    """Squared error as it is seen in the bins, flattered upward by chance."""
    debiased: float | None
    """Squared error less what chance alone gives (Kumar, Liang, Ma 2019); often below 0 for a perfect judge."""
    low: float | None
    """Ends of the calibration error's interval."""
    high: float | None
    brier: BrierParts | None
    reason: str = ""

    @property
    def error(self) -> float | None:
        """The calibration error to be shown: the root of the debiased square, or 0."""
        return None if self.debiased is None else max(self.debiased, 0.0) ** 0.5


def reliability(
    scores: Floats,
    good: NDArray[np.bool_],
    weights: Floats | None = None,
    seed: int = 0,
    bins: int | None = None,
    rounds: int = ROUNDS,
    settings: TrustSettings | None = None,
) -> Reliability:
    """Hold probabilities of "good" against labels.

    Args:
        scores: (labels,) from 0 to 1, NaN where there is none.
        good: (labels,) what people said.
        weights: (labels,) the ledger's weights, for labels that were not drawn uniformly.
        seed: of the bootstrap; the same seed gives the same interval.
        bins: how many, in place of one for 20 labels within 2 to 10.
        rounds: of the bootstrap.
        settings: labels of a bin, and how many bins there are at most.
    """
    known = settings or TrustSettings()
    scored = ~np.isnan(scores)
    unscored = int(len(scores) - np.count_nonzero(scored))
    score, truth = np.asarray(scores, float)[scored], np.asarray(good, float)[scored]
    weight = np.ones(len(score)) if weights is None else np.asarray(weights, float)[scored]
    used = weight > 0
    score, truth, weight = score[used], truth[used], weight[used]
    if len(score) < known.least_labels:
        return Reliability((), unscored, None, None, None, None, None, None, "too_few")
    order = np.argsort(score, kind="stable")
    score, truth, weight = score[order], truth[order], weight[order]
    place = _places(score, weight, bins or _planned(len(score), known))
    sums = _sums(place, score, truth, weight)
    squared, debiased = _errors(sums)
    low, high = _interval(place, (score, truth, weight), squared, debiased, np.random.default_rng(seed), rounds)
    shown = _bins(place, score, sums)
    plain = float(sum(one.weight * abs(one.good - one.said) for one in shown))
    brier = _brier(sums, score, truth, weight)
    return Reliability(shown, unscored, plain, float(squared), float(debiased), low, high, brier)


def _planned(labels: int, settings: TrustSettings) -> int:
    return min(settings.calibration_bins, max(2, labels // settings.calibration_bin))


def _places(score: Floats, weight: Floats, wanted: int) -> NDArray[np.intp]:
    """Return the bin of each sorted score: equal numbers of labels, equal scores together, none too small."""
    count = len(score)
    cuts = [round(count * n / wanted) for n in range(1, wanted)]
    ends = sorted({int(np.searchsorted(score, score[cut - 1], "right")) for cut in cuts if cut} | {count})
    merged: list[int] = []
    start = 0
    for end in ends:
        if kish(weight[start:end]) >= FEWEST_IN_BIN or end == count:
            merged.append(end)
            start = end
    if len(merged) > 1 and kish(weight[merged[-2] :]) < FEWEST_IN_BIN:
        merged.pop(-2)
    return np.searchsorted(np.array(merged), np.arange(count), "right")


def _sums(place: NDArray[np.intp], score: Floats, truth: Floats, weight: Floats) -> Floats:
    """Return (4, bins): weight, weight of good, weighted scores, squared weights."""
    parts = (weight, weight * truth, weight * score, weight**2)
    return np.stack([np.bincount(place, part, place[-1] + 1) for part in parts])


def _errors(sums: Floats) -> tuple[Floats, Floats]:
    """Return the squared error, plain and debiased, over the last axis of `sums` (4, ..., bins)."""
    weight, good, said, squares = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        share = good / weight
        gap = (share - said / weight) ** 2
        size = weight**2 / squares
        # A bin that a bootstrap round left with one row says nothing of its own noise.
        noise = np.where(size > 1, share * (1 - share) / (size - 1), 0.0)
    part = weight / weight.sum(axis=-1, keepdims=True)
    seen = weight > 0
    plain = np.where(seen, part * gap, 0.0).sum(axis=-1)
    return plain, plain - np.where(seen, part * noise, 0.0).sum(axis=-1)


def _interval(
    place: NDArray[np.intp],
    rows: tuple[Floats, Floats, Floats],
    squared: Floats,
    debiased: Floats,
    rng: np.random.Generator,
    rounds: int,
) -> tuple[float, float]:
    """Return both ends of the calibration error from rows drawn again, within the bins that there are.

    Drawn again, the rows have the plain squared error as their truth, so what a round gives is held against that, and
    the gap is laid off from the debiased estimate (basic bootstrap; Davison and Hinkley 1997, 5.2). Percentiles as they
    stand would lie too high by the noise that was just taken off.
    """
    score, truth, weight = rows
    count, found = len(score), []
    columns = np.zeros((count, 4, place[-1] + 1))
    for column, part in enumerate((weight, weight * truth, weight * score, weight**2)):
        columns[np.arange(count), column, place] = part
    flat = columns.reshape(count, -1)
    for start in range(0, rounds, step := max(1, _CHUNK // count)):
        chunk = min(step, rounds - start)
        again = rng.integers(0, count, (chunk, count)) + np.arange(chunk)[:, None] * count
        times = np.bincount(again.ravel(), minlength=chunk * count).reshape(chunk, count).astype(float)
        drawn = (times @ flat).reshape(chunk, 4, -1)
        found.append(_errors(np.moveaxis(drawn, 1, 0))[1])
    below, above = np.percentile(np.concatenate(found) - squared, [2.5, 97.5])
    ends = np.sqrt(np.clip([debiased - above, debiased - below], 0, 1))
    return float(ends[0]), float(ends[1])


def _bins(place: NDArray[np.intp], score: Floats, sums: Floats) -> tuple[ReliabilityBin, ...]:
    weight, good, said, squares = sums
    share = good / weight
    low, high = wilson_limits(share, weight**2 / squares)
    counts = np.bincount(place)
    last = np.cumsum(counts) - 1
    return tuple(
        ReliabilityBin(
            int(counts[n]), float(score[last[n] - counts[n] + 1]), float(score[last[n]]), float(said[n] / weight[n]),
            float(share[n]), float(low[n]), float(high[n]), float(weight[n] / weight.sum()),
        )
        for n in range(len(counts))
    )  # fmt: skip


def _brier(sums: Floats, score: Floats, truth: Floats, weight: Floats) -> BrierParts:
    mass, good, said, _ = sums
    total = weight.sum()
    base, part = good.sum() / total, mass / total
    share = good / mass
    loss = float((weight * (score - truth) ** 2).sum() / total)
    apart = float((part * (share - said / mass) ** 2).sum())
    resolution = float((part * (share - base) ** 2).sum())
    uncertainty = float(base * (1 - base))
    return BrierParts(loss, apart, resolution, uncertainty, loss - (apart - resolution + uncertainty))
