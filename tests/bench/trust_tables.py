"""Tables of the calibration document, played anew beside its figures: `python -m tests.bench.trust_tables`.

Each cell is what was played here, with what is printed in brackets; the error of a coverage of 95 % in so many plays
stands above each table. With numbers of tables behind it (3.3 4.1 4.2 5.2 5.6 8 10.3 10.4 cap) it plays only those; a
number with a colon sets the plays: `3.3:400`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.chosen import cross_fitted, most_precise
from engine.curation.trust.folds import folds_of
from engine.curation.trust.intervals import wilson
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.reliability import reliability
from tests.support import panel_data
from tests.support import trust_worlds as worlds
from tests.support.trust_rules import SAFETIES, coverage_cell, rules_cell
from tests.support.trust_simulation import Design, ledger_cell, strata_cell, uniform_cell, versus_cell

SEED = 13
NO_CAP = TrustSettings(cap_few=1e9, cap_some=1e9, cap_many=1e9)
PRINTED_33 = (
    ("gsm all rows", 50, (94.6, 0.256), (93.7, 0.191), (94.9, 0.194), 43),
    ("gsm all rows", 100, (94.6, 0.184), (93.0, 0.133), (94.2, 0.134), 47),
    ("gsm all rows", 200, (96.3, 0.130), (94.1, 0.094), (94.6, 0.095), 47),
    ("gsm all rows", 400, (95.5, 0.091), (94.3, 0.066), (94.3, 0.066), 48),
    ("gsm kept >=1/3", 50, (96.1, 0.232), (92.2, 0.214), (94.8, 0.217), 12),
    ("gsm kept >=1/3", 100, (94.3, 0.165), (94.1, 0.151), (94.9, 0.152), 15),
    ("gsm kept >=1/3", 200, (95.1, 0.115), (94.7, 0.105), (95.3, 0.105), 17),
    ("gsm kept >=1/3", 400, (93.7, 0.078), (94.3, 0.071), (94.8, 0.071), 17),
    ("gsm kept >=2/3", 50, (94.5, 0.167), (90.4, 0.160), (94.8, 0.171), -4),
    ("gsm kept >=2/3", 100, (96.1, 0.116), (92.1, 0.113), (95.1, 0.116), 0),
    ("gsm kept >=2/3", 400, (95.1, 0.051), (95.1, 0.050), (96.1, 0.050), 3),
    ("gsm unanimous", 50, (93.5, 0.119), (91.3, 0.102), (94.5, 0.124), -10),
    ("gsm unanimous", 100, (93.7, 0.076), (94.2, 0.071), (96.4, 0.078), -5),
    ("processbench all", 50, (94.8, 0.251), (91.9, 0.177), (92.9, 0.181), 48),
    ("processbench all", 100, (94.6, 0.180), (93.8, 0.125), (94.2, 0.126), 51),
    ("processbench all", 400, (94.8, 0.087), (94.8, 0.060), (94.7, 0.060), 53),
    ("processbench kept", 50, (94.0, 0.243), (94.2, 0.225), (95.5, 0.227), 12),
    ("processbench kept", 100, (95.9, 0.172), (93.1, 0.157), (94.8, 0.158), 15),
    ("processbench kept", 400, (95.9, 0.079), (94.8, 0.071), (95.3, 0.072), 18),
)
PRINTED_41 = {
    "point estimate reaches the target": ((48, 47, 39, 37), (0.73, 0.74, 0.73, 0.74)),
    "bound of one limit": ((5, 5, 5, 3), (0.32, 0.48, 0.59, 0.65)),
    "band before the safety factor": ((4, 2, 2, 0), (0.21, 0.33, 0.48, 0.58)),
    "band as shown": (None, None),
    "fixed sequence, good start": ((4, 4, 6, 3), (0.11, 0.31, 0.46, 0.53)),
    "fixed sequence from the strictest": ((2, 2, 3, 2), (0.11, 0.19, 0.26, 0.36)),
    "8 limits, Bonferroni": ((0, 0, 0, 0), (0.06, 0.14, 0.33, 0.48)),
    "40 limits, Bonferroni": ((0, 0, 0, 0), (0.01, 0.07, 0.25, 0.48)),
    "half chooses, half certifies": ((0, 0, 0, 0), (0.02, 0.07, 0.18, 0.28)),
    "strict mode": (None, None),
}
PRINTED_42 = {
    0.1: {1.0: "86–91", 0.75: "89–93", 0.6: "91–94", "pointwise": "58–81"},
    0.05: {1.0: "90–96", 0.75: "93–97", 0.6: "94–98", "pointwise": ""},
}
PRINTED_56 = {50: (0.959, 0.889, -1.0), 100: (0.948, 0.907, -0.6), 200: (0.937, 0.915, -0.6), 400: (0.931, 0.918, -0.4)}
PRINTED_103 = (
    ("gsm kept >=1/3", "uniform", (0, -29.8), (94.0, 0.2), 92.0),
    ("gsm kept >=1/3", "active", (0, -24.4), (95.0, -0.4), 94.0),
    ("gsm kept >=2/3", "uniform", (0, -38.2), (95.5, 0.4), 98.0),
    ("gsm kept >=2/3", "active", (0, -30.5), (94.0, -0.1), 95.3),
    ("processbench kept", "uniform", (0, -25.7), (96.5, 0.0), 97.3),
    ("processbench kept", "active", (0, -20.6), (97.0, -0.1), 96.7),
)
PRINTED_CAP = (
    ("gsm unanimous", "uniform", 54.0, 97.2),
    ("gsm unanimous", "near", 79.2, 98.0),
    ("gsm kept >=2/3", "near", 92.0, 97.2),
    ("gsm kept >=1/3", "uniform", 94.5, 94.5),
)


def world(name: str) -> worlds.World:
    """Return the rows that a line of a table is about."""
    shares = {"gsm all rows": 0.0, "gsm kept >=1/3": 1 / 3, "gsm kept >=2/3": 2 / 3, "gsm unanimous": 1.0}
    if name in shares:
        return worlds.gsm(shares[name])
    return worlds.processbench_whole() if name.endswith("all") else worlds.processbench()


def error(runs: int, nominal: float = 95.0) -> float:
    """Return the standard error of a coverage, in points."""
    return 100 * float(np.sqrt(nominal / 100 * (1 - nominal / 100) / runs))


def beside(value: float, printed: float | None, digits: int = 1) -> str:
    """Return a figure with the printed one in brackets."""
    return f"{value:.{digits}f}" + ("" if printed is None else f" ({printed:.{digits}f})")


def _table(title: str, runs: int, head: tuple[str, ...], rows: Iterator[tuple[str, ...]], nominal: float = 95) -> str:
    lines = [f"### {title}", "", f"{runs:,} plays each, error {error(runs, nominal):.1f} points.", ""]
    lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows), ""])


def table_33(runs: int) -> str:
    """PPI++ on real rows: coverage and width of three intervals."""

    def rows() -> Iterator[tuple[str, ...]]:
        for name, n, *printed, spared in PRINTED_33:
            found = uniform_cell(world(name), n, runs, SEED)
            cells = [
                f"{beside(found[kind].coverage, one[0])} / {beside(found[kind].width, one[1], 3)}"
                for kind, one in zip(("wilson", "normal", "common"), printed, strict=True)
            ]
            saved = 1 - (found["common"].width / found["wilson"].width) ** 2
            yield name, str(n), *cells, f"{100 * saved:.0f} % ({spared} %)"

    head = ("kept set", "labels", "Wilson", "PPI++, normal", "PPI++, common interval", "labels saved")
    return _table("3.3 Coverage / width of intervals from uniform labels", runs, head, rows())


def table_41(runs: int) -> str:
    """What rules choose on the smooth pool, and on the flat one just below the target."""
    sizes = (100, 200, 400, 800)
    smooth = {n: rules_cell("smooth", n, runs, SEED) for n in sizes}
    flat = rules_cell("flat", 200, runs, SEED)
    dip = rules_cell("dip", 200, runs, SEED)

    def rows() -> Iterator[tuple[str, ...]]:
        for rule, (missed, kept) in PRINTED_41.items():
            cells = [
                f"{beside(smooth[n][rule][0], None if missed is None else missed[at], 0)} / "
                f"{beside(smooth[n][rule][1], None if kept is None else kept[at], 2)}"
                for at, n in enumerate(sizes)
            ]
            yield rule, *cells, f"{flat[rule][0]:.0f}", f"{dip[rule][0]:.0f} / {dip[rule][1]:.2f}"

    head = ("rule", *(f"smooth, {n}" for n in sizes), "flat .895, 200: missed", "dip, 200")
    title = "4.1 Choices that miss the target .9, % / mean share kept"
    note = (
        "The strictest limit is the first that can pass with not one bad label. How a half chooses is not told: here "
        "by its plain estimate, and the other half certifies by an exact test.\n"
    )
    return _table(title, runs, head, rows(), 90) + "\n" + note


def table_42(runs: int) -> str:
    """All-tick coverage by safety factor."""

    def rows() -> Iterator[tuple[str, ...]]:
        for delta, printed in PRINTED_42.items():
            found = [
                coverage_cell(kind, n, runs, SEED, delta) for kind in ("smooth", "dip", "flat") for n in (100, 400)
            ]
            for name in (*SAFETIES, "pointwise"):
                values = [one[name] for one in found]
                told = f"factor {name}" if isinstance(name, float) else "bounds of one limit each"
                yield f"{100 * (1 - delta):.0f}", told, f"{min(values):.1f} – {max(values):.1f}", printed[name]

    head = ("nominal", "band", "played: three pools, 100 and 400 labels", "printed: 100 to 400 labels")
    return _table("4.2 All live limits at once, %", runs, head, rows(), 90)


def table_52(runs: int) -> str:
    """The plain calibration error of a perfect judge, and the debiased one."""

    def rows() -> Iterator[tuple[str, ...]]:
        for n, printed in ((100, 0.087), (200, 0.062), (400, 0.043), (1000, 0.028)):
            found = []
            for run in range(runs):
                rng = np.random.default_rng([SEED, n, run])
                truth = 1 / (1 + np.exp(2.2 - 6 * rng.beta(2.5, 1.2, n)))  # The smooth pool of 4.1.
                found.append(reliability(truth, rng.random(n) < truth, rounds=1, bins=10))
            plain, squared = (float(np.mean([getattr(one, name) for one in found])) for name in ("plain", "debiased"))
            yield str(n), beside(plain, printed, 3), f"{squared:+.4f}" + (" (-0.0001)" if n == 100 else "")

    head = ("labels", "plain error", "debiased square")
    return _table("5.2 Calibration error of a perfect judge, 10 bins", runs, head, rows())


def table_56(runs: int) -> str:
    """The best of 17 policies by n labels: apparent, true, cross-fitted; coverage of the split interval."""
    kept, good = panel_data.seventeen_policies()
    sizes, eligible = kept.sum(axis=1), kept.mean(axis=1) >= 0.15
    truth = np.array([good[one].mean() for one in kept])

    def rows() -> Iterator[tuple[str, ...]]:
        for n, (apparent, true, off) in PRINTED_56.items():
            seen, real, honest, inside = [], [], [], []
            for run in range(runs):
                taken = np.random.default_rng([SEED, n, run]).choice(len(good), n, replace=False)
                ids = [f"row {row}" for row in taken]
                found = cross_fitted(kept[:, taken], sizes, LabelSet.uniform(taken, good[taken], len(good)),
                                     folds_of(ids), folds_of(ids, 2, "half") == 0, most_precise(eligible))  # fmt: skip
                if found.policy is None or found.apparent is None or found.value is None:
                    continue
                seen.append(found.apparent)
                real.append(truth[found.policy])
                honest.append(found.value - truth[found.policy])
                if found.split is not None and found.split.low is not None and found.split.high is not None:
                    inside.append(found.split.low <= truth[found.split.policy] <= found.split.high)
            split = f"{100 * float(np.mean(inside)):.1f} of {len(inside):,} (95.5 – 97.0)" if inside else "–"
            yield (str(n), beside(float(np.mean(seen)), apparent, 3), beside(float(np.mean(real)), true, 3),
                   beside(100 * float(np.mean(honest)), off), split)  # fmt: skip

    head = ("labels", "apparent", "true", "cross-fitted off by, points", "split interval covers, %")
    return _table("5.6 The best of many, by the labels that chose it and by others", runs, head, rows())


def table_8(runs: int) -> str:
    """Policy against policy on cells, and as two samples."""
    whole = worlds.gsm(0)
    _, right, length, steps, _ = worlds.processbench_facts()
    gsm = whole.f >= 2 / 3 - 1e-9, whole.f >= 1 / 3 - 1e-9
    bench = right & (length < 1500), right & (steps <= 7)
    asked = [("gsm >=2/3 against >=1/3", whole, gsm, n, *one) for n, one in
             ((100, (95.4, 0.196, 0.362)), (200, (95.3, 0.141, 0.253)), (400, (96.0, 0.100, 0.177)))]  # fmt: skip
    asked += [("processbench (10.4)", worlds.processbench(), bench, n, *one) for n, one in
              ((200, (95.9, 0.156, 0.283)), (400, (94.8, 0.110, 0.199)))]  # fmt: skip

    def rows() -> Iterator[tuple[str, ...]]:
        for name, rows_of, (a, b), n, covered, width, naive in asked:
            found = versus_cell(rows_of, a, b, n, runs, SEED)
            apart = float(np.mean([_two_samples(rows_of.truth, a, b, n, run) for run in range(min(runs, 200))]))
            cells = beside(found.coverage, covered), beside(found.width, width, 3), beside(apart, naive, 3)
            yield name, str(n), f"{found.truth:+.4f}", *cells

    head = ("policies", "labels", "true", "coverage", "width", "width as two samples")
    return _table("8 A against B on the same labels", runs, head, rows())


def _two_samples(truth: np.ndarray, a: np.ndarray, b: np.ndarray, n: int, run: int) -> float:
    """Return the width of a difference of two shares that are taken for independent (Newcombe)."""
    taken = np.random.default_rng([SEED, run]).choice(len(truth), n, replace=False)
    ends = []
    for kept in (a, b):
        mine = taken[kept[taken]]
        share, (low, high) = truth[mine].mean(), wilson(int(truth[mine].sum()), len(mine))
        ends.append((share - low, high - share))
    (down, up), (lower, upper) = ends
    return float(np.hypot(down, upper) + np.hypot(up, lower))


def table_103(runs: int) -> str:
    """Reviewers between draws: pooled labels, Hajek's ratio, PPI++ with the cap."""

    def rows() -> Iterator[tuple[str, ...]]:
        for name, later, pooled, hajek, helped in PRINTED_103:
            found = ledger_cell(world(name), Design(later, True), runs, SEED, helped=True)
            cells = [f"{beside(found[kind].coverage, one[0])} / {beside(found[kind].bias, one[1])}"
                     for kind, one in (("pooled", pooled), ("weighted", hajek))]  # fmt: skip
            yield name, later, *cells, beside(found["helped"].coverage, helped)

    head = ("kept set", "later draws", "pooled: coverage / bias", "Hajek: coverage / bias", "PPI++, capped")
    return _table("10.3 Four draws with a reviewer of bad rows in between", runs, head, rows())


