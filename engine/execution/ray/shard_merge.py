"""Pours the journals of actors into the journal of their run: every line once, whatever was killed in between."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from engine.core.files import whole_lines
from engine.core.records import JournalRecord
from engine.runs.journal import FILES, NO_RECORD, Journal, decode
from engine.runs.offset_index import OffsetIndex, key_of

_STOP = "stop"


class ActorShards:
    """The shards of one run directory."""

    def __init__(self, run_dir: Path, journal: Journal) -> None:
        """Shards that are there already were left by a start that was killed; they may be poured in part."""
        self.root, self._journal = run_dir / "shards", journal
        self._read: dict[Path, int] = {}
        self._known: OffsetIndex | None = None
        if self._left():
            self._known = _lines(run_dir / "journal")
        self.stopped().unlink(missing_ok=True)

    def stopped(self) -> Path:
        """The file whose text tells the actors to stop."""
        return self.root / _STOP

    def stop(self, reason: str) -> None:
        """Tell the actors to stop."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.stopped().write_text(reason, encoding="ascii")

    def pour(self, take: Callable[[JournalRecord], None]) -> int:
        """Append every whole line that is not in the run's journal yet, tell `take` of each, and count them.

        OSError where the disk does not take them.
        """
        return sum(self._pour(path, take) for name in FILES for path in sorted(self.root.glob(f"*/journal/{name}")))

    def clear(self) -> None:
        """Remove what was poured, once it is safe on the disk."""
        self._journal.sync()
        shutil.rmtree(self.root, ignore_errors=True)
        self._read, self._known = {}, None

    def _left(self) -> bool:
        return next(self.root.glob("*/journal"), None) is not None

    def _pour(self, path: Path, take: Callable[[JournalRecord], None]) -> int:
        fresh: list[bytes] = []
        done = self._read.get(path, 0)
        for end, line in whole_lines(path, done):
            done = end
            if self._known is None or self._known.get(_key(line)) is None:
                fresh.append(line)
        # A reply may be written before its record is, never the other way round; so is it poured.
        self._journal.pour(path.name, fresh)
        self._read[path] = done
        for line in fresh:
            # A damaged line is set aside when the run is started next.
            with suppress(*NO_RECORD):
                take(decode(line))
        return len(fresh)


def _lines(journal: Path) -> OffsetIndex:
    known = OffsetIndex()
    for name in FILES:
        path = journal / name
        if path.exists():
            with path.open("rb") as file:
                for line in file:
                    known.put(_key(line), 1)
    return known


def _key(line: bytes) -> int:
    return key_of(line.decode("utf-8", "surrogateescape"))
