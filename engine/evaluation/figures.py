"""What graded answers come to: pass@1, maj@k, pass@k with intervals, and two models side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import fmean

import numpy as np
from scipy import stats

from engine.answers import grouped
from engine.records import Answered

Z95 = 1.959963984540054
RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Score:
    """Accuracy of one model on one benchmark, 0 to 1; `low` and `high` bound pass@1 with 95 % (Wilson, by question)."""

    benchmark: str
    questions: int
    samples: int
    pass_1: float
    maj_k: float
    pass_k: float
    low: float
    high: float
    unread: int
    """Answers in which no final answer was found; they count as wrong."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A second model against a first one on the questions that both answered.

    `gain` is the difference of pass@1, `low` and `high` its 95 % interval (bootstrap over questions), `p` the exact
    McNemar test on majority answers.
    """

    benchmark: str
    questions: int
    gain: float
    low: float
    high: float
    p: float


def scores(answers: Iterable[Answered], missing: Mapping[str, int] | None = None) -> tuple[Score, ...]:
    """Return a score per benchmark, in the order of the answers.

    `missing` counts questions by benchmark whose answer could not be had at all; they count as wrong.
    """
    found = []
    for benchmark, by_item in _by_benchmark(answers).items():
        every = list(by_item.values())
        lost = (missing or {}).get(benchmark, 0)
        total = len(every) + lost
        k = max(len(some) for some in every)
        one = sum(fmean(answer.right for answer in some) for some in every) / total
        majority = sum(_majority(some) for some in every) / total
        any_k = sum(pass_at(len(some), sum(a.right for a in some), k) for some in every) / total
        low, high = _wilson(one, total)
        unread = sum(answer.answer is None for some in every for answer in some)
        found.append(Score(benchmark, total, k, one, majority, any_k, low, high, unread))
    return tuple(found)


def pass_at(samples: int, right: int, k: int) -> float:
    """Return the unbiased estimate that one of `k` answers is right, from `right` of `samples` (Chen et al. 2021)."""
    if k > samples:
        k = samples
    return 1.0 - comb(samples - right, k) / comb(samples, k) if samples else 0.0


def compare(first: Iterable[Answered], second: Iterable[Answered], seed: int = 0) -> tuple[Compared, ...]:
    """Compare a second model with a first one, benchmark by benchmark, over the questions that both answered."""
    before, after = _by_benchmark(first), _by_benchmark(second)
    found = []
    for benchmark in before.keys() & after.keys():
        shared = sorted(before[benchmark].keys() & after[benchmark].keys())
        if shared:
            pairs = [(before[benchmark][item], after[benchmark][item]) for item in shared]
            found.append(_compared(benchmark, pairs, seed))
    return tuple(sorted(found, key=lambda one: one.benchmark))


def by(answers: Iterable[Answered], key: Callable[[Answered], str]) -> dict[str, tuple[int, float]]:
    """Return questions and pass@1 by level, subject or anything else that `key` gives, '' left out."""
    said: dict[str, dict[tuple[str, str], list[bool]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        if name := key(answer):
            said[name][answer.benchmark, answer.item_id].append(answer.right)
    return {name: (len(items), fmean(fmean(rights) for rights in items.values())) for name, items in said.items()}


def robustness_gap(found: Sequence[Score], plain: str = "gsm8k", perturbed: str = "gsm_plus") -> float | None:
    """Return how far accuracy falls from a benchmark to its perturbed twin (FL-33); None where one is missing."""
    known = {one.benchmark: one.pass_1 for one in found}
    return known[plain] - known[perturbed] if plain in known and perturbed in known else None


def _by_benchmark(answers: Iterable[Answered]) -> dict[str, dict[str, list[Answered]]]:
    found: dict[str, dict[str, list[Answered]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        found[answer.benchmark][answer.item_id].append(answer)
    return found


def _majority(some: Sequence[Answered]) -> bool:
    """Whether the answer of the largest group is right; ties go to the group that comes first."""
    groups = grouped([answer.answer for answer in some])
    if not groups:
        return False
    largest = max(groups, key=len)
    return some[largest[0]].right


def _compared(benchmark: str, pairs: Sequence[tuple[list[Answered], list[Answered]]], seed: int) -> Compared:
    moved = np.array([fmean(b.right for b in new) - fmean(a.right for a in old) for old, new in pairs])
    rng = np.random.default_rng(seed)
    drawn = moved[rng.integers(0, len(moved), (RESAMPLES, len(moved)))].mean(axis=1)
    low, high = (float(bound) for bound in np.quantile(drawn, (0.025, 0.975)))
    only = [(_majority(old), _majority(new)) for old, new in pairs]
    lost, won = sum(a and not b for a, b in only), sum(b and not a for a, b in only)
    p = float(stats.binomtest(won, won + lost).pvalue) if won + lost else 1.0
    return Compared(benchmark, len(pairs), float(moved.mean()), low, high, p)


def _wilson(share: float, n: int) -> tuple[float, float]:
    centre = (share + Z95 * Z95 / (2 * n)) / (1 + Z95 * Z95 / n)
    half = Z95 / (1 + Z95 * Z95 / n) * sqrt(share * (1 - share) / n + Z95 * Z95 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