def table_104(runs: int) -> str:
    """Strata of ProcessBench: standard deviation of precision, and coverage."""
    strata = worlds.processbench_facts()[4]

    def rows() -> Iterator[tuple[str, ...]]:
        for n, printed in ((100, (4.47, 4.20, 4.07)), (200, (3.06, 2.92, 2.80))):
            found = [uniform_cell(worlds.processbench(), n, runs, SEED)["wilson"]]
            found += [strata_cell(worlds.processbench(), strata, n, runs, SEED, neyman) for neyman in (False, True)]
            for name, one, sd in zip(("uniform", "proportional", "Neyman"), found, printed, strict=True):
                yield str(n), name, beside(100 * float(np.std(one.values)), sd, 2), f"{one.coverage:.1f} (94.8 – 96.9)"

    return _table("10.4 Strata of ProcessBench", runs, ("labels", "draw", "sd, points", "coverage"), rows())


def table_cap(runs: int) -> str:
    """The same draws with and without the cap of effective labels (2.0)."""

    def rows() -> Iterator[tuple[str, ...]]:
        for name, later, without, capped in PRINTED_CAP:
            found = [ledger_cell(world(name), Design(later, True), runs, SEED, settings=one)["weighted"]
                     for one in (NO_CAP, TrustSettings())]  # fmt: skip
            yield (name, later, beside(found[0].coverage, without), beside(found[1].coverage, capped),
                   f"{found[0].optimistic:.1f}, {found[1].optimistic:.1f}")  # fmt: skip

    head = ("kept set", "later draws", "without the cap", "with it", "wholly above the truth, without and with")
    return _table("2.0 What the cap is for", runs, head, rows())


TABLES: dict[str, tuple[Callable[[int], str], int]] = {
    "cap": (table_cap, 400),
    "3.3": (table_33, 1000),
    "4.1": (table_41, 400),
    "4.2": (table_42, 400),
    "5.2": (table_52, 500),
    "5.6": (table_56, 1000),
    "8": (table_8, 1000),
    "10.3": (table_103, 200),
    "10.4": (table_104, 1000),
}


def main(words: list[str]) -> None:
    """Print the tables that are named, all of them without a name."""
    asked = [word.partition(":") for word in words] or [(name, "", "") for name in TABLES]
    for name, _, plays in asked:
        make, runs = TABLES[name]
        start = time.process_time()
        print(make(int(plays or runs)), flush=True)
        print(f"{name}: {time.process_time() - start:.0f} s of CPU", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
