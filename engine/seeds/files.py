"""From bytes on disk to rows, as a stream: a file of any size is read in bounded memory.

The kind of a file is seen in its first bytes, never in its name. A row that cannot be taken apart is yielded as
`Broken` with its line; what makes the whole file useless raises `BadInput` before anything was yielded.
"""

from __future__ import annotations

import csv
import json
import lzma
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson

from engine.core import lenient_json, lost_backslashes
from engine.core.errors import BadInput
from engine.seeds import columnar, foreign, texts, wrapped
from engine.seeds.encodings import UTF8
from engine.seeds.names import shown
from engine.seeds.rows import MAX_CHARS, SHOWN_CHARS, BrokenRow, FileRow

Kind = Literal["jsonl", "json", "csv", "parquet", "arrow"]

LONGEST_LINE = 16 * MAX_CHARS
"""Bytes of one line; a longer one is skipped without being held in memory."""

_HALF_A_HEAD = 1 << 15
_ARRAY_LIMIT = 1 << 28
_MOST_VALUES = 1 << 24
"""Values of one JSON text; each takes up to a hundred bytes in memory."""
_DELIMITERS = ",;\t|"
_SPLITTER = "sep="
_BOM = b"\xef\xbb\xbf"
_MOST_BLANK = 1 << 22
"""Blank lines one after the other; more are no text, but a packed file that unpacks to nothing."""
_LONG_NUMBER = re.compile(rb"\d{19}")
"""A whole number that may have more than 64 bits; the fast reader would round it."""
_HALF_SIGN = re.compile(rb"\\u[dD][89a-fA-F]")


def kind_of(path: Path, encoding: str = "") -> Kind:
    """Return what the file holds by its first 64 kB; BadInput where it is missing, a folder, empty or binary.

    `encoding` is what its text is written in; '' has the bytes tell it.
    """
    head = texts.head_of(path)
    where = str(path)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"ARROW1\0\0", b"\xff\xff\xff\xff")):
        return "arrow"
    foreign.refuse(head, where)
    code = texts.encoding(path, encoding)
    head = head if code == UTF8 else head.decode(code, "ignore").encode()
    if b"\0" in head:
        raise BadInput(
            f"is a binary file (NUL at byte {head.index(0) + 1}).",
            where=where,
            do="Import JSON lines, CSV or Parquet, packed with gzip or not.",
        )
    start = head.removeprefix(_BOM).lstrip()
    if not start:
        what = "is empty." if len(head) < _HALF_A_HEAD else "begins with nothing but blanks."
        raise BadInput(what, where=where, do="Choose a file with at least one problem.")
    if start.startswith(b"{"):
        return "json" if _is_document(path, start, code) else "jsonl"
    return "json" if start.startswith(b"[") else "csv"


def encoding_name(path: Path, kind: Kind, encoding: str = "") -> str:
    """Return what a person calls the encoding of a text that is not UTF-8; '' where it is, or no text."""
    return "" if kind in ("parquet", "arrow") else texts.encoding_name(texts.encoding(path, encoding))


def _is_document(path: Path, start: bytes, code: str) -> bool:
    """Whether a text that begins with a brace is no JSON lines: printed over several lines, or rows wrapped in one."""
    line, end, rest = start.partition(b"\n")
    if not end and len(start) >= _HALF_A_HEAD:
        with texts.text(path, code) as file:
            return not any(part.strip() for part in _after_first_line(file))
    text = line.decode("utf-8", "replace").rstrip()
    try:
        value = lenient_json.loads(text)
    except json.JSONDecodeError as error:
        return bool(rest.strip()) and error.pos >= len(text) - 1
    except ValueError:
        return False
    return not rest.strip() and wrapped.is_wrapping(value)


def _after_first_line(file: BinaryIO) -> Iterator[bytes]:
    _skip_line(file)
    while part := file.readline(1 << 20):
        yield part


def rows(path: Path, kind: Kind, encoding: str = "") -> Iterator[FileRow | BrokenRow]:
    """Yield the rows of a file of this kind; `encoding` as for `kind_of`."""
    if kind == "parquet":
        yield from columnar.parquet(path)
    elif kind == "arrow":
        yield from columnar.arrow(path)
    else:
        with texts.text(path, texts.encoding(path, encoding)) as file:
            yield from _document(path, file) if kind == "json" else _table(file, kind)


