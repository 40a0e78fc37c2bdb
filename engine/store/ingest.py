"""Folds the journal of a run into the store, while the run goes on or after it, here or elsewhere.

Offsets are stored in the transaction of the rows they stand for, and rows are recognised by their id: whatever
is interrupted or repeated, each record arrives once. A torn last line is left for later; a line that cannot be
read is reported with its number and skipped.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from engine.core.errors import LemmaError
from engine.core.files import open_plain
from engine.core.records import JournalRecord, RunEvent, content_id
from engine.runs.journal import FILES, NO_RECORD, decode, is_blank
from engine.runs.plan import AskingPlan, Plan, is_dry, load_plan
from engine.runs.status import load_status
from engine.store.connection import Cursor, Database
from engine.store.runs import Runs
from engine.store.tables import RUN_EVENTS, TABLE_OF, Added

BATCH_LINES = 20_000
BATCH_BYTES = 32 << 20
_REPORTED = 50


@dataclass(frozen=True, slots=True)
class SkippedLine:
    """A journal line that could not be used."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one call has folded in; `added` counts new rows by table."""

    run_id: str
    added: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    skipped: tuple[SkippedLine, ...] = ()

    @property
    def total(self) -> int:
        """New rows in all."""
        return sum(self.added.values())


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far a file has been read: bytes and whole lines."""

    position: int
    lines: int


@dataclass(slots=True)
class _Batch:
    """Lines read from one file, ready to be stored with the mark behind them."""

    end: _Mark
    records: list[tuple[int, JournalRecord]] = field(default_factory=list)
    skipped: list[SkippedLine] = field(default_factory=list)


class Ingest:
    """Reads run directories into one database."""

    def __init__(self, database: Database, runs: Runs) -> None:
        self._db, self._runs = database, runs

    def run(self, directory: Path) -> Ingested:
        """Fold in what is new in a run directory; BadInput where it is none."""
        plan = load_plan(directory)
        self._runs.register(plan, directory.resolve())
        added: Counter[str] = Counter()
        duplicates, skipped = 0, list[SkippedLine]()
        own = (self._file(plan.id, directory / "journal" / name) for name in FILES)
        for result in chain(*own, self._reused(plan, directory.parent)):
            added.update(result.added)
            duplicates += result.duplicates
            skipped += result.skipped
        self._state(plan.id, directory)
        return Ingested(plan.id, {name: n for name, n in added.items() if n}, duplicates, tuple(skipped))

    def _reused(self, plan: Plan, runs: Path) -> Iterator[Ingested]:
        """Fold in the replies of dry runs that this run may have reused, as theirs: records of this run rest on them.

        Nothing else of a dry run belongs into the store. Other runs are folded in themselves.
        """
        for other in plan.reuse if isinstance(plan, AskingPlan) else ():
            directory = runs / Path(other).name
            try:
                dry = load_plan(directory)
            except (LemmaError, OSError):
                continue  # It was deleted: what rests on it is found by a check of the store.
            if is_dry(dry):
                self._runs.register(dry, directory.resolve())
                yield from self._file(dry.id, directory / "journal" / FILES[0])

    def _file(self, run_id: str, path: Path) -> Iterator[Ingested]:
        if not path.exists():
            return
        with open_plain(path) as file:
            start = self._start(run_id, file, path.name)
            for batch in _batches(file, path.name, start):
                job = partial(_store, run_id=run_id, name=path.name, batch=batch)
                yield self._db.write(job, *_families(batch))

    def _start(self, run_id: str, file: BinaryIO, name: str) -> _Mark:
        """Return where to go on; at the start of the file where the file is not the one that was read before."""
        row = self._db.one(
            "select position, lines from ingest_offsets where run_id = ? and file = ? order by position desc limit 1",
            [run_id, name],
        )
        if row is None or row[0] == 0:
            return _Mark(0, 0)
        file.seek(row[0] - 1)
        return _Mark(*row) if file.read(1) == b"\n" else _Mark(0, 0)

    def _state(self, run_id: str, directory: Path) -> None:
        """Note the state of the run where it has changed."""
        status = load_status(directory)
        known = self._runs.get(run_id)
        if known and (known.state, known.detail) != (status.state, status.reason):
            self._runs.note(run_id, status.state, status.reason, at=status.ended or status.heartbeat or time.time())


def _batches(file: BinaryIO, name: str, start: _Mark) -> Iterator[_Batch]:
    """Yield whole lines in batches that fit one transaction."""
    file.seek(start.position)
    position, number, batch = start.position, start.lines, _Batch(start)
    first = position
    for line in file:
        if not line.endswith(b"\n"):
            break
        position += len(line)
        number += 1
        batch.end = _Mark(position, number)
        if not is_blank(line):
            try:
                batch.records.append((number, decode(line)))
            except NO_RECORD as error:
                batch.skipped.append(SkippedLine(name, number, _reason(error)))
        if number - start.lines >= BATCH_LINES or position - first >= BATCH_BYTES:
            yield batch
            start, first, batch = batch.end, position, _Batch(batch.end)
    if batch.end != start:
        yield batch


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"unknown or missing record type {error}"
    return str(error)[:200]


def _families(batch: _Batch) -> set[str]:
    return {TABLE_OF[type(record)].family for _, record in batch.records} | ({"runs"} if batch.skipped else set())


def _store(cursor: Cursor, run_id: str, name: str, batch: _Batch) -> Ingested:
    """Insert a batch and its mark, within the writer's transaction."""
    skipped = list(batch.skipped)
    added: dict[str, int] = {}
    duplicates = 0
    for kind in dict.fromkeys(type(record) for _, record in batch.records):
        lines = [(number, record) for number, record in batch.records if type(record) is kind]
        result = _insert(cursor, kind, lines, name, skipped)
        added[TABLE_OF[kind].name] = result.added
        duplicates += result.duplicates
    _report(cursor, run_id, skipped)
    cursor.execute(
        "insert into ingest_offsets values (?, ?, ?, ?, ?)",
        [run_id, name, batch.end.position, batch.end.lines, time.time()],
    )
    return Ingested(run_id, added, duplicates, tuple(skipped))


