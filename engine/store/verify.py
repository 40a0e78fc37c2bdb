"""Looks for what should never be: orphans, rows whose id is not the hash of their content, torn journals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from engine.core.records import (
    BenchmarkItem,
    Combination,
    KnowledgePoint,
    Label,
    LabelDraw,
    OverlapVerdict,
    SameVerdict,
    Seed,
    SeedPoint,
    Verdict,
    content_id,
)
from engine.runs.journal import FILES, NO_RECORD, decode, is_blank
from engine.store.connection import Cursor, Database
from engine.store.tables import (
    BENCHMARK_ITEMS,
    COMBINATIONS,
    FROZEN_SETS,
    LABEL_DRAWS,
    LABELS,
    OVERLAP_VERDICTS,
    POINTS,
    SAME_VERDICTS,
    SEED_POINTS,
    SEEDS,
    TABLES,
    VERDICTS,
    RecordTable,
)

R = TypeVar("R")
_EXAMPLES = 100
"""At most this many troubles of one sort are listed; the last line says how many more there are."""
_BLOCK = 20_000


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that should not be. `kind` is orphan, hash, twice, undo or journal; `where` names table or file."""

    kind: str
    where: str
    detail: str


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column whose values must occur elsewhere; `only` narrows the rows that are meant."""

    table: str
    column: str
    target: str
    only: str = "true"


_REFERENCES: tuple[_Reference, ...] = (
    _Reference("seed_points", "seed_id", "seeds"),
    _Reference("seed_points", "point_id", "knowledge_points"),
    _Reference("problem_points", "problem_id", "problems"),
    _Reference("problem_points", "point_id", "knowledge_points"),
    _Reference("problem_points", "by", "point_events"),
    _Reference("point_events", "point_id", "knowledge_points"),
    _Reference("point_events", "target_id", "knowledge_points"),
    _Reference("point_events", "undoes", "point_events"),
    _Reference("same_verdicts", "left_id", "knowledge_points"),
    _Reference("same_verdicts", "right_id", "knowledge_points"),
    _Reference("same_verdicts", "reply_id", "replies"),
    _Reference("overlap_verdicts", "item_id", "benchmark_items"),
    _Reference("overlap_verdicts", "reply_id", "replies"),
    _Reference("problems", "run_id", "runs"),
    _Reference("problems", "seed_id", "seeds"),
    _Reference("problems", "combination_id", "combinations"),
    _Reference("problems", "parent_id", "problems"),
    _Reference("problems", "reply_id", "replies"),
    _Reference("solutions", "problem_id", "problems"),
    _Reference("solutions", "run_id", "runs"),
    _Reference("solutions", "reply_id", "replies"),
    _Reference("verdicts", "subject_id", "problems", "t.subject = 'problem'"),
    _Reference("verdicts", "subject_id", "solutions", "t.subject = 'solution'"),
    _Reference("verdicts", "subject_id", "seeds", "t.subject = 'seed'"),
    _Reference("verdicts", "subject_id", "knowledge_points", "t.subject = 'point'"),
    _Reference("verdicts", "problem_id", "problems"),
    _Reference("verdicts", "reply_id", "replies"),
    _Reference("intermediates", "run_id", "runs"),
    _Reference("intermediates", "problem_id", "problems"),
    _Reference("intermediates", "reply_id", "replies"),
    _Reference("failures", "run_id", "runs"),
    _Reference("items", "run_id", "runs"),
    _Reference("run_events", "run_id", "runs"),
    _Reference("replies", "run_id", "runs"),
    _Reference("projections", "subject_id", "problems"),
    _Reference("selections", "policy_id", "policies"),
    _Reference("selection_items", "selection_id", "selections"),
    _Reference("selection_items", "problem_id", "problems"),
    _Reference("decisions", "problem_id", "problems"),
    _Reference("labels", "row_id", "problems"),
    _Reference("labels", "decision_id", "decisions"),
    _Reference("labels", "draw_id", "label_draws"),
    _Reference("label_draws", "frame_id", "label_frames"),
    _Reference("label_draws", "policy_id", "policies"),
    _Reference("label_frame_rows", "row_id", "problems"),
    _Reference("label_draw_rows", "draw_id", "label_draws"),
    _Reference("label_draw_rows", "row_id", "problems"),
    _Reference("desk_acts", "problem_id", "problems"),
    _Reference("desk_acts", "decision_id", "decisions"),
    _Reference("frozen_sets", "frame_id", "label_frames"),
    _Reference("frozen_sets", "policy_id", "policies"),
    _Reference("audit_rows", "audit_id", "frozen_sets"),
    _Reference("audit_rows", "row_id", "problems"),
    _Reference("audit_ends", "audit_id", "frozen_sets"),
    _Reference("leases", "problem_id", "problems"),
    _Reference("training_metrics", "run_id", "runs"),
    _Reference("answers", "run_id", "runs"),
    _Reference("checked_verdicts", "run_id", "runs"),
    _Reference("checked_verdicts", "reply_id", "replies"),
    _Reference("answers", "reply_id", "replies"),
    _Reference("round_events", "run_id", "runs"),
    _Reference("export_items", "export_id", "exports"),
    _Reference("export_items", "problem_id", "problems"),
)

_Derivation = tuple[RecordTable[Any], Callable[[Any], str]]


def _seed(seed: Seed) -> str:
    return Seed.make(seed.source, seed.statement).id


def _point(point: KnowledgePoint) -> str:
    return KnowledgePoint.make(point.name).id


def _combination(combination: Combination) -> str:
    return Combination.make(combination.kind, combination.points, 0, 0).id


def _benchmark(item: BenchmarkItem) -> str:
    return BenchmarkItem.make(item.benchmark, item.statement).id


def _verdict(verdict: Verdict) -> str:
    return content_id("V", verdict.run_id, verdict.subject_id, verdict.name, verdict.by, verdict.version)


def _pair(pair: SeedPoint | SameVerdict | OverlapVerdict) -> str:
    return pair.id


def _said(record: Label | LabelDraw) -> str:
    return record.derived()


_DERIVED: tuple[_Derivation, ...] = (
    (SEEDS, _seed),
    (POINTS, _point),
    (COMBINATIONS, _combination),
    (BENCHMARK_ITEMS, _benchmark),
    (VERDICTS, _verdict),
    (SEED_POINTS, _pair),
    (SAME_VERDICTS, _pair),
    (OVERLAP_VERDICTS, _pair),
    (LABELS, _said),
    (LABEL_DRAWS, _said),
    (FROZEN_SETS, _said),
)


def troubles(database: Database) -> Iterator[Trouble]:
    """Yield everything that is wrong, read in one snapshot."""
    with database.cursor() as cursor:
        cursor.begin()
        try:
            for reference in _REFERENCES:
                yield from _limited(_orphans(cursor, reference))
            for table in TABLES:
                yield from _limited(_twice(cursor, table.name))
            for table, derive in _DERIVED:
                yield from _limited(_hashes(cursor, table, derive))
            yield from _limited(_undone(cursor))
            yield from _limited(_journals(cursor, Path(database.path).parent / "runs"))
        finally:
            cursor.rollback()


def _limited(found: Iterator[Trouble]) -> Iterator[Trouble]:
    last, more = None, 0
    for number, trouble in enumerate(found):
        if number < _EXAMPLES:
            yield trouble
        else:
            last, more = trouble, more + 1
    if last:
        yield Trouble(last.kind, last.where, f"and {more} more like these")


def _rows(cursor: Cursor, sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows in blocks, so that a table need not fit into memory."""
    cursor.execute(sql)
    while block := cursor.fetchmany(_BLOCK):
        yield from block


