"""Draws of labels from rows whose truth is known, and how often intervals hold it: coverage, bias, optimistic misses.

The weights of the ledger are computed here apart from the product: w / pi + the shares of later draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.asked import JudgedFrame
from engine.curation.trust.axis import ScoreAxis
from engine.curation.trust.choose import choose
from engine.curation.trust.comparing import compare
from engine.curation.trust.crossfit import cross_fit
from engine.curation.trust.curve import precision_curve
from engine.curation.trust.effective import effective_wilson
from engine.curation.trust.estimate import estimate
from engine.curation.trust.label_set import CONVENIENCE, NO_DRAW, RANDOM, LabelSet
from engine.curation.trust.regression import regress
from engine.curation.trust.strata import StratumCells, allocation, stratified
from engine.curation.trust.weighted import simple_precision
from tests.support.trust_worlds import World

SETTINGS = TrustSettings()


@dataclass
class Tally:
    """How intervals fared against the truth."""

    truth: float
    values: list[float] = field(default_factory=list)
    ends: list[tuple[float, float]] = field(default_factory=list)
    refused: int = 0

    def add(self, value: float | None, low: float | None, high: float | None) -> None:
        if value is None or low is None or high is None:
            self.refused += 1
            return
        self.values.append(value)
        self.ends.append((low, high))

    @property
    def coverage(self) -> float:
        """Percent of intervals that hold the truth."""
        return 100 * float(np.mean([low - 1e-12 <= self.truth <= high + 1e-12 for low, high in self.ends]))

    @property
    def optimistic(self) -> float:
        """Percent that lie wholly above it."""
        return 100 * float(np.mean([low > self.truth + 1e-12 for low, _ in self.ends]))

    @property
    def bias(self) -> float:
        """Mean error, in points."""
        return 100 * (float(np.mean(self.values)) - self.truth)

    @property
    def width(self) -> float:
        return float(np.mean([high - low for low, high in self.ends]))


def logistic(columns: np.ndarray, good: np.ndarray, weight: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a weighted logistic regression with L2 (C = 1) by Newton's method."""
    centre, scale = columns.mean(0), np.where(columns.std(0) > 0, columns.std(0), 1)

    def design(asked: np.ndarray) -> np.ndarray:
        return np.column_stack((np.ones(len(asked)), (asked - centre) / scale))

    x, w = design(columns), weight / weight.mean() if weight.mean() > 0 else np.ones(len(weight))
    ridge = np.eye(x.shape[1])
    ridge[0, 0] = 1e-6
    at = np.zeros(x.shape[1])
    for _ in range(12):
        p = 1 / (1 + np.exp(-x @ at))
        step = np.linalg.solve((x * (w * p * (1 - p))[:, None]).T @ x + ridge, x.T @ (w * (good - p)) - ridge @ at)
        at = at + step
        if np.abs(step).max() < 1e-6:
            break
    return lambda asked: 1 / (1 + np.exp(-design(asked) @ at))


def uniform_cell(world: World, n: int, runs: int, seed: int) -> dict[str, Tally]:
    """Return Wilson, PPI++ with a normal interval and PPI++ with the common one, from n uniform labels of the kept."""
    rng = np.random.default_rng(seed)
    rows = np.flatnonzero(world.kept)
    truth, f, kept = world.truth[rows], world.f[rows], len(rows)
    mean = float(f.mean())
    made = {name: Tally(float(truth.mean())) for name in ("wilson", "normal", "common")}
    for _ in range(runs):
        taken = rng.choice(kept, n, replace=False)
        labels = LabelSet.uniform(taken, truth[taken], kept)
        plain = effective_wilson(simple_precision(labels, kept))
        made["wilson"].add(labels.good.mean(), plain.low, plain.high)
        helped = regress(labels, f[taken], mean, kept).moments
        half = 1.959964 * helped.variance**0.5
        made["normal"].add(helped.value, helped.value - half, helped.value + half)
        found = effective_wilson(helped)
        made["common"].add(helped.value, found.low, found.high)
    return made


@dataclass(frozen=True)
class Design:
    """How four draws of about fifty are made, and whether reviewers mark bad rows in between."""

    later: str
    """uniform, active (by uncertainty), near (rows around the limit) or strata (each stratum as many rows)."""
    reviewers: bool
    batches: int = 4
    size: int = 50


