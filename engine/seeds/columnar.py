"""Tables that lie column by column, Parquet and Arrow, as rows: a few at a time, however large their cells are.

What such a file says of itself is not believed: offsets are checked before they are followed, rows are counted, and
the size of a cell is looked at before it becomes an object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.core.errors import BadInput
from engine.seeds.rows import MAX_CHARS, BrokenRow, FileRow, Outsized

LARGEST_CELL = 16 * MAX_CHARS
"""Bytes of a cell; a larger one is no text of a problem, and is not made into one."""
_ROWS = 2048
_AT_ONCE = 1 << 23
"""Bytes that are to be taken apart at once."""
_LARGE = 1 << 24
_VALUE = 8
"""Bytes of a number in memory, whatever it takes in the file."""
_LARGEST_PAGE = 1 << 27
_DICTIONARY = 1 << 22
"""Bytes of a dictionary page; writers stop at one megabyte, and each row may repeat the largest entry of a page."""


def parquet(path: Path) -> Iterator[FileRow | BrokenRow]:
    """Yield the rows of a Parquet file; BadInput where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    damaged = (pa.ArrowException, OSError, UnicodeDecodeError)
    do = "Fetch or write it again."
    try:
        read = {"buffer_size": 1 << 20, "pre_buffer": False}
        table = pq.ParquetFile(path, read_dictionary=_with_dictionaries(path), **read)
    except damaged as error:
        raise BadInput(f"is a damaged Parquet file: {_line(error)}", where=str(path), do=do) from error
    number = 0
    with table:
        try:
            for group in range(table.num_row_groups):
                told = table.metadata.row_group(group)
                names = table.schema_arrow.names
                hopeless = _hopeless(told, set(names))
                at_once = _at_once(told, hopeless)
                wanted = [name for name in names if name not in hopeless] if hopeless else None
                for batch in table.iter_batches(at_once, row_groups=[group], columns=wanted):
                    yield from _with_others(_rows(batch, number), hopeless)
                    number += batch.num_rows
        except damaged as error:
            yield _torn(number, f"the file is damaged from here on: {_line(error)}")
            return
        if number != table.metadata.num_rows:
            yield _torn(number, f"the file says that it has {table.metadata.num_rows:,} rows, and holds {number:,}")


