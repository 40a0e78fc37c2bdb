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

from engine.core.protocol import UNUSABLE, Reply
from engine.core.records import ReplyRow
from engine.runs.journal import FILES, Journal
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
        row = orjson.loads(self._line(self._files[place >> _OFFSET_BITS], place & ((1 << _OFFSET_BITS) - 1)))
        if row["id"] != request:
            return None
        return Reply(
            request, row["text"], row["model"], row["finish"], row["tokens_in"], row["tokens_out"],
            row["seconds"], True, row.get("aside", ""),
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
        self._files.append(os.open(path, os.O_RDONLY))
        offset = 0
        with path.open("rb") as file:
            for line in file:
                if line.endswith(b"\n"):
                    self._take(line, number << _OFFSET_BITS | offset, spent, path, own)
                offset += len(line)

    def _take(self, line: bytes, place: int, spent: PaidBefore, path: Path, own: bool) -> None:
        try:
            row = orjson.loads(line)
            key = _key(row["id"])
            spent.tokens_in += row["tokens_in"]
            spent.tokens_out += row["tokens_out"]
            spent.cost += row["cost"]
            spent.calls += 1
        except (ValueError, KeyError, TypeError) as error:
            _log.warning("%s: not a reply, left out: %s", path, error)
            return
        # What another run could not use is asked anew.
        if own or row.get("finish") != UNUSABLE:
            self._index.put(key, place)

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