def ledger(world: World, design: Design, rng: np.random.Generator) -> LabelSet:
    """Play the draws of a design and return its labels."""
    rows = len(world.truth)
    share = 1 / design.batches
    known = np.zeros(rows, bool)
    taken: list[tuple[np.ndarray, int, np.ndarray, np.ndarray]] = []
    for batch in range(design.batches):
        eligible = np.flatnonzero(~known)
        pi = np.minimum(design.size * _mixture(world, design, eligible, taken if batch else []), 1.0)
        drawn = rng.random(len(eligible)) < pi
        row = eligible[drawn]
        known[row] = True
        later = share * (design.batches - 1 - batch)
        taken.append((row, batch, pi[drawn], share / pi[drawn] + later))
        if design.reviewers and batch in (0, 2):
            row = _reviewed(world, known, rng)
            known[row] = True
            taken.append((row, NO_DRAW, np.full(len(row), np.nan), np.full(len(row), later)))
    row = np.concatenate([one[0] for one in taken])
    draw = np.concatenate([np.full(len(one[0]), one[1]) for one in taken]).astype(np.int32)
    return LabelSet(
        row,
        world.truth[row].astype(np.int8),
        np.where(draw >= 0, RANDOM, CONVENIENCE).astype(np.int8),
        draw,
        np.concatenate([one[2] for one in taken]),
        np.concatenate([one[3] for one in taken]),
        np.where(draw >= 0, share, 0.0),
    )


