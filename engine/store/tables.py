"""How records lie in tables: one column per field, bulk inserts through Arrow, duplicates left out.

The field `at` becomes the column `made_at`, because `at` is a word of the SQL dialect. Tables whose order
matters carry `seq`, which the writer counts up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

import pyarrow as pa

from engine.core.records import (
    BenchmarkItem,
    CheckedVerdict,
    Combination,
    Decision,
    Failure,
    FrozenSet,
    GradedAnswer,
    Intermediate,
    ItemDone,
    KnowledgePoint,
    Label,
    LabelDraw,
    Metric,
    OverlapVerdict,
    PointEvent,
    Position,
    Problem,
    ProblemPoint,
    ReplyRow,
    Request,
    RoundEvent,
    RunEvent,
    SameVerdict,
    Seed,
    SeedPoint,
    Solution,
    Vector,
    Verdict,
    content_id,
)
from engine.store.connection import Cursor, first

R = TypeVar("R")

TEXT, REAL, SMALL, WHOLE, TRUTH = pa.string(), pa.float64(), pa.float32(), pa.int64(), pa.bool_()
TEXTS, FLOATS = pa.list_(pa.string()), pa.list_(pa.float32())


@dataclass(frozen=True, slots=True)
class Added:
    """What an insert did: rows that are new, and rows that were there already."""

    added: int
    duplicates: int

    def __add__(self, other: Added) -> Added:
        return Added(self.added + other.added, self.duplicates + other.duplicates)


@dataclass(frozen=True, slots=True)
class RecordTable(Generic[R]):
    """A table of one record type. `types` holds the columns that are not plain text."""

    record: type[R]
    name: str
    family: str
    types: dict[str, pa.DataType]
    ordered: bool = False
    ident: Callable[[R], str] | None = None
    """Identity of a row where the record has no field for it."""
    fill: Callable[[R, str], Any] | None = None
    """Value of a field on its way into the table, where it differs from the record's."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns in the order of the fields."""
        return tuple(column_of(f.name) for f in fields(self.record))  # type: ignore[arg-type]

    @property
    def listing(self) -> str:
        """The columns as a select list."""
        return ", ".join(f'"{column}"' for column in self.columns)

    def arrow(self, records: Sequence[R]) -> pa.Table:
        """Return the records as an Arrow table; pa.ArrowException or OverflowError where a value does not fit."""
        arrays = {column_of(f.name): self._column(f.name, records) for f in fields(self.record)}  # type: ignore[arg-type]
        if self.ident:
            ident = self.ident
            arrays["id"] = pa.array([ident(record) for record in records], TEXT)
        return pa.table(arrays)

    def _column(self, field: str, records: Sequence[R]) -> pa.Array:
        kind = self.types.get(field, TEXT)
        fill = self.fill
        if fill is not None:
            return pa.array([fill(record, field) for record in records], kind)
        return pa.array([getattr(record, field) for record in records], kind)

    def insert(self, cursor: Cursor, records: Sequence[R]) -> Added:
        """Insert what is not there yet, within the writer's transaction."""
        return self.put(cursor, self.arrow(records)) if records else Added(0, 0)

    def put(self, cursor: Cursor, rows: pa.Table) -> Added:
        """Insert rows that `arrow` made."""
        return insert(cursor, self, rows)

    def read(self, rows: list[tuple[Any, ...]]) -> list[R]:
        """Return records from rows selected with `listing`."""
        lists = [i for i, f in enumerate(fields(self.record)) if pa.types.is_list(self.types.get(f.name, TEXT))]  # type: ignore[arg-type]
        return [self.record(*_tupled(row, lists)) for row in rows]


def _tupled(row: tuple[Any, ...], lists: list[int]) -> Sequence[Any]:
    if not lists:
        return row
    values = list(row)
    for index in lists:
        values[index] = tuple(values[index] or ())
    return values


def column_of(field: str) -> str:
    """Return the column of a field."""
    return "made_at" if field == "at" else field


