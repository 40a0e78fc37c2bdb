"""Which items of a run are done already, read from its journal when it is resumed."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.core.files import open_plain
from engine.runs.journal import FILES, NO_RECORD, row
from engine.runs.offset_index import OffsetIndex, key_of

_log = logging.getLogger(__name__)
FAILED = "failed"
_AGAIN = ""
"""The outcome of an item that is to be made again."""
_UNANSWERED = "provider"
"""The boundary of failures that no reply was paid for."""


@dataclass(slots=True)
class EarlierFailure:
    """What went wrong with an item: where, and how often."""

    stage: str
    boundary: str
    times: int


class CompletedItems:
    """Outcomes by item, 16 bytes each; failed items with what went wrong."""

    def __init__(self) -> None:
        """Start with nothing done."""
        self.outcomes: list[str] = []
        self.earlier_failures: dict[str, EarlierFailure] = {}
        self._index = OffsetIndex()
        self._numbers: dict[str, int] = {}

    @staticmethod
    def read(journal: Path) -> CompletedItems:
        """Read the outcomes from a journal folder; a line that is no record of ours is left out and logged."""
        completed_items = CompletedItems()
        path = journal / FILES[1]
        if not path.exists():
            return completed_items
        with open_plain(path) as file:
            for number, line in enumerate(file, 1):
                # Only two kinds of lines matter here, and their tag comes first.
                if line.startswith((b'{"t":"done"', b'{"t":"failure"')) and line.endswith(b"\n"):
                    completed_items._take(line, f"{path}:{number}")
        return completed_items

    def outcome(self, item_id: str) -> str | None:
        """Return the last stage that the item reached, `failed` for a failure, None where it is not done."""
        number = self._index.get(key_of(item_id))
        return (None if number is None else self.outcomes[number]) or None

    def counts(self) -> Counter[str]:
        """Count the items of each outcome; reads the index, not the journal."""
        found = Counter(self.outcomes[number] for number in self._index.values())
        del found[_AGAIN]
        return found

    def note(self, item_id: str, outcome: str) -> None:
        """Remember that an item is done."""
        number = self._numbers.setdefault(outcome, len(self.outcomes))
        if number == len(self.outcomes):
            self.outcomes.append(outcome)
        self._index.put(key_of(item_id), number)

    def reopen(self, items: Iterable[str]) -> None:
        """Let items be made again in the same way, which their replies make free: some of their records are lost.

        A failure that had no reply would ask once more, so it stays one.
        """
        for item in items:
            failed, earlier = self.outcome(item) == FAILED, self.earlier_failures.get(item)
            if failed and earlier and earlier.boundary == _UNANSWERED:
                continue
            if failed and earlier:
                # The failure that is to come again is none that came before it.
                earlier.times -= 1
                if not earlier.times:
                    del self.earlier_failures[item]
            self.note(item, _AGAIN)

    def _take(self, line: bytes, where: str) -> None:
        try:
            said = row(line)
            item = said["item_id"]
            if said["t"] == "done":
                self.note(item, said["outcome"])
            else:
                earlier_failure = self.earlier_failures.setdefault(item, EarlierFailure("", "", 0))
                earlier_failure.stage, earlier_failure.boundary, earlier_failure.times = (
                    said["stage"],
                    said["boundary"],
                    earlier_failure.times + 1,
                )
        except NO_RECORD as error:
            _log.warning("%s: not a record, left out: %s", where, error)
