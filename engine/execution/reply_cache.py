"""What was paid for is never asked again: replies by the content address of their request, read from the journal.

Only the place of each reply is kept in memory (16 bytes); its text is read when it is wanted.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import orjson

from engine.core.files import open_plain
from engine.core.protocol import UNUSABLE, Reply
from engine.core.records import ReplyRow
from engine.runs.journal import FILES, NO_RECORD, Journal, is_blank, row
from engine.runs.offset_index import OffsetIndex

_log = logging.getLogger(__name__)
_OFFSET_BITS = 48
_BLOCK = 1 << 14


@dataclass(slots=True)
class PaidBefore:
    """What a journal says was paid so far."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


class ReplyCache:
    """Replies of this run, and of the runs whose replies it may reuse."""

    def __init__(self, journal: Path, reuse: Iterable[Path] = ()) -> None:
        """Read the places of all replies; `journal` and `reuse` are journal folders."""
        self.spent = PaidBefore()
        self._index = OffsetIndex()
        self._files: list[int] = []
        for folder in reuse:
            self._read(folder / FILES[0], PaidBefore(), own=False)
        # Last, so that what this run paid for itself wins.
        journal.mkdir(parents=True, exist_ok=True)
        (journal / FILES[0]).touch()
        self._own = len(self._files)
        self._read(journal / FILES[0], self.spent)

    def also(self, journal: Path) -> None:
        """Take the replies that another part of this run has paid for since."""
        self._read(journal / FILES[0], PaidBefore())

    def get(self, request: str) -> Reply | None:
        """Return the reply to `request`, None where it was never paid for."""
        place = self._index.get(_key(request))
        if place is None:
            return None
        said = orjson.loads(self._at(place))
        if said["id"] != request:
            return None
        return Reply(
            request, said["text"], said["model"], said["finish"], said["tokens_in"], said["tokens_out"],
            said["seconds"], True, said.get("aside", ""),
        )  # fmt: skip

    def keep(self, row: ReplyRow, journal: Journal) -> None:
        """Write a paid reply to the journal and remember where."""
        place = journal.append(row)
        self._index.put(_key(row.id), self._own << _OFFSET_BITS | place)

    def close(self) -> None:
        """Close the files."""
        for descriptor in self._files:
            os.close(descriptor)
        self._files = []

    def _read(self, path: Path, spent: PaidBefore, own: bool = True) -> None:
        if not path.exists():
            return
        number = len(self._files)
        offset = 0
        with open_plain(path) as file:
            self._files.append(os.dup(file.fileno()))
            for line in file:
                if line.endswith(b"\n") and not is_blank(line):
                    self._take(line, number << _OFFSET_BITS | offset, spent, path, own)
                offset += len(line)

    def _take(self, line: bytes, place: int, spent: PaidBefore, path: Path, own: bool) -> None:
        try:
            said = row(line)
            key = _key(said["id"])
            paid = (int(said["tokens_in"]), int(said["tokens_out"]), float(said["cost"]))
        except NO_RECORD as error:
            _log.warning("%s: not a reply, left out: %s", path, error)
            return
        if not self._stands_twice(key, line):
            spent.calls += 1
            spent.tokens_in, spent.tokens_out = spent.tokens_in + paid[0], spent.tokens_out + paid[1]
            spent.cost += paid[2]
        # What another run could not use is asked anew.
        if own or said.get("finish") != UNUSABLE:
            self._index.put(key, place)

    def _stands_twice(self, key: int, line: bytes) -> bool:
        """Whether the very same line was read before: a reply that was paid for once."""
        place = self._index.get(key)
        return place is not None and self._at(place) == line.rstrip(b"\n")

    def _at(self, place: int) -> bytes:
        return self._line(self._files[place >> _OFFSET_BITS], place & ((1 << _OFFSET_BITS) - 1))

    def _line(self, descriptor: int, offset: int) -> bytes:
        line = b""
        while b"\n" not in line:
            block = os.pread(descriptor, _BLOCK, offset + len(line))
            if not block:
                break
            line += block
        return line.partition(b"\n")[0]


def _key(request: str) -> int:
    return int(request[2:], 16)
