"""Every set of eight judges by every rule on 2 M rows: against one plain pass, and against a mask a rule.

Each of 721 rules gets what it keeps of all rows, and accuracy, precision, recall and F1 with intervals from labels.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from engine.curation.trust.label_set import LabelSet  # noqa: E402
from engine.curation.trust.subsets import SubsetRow, every_rule, table  # noqa: E402
from tests.bench.result import BenchResult  # noqa: E402

ROWS = 2_000_000
JUDGES = 8
LABELS = 1_000
BAR_S = 2.0
BAR_PASS = 40.0
"""One sum over eight columns is about what reading them costs."""
SOME = 12
"""Rules whose masks are made the plain way; all of them would take minutes."""


def run() -> list[BenchResult]:
    """Measure the table beside one pass over the votes and beside masks; raise where the counts differ."""
    rng = np.random.default_rng(0)
    good = rng.random(ROWS) < 0.6
    votes = [(rng.random(ROWS) < np.where(good, 0.85, 0.3)).astype(np.int8) for _ in range(JUDGES)]
    votes[-1][rng.random(ROWS) < 0.01] = -1
    rows = rng.choice(ROWS, LABELS, replace=False)
    labels = LabelSet.uniform(rows, good[rows], ROWS)
    found: list[SubsetRow] = []
    table([column[:1000] for column in votes], LabelSet.uniform([], [], 1000))
    whole = _least(lambda: found.extend(table(votes, labels)) if not found else table(votes, labels))
    once = _least(lambda: np.add.reduce(votes, dtype=np.int64))
    plain = _masks(votes, found)
    return [
        BenchResult.below("judge sets: 721 rules of 8 judges, 2 M rows", whole, "s", BAR_S),
        BenchResult.against("judge sets: the whole table", whole, "s", "one pass", once, BAR_PASS),
        BenchResult.against("judge sets: against a mask a rule", whole, "s", "masks of 721", plain, 0.05),
    ]


def _masks(votes: list[Any], found: list[SubsetRow]) -> float:
    """Return the seconds that masks of all rules would take, from some of them; each must keep as many rows."""
    matrix = np.column_stack(votes)
    rules = list(every_rule(JUDGES))
    drawn = np.random.default_rng(1).choice(len(rules), SOME, replace=False)
    spent = 0.0
    for number in drawn.tolist():
        begun = time.perf_counter()
        kept = int(np.count_nonzero(rules[number].keeps(matrix)))
        spent += time.perf_counter() - begun
        if kept != found[number].kept:
            raise RuntimeError(f"{rules[number]} keeps {kept} rows, the table says {found[number].kept}")
    return spent / SOME * len(rules)


def _least(job: Callable[[], object], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        job()
        best = min(best, time.perf_counter() - begun)
    return best


if __name__ == "__main__":
    for result in run():
        print(result)