def arrow(path: Path) -> Iterator[FileRow | BrokenRow]:
    """Yield the rows of Arrow's file or stream form, which is how the `datasets` package caches."""
    import pyarrow as pa

    number = 0
    try:
        # It is read and not mapped: a mapped file that is cut while it is read ends the process.
        with pa.OSFile(str(path)) as source:
            for batch in _batches(source):
                batch.validate(full=True)
                step = max(1, min(_ROWS, batch.num_rows * _AT_ONCE // max(1, batch.nbytes)))
                for start in range(0, batch.num_rows, step):
                    part = batch.slice(start, step)
                    yield from _rows(part, number)
                    number += part.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if not number:
            what = f"is a damaged Arrow file: {_line(error)}"
            raise BadInput(what, where=str(path), do="Make it again.") from error
        yield _torn(number, f"the file is damaged from here on: {_line(error)}")


def _batches(source: Any) -> Iterator[Any]:
    import pyarrow as pa

    if source.read(6) == b"ARROW1":
        reader = pa.ipc.open_file(source)
        yield from (reader.get_batch(index) for index in range(reader.num_record_batches))
        return
    source.seek(0)
    yield from pa.ipc.open_stream(source)


def _at_once(group: Any, hopeless: Iterable[str]) -> int:
    """Return how many rows are taken apart together: lists of equal values take no room in the file alone."""
    columns = [column for column in map(group.column, range(group.num_columns)) if _name(column) not in hopeless]
    values = _VALUE * sum(int(column.num_values) for column in columns)
    return min(_ROWS, max(1, _AT_ONCE * int(group.num_rows) // max(1, int(group.total_byte_size), values)))


def _name(column: Any) -> str:
    return str(column.path_in_schema).partition(".")[0]


def _hopeless(group: Any, names: set[str]) -> dict[str, Outsized]:
    """Return the columns whose cells are too large on average: a page may hold all of them, and is unpacked whole."""
    found: dict[str, Outsized] = {}
    for column in map(group.column, range(group.num_columns)):
        size = int(column.total_uncompressed_size) // max(1, column.num_values)
        path = column.path_in_schema
        name = path if path in names else path.partition(".")[0]
        if column.total_uncompressed_size > _LARGEST_PAGE and size > LARGEST_CELL and name in names:
            found[name] = Outsized(size)
        elif (many := _VALUE * int(column.num_values) // max(1, int(group.num_rows))) > LARGEST_CELL and name in names:
            found[name] = Outsized(many)
    return found


def _with_others(rows: Iterator[FileRow | BrokenRow], others: dict[str, Outsized]) -> Iterator[FileRow | BrokenRow]:
    for row in rows:
        yield replace(row, fields={**row.fields, **others}) if others and isinstance(row, FileRow) else row


def _with_dictionaries(path: Path) -> list[str]:
    """Return the columns of texts that are read with their dictionary: one large entry may stand in every row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = pq.read_metadata(path)
    texts = {
        field.name for field in found.schema.to_arrow_schema()
        if pa.types.is_string(field.type) or pa.types.is_binary(field.type)
    }  # fmt: skip
    large = set()
    with path.open("rb") as file:
        for group in map(found.row_group, range(found.num_row_groups)):
            for column in map(group.column, range(group.num_columns)):
                name = column.path_in_schema
                if name in texts and column.has_dictionary_page and column.total_uncompressed_size > _DICTIONARY:
                    file.seek(column.dictionary_page_offset)
                    if _page_size(file.read(32)) > _DICTIONARY:
                        large.add(name)
    return sorted(large)


def _page_size(head: bytes) -> int:
    """Return the unpacked size of a page by its header (parquet.thrift, PageHeader: fields 1 and 2 in compact form)."""
    at, values = 0, list[int]()
    while len(values) < 2 and at < len(head) and head[at] == 0x15:
        at, value, shift = at + 1, 0, 0
        while at < len(head):
            value |= (head[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if head[at - 1] < 0x80:
                break
        values.append((value >> 1) ^ -(value & 1))
    return values[1] if len(values) == 2 else 0


def _rows(batch: Any, before: int) -> Iterator[FileRow | BrokenRow]:
    import pyarrow as pa

    try:
        if batch.nbytes <= _LARGE and not any(pa.types.is_dictionary(kind) for kind in batch.schema.types):
            for place, fields in enumerate(batch.to_pylist(), 1):
                yield FileRow(before + place, fields)
            return
    except (ValueError, OverflowError):
        pass  # One of its cells: the others are read.
    yield from _one_by_one(batch, before)


def _one_by_one(batch: Any, before: int) -> Iterator[FileRow | BrokenRow]:
    columns = [_Column(column) for column in batch.columns]
    for place in range(batch.num_rows):
        fields: dict[str, Any] = {}
        for name, column in zip(batch.schema.names, columns, strict=True):
            try:
                fields[name] = column.cell(place)
            except UnicodeDecodeError:
                yield BrokenRow(before + place + 1, "wrong encoding", f"{name} is not UTF-8")
                break
            except (ValueError, OverflowError) as error:
                yield BrokenRow(before + place + 1, "not readable", f"{name}: {_line(error)}")
                break
        else:
            yield FileRow(before + place + 1, fields)


class _Column:
    """A column whose cells become objects one by one, where they are not too large for it."""

    def __init__(self, column: Any) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        self._dictionary = pa.types.is_dictionary(column.type)
        self._cells = column.dictionary if self._dictionary else column
        self._places = column.indices if self._dictionary else None
        kind = self._cells.type
        flat = any(is_one(kind) for is_one in (pa.types.is_string, pa.types.is_binary))
        large = any(is_one(kind) for is_one in (pa.types.is_large_string, pa.types.is_large_binary))
        self._sizes = pc.binary_length(self._cells) if flat or large else None

    def cell(self, place: int) -> Any:
        if self._places is not None:
            place = self._places[place].as_py()
            if place is None:
                return None
        size = self._size(place)
        return Outsized(size) if size > LARGEST_CELL else self._cells[place].as_py()

    def _size(self, place: int) -> int:
        return int((self._sizes[place].as_py() if self._sizes is not None else self._cells.slice(place, 1).nbytes) or 0)


def _torn(number: int, detail: str) -> BrokenRow:
    return BrokenRow(number + 1, "file ends early", detail, ends=True)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