def _orphans(cursor: Cursor, ref: _Reference) -> Iterator[Trouble]:
    sql = f"""select t."{ref.column}", count(t."{ref.column}") filter (where t."{ref.column}" <> '') from {ref.table} t
              where t."{ref.column}" is not null and {ref.only}
                and not exists (select 1 from {ref.target} o where o.id = t."{ref.column}")
              group by 1 order by 1"""
    for missing, rows in cursor.execute(sql).fetchall():
        many = "1 row names" if rows == 1 else f"{rows} rows name"
        yield Trouble("orphan", f"{ref.table}.{ref.column}", f"{many} {missing}, which is not in {ref.target}")


def _twice(cursor: Cursor, table: str) -> Iterator[Trouble]:
    sql = f"select id, count(id) filter (where id <> '') as n from {table} group by id having n > 1 order by id"
    for ident, rows in cursor.execute(sql).fetchall():
        yield Trouble("twice", table, f"{ident} stands there {rows} times")


def _hashes(cursor: Cursor, table: RecordTable[R], derive: Callable[[R], str]) -> Iterator[Trouble]:
    columns = f"{table.listing}, id"
    for row in _rows(cursor, f"select {columns} from {table.name}"):
        (record,) = table.read([row[:-1]])
        expected = derive(record)
        # Ids that were given by a journal of another scheme are not ours to derive.
        if row[-1] != expected and row[-1].partition("-")[0] == expected.partition("-")[0]:
            yield Trouble("hash", table.name, f"{row[-1]} does not fit its content, which gives {expected}")


def _undone(cursor: Cursor) -> Iterator[Trouble]:
    """Yield undo and redo events that turn nothing, or something of another curator or of the wrong kind."""
    sql = """select d.id, d.act, d.undoes, o.act, o.curator = d.curator, o.seq < d.seq
             from decisions d left join decisions o on o.id = d.undoes
             where d.act in ('undo', 'redo') order by d.seq"""
    for ident, act, turned, kind, own, before in cursor.execute(sql).fetchall():
        fits = (
            kind is not None
            and own
            and before
            and ((kind == "undo") if act == "redo" else kind not in ("undo", "redo"))
        )
        if not fits:
            yield Trouble("undo", "decisions", f"{ident} is an {act} of {turned}, which it cannot turn")


def _journals(cursor: Cursor, beside: Path) -> Iterator[Trouble]:
    """Yield journals of known runs that are torn, unreadable or shorter than what was read of them.

    A project may have been moved or copied: a run that lies in `beside` is meant, not its namesake at the old place.
    """
    sql = """select r.id, r.directory, o.file, max(o.position) from runs r join ingest_offsets o on o.run_id = r.id
             where r.directory <> '' group by all order by all"""
    for run_id, directory, name, position in cursor.execute(sql).fetchall():
        own = beside / run_id
        path = (own if own.is_dir() else Path(directory)) / "journal" / name
        if name in FILES and path.exists():
            yield from _journal(run_id, path, position)


def _journal(run_id: str, path: Path, position: int) -> Iterator[Trouble]:
    where = f"{run_id}/{path.name}"
    if not path.is_file():
        yield Trouble("journal", where, "is no file: something else stands in its place")
        return
    if path.stat().st_size < position:
        yield Trouble("journal", where, f"is shorter than the {position} bytes that were read of it")
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.endswith(b"\n"):
                yield Trouble("journal", where, f"line {number} is torn: its writer was stopped, or still writes")
                return
            if is_blank(line):
                continue
            try:
                decode(line)
            except NO_RECORD as error:
                yield Trouble("journal", where, f"line {number} cannot be read: {error}")
