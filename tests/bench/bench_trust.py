"""Trust: coverage of every estimator on draws from rows whose truth is known, beside the printed figures; and speed.

Coverage needs no real data for the synthetic pools; GSM8K and ProcessBench are played where they are present. Misses
of a figure are those beyond three standard errors of Monte Carlo. Speed is CPU beside passes of plain numpy over the
same rows, in the same run.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from engine.core.records import Rule  # noqa: E402
from engine.curation import policy as policies  # noqa: E402
from engine.curation.table import ScoreTable  # noqa: E402
from engine.curation.trust.asked import JudgedFrame  # noqa: E402
from engine.curation.trust.axis import ScoreAxis  # noqa: E402
from engine.curation.trust.curve import precision_curve  # noqa: E402
from engine.curation.trust.estimate import estimate  # noqa: E402
from engine.curation.trust.from_ledger import StoredLabels  # noqa: E402
from engine.curation.trust.label_set import LabelSet  # noqa: E402
from engine.curation.trust.policy_trust import LimitAxes, PolicyTrust  # noqa: E402
from tests.bench.result import BenchResult  # noqa: E402
from tests.support import trust_worlds as worlds  # noqa: E402
from tests.support.trust_simulation import (  # noqa: E402
    Design,
    Tally,
    band_cell,
    ledger_cell,
    strata_cell,
    uniform_cell,
    versus_cell,
)

RUNS = 1000
LEDGER_RUNS = 400
BAND_RUNS = 300
ROWS = 2_000_000
LABELS = 1000
MOVES = 15
BAR_MS = 50.0

UNIFORM: tuple[tuple[str, int, float, float, float, float], ...] = (
    ("gsm all", 50, 94.6, 0.256, 94.9, 0.194),
    ("gsm all", 100, 94.6, 0.184, 94.2, 0.134),
    ("gsm all", 200, 96.3, 0.130, 94.6, 0.095),
    ("gsm all", 400, 95.5, 0.091, 94.3, 0.066),
    ("gsm >=1/3", 50, 96.1, 0.232, 94.8, 0.217),
    ("gsm >=1/3", 100, 94.3, 0.165, 94.9, 0.152),
    ("gsm >=1/3", 200, 95.1, 0.115, 95.3, 0.105),
    ("gsm >=1/3", 400, 93.7, 0.078, 94.8, 0.071),
    ("gsm >=2/3", 50, 94.5, 0.167, 94.8, 0.171),
    ("gsm >=2/3", 100, 96.1, 0.116, 95.1, 0.116),
    ("gsm >=2/3", 400, 95.1, 0.051, 96.1, 0.050),
    ("gsm unanimous", 50, 93.5, 0.119, 94.5, 0.124),
    ("gsm unanimous", 100, 93.7, 0.076, 96.4, 0.078),
    ("processbench kept", 50, 94.0, 0.243, 95.5, 0.227),
    ("processbench kept", 100, 95.9, 0.172, 94.8, 0.158),
    ("processbench kept", 400, 95.9, 0.079, 95.3, 0.072),
)
"""World, labels, and what a table of 1,000 draws printed: coverage and width of Wilson's interval and of PPI++."""

LEDGER: tuple[tuple[str, str, float, float], ...] = (
    ("gsm >=1/3", "uniform", 94.0, 92.0),
    ("gsm >=1/3", "active", 95.0, 94.0),
    ("gsm >=2/3", "uniform", 95.5, 98.0),
    ("gsm >=2/3", "active", 94.0, 95.3),
    ("processbench kept", "uniform", 96.5, 97.3),
    ("processbench kept", "active", 97.0, 96.7),
)
"""World, later draws, and the printed coverage of Hajek's ratio and of PPI++ with reviewers in between."""


def run() -> list[BenchResult]:
    """Play all designs and measure a move; about ten minutes of one core."""
    results = [*_pools(), *_speed(), *_page()]
    if worlds.present():
        results += [*_uniform(), *_ledger(), *_designs(), *_strata(), *_versus()]
    return results


def _world(name: str) -> worlds.World:
    shares = {"gsm all": 0.0, "gsm >=1/3": 1 / 3, "gsm >=2/3": 2 / 3, "gsm unanimous": 1.0}
    return worlds.gsm(shares[name]) if name in shares else worlds.processbench()


def _off(name: str, value: float, printed: float, runs: int) -> BenchResult:
    """A coverage beside a printed one, which is of some draws itself: three standard errors of the difference."""
    bar = 300 * float(np.sqrt(0.95 * 0.05 * (1 / runs + 1 / min(runs, 1000))))
    return BenchResult(name, value, "%", f"printed: {printed:g} %", None, bar, abs(value - printed) <= bar)