def _insert(
    cursor: Cursor,
    kind: type[Any],
    lines: list[tuple[int, JournalRecord]],
    name: str,
    skipped: list[SkippedLine],
) -> Added:
    """Insert records of one type; where one of them does not fit its table, only that one is left out."""
    table = TABLE_OF[kind]
    records = [record for _, record in lines]
    try:
        rows = table.arrow(records)
    except (pa.ArrowException, OverflowError, TypeError, AttributeError):
        records = [record for number, record in lines if _fits(kind, number, record, name, skipped)]
        rows = table.arrow(records)
    return table.put(cursor, rows) if records else Added(0, 0)


def _fits(kind: type[Any], number: int, record: JournalRecord, name: str, skipped: list[SkippedLine]) -> bool:
    try:
        TABLE_OF[kind].arrow([record])
    except (pa.ArrowException, OverflowError, TypeError, AttributeError) as error:
        skipped.append(SkippedLine(name, number, _reason(error)))
        return False
    return True


def _report(cursor: Cursor, run_id: str, skipped: list[SkippedLine]) -> None:
    """Leave a run event for each skipped line, and one for the rest of a long list."""
    now = time.time()
    details = [f"{line.file} line {line.line} was skipped: {line.reason}" for line in skipped[:_REPORTED]]
    if len(skipped) > _REPORTED:
        first, last = skipped[_REPORTED].line, skipped[-1].line
        details.append(f"{len(skipped) - _REPORTED} more lines were skipped, from line {first} to line {last}")
    events = [
        RunEvent(content_id("RE", run_id, "journal", detail), run_id, now, "journal", detail) for detail in details
    ]
    RUN_EVENTS.insert(cursor, events)