def _table(file: BinaryIO, kind: Kind) -> Iterator[FileRow | BrokenRow]:
    yield from _json_lines(file) if kind == "jsonl" else _csv(file)


def _lines(file: BinaryIO) -> Iterator[tuple[int, bytes | BrokenRow]]:
    """Number the lines; over-long ones and a packed file's torn end come as Broken, and what never ends, ends there."""
    number = blank = 0
    try:
        while line := file.readline(LONGEST_LINE):
            number += 1
            blank = blank + 1 if len(line) < 3 and not line.strip() else 0
            if blank > _MOST_BLANK:
                yield number, BrokenRow(number, "blank", f"{_MOST_BLANK:,} blank lines stand before it", ends=True)
                return
            if len(line) < LONGEST_LINE or line.endswith(b"\n"):
                yield number, line.removeprefix(_BOM) if number == 1 else line
                continue
            size = len(line) + _skip_line(file)
            endless = size > _ARRAY_LIMIT
            detail = f"the line has {'more than ' if endless else ''}{size:,} bytes"
            yield number, BrokenRow(number, "too long", detail, _shown(line), endless)
            if endless:
                return
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        detail = f"the packed file is damaged from here on: {error}"
        yield number + 1, BrokenRow(number + 1, "file ends early", detail, ends=True)


def _skip_line(file: BinaryIO) -> int:
    """Read on to the end of the line, or as far as a line may be believed to go; return how many bytes that was."""
    size = 0
    while part := file.readline(1 << 20):
        size += len(part)
        if part.endswith(b"\n") or size > _ARRAY_LIMIT:
            break
    return size


def _json_lines(file: BinaryIO) -> Iterator[FileRow | BrokenRow]:
    for number, line in _lines(file):
        if isinstance(line, BrokenRow):
            yield line
            continue
        try:
            value = _value(line)
        except ValueError as error:
            if line.strip():
                yield _unreadable(number, line, error)
            continue
        if isinstance(value, dict):
            yield _whole(FileRow(number, wrapped.opened(value), in_doubt=_in_doubt(line)), line)
        else:
            yield BrokenRow(number, "not JSON", f"the line is a {type(value).__name__}, not an object", _shown(line))


def _value(text: bytes) -> Any:
    """Return the value of a JSON text; formulas keep their backslashes, NaN and small slips are read."""
    if _LONG_NUMBER.search(text) or (b"\\" in text and lenient_json.is_suspect(text.decode("utf-8", "replace"))):
        return lenient_json.loads(text.decode("utf-8"))
    try:
        value = orjson.loads(text)
    except ValueError:
        return lenient_json.loads(text.decode("utf-8"))
    deep = text.count(b"[") + text.count(b"{") > lenient_json.MOST_LEVELS
    return lenient_json.shallow(value) if deep else value


def _whole(row: FileRow, text: bytes) -> FileRow | BrokenRow:
    """Refuse a row that holds half a sign in a name or a text, wherever: nothing can store or show it."""
    if _HALF_SIGN.search(text):
        for name, held in row.fields.items():
            try:
                json.dumps({name: held}, ensure_ascii=False, skipkeys=True, default=str).encode()
            except UnicodeEncodeError:
                detail = f"{shown(str(name))} holds half a sign, as when an emoji is cut in two"
                return BrokenRow(row.line, "not text", detail, _shown(text))
    return row


def _in_doubt(text: bytes) -> bool:
    """Whether a JSON text has an escape that may be the lost backslash of a command, or what JSON says."""
    return b"\\" in text and lost_backslashes.doubts(text.decode("utf-8", "replace")) > 0


def _unreadable(number: int, line: bytes, error: ValueError) -> BrokenRow:
    wrong = _wrong_byte(line)
    if wrong:
        return BrokenRow(number, "wrong encoding", wrong, _shown(line))
    if not isinstance(error, json.JSONDecodeError):
        return BrokenRow(number, "not readable", str(error), _shown(line))
    return BrokenRow(number, "not JSON", f"column {error.colno}: {error.msg}", _shown(line))


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
    """Read a table with a header line; comma, semicolon, tab or bar is chosen by the header, or named before it."""
    csv.field_size_limit(LONGEST_LINE)
    try:
        yield from _csv_rows(_text_lines(file))
    except _UnreadableLine as found:
        yield found.row