def _within(name: str, found: Tally, runs: int, least: float = 93.0, most: float = 97.0) -> Iterator[BenchResult]:
    """Coverage of 93 to 97 % and at most 4.5 % optimistic misses, each with three standard errors."""
    slack = 300 * float(np.sqrt(0.95 * 0.05 / runs))
    ok = least - slack <= found.coverage <= most + slack
    yield BenchResult(f"{name}: coverage", found.coverage, "%", f"{least:g} to {most:g} %", None, slack, ok)
    yield BenchResult.below(f"{name}: optimistic misses", found.optimistic, "%", 4.5)
    yield BenchResult.below(f"{name}: bias", abs(found.bias), "points", 1.0)


def _uniform() -> Iterator[BenchResult]:
    for world, n, wilson, wilson_width, helped, helped_width in UNIFORM:
        found = uniform_cell(_world(world), n, RUNS, 7)
        name = f"{world}, {n} uniform labels"
        yield _off(f"{name}: Wilson", found["wilson"].coverage, wilson, RUNS)
        yield _off(f"{name}: PPI++", found["common"].coverage, helped, RUNS)
        for kind, printed, tally in (
            ("Wilson", wilson_width, found["wilson"]),
            ("PPI++", helped_width, found["common"]),
        ):
            off = abs(tally.width / printed - 1)
            peer = f"printed: {printed:g}"
            yield BenchResult(f"{name}: width of {kind}", tally.width, "", peer, None, 0.04, off <= 0.04)


def _ledger() -> Iterator[BenchResult]:
    for world, later, hajek, helped in LEDGER:
        found = ledger_cell(_world(world), Design(later, True), LEDGER_RUNS, 7, helped=True)
        name = f"{world}, {later} draws, reviewers"
        yield _off(f"{name}: Hajek", found["weighted"].coverage, hajek, 200)
        yield _off(f"{name}: PPI++", found["helped"].coverage, helped, 150)
        off = -found["pooled"].bias
        yield BenchResult(f"{name}: pooled labels are off by", off, "points", "", None, 15.0, off > 15)


def _designs() -> Iterator[BenchResult]:
    """Each design with and without reviewers, on each policy: what the product promises."""
    for world in ("gsm >=1/3", "gsm >=2/3", "gsm unanimous", "processbench kept"):
        for later in ("uniform", "strata", "near", "active"):
            for reviewers in (False, True):
                found = ledger_cell(_world(world), Design(later, reviewers), LEDGER_RUNS, 11)["weighted"]
                who = "with" if reviewers else "without"
                # Capped weights are wide on purpose where hardly any row is bad.
                most = 99.5 if world in ("gsm unanimous", "gsm >=2/3") else 97.0
                yield from _within(f"{world}, {later} draws, {who} reviewers", found, LEDGER_RUNS, most=most)


def _strata() -> Iterator[BenchResult]:
    strata = worlds.processbench_facts()[4]
    for n in (100, 200):
        for neyman in (False, True):
            found = strata_cell(worlds.processbench(), strata, n, RUNS, 3, neyman)
            name = f"processbench, {n} labels, {'Neyman' if neyman else 'proportional'} strata"
            yield from _within(name, found, RUNS, most=97.5)


def _versus() -> Iterator[BenchResult]:
    whole = worlds.gsm(0)
    strict, lax = whole.f >= 2 / 3 - 1e-9, whole.f >= 1 / 3 - 1e-9
    for n, printed in ((100, 95.4), (200, 95.3), (400, 96.0)):
        found = versus_cell(whole, strict, lax, n, RUNS, 3)
        yield _off(f"gsm >=2/3 against >=1/3, {n} labels", found.coverage, printed, RUNS)
    _, right, length, steps, _ = worlds.processbench_facts()
    for n, printed in ((200, 95.9), (400, 94.8)):
        found = versus_cell(worlds.processbench(), right & (length < 1500), right & (steps <= 7), n, RUNS, 3)
        yield _off(f"processbench, two policies, {n} labels", found.coverage, printed, RUNS)


