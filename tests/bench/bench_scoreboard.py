"""Scoreboard: every current problem with scores, method, answer and decision, against one plain sum over the same rows.

Home, Report and Tune read it anew whenever something was written. The peer joins problems with the latest score of each
kind and no more: no older versions, methods, answers, maps, splits or what the embedded engine knows.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402

ROWS = 1_910_000
TIMES = 3
RATIO_BAR = 3.0
SILENT = 50
"""One solution in so many has no answer."""


def run(rows: int = ROWS) -> list[BenchResult]:
    """Measure the median seconds of both, turn by turn, on one store."""
    from engine.core.project import Project
    from engine.store import Store
    from tests.support.large_project import large_project

    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Project(large_project(Path(folder) / "large", rows, SILENT)).database) as store,
    ):
        pairs = [(_seconds(lambda: _ours(store, rows)), _seconds(lambda: _plain(store, rows))) for _ in range(TIMES)]
    ours, plain = (statistics.median(side) for side in zip(*pairs, strict=True))
    name = f"scoreboard: {rows:,} problems"
    return [BenchResult.against(name, ours, "s", "plain DuckDB aggregate", plain, RATIO_BAR)]


def _ours(store: object, rows: int) -> None:
    import pyarrow.compute as pc

    from engine.store.problems import Problems

    board = Problems(store._db).scoreboard()  # type: ignore[attr-defined]
    if (board.num_rows, pc.sum(board["answered"]).as_py()) != (rows, rows - -(-rows // SILENT)):
        raise RuntimeError("the scoreboard is not whole")


def _plain(store: object, rows: int) -> None:
    from engine.store.views import SCORES

    sums = ", ".join(
        f"cast(arg_max(value, made_at) filter (where name = '{verdict}') as float) as {column}"
        for column, verdict in SCORES.items()
    )
    found = store._db.arrow(  # type: ignore[attr-defined]
        f"""select p.id, p.run_id, p.kind, p.points, left(p.statement, 160) as statement, p.made_at, s.*
            from problems p left join (select problem_id, {sums} from verdicts group by problem_id) s
                on s.problem_id = p.id
            order by p.made_at, p.id"""
    )
    if found.num_rows != rows:
        raise RuntimeError("the peer lost rows")


def _seconds(job: Callable[[], None]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    for result in run(parser.parse_args().rows):
        print(result)
