"""What graded answers come to: pass@1, maj@k, pass@k with intervals, and two models side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb, sqrt
from statistics import fmean

import numpy as np

from engine.core.records import GradedAnswer
from engine.verification.answers import grouped

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
    lost: int = 0
    """Answers that could not be had at all; they count as wrong."""


@dataclass(frozen=True, slots=True)
class ModelComparison:
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


def scores(
    answers: Iterable[GradedAnswer], asked: Mapping[str, int] | None = None, samples: int = 0
) -> tuple[Score, ...]:
    """Return a score per benchmark, in the order of the answers.

    `asked` says how many questions each benchmark has and `samples` how often each was asked: answers that could not
    be had count as wrong. Without them only the answers that exist are counted.
    """
    told = _by_benchmark(answers)
    names = [*told, *(name for name in asked or {} if name not in told)]
    return tuple(_score(name, list(told[name].values()), (asked or {}).get(name, 0), samples) for name in names)


def _score(benchmark: str, every: Sequence[list[GradedAnswer]], asked: int, samples: int) -> Score:
    total = max(asked, len(every))
    k = max(samples, *(len(some) for some in every), 1)
    due = samples or 0
    right = [sum(answer.right for answer in some) for some in every]
    one = sum(n / max(due, len(some)) for n, some in zip(right, every, strict=True)) / total
    majority = sum(_majority(some) for some in every) / total
    any_k = sum(pass_at(max(due, len(some)), n, k) for n, some in zip(right, every, strict=True)) / total
    low, high = wilson(one, total)
    unread = sum(answer.answer is None for some in every for answer in some)
    lost = sum(max(due, len(some)) - len(some) for some in every) + (total - len(every)) * max(due, 1)
    return Score(benchmark, total, k, one, majority, any_k, low, high, unread, lost)


def pass_at(samples: int, right: int, k: int) -> float:
    """Return the unbiased estimate that one of `k` answers is right, from `right` of `samples` (Chen et al. 2021)."""
    if k > samples:
        k = samples
    return 1.0 - comb(samples - right, k) / comb(samples, k) if samples else 0.0


def compare(
    first: Iterable[GradedAnswer], second: Iterable[GradedAnswer], seed: int = 0
) -> tuple[ModelComparison, ...]:
    """Compare a second model with a first one, benchmark by benchmark, over the questions that both answered."""
    before, after = _by_benchmark(first), _by_benchmark(second)
    found = []
    for benchmark in before.keys() & after.keys():
        shared = sorted(before[benchmark].keys() & after[benchmark].keys())
        if shared:
            pairs = [(before[benchmark][item], after[benchmark][item]) for item in shared]
            found.append(_compared(benchmark, pairs, seed))
    return tuple(sorted(found, key=lambda one: one.benchmark))


def by(answers: Iterable[GradedAnswer], key: Callable[[GradedAnswer], str]) -> dict[str, tuple[int, float]]:
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


def _by_benchmark(answers: Iterable[GradedAnswer]) -> dict[str, dict[str, list[GradedAnswer]]]:
    found: dict[str, dict[str, list[GradedAnswer]]] = defaultdict(lambda: defaultdict(list))
    for answer in answers:
        found[answer.benchmark][answer.item_id].append(answer)
    return found


def _majority(some: Sequence[GradedAnswer]) -> bool:
    """Whether the answer of the largest group is right; ties go to the group that comes first."""
    groups = grouped([answer.answer for answer in some])
    if not groups:
        return False
    largest = max(groups, key=len)
    return some[largest[0]].right


def _compared(
    benchmark: str, pairs: Sequence[tuple[list[GradedAnswer], list[GradedAnswer]]], seed: int
) -> ModelComparison:
    # Only a comparison needs it, and it is slow to load: every command would wait for it.
    from scipy import stats

    moved = np.array([fmean(b.right for b in new) - fmean(a.right for a in old) for old, new in pairs])
    rng = np.random.default_rng(seed)
    drawn = moved[rng.integers(0, len(moved), (RESAMPLES, len(moved)))].mean(axis=1)
    low, high = (float(bound) for bound in np.quantile(drawn, (0.025, 0.975)))
    only = [(_majority(old), _majority(new)) for old, new in pairs]
    lost, won = sum(a and not b for a, b in only), sum(b and not a for a, b in only)
    p = float(stats.binomtest(won, won + lost).pvalue) if won + lost else 1.0
    return ModelComparison(benchmark, len(pairs), float(moved.mean()), low, high, p)


def wilson(share: float, n: int, z: float = Z95) -> tuple[float, float]:
    """Return the interval of a share of `n` (Wilson 1927); 95 % unless `z` is another normal quantile."""
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