def _pools() -> Iterator[BenchResult]:
    slack = 300 * float(np.sqrt(0.9 * 0.1 / BAND_RUNS))
    for kind in ("smooth", "dip", "flat"):
        for n in (100, 400):
            found = band_cell(kind, n, BAND_RUNS, 7)
            name = f"{kind} pool, {n} labels"
            ok = found.joint >= 86 - slack
            yield BenchResult(f"{name}: band at all limits", found.joint, "%", "nominal 90", None, 86.0, ok)
            yield BenchResult.below(f"{name}: choices that miss the target", found.violations, "%", 10.0)
            yield BenchResult.below(f"{name}: bounds of one limit, at all limits", found.pointwise, "%", 85.0)
    found = band_cell("smooth", 300, BAND_RUNS, 7, weighted=True)
    ok = found.joint >= 92 - slack
    yield BenchResult("smooth pool, weighted labels: band", found.joint, "%", "nominal 95", None, 92.0, ok)


def _speed() -> Iterator[BenchResult]:
    """A move of another rule's limit: the kept rows change, so that the whole curve with its band is made anew."""
    rng = np.random.default_rng(0)
    score, other = rng.random(ROWS), rng.random(ROWS)
    chance = 1 / (1 + np.exp(2.2 - 6 * score))
    truth = (rng.random(ROWS) < chance).astype(float)
    f = np.clip(chance + rng.normal(0, 0.1, ROWS), 0, 1)
    row = rng.choice(ROWS, LABELS, replace=False)
    labels = LabelSet.uniform(row, truth[row], ROWS)
    pi = np.minimum(LABELS / ROWS * (0.3 + 2.8 * chance * (1 - chance)), 1)
    taken = np.flatnonzero(rng.random(ROWS) < pi)
    uneven = LabelSet.drawn(taken, truth[taken], pi[taken])
    axis, plain = ScoreAxis.of(score, f=f), ScoreAxis.of(score)
    passes = _cpu(lambda base: (f * base).cumsum(), other)
    for name, made, mine in (("counts", plain, labels), ("with judges", axis, labels), ("weighted", axis, uneven)):
        found = _cpu(lambda base, a=made, b=mine: precision_curve(a, b, base), other)  # type: ignore[misc]
        yield BenchResult.below(f"trust: curve and band of a move, {name}, CPU", found, "ms", BAR_MS)
        yield BenchResult.against(f"trust: the same, {name}", found, "ms", "a pass of numpy", passes, 10.0)
    judged = JudgedFrame(f)
    found = _cpu(lambda base: estimate("precision", base, labels, judged=judged), other)
    yield BenchResult.below("trust: one estimate with judges, CPU", found, "ms", BAR_MS)
    curve = precision_curve(axis, labels)
    found = _cpu(lambda base: curve.at(np.array([ROWS // 3])), other)
    yield BenchResult.below("trust: a move along the curve's own limit, CPU", found, "ms", 1.0)


def _page() -> Iterator[BenchResult]:
    """The road of page Tune: limits on their grid, marks of a policy, the estimates that the header shows, the band."""
    rng = np.random.default_rng(0)
    judged = rng.random(ROWS).astype(np.float32)
    ids = pa.array(np.char.add("P", np.arange(ROWS).astype(str)))
    columns = {"judge_score": judged, "difficulty": rng.random(ROWS), "rarity": rng.random(ROWS)}
    axes = LimitAxes(ScoreTable.of({"id": ids, **columns}))
    row = np.sort(rng.choice(ROWS, LABELS, replace=False))
    labels = LabelSet.uniform(row, rng.random(LABELS) < 0.2 + 0.7 * judged[row], ROWS)
    trust = PolicyTrust(axes).read(StoredLabels(ids.take(pa.array(row)), labels, None))
    rules = (Rule("judge_score", "at least", 0.5, "drop"), Rule("difficulty", "at least", 0.1, "keep"))
    own, other = (
        ((replace(rules[0], limit=0.4 + 0.02 * n), rules[1]) for n in range(MOVES + 2)),
        ((rules[0], replace(rules[1], limit=0.1 + 0.01 * n)) for n in range(MOVES + 2)),
    )
    for name, moves in (("its own limit", own), ("another limit", other)):
        took = []
        for each in moves:
            policy = policies.make("moved", each)
            start = time.process_time()
            trust.quality(policy)
            trust.curve(policy, 0)
            took.append(1000 * (time.process_time() - start))
        found = float(np.median(took[2:]))
        yield BenchResult.below(f"trust: header, curve and band of page Tune, {name} moved, CPU", found, "ms", BAR_MS)


def _cpu(job: Callable[[np.ndarray], object], other: np.ndarray) -> float:
    """Return the median CPU milliseconds after a warm-up; every move keeps other rows."""
    took = []
    for move in range(MOVES + 2):
        base = other > 0.1 + 0.01 * move
        start = time.process_time()
        job(base)
        took.append(1000 * (time.process_time() - start))
    return float(np.median(took[2:]))


if __name__ == "__main__":
    for result in run():
        print(result)
