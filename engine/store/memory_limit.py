"""Long reads in little memory: while one goes on, DuckDB keeps few pages and lays aside on the disk what does not fit.

By itself DuckDB keeps every page it has read until most of the machine's memory is full, so that what a long read
takes would grow with the file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from weakref import WeakKeyDictionary

import duckdb

from engine.core.errors import UserError
from engine.store.connection import MEMORY, Database

LIMIT, THREADS = "256MB", 1
"""What the database may take meanwhile, and how many threads one query has: each needs room of its own."""


_guard = threading.Lock()
_readers: WeakKeyDictionary[Database, int] = WeakKeyDictionary()


@contextmanager
def frugal(database: Database) -> Iterator[None]:
    """Hold the whole database to `LIMIT` until this block, and all others like it, have ended.

    A database in memory is left alone: what it holds counts too, and has nowhere to go.
    """
    if database.path == MEMORY:
        yield
        return
    # A connection that is made anew would not know the limit.
    with database.held():
        with _guard:
            with suppress(duckdb.OutOfMemoryException):  # others hold more just now: then as far as it goes
                _say(database, f"set threads = {THREADS}", f"set memory_limit = '{LIMIT}'")
            _readers[database] = _readers.get(database, 0) + 1
        try:
            yield
        finally:
            with _guard:
                _readers[database] -= 1
                if not _readers[database]:
                    with suppress(UserError):  # closed meanwhile: there is nothing left to set
                        _say(database, "reset memory_limit", "reset threads")


def _say(database: Database, *settings: str) -> None:
    with database.cursor() as cursor:
        for setting in settings:
            cursor.execute(setting)
