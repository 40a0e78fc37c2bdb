"""Rules that choose a limit by labels, on pools whose truth is known: how often each misses, and what it keeps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.axis import ScoreAxis
from engine.curation.trust.choose import choose, choose_strictly, fixed_sequence, good_start, p_values
from engine.curation.trust.curve import PrecisionCurve, precision_curve
from engine.curation.trust.intervals import clopper_lower
from engine.curation.trust.label_set import LabelSet
from tests.support.trust_simulation import pool

SAFETIES = (1.0, 0.75, 0.6)
LIVE = 20
"""Labels from which a limit has a bound."""
Counts = tuple[np.ndarray, np.ndarray]
"""Good labels and labels at each limit."""


def rules_cell(
    kind: str, n: int, runs: int, seed: int, target: float = 0.9, error: float = 0.1
) -> dict[str, tuple[float, float]]:
    """Return for each rule the percent of draws whose choice misses the target, and the mean share it keeps."""
    made = pool(kind)
    axis, rows = ScoreAxis.of(made.score), len(made.score)
    found: dict[str, list[tuple[bool, float]]] = {}
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        taken = rng.choice(rows, n, replace=False)
        labels = LabelSet.uniform(taken, made.truth[taken], rows)
        curves = [precision_curve(axis, labels, error=error, seed=run, settings=TrustSettings(safety=one))
                  for one in SAFETIES[:2]]  # fmt: skip
        size = curves[0].ticks.size
        truth = np.cumsum(made.truth[axis.order])[curves[0].ticks.end - 1] / size
        for rule, tick in _choices(axis, curves, labels, target, error).items():
            missed = tick is not None and truth[tick] < target
            found.setdefault(rule, []).append((missed, 0.0 if tick is None else size[tick] / rows))
    return {
        rule: (100 * float(np.mean([one[0] for one in every])), float(np.mean([one[1] for one in every])))
        for rule, every in found.items()
    }


def coverage_cell(kind: str, n: int, runs: int, seed: int, error: float) -> dict[float | str, float]:
    """Return the percent of draws in which bounds hold at all live limits, by safety factor, and one bound each."""
    made = pool(kind)
    axis, rows = ScoreAxis.of(made.score), len(made.score)
    held: dict[float | str, list[bool]] = {}
    for run in range(runs):
        rng = np.random.default_rng([seed, run])
        taken = rng.choice(rows, n, replace=False)
        labels = LabelSet.uniform(taken, made.truth[taken], rows)
        for safety in SAFETIES:
            curve = precision_curve(axis, labels, error=error, seed=run, settings=TrustSettings(safety=safety))
            truth = (np.cumsum(made.truth[axis.order])[curve.ticks.end - 1] / curve.ticks.size)[curve.live]
            held.setdefault(safety, []).append(bool((curve.lower[curve.live] <= truth + 1e-12).all()))
        hits, of = _counts(axis, curve, labels)
        single = clopper_lower(hits, np.maximum(of, 1), error)[curve.live]
        held.setdefault("pointwise", []).append(bool((single <= truth + 1e-12).all()))
    return {name: 100 * float(np.mean(every)) for name, every in held.items()}


def _counts(axis: ScoreAxis, curve: PrecisionCurve, labels: LabelSet) -> Counts:
    place = axis.place[labels.row]
    below = place[:, None] < curve.ticks.end
    return (labels.good[:, None] * below).sum(0).astype(int), below.sum(0)


def _choices(
    axis: ScoreAxis, curves: list[PrecisionCurve], labels: LabelSet, target: float, error: float
) -> Mapping[str, int | None]:
    hits, of = _counts(axis, curves[0], labels)
    values = p_values(hits, of, target)
    size = curves[0].ticks.size
    eighth = np.searchsorted(size, np.array(TrustSettings().strict_shares) * size[-1] - 1e-9)
    start = good_start(of, target)
    return {
        "point estimate reaches the target": _last((of > 0) & (hits >= target * of - 1e-9)),
        "bound of one limit": _last((of >= LIVE) & (clopper_lower(hits, np.maximum(of, 1), error) >= target)),
        "band before the safety factor": choose(curves[0], target).tick,
        "band as shown": choose(curves[1], target).tick,
        "fixed sequence, good start": None if start is None else fixed_sequence(values, error, start),
        "fixed sequence from the strictest": fixed_sequence(values, error, int(np.argmax(target**of <= error))),
        "8 limits, Bonferroni": _last(np.isin(np.arange(len(of)), eighth) & (values <= error / 8)),
        "40 limits, Bonferroni": _last(values <= error / 40),
        "half chooses, half certifies": _halves(axis, curves[0], labels, target, error),
        "strict mode": choose_strictly(curves[1], hits, target, True).tick,
    }


def _last(passing: np.ndarray) -> int | None:
    found = np.flatnonzero(passing)
    return int(found[-1]) if len(found) else None


def _halves(axis: ScoreAxis, curve: PrecisionCurve, labels: LabelSet, target: float, error: float) -> int | None:
    """Take the largest set whose estimate on one half reaches the target, if the other half proves it."""
    first = np.arange(len(labels)) % 2 == 0
    hits, of = _counts(axis, curve, labels.where(first))
    chosen = _last((of > 0) & (hits >= target * of - 1e-9))
    if chosen is None:
        return None
    hits, of = _counts(axis, curve, labels.where(~first))
    return chosen if p_values(hits, of, target)[chosen] <= error else None
