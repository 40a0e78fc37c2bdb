"""Equality of answers: time and verdicts on gold answers in other notations, beside math-verify on the same pairs."""

from __future__ import annotations

import logging
import random
import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from engine.verification.answers import comparison, equivalent, grouped, reading  # noqa: E402
from tests.bench.result import BenchResult  # noqa: E402
from tests.support.gold_answers import DATA, apart, golds, kind, meaning, notations  # noqa: E402

PAIRS, SHORT = 600, [("1/2", "0.5"), ("12", "13"), ("1,000", "1000"), ("$5$", "5"), ("-3", "3"), ("0.25", r"\frac14")]
VOTES = 28
Pair = tuple[str, str]


def run() -> list[BenchResult]:
    """Measure seconds a pair, false accepts and false rejects, and a vote over 28 answers."""
    found = [*_short(), *_votes()]
    return found + _beside_a_peer() if (DATA / "benchmarks").exists() else found


def _short() -> list[BenchResult]:
    times = [1e6 * _seconds(equivalent, pair) for _ in range(300) for pair in SHORT if not _forget()]
    return [BenchResult.below("equality: short numbers, median", statistics.median(times), "µs", 50)]


def _votes() -> list[BenchResult]:
    drawn = random.Random(5)
    texts = ["72", r"\frac{144}{2}", "72.0", "$72$", "x=72", "36", "71", r"72\text{ apples}"]
    times = []
    for _ in range(50):
        _forget()
        start = time.perf_counter()
        grouped([drawn.choice(texts) for _ in range(VOTES)])
        times.append(1e3 * (time.perf_counter() - start))
    return [BenchResult.below(f"equality: {VOTES} answers into groups, median", statistics.median(times), "ms", 2)]


def _beside_a_peer() -> list[BenchResult]:
    same, apart_ = material()
    ours, theirs = _measured(equivalent, same, apart_), _measured(_peer(), same, apart_)
    times = sorted(ours[2])
    return [
        BenchResult.against("equality: false accepts", ours[0], "pairs", "math-verify", max(theirs[0], 1), 1),
        BenchResult.against("equality: false rejects", ours[1], "pairs", "math-verify", max(theirs[1], 1), 1),
        BenchResult.against("equality: all pairs", sum(times), "s", "math-verify", sum(theirs[2]), 1 / 8),
        BenchResult.below("equality: 99 of 100 pairs", 1e3 * times[int(0.99 * len(times))], "ms", 50),
        BenchResult.below("equality: slowest pair", 1e3 * times[-1], "ms", 500),
    ]


def material(seed: int = 3) -> tuple[list[Pair], list[Pair]]:
    """Return pairs of one gold in two notations, and pairs of golds whose values are clearly apart."""
    drawn = random.Random(seed)
    distinct = list({(kind(gold), gold.text): gold for gold in golds()[0]}.values())
    some = drawn.sample(distinct, PAIRS)
    same = [(gold.text, drawn.choice(notations(gold))) for gold in some]
    known = {gold.text: found for gold in distinct if (found := meaning(gold))}
    by_value = sorted(known, key=lambda text: (known[text][0], abs(known[text][1][0]), text))
    near = [(a, b) for a, b in pairwise(by_value) if apart(known[a], known[b])]
    return same, drawn.sample(near, PAIRS)


def _measured(ask: Callable[[str, str], bool], same: list[Pair], others: list[Pair]) -> tuple[int, int, list[float]]:
    times = []
    wrong = [0, 0]
    for place, pairs in ((1, same), (0, others)):
        for a, b in pairs:
            start = time.perf_counter()
            wrong[place] += ask(a, b) is (place == 0)
            times.append(time.perf_counter() - start)
    return wrong[0], wrong[1], times


def _peer() -> Callable[[str, str], bool]:
    from math_verify import parse, verify

    logging.getLogger("math_verify").setLevel(logging.CRITICAL)

    def ask(a: str, b: str) -> bool:
        sides = [parse(text if "$" in text else f"${text}$", parsing_timeout=None) for text in (a, b)]
        return bool(verify(*sides, timeout_seconds=None))

    return ask


def _seconds(ask: Callable[[str, str], bool], pair: Pair) -> float:
    start = time.perf_counter()
    ask(*pair)
    return time.perf_counter() - start


def _forget() -> bool:
    """Empty the caches, so that every pair is compared for the first time."""
    comparison._judged.cache_clear()
    reading.meaning.cache_clear()
    return False


if __name__ == "__main__":
    for each in run():
        print(each)
