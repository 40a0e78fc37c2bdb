"""From bytes on disk to rows, as a stream: a file of any size is read in bounded memory.

The kind of a file is seen in its first bytes, never in its name. A row that cannot be taken apart is yielded as
`Broken` with its line; what makes the whole file useless raises `BadInput` before anything was yielded.
"""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import orjson

from engine.core.errors import BadInput
from engine.seeds.rows import MAX_CHARS, SHOWN_CHARS, BrokenRow, FileRow

Kind = Literal["jsonl", "json", "csv", "parquet", "arrow"]

LONGEST_LINE = 16 * MAX_CHARS
"""Bytes of one line; a longer one is skipped without being held in memory."""

_HEAD = 1 << 16
_ARRAY_LIMIT = 1 << 28
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"


def kind_of(path: Path) -> Kind:
    """Return what the file holds by its first 64 kB; BadInput where it is missing, a folder, empty or binary."""
    head = _head(path)
    where = str(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1\0\0", b"\xff\xff\xff\xff")):
        return "arrow"
    if head.startswith(_UTF16):
        raise BadInput("is UTF-16 text.", where=where, do="Save it as UTF-8 and import it again.")
    if b"\0" in head:
        raise BadInput(
            f"is a binary file (NUL at byte {head.index(0) + 1}).",
            where=where,
            do="Import JSON lines, CSV or Parquet, packed with gzip or not.",
        )
    start = head.removeprefix(_BOM).lstrip()[:1]
    if not start:
        raise BadInput("is empty.", where=where, do="Choose a file with at least one problem.")
    return "jsonl" if start == b"{" else "json" if start == b"[" else "csv"


def rows(path: Path, kind: Kind) -> Iterator[FileRow | BrokenRow]:
    """Yield the rows of a file of this kind."""
    if kind == "parquet":
        yield from _parquet(path)
    elif kind == "arrow":
        yield from _arrow(path)
    elif kind == "json":
        yield from _array(path)
    else:
        with opened(path) as file:
            yield from _json_lines(file) if kind == "jsonl" else _csv(file)


def opened(path: Path) -> BinaryIO:
    """Open for reading, unpacking gzip where the first two bytes say so."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise BadInput("is a folder.", where=str(path), do="Give the files in it, or --format hf for a saved data set.")
    try:
        with opened(path) as file:
            return file.read(_HEAD)
    except FileNotFoundError as error:
        raise BadInput("does not exist.", where=str(path), do="Check the name.") from error
    except PermissionError as error:
        raise BadInput("may not be read.", where=str(path), do="Check its permissions.") from error
    except (gzip.BadGzipFile, EOFError, zlib.error, OSError) as error:
        raise BadInput(f"cannot be unpacked: {error}.", where=str(path), do="Fetch or pack it again.") from error


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | BrokenRow]]:
    """Number the lines; over-long ones and a packed file's torn end come as Broken."""
    number = 0
    try:
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                size = len(line) + _skip_line(file)
                yield number, BrokenRow(number, "too long", f"the line has {size:,} bytes", _shown(line))
            else:
                yield number, line.removeprefix(_BOM) if number == 1 else line
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield number + 1, BrokenRow(number + 1, "file ends early", f"the packed file is damaged from here on: {error}")


def _skip_line(file: BinaryIO) -> int:
    size = 0
    while part := file.readline(1 << 20):
        size += len(part)
        if part.endswith(b"\n"):
            break
    return size


def _json_lines(file: BinaryIO) -> Iterator[FileRow | BrokenRow]:
    loads = orjson.loads
    for number, line in _lines(file):
        if isinstance(line, BrokenRow):
            yield line
            continue
        try:
            value = loads(line)
        except ValueError as error:
            if line.strip():
                yield _unreadable(number, line, error)
            continue
        if isinstance(value, dict):
            yield FileRow(number, value)
        else:
            yield BrokenRow(number, "not JSON", f"the line is a {type(value).__name__}, not an object", _shown(line))


def _unreadable(number: int, line: bytes, error: ValueError) -> BrokenRow:
    wrong = _wrong_byte(line)
    if wrong:
        return BrokenRow(number, "wrong encoding", wrong, _shown(line))
    column = getattr(error, "colno", 0)
    return BrokenRow(number, "not JSON", f"column {column}: {getattr(error, 'msg', error)}", _shown(line))


def _wrong_byte(line: bytes) -> str:
    """Name the first byte that is no UTF-8; '' where all are."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"byte 0x{line[error.start]:02X} at position {error.start + 1} is not UTF-8"
    return ""


def _shown(line: bytes) -> str:
    return line[:SHOWN_CHARS].decode("utf-8", "replace").rstrip("\n")


def _csv(file: BinaryIO) -> Iterator[FileRow | BrokenRow]:
    """Read a table with a header line; comma, semicolon or tab is chosen by the header."""
    csv.field_size_limit(LONGEST_LINE)
    lines = _text_lines(file)
    header_line = next(lines).rstrip("\r\n")
    delimiter = max(",;\t", key=header_line.count)
    try:
        header = [name.strip() for name in next(csv.reader([header_line], delimiter=delimiter))]
    except (csv.Error, StopIteration) as error:
        yield BrokenRow(1, "not CSV", f"the header cannot be read: {error}")
        return
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 2
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BrokenRow(line, "not CSV", f"{error}, from line {line} on")
            return
        if cells:
            yield _table_row(line, header, cells)
        line = reader.line_num + 2


def _text_lines(file: BinaryIO) -> Iterator[str]:
    """Decode line by line; wrong bytes become lone surrogates, by which the row is refused later."""
    for _, line in _lines(file):
        yield line.detail if isinstance(line, BrokenRow) else line.decode("utf-8", "surrogateescape")


def _table_row(line: int, header: list[str], cells: list[str]) -> FileRow | BrokenRow:
    joined = "".join(cells)
    try:
        joined.encode("utf-8")
    except UnicodeEncodeError as error:
        byte = ord(joined[error.start]) & 0xFF
        shown = joined[:SHOWN_CHARS].encode("utf-8", "replace").decode()
        return BrokenRow(line, "wrong encoding", f"byte 0x{byte:02X} is not UTF-8", shown)
    if len(cells) > len(header):
        detail = f"{len(cells)} cells under {len(header)} columns"
        return BrokenRow(line, "not CSV", detail, joined[:SHOWN_CHARS])
    return FileRow(line, dict(zip(header, cells, strict=False)))


def _array(path: Path) -> Iterator[FileRow | BrokenRow]:
    """Read one JSON array of objects; it has to be held whole, so its size is limited."""
    with opened(path) as file:
        body = file.read(_ARRAY_LIMIT + 1)
    if len(body) > _ARRAY_LIMIT:
        do = "Write one object a line (JSON lines) instead."
        raise BadInput("is one JSON array of more than 256 MB.", where=str(path), do=do)
    wrong = _wrong_byte(body)
    if wrong:
        raise BadInput(f"is not UTF-8: {wrong}.", where=str(path), do="Save it as UTF-8.")
    try:
        entries = json.loads(body.removeprefix(_BOM))
    except json.JSONDecodeError as error:
        where = f"{path}, line {error.lineno}"
        raise BadInput(f"is not valid JSON: {error.msg}.", where=where, do="Mend the file.") from error
    for number, entry in enumerate(entries, start=1):
        yield (
            FileRow(number, entry)
            if isinstance(entry, dict)
            else BrokenRow(number, "not JSON", "the entry is no object")
        )


def _parquet(path: Path) -> Iterator[FileRow | BrokenRow]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"is a damaged Parquet file: {error}", where=str(path), do="Fetch or write it again.") from error
    number = 0
    try:
        for batch in table.iter_batches(batch_size=2048):
            for fields in batch.to_pylist():
                number += 1
                yield FileRow(number, fields)
    except (pa.ArrowException, OSError) as error:
        yield BrokenRow(number + 1, "file ends early", f"the file is damaged from here on: {error}")


def _arrow(path: Path) -> Iterator[FileRow | BrokenRow]:
    """Read Arrow's file or stream form, which is how the `datasets` package caches."""
    import pyarrow as pa

    try:
        with pa.memory_map(str(path)) as source:
            number = 0
            for batch in _batches(source):
                for fields in batch.to_pylist():
                    number += 1
                    yield FileRow(number, fields)
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"is a damaged Arrow file: {error}", where=str(path), do="Make it again.") from error


def _batches(source: Any) -> Iterator[Any]:
    import pyarrow as pa

    if source.read(6) == b"ARROW1":
        reader = pa.ipc.open_file(source)
        yield from (reader.get_batch(index) for index in range(reader.num_record_batches))
        return
    source.seek(0)
    yield from pa.ipc.open_stream(source)