def _reviewed(world: World, known: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return up to thirty bad rows that somebody finds among two hundred unlabelled kept ones."""
    open_rows = np.flatnonzero(world.kept & ~known)
    seen = rng.choice(open_rows, min(200, len(open_rows)), replace=False)
    return seen[world.truth[seen] == 0][:30]


def _mixture(world: World, design: Design, eligible: np.ndarray, taken: list) -> np.ndarray:
    """Return the probabilities of a single draw over eligible rows: .3 uniform and .7 by the design."""
    n = len(eligible)
    if not taken or design.later == "uniform":
        return np.full(n, 1 / n)
    if design.later == "strata":
        stratum = world.strata[eligible]
        sizes = np.bincount(stratum)
        return 1 / (np.count_nonzero(sizes) * sizes[stratum])
    if design.later == "near":
        mass = _near(world)[eligible].astype(float)
    else:
        row = np.concatenate([one[0] for one in taken])
        predict = logistic(world.columns[row], world.truth[row], np.ones(len(row)))
        p = predict(world.columns[eligible])
        mass = np.sqrt(np.maximum(p * (1 - p), 0.01)) * np.where(world.kept[eligible], 1.0, 0.5)
    return 0.3 / n + 0.7 * mass / mass.sum()


def _near(world: World) -> np.ndarray:
    """Return the rows of the two levels of score on either side of the limit, or the nearest tenth of each side."""
    limit = world.score[world.kept].min()
    levels = np.unique(world.score)
    if len(levels) < 10:
        below = levels[levels < limit]
        return (world.score == limit) | ((world.score == below.max()) if len(below) else False)
    inside = world.score[world.kept]
    return world.kept & (world.score <= np.quantile(inside, 0.2))


def ledger_cell(
    world: World,
    design: Design,
    runs: int,
    seed: int,
    helped: bool = False,
    quantity: str = "precision",
    settings: TrustSettings = SETTINGS,
) -> dict[str, Tally]:
    """Return the pooled share of all labels, and the estimate with the ledger's weights, over so many plays."""
    truth = world.precision if quantity == "precision" else world.recall
    made = {name: Tally(truth) for name in ("pooled", "weighted", *(("helped",) if helped else ()))}
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        labels = ledger(world, design, rng)
        inside = world.kept[labels.row]
        pooled = effective_wilson(
            simple_precision(LabelSet.uniform(labels.row[inside], labels.verdict[inside], 10**9), 10**9)
        )
        made["pooled"].add(float(labels.good[inside].mean()), pooled.low, pooled.high)
        found = estimate(quantity, world.kept, labels, settings=settings)
        made["weighted"].add(found.value, found.low, found.high)
        if helped:
            part = labels.row % 5
            f = cross_fit(world.columns, labels.row, labels.good, np.maximum(labels.weight, 1e-9), part, logistic)
            found = estimate(quantity, world.kept, labels, judged=JudgedFrame(f))
            made["helped"].add(found.value, found.low, found.high)
    return made


def strata_cell(world: World, strata: np.ndarray, n: int, runs: int, seed: int, neyman: bool = False) -> Tally:
    """Return the stratified estimate of the kept rows, by proportional parts or Neyman's with the true rates."""
    rng = np.random.default_rng(seed)
    groups = [np.flatnonzero(world.kept & (strata == one)) for one in np.unique(strata)]
    sizes = np.array([len(group) for group in groups])
    rates = np.array([world.truth[group].mean() for group in groups]) if neyman else np.full(len(sizes), 0.5)
    parts = allocation(n, sizes, rates)
    made = Tally(world.precision)
    for _ in range(runs):
        good = [world.truth[rng.choice(group, m, replace=False)].sum() for group, m in zip(groups, parts, strict=True)]
        moments = stratified(StratumCells.of(sizes, parts, good))
        found = effective_wilson(moments)
        made.add(moments.value, found.low, found.high)
    return made


def versus_cell(world: World, a: np.ndarray, b: np.ndarray, n: int, runs: int, seed: int) -> Tally:
    """Return the paired difference of two policies from n uniform labels of the frame."""
    rng = np.random.default_rng(seed)
    made = Tally(float(world.truth[a].mean() - world.truth[b].mean()))
    for _ in range(runs):
        taken = rng.choice(len(a), n, replace=False)
        found = compare(a, b, LabelSet.uniform(taken, world.truth[taken], len(a))).precision
        made.add(found.value, found.low, found.high)
    return made


@dataclass(frozen=True, eq=False)
class Pool:
    """Rows with a score and a truth that depends on it."""

    score: np.ndarray
    truth: np.ndarray


def pool(kind: str, rows: int = 20_000) -> Pool:
    """Return a synthetic pool: smooth, dip (the highest scores are bad) or flat (just below .9 everywhere)."""
    rng = np.random.default_rng(5)
    if kind == "smooth":
        score = rng.beta(2.5, 1.2, rows)
        p = 1 / (1 + np.exp(2.2 - 6 * score))
    else:
        score = rng.random(rows)
        dip = np.where(score > 0.95, 0.85, np.where(score > 0.4, 0.97, 0.60))
        p = dip if kind == "dip" else np.full(rows, 0.895)
    return Pool(score, (rng.random(rows) < p).astype(float))


@dataclass
class BandTally:
    """How a band fared at all live limits at once, and what the limit that it chose was worth."""

    joint: float
    pointwise: float
    """Percent of draws in which one-sided bounds of one limit each hold at all live limits."""
    violations: float
    """Percent of draws in which the chosen limit misses the target."""
    kept: float
    """Mean share of rows that the choice keeps; 0 where none passes."""


def band_cell(kind: str, n: int, runs: int, seed: int, target: float = 0.9, weighted: bool = False) -> BandTally:
    """Return how the simultaneous band fares on a pool with n uniform (or weighted) labels."""
    from engine.curation.trust.intervals import clopper_lower

    made = pool(kind)
    axis = ScoreAxis.of(made.score)
    rows = len(made.score)
    held, single, missed, kept = [], [], [], []
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        labels = _weighted_draw(made, n, rng) if weighted else _simple_draw(made, n, rng)
        error = 0.05 if weighted else 0.1
        curve = precision_curve(axis, labels, error=error, seed=run)
        good = np.cumsum(made.truth[axis.order])[curve.ticks.end - 1]
        truth = (good / curve.ticks.size)[curve.live]
        below = curve.lower[curve.live] <= truth + 1e-12
        above = curve.upper[curve.live] >= truth - 1e-12
        held.append((below & above).all() if weighted else below.all())
        if weighted:
            single.append(
                ((curve.low <= good / curve.ticks.size) & (curve.high >= good / curve.ticks.size))[curve.live].all()
            )
        else:
            hits = np.array([labels.good[axis.place[labels.row] < end].sum() for end in curve.ticks.end])
            single.append((clopper_lower(hits, np.maximum(curve.labels, 1), error)[curve.live] <= truth + 1e-12).all())
        picked = choose(curve, target)
        missed.append(picked.tick is not None and good[picked.tick] / curve.ticks.size[picked.tick] < target)
        kept.append(picked.kept / rows)
    percent = [100 * float(np.mean(one)) for one in (held, single, missed)]
    return BandTally(*percent, float(np.mean(kept)))


def _simple_draw(made: Pool, n: int, rng: np.random.Generator) -> LabelSet:
    taken = rng.choice(len(made.score), n, replace=False)
    return LabelSet.uniform(taken, made.truth[taken], len(made.score))


def _weighted_draw(made: Pool, n: int, rng: np.random.Generator) -> LabelSet:
    """Draw .3 uniformly and .7 by nearness to the middle of the score."""
    mass = np.exp(-((made.score - np.median(made.score)) ** 2) / 0.02)
    pi = np.minimum(n * (0.3 / len(mass) + 0.7 * mass / mass.sum()), 1)
    taken = np.flatnonzero(rng.random(len(mass)) < pi)
    return LabelSet.drawn(taken, made.truth[taken], pi[taken])
