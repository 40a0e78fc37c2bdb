"""One file, one process, one writer thread.

Every write is a job in the queue of the writer thread and one transaction; the caller gets its result or its error.
Every read uses a cursor of its own, so readers never wait for the writer. Opening a project twice in one process
shares the connection and the writer. A process that keeps a project open for long may step aside for a moment, so that
another one can use the file; its own readers and writers wait meanwhile.
"""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, ClassVar, TypeAlias, TypeVar

import duckdb
import pandas as pd
import pyarrow as pa

from engine.core import disk, permission
from engine.core.errors import BadInput, ProjectBusy, UserError
from engine.core.store_file import identity, mark, require_kept, require_same
from engine.store.doorway import Doorway

T = TypeVar("T")
Cursor: TypeAlias = duckdb.DuckDBPyConnection
MEMORY = ":memory:"
# Nothing leaves the machine: what is not in the wheel is not fetched.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_OWNER = re.compile(r"PID (\d+)")
_TICK_S = 0.05
_MENDING_S = 2.0
"""Seconds that whoever wants to connect anew waits for readers, whose queries fail anyway."""
_REBUILD = "Check the path; a damaged file is rebuilt by: lemma recover"
_DAMAGED = "Corrupt database file"
"""What DuckDB says of a block whose checksum does not fit: such a file opens, and fails where the block is read."""


@dataclass(frozen=True, slots=True)
class _Job:
    """A transaction in the writer's queue. `families` are the tables' families that it changes."""

    run: Callable[[Cursor], Any]
    families: tuple[str, ...]
    done: Future[Any]


