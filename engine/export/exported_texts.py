"""Which texts went out: ids and hashes of exported rows, kept in pieces, so that their number is not limited."""

from __future__ import annotations

import pyarrow as pa

from engine.export.rows import ExportRow
from engine.store.row_hashes import row_hash

_BATCH = 10_000
_SCHEMA = pa.schema([("row_id", pa.string()), ("row_hash", pa.string())])


class ExportedTexts:
    """The texts of the rows that went out, in their order."""

    def __init__(self) -> None:
        self._done: list[pa.RecordBatch] = []
        self._ids: list[str] = []
        self._hashes: list[str] = []

    def add(self, row: ExportRow) -> None:
        """Take one more row, as it is in the project: before marks of turns were cut."""
        self._ids.append(row.id)
        self._hashes.append(row_hash(row.statement, row.solution))
        if len(self._ids) == _BATCH:
            self._close()

    def table(self) -> pa.Table:
        """Return row_id, row_hash of all texts, each once, by row_id."""
        self._close()
        made = pa.Table.from_batches(self._done, _SCHEMA)
        return (
            made.group_by(["row_id", "row_hash"])
            .aggregate([])
            .sort_by([("row_id", "ascending"), ("row_hash", "ascending")])
        )

    def _close(self) -> None:
        self._done.append(pa.record_batch([pa.array(self._ids), pa.array(self._hashes)], schema=_SCHEMA))
        self._ids, self._hashes = [], []
