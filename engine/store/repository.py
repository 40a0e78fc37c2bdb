"""What the classes of the table families share: the database, and bulk appends."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

import pyarrow as pa

from engine.core.errors import BadInput
from engine.store.connection import Cursor, Database
from engine.store.tables import Added, RecordTable

R = TypeVar("R")
CHUNK = 20_000


class Repository:
    """Named statements over one family of tables."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def _append(self, table: RecordTable[R], records: Iterable[R]) -> Added:
        """Append all records in one transaction, so that a failing import leaves nothing behind."""
        chunks = list(_chunks(table, records))
        if not chunks:
            return Added(0, 0)

        def run(cursor: Cursor) -> Added:
            return sum((table.put(cursor, chunk) for chunk in chunks), Added(0, 0))

        return self._db.write(run, table.family)


def _chunks(table: RecordTable[R], records: Iterable[R]) -> Iterable[pa.Table]:
    waiting = iter(records)
    while chunk := list(islice(waiting, CHUNK)):
        try:
            yield table.arrow(chunk)
        except (pa.ArrowException, OverflowError, TypeError) as error:
            raise BadInput(f"cannot be stored: {error}", where=table.name) from error
