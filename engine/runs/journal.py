"""The append-only journal of a run: one JSON line per record, one write per reply, fsync by batch.

A torn last line is the mark of a killed worker: readers leave it, the next writer cuts it off. Every line ends with its
checksum, because a changed byte within a text would leave a line that can be read and is not what was written. Readers
pass over a line that is damaged and log it; `damage` sets it aside before the next worker goes on.
Files: `replies.jsonl` holds what was paid for, `records.jsonl` everything else.
"""

from __future__ import annotations

import errno
import logging
import os
import threading
import zlib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from engine.core.files import must_be_plain, whole_lines
from engine.core.records import JOURNAL_TYPES, JournalRecord, ReplyRow

FILES = ("replies.jsonl", "records.jsonl")
NO_RECORD = (ValueError, KeyError, TypeError, AttributeError)
"""What `decode` raises for a line that is none of ours."""
_TAGS = {record: tag for tag, record in JOURNAL_TYPES.items()}
_SUM = b',"crc":"'
_SUM_LENGTH = len(_SUM) + len(b'01234567"}')
_log = logging.getLogger(__name__)


def _tuples(record: type[JournalRecord]) -> frozenset[str]:
    """Names of the fields that hold tuples, which JSON turns into lists."""
    hints = get_type_hints(record)
    return frozenset(f.name for f in fields(record) if _holds_tuple(hints[f.name]))


def _holds_tuple(hint: Any) -> bool:
    if get_origin(hint) in (Union, UnionType):
        return any(_holds_tuple(part) for part in get_args(hint))
    return get_origin(hint) is tuple


_HEADS = {record: b'{"t":"%b",' % tag.encode() for record, tag in _TAGS.items()}
_TUPLES = {record: _tuples(record) for record in _TAGS}


def encode(record: JournalRecord, span: tuple[int, int] | None = None) -> bytes:
    """Return one line, newline included.

    `span` is where in the file the records of an item begin and where this line, which ends it, stands: so it can be
    told later which items a damaged place belongs to, and that a piece of the file is missing.
    """
    line = _HEADS[type(record)] + orjson.dumps(record)[1:-1]
    if span:
        line += b',"begun":%d,"here":%d' % span
    return line + _SUM + b'%08x"}\n' % zlib.crc32(line)


def row(line: bytes) -> dict[str, Any]:
    """Return what one line says; ValueError where it is damaged. Lines of earlier versions have no checksum."""
    body = line.rstrip(b"\n")
    place = len(body) - _SUM_LENGTH
    if body.startswith(_SUM, max(place, 0)) and body[place + len(_SUM) : -2] != b"%08x" % zlib.crc32(body[:place]):
        raise ValueError("its checksum does not fit")
    found: dict[str, Any] = orjson.loads(body)
    return found


def decode(line: bytes) -> JournalRecord:
    """Return the record of one line; ValueError, KeyError, TypeError or AttributeError where the line is none."""
    found = row(line)
    kind = JOURNAL_TYPES[found.pop("t")]
    for name in _TUPLES[kind]:
        if found.get(name) is not None:
            found[name] = tuple(found[name])
    known = kind.__dataclass_fields__
    return kind(**{key: value for key, value in found.items() if key in known})


def is_blank(line: bytes) -> bool:
    """Whether the line is what stands in the place of one that was set aside."""
    return line[:1] in b" \n" and not line.strip()


def tail(directory: Path, offsets: dict[str, int] | None = None) -> Iterator[tuple[str, int, JournalRecord]]:
    """Yield (file name, byte offset behind the line, record) for each whole line after `offsets`.

    `directory` is the run's journal folder. A torn last line is left for a later call, a damaged one left out.
    """
    for name in FILES:
        path = directory / name
        if path.exists():
            for offset, line in whole_lines(path, (offsets or {}).get(name, 0)):
                if not is_blank(line):
                    try:
                        record = decode(line)
                    except NO_RECORD as error:
                        _log.warning("%s: the line that ends at byte %d is left out: %s", path, offset, error)
                    else:
                        yield name, offset, record


