"""What-if: one limit moved on 1.91 M rows with all outputs, against plain numpy and plain SQL in the same run.

Outputs: kept rows, rows per 1,200 concepts and 5 kinds, 8 histograms of 40 bins, a 256 x 256 map, a page of 200 ids.
Every move takes another slider; dragging one slider is measured apart.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from result import BenchResult  # noqa: E402

from engine.core.records import Policy, Rule  # noqa: E402
from engine.curation.arrays import Arrays  # noqa: E402
from engine.curation.policy import make  # noqa: E402
from engine.curation.quantize import CELLS, bins, cells  # noqa: E402
from engine.curation.scores import BINS, SCORES  # noqa: E402
from engine.curation.table import ScoreTable  # noqa: E402
from engine.curation.whatif import PAGE, WhatIf  # noqa: E402

ROWS = 1_910_000
CONCEPTS = 1_200
KINDS = ("one-hop", "two-hop", "three-hop", "community", "random")
MOVES = 40
BAR_MS = 120.0
BAR_CPU = 1.5
KEYS = tuple(SCORES)


def run() -> list[BenchResult]:
    """Measure p50 and p95 of a move, and CPU beside the peers; raise where the counts differ."""
    board = _board()
    view, plain, sql = WhatIf.load(board), _Numpy(board), _Sql(board)
    policies = _policies(MOVES)
    for policy in policies[:2]:
        _same(view.move(policy), plain.move(policy), sql.move(policy))
    ours, numpy = [], []
    for policy in policies:
        ours.append(_timed(lambda p=policy: view.move(p)))  # type: ignore[misc]
        numpy.append(_timed(lambda p=policy: plain.move(p)))  # type: ignore[misc]
    queries = [_timed(lambda p=policy: sql.move(p)) for policy in policies[:3]]  # type: ignore[misc]
    drag = [_timed(lambda p=policy: view.move(p)) for policy in _drag(MOVES)]  # type: ignore[misc]
    size = _megabytes(view.arrays)
    return [
        BenchResult.below("what-if: a move, p50", _at(ours, 50), "ms", BAR_MS),
        BenchResult.below("what-if: a move, p95", _at(ours, 95), "ms", BAR_MS),
        BenchResult.below("what-if: dragging one slider, p95", _at(drag, 95), "ms", BAR_MS),
        BenchResult.against("what-if: CPU of a move", _cpu(ours), "ms", "plain numpy", _cpu(numpy), BAR_CPU),
        BenchResult.against("what-if: CPU of a move, SQL", _cpu(ours), "ms", "plain DuckDB", _cpu(queries), 1.0),
        BenchResult.against("what-if: CPU while dragging", _cpu(drag), "ms", "plain numpy", _cpu(numpy), BAR_CPU),
        BenchResult.below("what-if: memory of the arrays", size, "MB", 60.0),
    ]


def _board() -> pa.Table:
    rng = np.random.default_rng(0)
    columns: dict[str, Any] = {"id": pa.array([f"Q-{row:07}" for row in range(ROWS)])}
    for number, key in enumerate(KEYS):
        columns[key] = rng.beta(5 - number / 4, 2 + number / 4, ROWS).astype(np.float32)
    columns["human"] = pa.array(rng.integers(0, 2, ROWS).astype(np.int8), mask=rng.random(ROWS) > 0.001)
    concept = (CONCEPTS * rng.random(ROWS) ** 2).astype(np.int32)
    columns["concept"] = pa.DictionaryArray.from_arrays(concept, [f"concept {n}" for n in range(CONCEPTS)])
    columns["kind"] = pa.DictionaryArray.from_arrays(rng.integers(0, len(KINDS), ROWS).astype(np.int32), list(KINDS))
    columns["x"], columns["y"] = (rng.normal(size=ROWS).astype(np.float32) for _ in "xy")
    return pa.table(columns)


def _limits(shift: float) -> dict[str, float]:
    return {key: round(0.3 + shift if spec.op == "at least" else 0.8 - shift, 2) for key, spec in SCORES.items()}


def _policy(limits: dict[str, float]) -> Policy:
    return make("bench", tuple(Rule(key, SCORES[key].op, limit, "drop") for key, limit in limits.items()))


def _policies(count: int) -> list[Policy]:
    """Each differs from the one before in one limit of another slider."""
    rng = np.random.default_rng(1)
    limits, found = _limits(0.0), []
    for move in range(count):
        limits[KEYS[move % len(KEYS)]] = round(float(rng.uniform(0.05, 0.95)), 2) if move % 3 else 0.5
        found.append(_policy(dict(limits)))
        limits = _limits(0.0) if move % 8 == 7 else limits
    return found


def _drag(count: int) -> list[Policy]:
    start = _policy(_limits(0.0))
    rules = [replace(start.rules[0], limit=round(0.2 + 0.015 * step, 2)) for step in range(count)]
    return [make("bench", (rule, *start.rules[1:])) for rule in rules]


class _Numpy:
    """The plain way: a mask a rule, and every output counted over the kept rows."""

    def __init__(self, board: pa.Table) -> None:
        self.table = ScoreTable.of(board)
        self.bins = {key: bins(key, self.table.scores[key]) for key in KEYS}
        self.cells = cells(self.table.x, self.table.y)
        self.order = Arrays.of(self.table).order

    def move(self, policy: Policy) -> dict[str, Any]:
        table, human = self.table, self.table.human
        passes = {rule.score: self._passes(rule) for rule in policy.rules}
        kept = np.logical_and.reduce(list(passes.values()))
        kept = (kept | (human == 1)) & (human != 0)
        others = []
        for key in KEYS:
            rest = np.logical_and.reduce([passes[other] for other in KEYS if other != key])
            rest = (rest | (human == 1)) & (human != 0)
            others.append(np.bincount(self.bins[key][rest], minlength=BINS + 1)[:BINS])
        rows = self.order[kept[self.order]][:PAGE]
        return {
            "kept": int(np.count_nonzero(kept)),
            "concepts": np.bincount(table.concepts.codes[kept], minlength=CONCEPTS),
            "kinds": np.bincount(table.kinds.codes[kept], minlength=len(KINDS)),
            "others": np.array(others),
            "grid": np.bincount(self.cells[kept], minlength=CELLS * CELLS),
            "page": table.ids.take(pa.array(rows)).to_pylist(),
        }

    def _passes(self, rule: Rule) -> Any:
        scores, limit = self.table.scores[rule.score], np.float32(rule.limit)
        return scores >= limit if rule.op == "at least" else scores <= limit


class _Sql:
    """The same outputs by one query a chart, over columns with bins and cells made beforehand."""

    def __init__(self, board: pa.Table) -> None:
        import duckdb

        plain = _Numpy(board)
        made = {f"bin_{key}": plain.bins[key] for key in KEYS}
        place = np.empty(ROWS, np.int32)
        place[plain.order] = np.arange(ROWS, dtype=np.int32)
        columns = {name: board[name] for name in ("id", *KEYS, "human")}
        table = pa.table(
            columns | made | {"cell": plain.cells, "place": place}
            | {"concept": plain.table.concepts.codes, "kind": plain.table.kinds.codes}
        )  # fmt: skip
        self.connection = duckdb.connect()
        self.connection.register("board", table)
        self.connection.execute("create table rows as select * from board")

    def move(self, policy: Policy) -> dict[str, Any]:
        where = {
            rule.score: f"{rule.score} {'>=' if rule.op == 'at least' else '<='} {rule.limit}::float"
            for rule in policy.rules
        }
        kept = self._human(" and ".join(where.values()))
        others = []
        for key in KEYS:
            rest = self._human(" and ".join(text for other, text in where.items() if other != key))
            others.append(self._counts(f"bin_{key}", rest, BINS))
        page = self.connection.execute(f"select id from rows where {kept} order by place limit {PAGE}").fetchall()
        return {
            "kept": self.connection.execute(f"select count(*) filter (where {kept}) from rows").fetchall()[0][0],
            "concepts": self._counts("concept", kept, CONCEPTS),
            "kinds": self._counts("kind", kept, len(KINDS)),
            "others": np.array(others),
            "grid": self._counts("cell", kept, CELLS * CELLS),
            "page": [row[0] for row in page],
        }

    def _human(self, rules: str) -> str:
        return f"(({rules}) or coalesce(human, 2) = 1) and coalesce(human, 2) <> 0"

    def _counts(self, column: str, where: str, size: int) -> Any:
        found = self.connection.execute(f"select {column}, count(*) from rows where {where} group by 1").fetchnumpy()
        values, counts = found.values()
        into = np.zeros(size, np.int64)
        into[np.asarray(values, np.int64)] = np.asarray(counts)
        return into


def _same(ours: Any, *peers: dict[str, Any]) -> None:
    for peer in peers:
        equal = (
            ours.kept == peer["kept"]
            and (ours.concepts == peer["concepts"]).all()
            and (ours.kinds == peer["kinds"]).all()
            and (ours.pass_others == peer["others"]).all()
            and (ours.grid.ravel() == peer["grid"]).all()
            and list(ours.page) == peer["page"]
        )
        if not equal:
            raise RuntimeError("the counts differ")


def _timed(job: Callable[[], object]) -> tuple[float, float]:
    """Return wall and CPU milliseconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    job()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def _at(timed: list[tuple[float, float]], percent: float) -> float:
    return float(np.percentile([wall for wall, _ in timed], percent))


def _cpu(timed: list[tuple[float, float]]) -> float:
    return float(np.median([cpu for _, cpu in timed]))


def _megabytes(arrays: Arrays) -> float:
    parts = [*arrays.pairs, arrays.groups, arrays.cells, arrays.order]
    return float(sum(part.nbytes for part in parts)) / 1e6


if __name__ == "__main__":
    for result in run():
        print(result)
