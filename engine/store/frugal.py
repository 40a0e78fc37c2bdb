"""Long reads in little memory: while one goes on, DuckDB keeps few pages and lays aside on the disk what does not fit.

By itself DuckDB keeps every page it has read until most of the machine's memory is full, so that what a long read
takes would grow with the file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from engine.errors import UserError
from engine.store.connection import MEMORY, Database

LIMIT, THREADS = "256MB", 1
"""What the database may take meanwhile, and how many threads one query has: each needs room of its own."""


@dataclass(slots=True)
class _Held:
    """How many long reads go on, and what was set before the first of them."""

    readers: int
    memory: str
    threads: int


_guard = threading.Lock()
_held: WeakKeyDictionary[Database, _Held] = WeakKeyDictionary()


@contextmanager
def frugal(database: Database) -> Iterator[None]:
    """Hold the whole database to `LIMIT` until this block, and all others like it, have ended.

    A database in memory is left alone: what it holds counts too, and has nowhere to go.
    """
    if database.path == MEMORY:
        yield
        return
    with _guard:
        _begin(database)
    try:
        yield
    finally:
        with _guard:
            _end(database)


def _begin(database: Database) -> None:
    if held := _held.get(database):
        held.readers += 1
        return
    memory, threads = database.rows("select current_setting('memory_limit'), current_setting('threads')")[0]
    _set(database, LIMIT, min(THREADS, threads))
    _held[database] = _Held(1, str(memory), int(threads))


def _end(database: Database) -> None:
    held = _held[database]
    held.readers -= 1
    if not held.readers:
        del _held[database]
        with suppress(UserError):  # closed meanwhile: there is nothing left to set
            _set(database, held.memory, held.threads)


def _set(database: Database, memory: str, threads: int) -> None:
    with database.cursor() as cursor:
        cursor.execute(f"set memory_limit = '{memory}'")
        cursor.execute(f"set threads = {threads}")