FEW = 8
"""Up to so many rows are written as plain values: the general statement takes longer to plan than to run."""


def insert(cursor: Cursor, table: RecordTable[Any], rows: pa.Table) -> Added:
    """Append the rows whose id is new; the first of several with one id counts."""
    if table.ordered:
        seq = _single(cursor, f"select coalesce(max(seq), 0) + 1 from {table.name}")
        rows = rows.append_column("seq", pa.array(range(seq, seq + rows.num_rows), WHOLE))
    return _insert_few(cursor, table, rows) if rows.num_rows <= FEW else _insert_many(cursor, table, rows)


def _insert_few(cursor: Cursor, table: RecordTable[Any], rows: pa.Table) -> Added:
    fresh: dict[str, dict[str, Any]] = {}
    for row in rows.to_pylist():
        fresh.setdefault(row["id"], row)
    marks = ", ".join("?" * len(fresh))
    for (there,) in cursor.execute(f"select id from {table.name} where id in ({marks})", list(fresh)).fetchall():
        del fresh[there]
    if fresh:
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        line = f"({', '.join('?' * rows.num_columns)})"
        lines = ", ".join([line] * len(fresh))
        values = [value for row in fresh.values() for value in row.values()]
        cursor.execute(f"insert into {table.name} ({columns}) values {lines}", values)
    return Added(len(fresh), rows.num_rows - len(fresh))


def _insert_many(cursor: Cursor, table: RecordTable[Any], rows: pa.Table) -> Added:
    rows = rows.append_column("incoming_row", pa.array(range(rows.num_rows), WHOLE))
    cursor.register("incoming", rows)
    try:
        added = _single(
            cursor,
            f"""insert into {table.name} by name
                select i.* exclude (incoming_row) from incoming i
                where not exists (select 1 from {table.name} t where t.id = i.id)
                qualify row_number() over (partition by i.id order by i.incoming_row) = 1
                order by i.incoming_row""",
        )
    finally:
        cursor.unregister("incoming")
    return Added(added, rows.num_rows - added)


def _single(cursor: Cursor, sql: str) -> int:
    row = first(cursor, sql)
    return int(row[0]) if row else 0


def _about(verdict: Verdict, field: str) -> Any:
    """Verdicts on a problem name it, even where the judge left that out."""
    if field == "problem_id" and verdict.problem_id is None and verdict.subject == "problem":
        return verdict.subject_id
    return getattr(verdict, field)