def _csv_rows(lines: Iterator[str]) -> Iterator[FileRow | BrokenRow]:
    try:
        header, delimiter, line = _header(lines)
    except (csv.Error, StopIteration) as error:
        yield BrokenRow(1, "not CSV", f"the header cannot be read: {error}", ends=True)
        return
    if half := next((name for name in header if not _is_text(name)), None):
        yield BrokenRow(1, "wrong encoding", f"the header is not UTF-8: {ascii(half)[:60]}", ends=True)
        return
    before = line
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BrokenRow(line, "not CSV", f"{error}, from line {line} on", ends=True)
            return
        if any(cells):
            yield _table_row(line, header, cells)
        line = reader.line_num + before


def _header(lines: Iterator[str]) -> tuple[list[str], str, int]:
    """Return the names of a table's columns, what splits them, and the first line of rows."""
    header_line = next(lines, "").rstrip("\r\n")
    delimiter, line = max(_DELIMITERS, key=header_line.count), 2
    if (named := header_line.strip('"')).casefold().startswith(_SPLITTER) and len(named) == len(_SPLITTER) + 1:
        # The first line of a spreadsheet's CSV may say how it is split.
        header_line, delimiter, line = next(lines, "").rstrip("\r\n"), named[-1], 3
    return [name.strip() for name in next(csv.reader([header_line], delimiter=delimiter))], delimiter, line


def columns(path: Path, kind: Kind, encoding: str = "") -> list[str]:
    """Return the header of a CSV as it stands, names that come twice, of which rows hold the last, included."""
    if kind != "csv":
        return []
    csv.field_size_limit(LONGEST_LINE)
    with texts.text(path, texts.encoding(path, encoding)) as file:
        try:
            return _header(_text_lines(file))[0]
        except (csv.Error, StopIteration, _UnreadableLine):
            return []


class _UnreadableLine(Exception):
    """A line of a table that cannot be read: nobody knows whether a quote began in it, so what follows is lost too."""

    def __init__(self, row: BrokenRow) -> None:
        self.row = replace(row, ends=True)
        super().__init__(row.detail)


def _text_lines(file: BinaryIO) -> Iterator[str]:
    """Decode line by line; wrong bytes become lone surrogates, by which the row is refused later."""
    for _, line in _lines(file):
        if isinstance(line, BrokenRow):
            raise _UnreadableLine(line)
        yield line.decode("utf-8", "surrogateescape")


def _is_text(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


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


def _document(path: Path, file: BinaryIO) -> Iterator[FileRow | BrokenRow]:
    """Read JSON that is no lines: an array, objects one after another, rows within something else.

    It has to be held whole, so its size is limited.
    """
    body = file.read(_ARRAY_LIMIT + 1).removeprefix(_BOM)
    most = "256 MB" if len(body) > _ARRAY_LIMIT else ""
    if most := most or (f"{_MOST_VALUES:,} values" if body.count(b",") > _MOST_VALUES else ""):
        raise BadInput(f"is one JSON text of more than {most}.", where=str(path), do="Write JSON lines, one a row.")
    wrong = _wrong_byte(body)
    if wrong:
        do = "Save it as UTF-8, or name its encoding with --encoding."
        raise BadInput(f"is not UTF-8: {wrong}.", where=str(path), do=do)
    number, in_doubt = 0, _in_doubt(body)
    halves = _HALF_SIGN.search(body)
    for value in _values(path, body):
        for split, entry in wrapped.entries(value):
            number += 1
            if isinstance(entry, dict):
                row = FileRow(number, entry, split, in_doubt)
                yield _whole(row, halves[0]) if halves else row
            else:
                yield BrokenRow(number, "not JSON", "the entry is no object")


def _values(path: Path, body: bytes) -> list[Any]:
    """Return the values of a text: one, or several one after the other."""
    try:
        return [_value(body)]
    except ValueError:
        try:
            return list(lenient_json.documents(body.decode("utf-8")))
        except json.JSONDecodeError as error:
            where = f"{path}, line {error.lineno}"
            raise BadInput(f"is not valid JSON: {error.msg}.", where=where, do="Mend the file.") from error
        except ValueError as error:
            do = "Mend the file, or write one object a line: then only that row is left out."
            raise BadInput(f"cannot be read: {error}.", where=str(path), do=do) from error
