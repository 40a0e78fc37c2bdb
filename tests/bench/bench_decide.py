"""A decision at the review desk, with its label in the ledger, against the bare writes that it cannot do without.

A curator decides every few seconds; several share one machine with the runs. The peer writes one row of decisions, one
of labels and the store's revision in a transaction of their own, and asks and hashes nothing.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402

ROWS = 5_000
AT_ONCE = 60
TIMES = 5
RATIO_BAR = 4.0


def run(rows: int = ROWS) -> list[BenchResult]:
    """Measure the median CPU time of both, turn by turn, on one store."""
    from engine.store import Store
    from tests.support.store_factories import a_problem, a_solution

    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "project.duckdb") as store:
        problems = [a_problem(n) for n in range(rows)]
        store.problems.add(problems)
        store.problems.add_solutions(a_solution(problem) for problem in problems)
        ids = [problem.id for problem in problems]
        pairs = []
        for turn in range(TIMES):
            mine = ids[turn * AT_ONCE : (turn + 1) * AT_ONCE]
            pairs.append((_cpu_ms(lambda one: _ours(store, one), mine), _cpu_ms(lambda one: _bare(store, one), mine)))
    ours, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    return [BenchResult.against("decide: one decision and its label", ours, "ms CPU", "bare writes", bare, RATIO_BAR)]


def _ours(store: object, ident: str) -> None:
    store.decisions.decide(ident, "Ann", "approve", queue="draw")  # type: ignore[attr-defined]


def _bare(store: object, ident: str) -> None:
    from engine.core.records import Decision, Label
    from engine.store.tables import DECISIONS, LABELS

    decision = Decision("", f"peer-{ident}", "Ann", "approve", 1.0)
    label = replace(Label("", f"peer-{ident}", "0", "Ann", "good", 1.0), id=f"peer-{ident}")

    def write(cursor: object) -> None:
        for table, record in ((DECISIONS, replace(decision, id=f"peer-{ident}")), (LABELS, label)):
            values = [getattr(record, name) for name in record.__slots__]
            columns = ", ".join(f'"{name}"' for name in table.columns)
            marks = ", ".join("?" * len(values))
            cursor.execute(f"insert into {table.name} ({columns}, seq) values ({marks}, 0)", values)  # type: ignore[attr-defined]

    store._db.write(write, "peer")  # type: ignore[attr-defined]


def _cpu_ms(job: Callable[[str], None], ids: Sequence[str]) -> float:
    start = time.process_time()
    for ident in ids:
        job(ident)
    return 1000 * (time.process_time() - start) / len(ids)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    for result in run(parser.parse_args().rows):
        print(result)