SEEDS = RecordTable(Seed, "seeds", "seeds", {"points": TEXTS})
POINTS = RecordTable(KnowledgePoint, "knowledge_points", "points", {})
POINT_EVENTS = RecordTable(PointEvent, "point_events", "points", {"at": REAL}, ordered=True)
SEED_POINTS = RecordTable(SeedPoint, "seed_points", "points", {}, ident=lambda r: r.id)
PROBLEM_POINTS = RecordTable(ProblemPoint, "problem_points", "points", {}, ident=lambda r: r.id)
SAME_VERDICTS = RecordTable(
    SameVerdict, "same_verdicts", "points", {"cosine": REAL, "same": TRUTH}, ident=lambda r: r.id
)
OVERLAP_VERDICTS = RecordTable(
    OverlapVerdict, "overlap_verdicts", "benchmarks", {"cosine": REAL, "same": TRUTH}, ident=lambda r: r.id
)
COMBINATIONS = RecordTable(
    Combination, "combinations", "combinations", {"points": TEXTS, "distance": WHOLE, "weight": WHOLE}
)
PROBLEMS = RecordTable(
    Problem, "problems", "problems", {"points": TEXTS, "distance": WHOLE, "weight": WHOLE, "at": REAL}
)
REQUESTS = RecordTable(Request, "requests", "requests", {"points": TEXTS, "difficulty": REAL})
INTERMEDIATES = RecordTable(Intermediate, "intermediates", "problems", {"at": REAL})
SOLUTIONS = RecordTable(Solution, "solutions", "problems", {"index": WHOLE, "at": REAL})
VERDICTS = RecordTable(Verdict, "verdicts", "verdicts", {"value": REAL, "at": REAL}, fill=_about)
FAILURES = RecordTable(Failure, "failures", "failures", {"at": REAL})
ITEMS = RecordTable(
    ItemDone,
    "items",
    "items",
    {"at": REAL},
    # A failed item that is tried again ends twice, and both ends are kept.
    ident=lambda r: content_id("I", r.run_id, r.item_id, r.outcome, r.at),
    ordered=True,
)
REPLIES = RecordTable(
    ReplyRow,
    "replies",
    "replies",
    {"tokens_in": WHOLE, "tokens_out": WHOLE, "seconds": REAL, "cost": REAL, "at": REAL, "attempt": WHOLE},
)
VECTORS = RecordTable(Vector, "embeddings", "maps", {"values": FLOATS}, ident=lambda r: r.id)
POSITIONS = RecordTable(
    Position, "projections", "maps", {"x": SMALL, "y": SMALL, "placed": TRUTH}, ident=lambda r: r.id
)
DECISIONS = RecordTable(Decision, "decisions", "decisions", {"at": REAL}, ordered=True)
LABELS = RecordTable(Label, "labels", "labels", {"at": REAL, "blind": TRUTH}, ordered=True)
LABEL_DRAWS = RecordTable(
    LabelDraw,
    "label_draws",
    "draws",
    {"size": WHOLE, "drawn": WHOLE, "labels_seen": WHOLE, "decisions_seen": WHOLE, "at": REAL},
    ordered=True,
)
FROZEN_SETS = RecordTable(
    FrozenSet,
    "frozen_sets",
    "audits",
    {
        **dict.fromkeys(
            ("kept", "known", "known_good", "bad", "size", "before", "labels_seen", "decisions_seen"), WHOLE
        ),
        **dict.fromkeys(("target", "error", "at"), REAL),
    },
    ordered=True,
)
RUN_EVENTS = RecordTable(RunEvent, "run_events", "runs", {"at": REAL}, ordered=True)
METRICS = RecordTable(
    Metric, "training_metrics", "trainings", {"step": WHOLE, "value": REAL, "at": REAL}, ident=lambda r: r.id
)
ANSWERS = RecordTable(
    GradedAnswer,
    "answers",
    "evaluations",
    {"sample": WHOLE, "right": TRUTH, "at": REAL},
    ident=lambda r: r.id,
)
ROUND_EVENTS = RecordTable(RoundEvent, "round_events", "rounds", {"number": WHOLE, "at": REAL}, ordered=True)
CHECKED_VERDICTS = RecordTable(
    CheckedVerdict,
    "checked_verdicts",
    "judges",
    {"good": TRUTH, "value": REAL, "limit": REAL, "at": REAL},
    ident=lambda r: r.id,
)
BENCHMARK_ITEMS = RecordTable(BenchmarkItem, "benchmark_items", "benchmarks", {})

TABLES: tuple[RecordTable[Any], ...] = (
    SEEDS,
    POINTS,
    POINT_EVENTS,
    SEED_POINTS,
    PROBLEM_POINTS,
    SAME_VERDICTS,
    OVERLAP_VERDICTS,
    COMBINATIONS,
    REQUESTS,
    PROBLEMS,
    INTERMEDIATES,
    SOLUTIONS,
    VERDICTS,
    FAILURES,
    ITEMS,
    REPLIES,
    VECTORS,
    POSITIONS,
    DECISIONS,
    LABELS,
    LABEL_DRAWS,
    FROZEN_SETS,
    RUN_EVENTS,
    BENCHMARK_ITEMS,
    METRICS,
    ANSWERS,
    ROUND_EVENTS,
    CHECKED_VERDICTS,
)
TABLE_OF: dict[type[Any], RecordTable[Any]] = {table.record: table for table in TABLES}
