"""Bring a stream of seeds into a store, batch by batch, with a report of what became of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.core.records import Seed
from engine.seeds import answers_read, splits
from engine.seeds.aside import Aside
from engine.seeds.names import shown
from engine.seeds.preview import flags, fold
from engine.seeds.rows import RefusedRow, TakenRow

BATCH = 5_000

_NAMED = 30
HELD = 100_000
"""Most seeds with human points that wait for repeats which may bring further points."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows: added + duplicates + rejected is their number."""

    added: int
    duplicates: int
    rejected: int
    reasons: dict[str, int] = field(default_factory=dict)
    """How often each reason led to a rejection."""
    flagged: dict[str, int] = field(default_factory=dict)
    """Added or known seeds that need a look: a picture is missing, HTML in the statement."""
    aside: Path | None = None
    """The file with the rejected rows."""
    notes: dict[str, int] = field(default_factory=dict)
    """How often each thing was noted of how rows were read, such as an answer column that says there is none."""
    unused: tuple[str, ...] = ()
    """Columns that hold something and went into no seed."""
    answers: dict[str, int] = field(default_factory=dict)
    """How the answers of the rows that are seeds were found, see `answers_read`; repeats of a row count."""
    filled: dict[str, int] = field(default_factory=dict)
    """Field to how many seeds that were there already had it empty and have it now."""
    left_out: dict[str, int] = field(default_factory=dict)
    """Split to how many rows of it were left out, because another one was wanted."""
    joined: tuple[str, ...] = ()
    """Columns that made one statement together, such as `context + question`."""
    encodings: tuple[str, ...] = ()
    """Encodings other than UTF-8 in which files were read."""

    def told(self) -> list[str]:
        """Return what is to be said beside the counts: what was filled, noted, flagged and left out."""
        said = [f"read as {name}" for name in self.encodings]
        said += filter(None, [answers_read.sentence(self.answers)])
        said += splits.told(self.left_out)
        said += [f"one statement: {columns}" for columns in self.joined]
        said += [f"{count:,} seeds that were there got what was empty: {name}" for name, count in self.filled.items()]
        said += [f"{count:,} × {note}" for note, count in self.notes.items()]
        said += [f"{count:,} × {flag}" for flag, count in self.flagged.items() if flag == "holds a control character"]
        return [*said, *filter(None, [lost(self.unused)])]


def lost(unused: Sequence[str]) -> str:
    """Say which columns go into no seed, such as `3 columns unused: options, table, hint`; '' where all do."""
    many = f"{len(unused):,} column{'s' if len(unused) != 1 else ''} unused"
    listed = ", ".join(map(shown, unused[:_NAMED]))
    more = f" and {len(unused) - _NAMED:,} more" if len(unused) > _NAMED else ""
    return f"{many}: {listed}{more}" if unused else ""


def load(
    found: Iterable[Seed | TakenRow | RefusedRow],
    add: Callable[[Sequence[Seed]], int],
    aside: Path,
    name: str = "seeds",
    progress: Callable[[int], None] | None = None,
) -> Imported:
    """Give seeds to `add` in batches and write refused rows into the folder `aside`.

    `add` stores a batch whole or raises, and returns how many of it were new. Rows that repeat an earlier one of the
    stream, but for white space, are counted as duplicates and not stored; knowledge points that only a repeat
    has go to the seed it repeats. `progress` is told the number of rows so far after each batch.
    """
    tally = _Tally(add)
    refused = Aside(aside, name)
    try:
        for number, outcome in enumerate(found, start=1):
            if isinstance(outcome, RefusedRow):
                tally.reasons[outcome.reason] += 1
                refused.add(outcome)
            else:
                tally.take(outcome.seed if isinstance(outcome, TakenRow) else outcome)
                tally.noted(outcome)
            if progress and number % BATCH == 0:
                progress(number)
        tally.flush()
    finally:
        kept = refused.close()
    return Imported(
        tally.added, tally.duplicates, tally.reasons.total(), dict(tally.reasons), dict(tally.flagged), kept,
        notes=dict(tally.notes), answers=dict(tally.answers),
    )  # fmt: skip


class _Tally:
    """Counts, the batch in hand and what was seen so far."""

    def __init__(self, add: Callable[[Sequence[Seed]], int]) -> None:
        self._add = add
        self._batch: list[Seed] = []
        self._tagged: dict[bytes, Seed] = {}
        self._seen: set[bytes] = set()
        self.added = self.duplicates = 0
        self.reasons: Counter[str] = Counter()
        self.flagged: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()

    def noted(self, outcome: Seed | TakenRow) -> None:
        """Count what is known of how a row was read."""
        if isinstance(outcome, TakenRow):
            self.notes.update(outcome.notes)
            self.answers.update([outcome.found] if outcome.found else ())

    def take(self, seed: Seed) -> None:
        """Put a seed into the batch unless it repeats an earlier one."""
        key = fold(seed.statement)
        if key in self._seen:
            self._repeat(key, seed)
            return
        self._seen.add(key)
        self.flagged.update(flags(seed))
        if seed.points:
            self._tagged[key] = seed
        else:
            self._batch.append(seed)
        if len(self._batch) >= BATCH or len(self._tagged) >= HELD:
            self.flush(tagged=len(self._tagged) >= HELD)

    def _repeat(self, key: bytes, seed: Seed) -> None:
        self.duplicates += 1
        first = self._tagged.get(key)
        if first:
            self._tagged[key] = replace(first, points=tuple(dict.fromkeys(first.points + seed.points)))
        elif seed.points:
            self.flagged["points of a repeat left out"] += 1

    def flush(self, *, tagged: bool = True) -> None:
        """Store what is in hand; seeds with points may wait on."""
        ready = [*self._batch, *self._tagged.values()] if tagged else self._batch
        for start in range(0, len(ready), BATCH):
            part = ready[start : start + BATCH]
            new = self._add(part)
            self.added += new
            self.duplicates += len(part) - new
        self._batch = []
        if tagged:
            self._tagged = {}