def records(directory: Path) -> Iterator[JournalRecord]:
    """Yield every whole record of a journal folder."""
    for _, _, record in tail(directory):
        yield record


def unwritable(error: OSError) -> str:
    """Return in words why a run ends whose journal cannot be written, and what to do."""
    why = error.strerror or error
    return f"the journal cannot be written: {why}. Make room or give the right to write, then resume the run."


class Journal:
    """Appends records; safe against `kill -9` up to the last `sync`, which the owner calls every 200 ms.

    A reply is written at once, because it was paid for. Other records may wait in memory for the next `sync`, up to
    `buffer` bytes of them: an item whose records are lost is made again from its replies, at no cost.
    """

    def __init__(self, directory: Path, buffer: int = 0, *, poured: bool = False) -> None:
        """Open, or create, the journal folder and cut off torn last lines.

        The lines of one that will be `poured` into another say nothing of where they stand.
        """
        directory.mkdir(parents=True, exist_ok=True)
        self.folder = directory
        self._files = {name: _open_whole(directory / name) for name in FILES}
        self._ends = {name: os.lseek(file, 0, os.SEEK_END) for name, file in self._files.items()}
        self._dirty: set[str] = set()
        self._buffer, self._waiting, self._bytes = buffer, list[bytes](), 0
        self._poured, self._lock = poured, threading.Lock()
        self._broken: OSError | None = None
        """Why records were lost; none is taken after them, or it might speak of one that is not there."""

    @property
    def end(self) -> int:
        """The byte at which the next record will stand, replies apart."""
        with self._lock:
            return self._end()

    def append(self, record: JournalRecord, begun: int | None = None) -> int:
        """Write one record and return the byte offset of its line; OSError where the disk does not take it whole.

        `begun` is the `end` when the item began that this record ends.
        """
        if isinstance(record, ReplyRow):
            return self._write(FILES[0], encode(record))
        with self._lock:
            if self._broken:
                raise self._broken
            start = self._end()
            line = encode(record, None if begun is None or self._poured else (begun, start))
            self._waiting.append(line)
            self._bytes += len(line)
            if self._bytes > self._buffer:
                self._flush()
        return start

    def pour(self, name: str, lines: list[bytes]) -> None:
        """Write whole lines of another journal behind those of the file `name`."""
        with self._lock:
            self._flush()
            if lines:
                self._write(name, b"".join(lines))

    def sync(self) -> None:
        """Force what was appended onto the disk; call it off the event loop."""
        with self._lock:
            self._flush()
        dirty, self._dirty = self._dirty, set()
        for name in dirty:
            os.fsync(self._files[name])

    def close(self) -> None:
        """Sync and close."""
        try:
            self.sync()
        finally:
            for descriptor in self._files.values():
                os.close(descriptor)
            self._files = {}

    def _end(self) -> int:
        return self._ends[FILES[1]] + self._bytes

    def _flush(self) -> None:
        lines, self._waiting, self._bytes = self._waiting, [], 0
        if not lines or self._broken:
            return
        try:
            self._write(FILES[1], b"".join(lines))
        except OSError as error:
            self._broken = error
            raise

    def _write(self, name: str, lines: bytes) -> int:
        """Write with one system call; what a full disk took of it is cut off again, so that no line is torn."""
        start = self._ends[name]
        if os.write(self._files[name], lines) != len(lines):
            os.ftruncate(self._files[name], start)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), name)
        self._ends[name] = start + len(lines)
        self._dirty.add(name)
        return start


def _open_whole(path: Path) -> int:
    """Open `path` for appending, cut back to its last whole line."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        must_be_plain(descriptor, path)
    except BaseException:
        os.close(descriptor)
        raise
    end = os.lseek(descriptor, 0, os.SEEK_END)
    block, position = 1 << 16, end
    while position > 0:
        start = max(0, position - block)
        newline = os.pread(descriptor, position - start, start).rfind(b"\n")
        if newline >= 0:
            position = start + newline + 1
            break
        position = start
    if position != end:
        os.ftruncate(descriptor, position)
    return descriptor
