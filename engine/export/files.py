"""Data files written as a stream: JSON lines, Parquet and CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

_BATCH = 2_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?\Z")


class Writer(Protocol):
    """One data file that is being written."""

    suffix: str

    def write(self, row: dict[str, Any]) -> None:
        """Add a row."""
        ...

    def size(self) -> int:
        """Return the bytes that have left for the disk."""
        ...

    def close(self) -> None:
        """Finish the file."""
        ...


class JsonLines:
    """One JSON object a line."""

    suffix = ".jsonl"

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        """Open `path`; `schema` is not needed."""
        self._file = path.open("wb")
        self._size = 0

    def write(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self._size += self._file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def size(self) -> int:
        """Return the bytes so far."""
        return self._size

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class Parquet:
    """Compressed columns, 2,000 rows in memory at a time."""

    suffix = ".parquet"

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        """Open `path` for rows of `schema`."""
        self._file = path.open("wb")
        self._writer = pq.ParquetWriter(self._file, schema, compression="zstd")
        self._schema = schema
        self._rows: list[dict[str, Any]] = []

    def write(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) == _BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
            self._rows = []

    def size(self) -> int:
        """Return the bytes so far, without the rows that wait for their row group."""
        return self._file.tell()

    def close(self) -> None:
        """Finish the file."""
        try:
            self._flush()
            self._writer.close()
        finally:
            self._file.close()


class Csv:
    """A table for spreadsheets; lists and conversations are JSON text in their cell.

    Every cell is quoted, so that no choice of separator tears a text apart. A text that a spreadsheet would run (a
    formula, a DDE call), or that begins with an apostrophe, gets an apostrophe in front; `text_of` takes it away.
    """

    suffix = ".csv"

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        """Open `path` and write the header."""
        self._file = path.open("w", encoding="utf-8", newline="")
        self._names = schema.names
        self._writer = csv.writer(self._file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        self._size = 0
        self._writer.writerow(self._names)

    def write(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self._size += self._writer.writerow([cell(row[name]) for name in self._names])

    def size(self) -> int:
        """Return the characters so far."""
        return self._size

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def cell(value: Any) -> str:
    """Return a cell's text; what a spreadsheet would run as a formula gets an apostrophe in front, numbers do not."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.match(text) else text


def text_of(cell: str) -> str:
    """Return the text of a cell that `cell` wrote: an apostrophe in front is always ours."""
    return cell.removeprefix("'")