class Database:
    """The connection, its writer thread and the revisions of what is stored."""

    _open: ClassVar[dict[str, Database]] = {}
    _guard: ClassVar[threading.Lock] = threading.Lock()

    def __init__(self, path: str) -> None:
        """Open the file; use `Database.open`, which shares what is open already."""
        self.path = path
        self._users = 1
        self.read_only = path != MEMORY and Path(path).exists() and not disk.writable(Path(path))
        """Whether nothing can be saved, because the file or its folder may not be written to."""
        self._connection = connect(path, read_only=self.read_only)
        self._file = identity(path)
        self._broken = False
        """The connection is of no use any more, as after a full disk in the middle of a checkpoint."""
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._revisions: Counter[str] = Counter()
        self._steps = 0
        """How often it has stepped aside: what others wrote meanwhile counts as a write to every family."""
        self._door, self._mending = Doorway(), threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="store-writer", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, path: str | Path) -> Database:
        """Return the database at `path`, shared within this process; ProjectBusy where another process has it."""
        if str(path) == MEMORY:
            return cls(MEMORY)
        key = str(Path(path).expanduser().resolve())
        with cls._guard:
            if key in cls._open:
                cls._open[key]._users += 1
            else:
                require_kept(Path(key))
                cls._open[key] = cls(key)
                mark(Path(key))
            return cls._open[key]

    @classmethod
    def holds(cls, path: Path) -> bool:
        """Whether this process has the file open."""
        return str(path.expanduser().resolve()) in cls._open

    def close(self) -> None:
        """Finish what is queued and close, once the last user is gone."""
        with self._guard:
            self._users -= 1
            if self._users > 0 or self._closed:
                return
            self._closed = True
            self._jobs.put(None)
            self._thread.join()
            if self._open.get(self.path) is self:
                del self._open[self.path]
            with self._door.shut(_MENDING_S):
                self._connection.close()

    def write(self, run: Callable[[Cursor], T], *families: str) -> T:
        """Run `run(cursor)` in a transaction on the writer thread; return its result or raise its error.

        `families` name what changes; none means that no cache needs to know.
        """
        if self._closed:
            raise UserError("is closed.", where=self.path, do="Open the store again.")
        if families and self.read_only:
            raise disk.locked(self.path)
        if families:
            permission.require("change")
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write within a write would wait for itself")
        job = _Job(run, families, Future())
        self._jobs.put(job)
        result: T = job.done.result()
        return result

    def rows(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
        """Return the first row of a query, None where there is none."""
        with self.cursor() as cursor:
            return first(cursor, sql, parameters)

    def number(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> int:
        """Return the single number of a query; 0 where it is null."""
        row = self.one(sql, parameters)
        return int(row[0]) if row and row[0] is not None else 0

    def arrow(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> pa.Table:
        """Return an Arrow table."""
        with self.cursor() as cursor:
            return cursor.sql(sql, params=parameters).to_arrow_table()

    def frame(self, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> pd.DataFrame:
        """Return a pandas frame."""
        with self.cursor() as cursor:
            return cursor.execute(sql, parameters).df()

    @contextmanager
    def cursor(self) -> Iterator[Cursor]:
        """Lend a cursor for reading; a connection must not be shared between threads."""
        self._mend()
        with self.held(), self._in_words():
            cursor = self._connection.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the file during this block: no stepping aside."""
        with self._door.passed():
            if self._closed:
                raise UserError("is closed.", where=self.path, do="Open the store again.")
            require_same(self.path, self._file)
            yield

    def step_aside(self, wanted: Callable[[], bool], patience: float = 2.0) -> bool:
        """Let go of the file for as long as it is `wanted`, then take it again; return whether it was let go.

        It is not where readers do not leave within `patience` seconds, such as an export that is being written.
        """
        if self.path == MEMORY or self._closed:
            return False
        with self._guard, self._door.shut(patience) as empty:
            if not empty or self._closed:
                return False
            self._connection.close()
            while wanted():
                time.sleep(_TICK_S)
            self._connection = _patient(self.path, read_only=self.read_only)
            self._file = identity(self.path)
            self._steps += 1
            row = first(self._connection, "select value from meta where key = 'revision'")
            self._revisions[""] = max(int(row[0]) if row else 0, self._revisions[""] + 1)
            return True

    def revision(self, *families: str) -> int:
        """Return a number that grows with every committed write to these families, or to any."""
        if not families:
            return self._revisions[""]
        return self._steps + sum(self._revisions[family] for family in families)

    def restore_revision(self, revision: int) -> None:
        """Go on counting where the last process stopped."""
        self._revisions[""] = revision

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                self._mend()
                with self._door.passed(), self._in_words():
                    cursor = self._connection.cursor()
                    try:
                        result = self._commit(cursor, job)
                    finally:
                        cursor.close()
            except BaseException as error:  # noqa: BLE001 - whatever it is belongs to the caller, who waits for it
                job.done.set_exception(error)
            else:
                job.done.set_result(result)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """Say in words what the disk refused or damaged, and remember where the connection did not survive it."""
        try:
            yield
        except duckdb.Error as error:
            self._broken |= isinstance(error, duckdb.FatalException)
            if said := disk.in_words(error, self.path):
                raise said from error
            if _DAMAGED in str(error):
                raise BadInput(f"the store is damaged: {error}", where=self.path, do=_REBUILD) from error
            raise

    def _mend(self) -> None:
        """Connect anew where the connection broke, which reads what was committed from the log."""
        if not self._broken or self._closed:
            return
        with self._mending:
            require_same(self.path, self._file)
            with self._door.shut(_MENDING_S) as empty:
                if empty and self._broken:
                    self._connection.close()
                    self._connection = connect(self.path, read_only=self.read_only)
                    self._broken = False

    def _commit(self, cursor: Cursor, job: _Job) -> Any:
        require_same(self.path, self._file)
        cursor.begin()
        try:
            result = job.run(cursor)
            if job.families:
                # A revision that survives a restart, so that caches on disk may key on it too.
                cursor.execute(
                    "update meta set value = cast(? as varchar) where key = 'revision'", [self.revision() + 1]
                )
            cursor.commit()
        except BaseException:
            with suppress(duckdb.Error):  # A commit that fails has rolled back already.
                cursor.rollback()
            raise
        self._revisions.update({family: 1 for family in {"", *job.families}} if job.families else {})
        return result


def first(cursor: Cursor, sql: str, parameters: Sequence[Any] | dict[str, Any] = ()) -> tuple[Any, ...] | None:
    """Return the first row of a query and read the rest, because an unread result blocks its connection."""
    rows: list[tuple[Any, ...]] = cursor.execute(sql, parameters).fetchall()
    return rows[0] if rows else None


def connect(path: str, *, read_only: bool = False) -> Cursor:
    """Connect, and say in words what stands in the way."""
    try:
        return duckdb.connect(path, config=_CONFIG, read_only=read_only)
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower():
            raise _busy(path, text) from None
        if said := disk.in_words(error, path):
            raise said from None
        raise BadInput(
            f"cannot be opened as a project database: {text.splitlines()[0]}.",
            where=path,
            do=_REBUILD,
        ) from None
    except duckdb.Error as error:
        what = f"cannot be opened as a project database: {str(error).splitlines()[0]}."
        raise BadInput(what, where=path, do=_REBUILD) from None


def _patient(path: str, *, read_only: bool) -> Cursor:
    """Connect again, however long the other process takes: whoever reads and writes here waits for it."""
    while True:
        try:
            return connect(path, read_only=read_only)
        except ProjectBusy:
            time.sleep(_TICK_S)


def _busy(path: str, text: str) -> ProjectBusy:
    found = _OWNER.search(text)
    # Network file systems report process 0.
    owner = f"by process {found[1]}" if found and found[1] != "0" else "by another process"
    stop = f" (kill {found[1]})" if found and found[1] != "0" else ""
    return ProjectBusy(
        f"is open {owner}; one process at a time can use a project.",
        where=path,
        do=f"Use the studio that is running, or stop that process{stop} and try again.",
    )
