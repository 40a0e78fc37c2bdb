"""The append-only journal of a run: one JSON line per record, one write per reply, fsync by batch.

A torn last line is the mark of a killed worker: readers leave it, the next writer cuts it off.
Files: `replies.jsonl` holds what was paid for, `records.jsonl` everything else.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import orjson

from engine.core.files import whole_lines
from engine.core.records import JOURNAL_TYPES, JournalRecord, ReplyRow

FILES = ("replies.jsonl", "records.jsonl")
_TAGS = {record: tag for tag, record in JOURNAL_TYPES.items()}


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


def encode(record: JournalRecord) -> bytes:
    """Return one line, newline included."""
    return _HEADS[type(record)] + orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)[1:]


def decode(line: bytes) -> JournalRecord:
    """Return the record of one line; ValueError or KeyError where the line is none of ours."""
    row = orjson.loads(line)
    kind = JOURNAL_TYPES[row.pop("t")]
    for name in _TUPLES[kind]:
        if row.get(name) is not None:
            row[name] = tuple(row[name])
    known = kind.__dataclass_fields__
    return kind(**{key: value for key, value in row.items() if key in known})


def tail(directory: Path, offsets: dict[str, int] | None = None) -> Iterator[tuple[str, int, JournalRecord]]:
    """Yield (file name, byte offset behind the line, record) for each whole line after `offsets`.

    `directory` is the run's journal folder. A torn last line is left for a later call.
    """
    for name in FILES:
        path = directory / name
        if path.exists():
            for offset, line in whole_lines(path, (offsets or {}).get(name, 0)):
                yield name, offset, decode(line)


def records(directory: Path) -> Iterator[JournalRecord]:
    """Yield every whole record of a journal folder."""
    for _, _, record in tail(directory):
        yield record


class Journal:
    """Appends records; safe against `kill -9` up to the last `sync`, which the owner calls every 200 ms.

    A reply is written at once, because it was paid for. Other records may wait in memory for the next `sync`, up to
    `buffer` bytes of them: an item whose records are lost is made again from its replies, at no cost.
    """

    def __init__(self, directory: Path, buffer: int = 0) -> None:
        """Open, or create, the journal folder and cut off torn last lines."""
        directory.mkdir(parents=True, exist_ok=True)
        self._files = {name: _open_whole(directory / name) for name in FILES}
        self._ends = {name: os.lseek(file, 0, os.SEEK_END) for name, file in self._files.items()}
        self._dirty: set[str] = set()
        self._buffer, self._waiting, self._bytes = buffer, list[bytes](), 0
        self._lock = threading.Lock()
        self._broken: OSError | None = None
        """Why records were lost; none is taken after them, or it might speak of one that is not there."""

    def append(self, record: JournalRecord) -> int:
        """Write one record and return the byte offset of its line; OSError where the disk does not take it whole."""
        line = encode(record)
        if isinstance(record, ReplyRow):
            return self._write(FILES[0], line)
        with self._lock:
            if self._broken:
                raise self._broken
            start = self._ends[FILES[1]] + self._bytes
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
