"""Which batches an actor has begun: Ray sends a batch again when the node that had it is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from engine.runs.completed import CompletedItems

_BEGUN = "begun"


class BegunBatches:
    """A file per batch among the shards, which live as long as the phase."""

    def __init__(self, run_dir: Path, own: Path) -> None:
        """`own` is the journal folder of the actor that asks."""
        self._shards, self._own = run_dir / "shards", own

    def begin(self, item_batch: bytes) -> list[Path]:
        """Mark a batch as begun; return the journals that may hold a part of it where somebody had begun it before.

        A batch that is begun for the first time costs one file, and no reading.
        """
        mark = self._shards / _BEGUN / hashlib.blake2b(item_batch, digest_size=16).hexdigest()
        mark.parent.mkdir(parents=True, exist_ok=True)
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return [path for path in sorted(self._shards.glob("*/journal")) if path != self._own]
        return []


def done_in(journals: Iterable[Path], items: Iterable[str]) -> CompletedItems:
    """Return which of the items these journals have as done, with what went wrong before."""
    read = [CompletedItems.read(journal) for journal in journals]
    done = CompletedItems()
    for item in items:
        for each in read:
            if (outcome := each.outcome(item)) is not None:
                done.note(item, outcome)
    return done
