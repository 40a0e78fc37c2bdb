"""Which of any number of texts are test problems, were written from one, repeat an earlier one, or are of one family.

Near repeats have the same sequence of numbers, so texts with different digits never need to be compared. They are put
aside on the disk by a hash of their digits, and one part after another is looked at: what is in memory at a time are
the texts of one part, and a few bytes a row.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
import zlib
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson
import pyarrow as pa

from engine.export.split_groups import Families, Ints, Joined
from engine.similarity import duplicates
from engine.similarity.overlap import OverlapHit, OverlapLook, OverlapScreen, Tier

PART, PARTS = 10_000, 256
"""Texts that are compared at a time, about, and the parts into which they are put aside at most: each is a file."""
_READ = ("id", "family", "statement", "contamination", "seed_id")
_DIGITS = re.compile(r"\d")
Progress = Callable[[int, str], None]
"""Called with the rows done and what is being done."""


@dataclass(frozen=True, slots=True)
class SievedHit:
    """A test problem in a row, or what is near to one: which tier says so, and whether the row is left out."""

    tier: Tier
    dropped: bool
    reason: str
    statement: str = ""
    """The test problem; '' where only the word of the run that wrote the row is left."""


@dataclass(frozen=True, slots=True, eq=False)
class DedupResult:
    """What was found of every row, by its number in the order of the rows; some bytes a row, whatever the texts."""

    hits: Ints
    """Number of what was found of it among the test problems, -1 for nothing."""
    found: tuple[SievedHit, ...]
    """What was found, each once: a test problem, and by which tier."""
    repeats: Ints
    """Number of the earlier row that says the same, -1 for none."""
    origins: Ints
    """Number of the test set that its seed, or one of its examples, is a problem of, -1 for none."""
    tests: tuple[str, ...]
    """Names of those test sets."""
    joined: Joined | None = None
    """Families that hold the same problem with other numbers or names; None where nobody asked."""
    how: OverlapLook | None = None
    """How the rows were held against test problems."""

    def hit(self, row: int) -> SievedHit | None:
        """Return what was found of a row among the test problems; None for nothing."""
        found = self.hits[row]
        return self.found[found] if found >= 0 else None

    def copied(self, row: int) -> str:
        """Return which test problem a row is left out for, in words; '' for none."""
        hit = self.hit(row)
        return hit.reason if hit and hit.dropped else ""

    def origin(self, row: int) -> str:
        """Return the test set that the seed of a row is a problem of; '' for none."""
        found = self.origins[row]
        return self.tests[found] if found >= 0 else ""

    def repeated(self, row: int) -> str:
        """Return which earlier row a row repeats, in words; '' for none."""
        found = self.repeats[row]
        return f"row {found + 1:,}" if found >= 0 else ""

    def family(self, row: int, own: str) -> str:
        """Return the family of a row, which it has in common with others, or its own."""
        return self.joined.name(row) or own if self.joined else own


def sieve(
    pieces: Iterator[pa.Table],
    count: int,
    screen: OverlapScreen,
    families: bool = False,
    progress: Progress | None = None,
    part: int = PART,
    seeds: Mapping[str, str] | None = None,
) -> DedupResult:
    """Look through texts.

    Args:
        pieces: tables with the columns id, family, statement, contamination (a share, or null) and seed_id, in order;
            rows that the column waits marks, where there is one, go nowhere and are nobody's first.
        count: how many rows there are, about.
        screen: the test problems.
        families: whether to join families that share a template, which only a split needs.
        progress: told of every piece and every part.
        part: texts that are compared at a time, about.
        seeds: the test set of each seed that is a test problem, and of each problem that was shown one, by their ids.
    """
    told = progress or _silent
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lemma-sieve-")))
        parts = stack.enter_context(_Parts(folder, min(PARTS, max(1, -(-count // part)))))
        kin = stack.enter_context(Families(folder)) if families else None
        found = _sorted(pieces, screen, seeds or {}, parts, kin, told)
        repeats = np.full(len(found.hits), -1, np.int32)
        for number, (rows, texts) in enumerate(parts.each(), 1):
            same = duplicates.find(texts)
            for one in (*same.exact, *same.near):
                repeats[rows[one.row]] = rows[one.of]
            told(count * number // len(parts), "looking for repeats")
        for row in found.again:
            repeats[row] = repeats[row - 1]
        hits, origins = np.array(found.hits, np.int32), np.array(found.origins, np.int32)
        joined = kin.joined() if kin else None
        return DedupResult(hits, tuple(found.kinds), repeats, origins, tuple(found.tests), joined, screen.how)


@dataclass(slots=True)
class _Found:
    """What is known of the rows before they are compared with each other."""

    hits: array[int] = field(default_factory=lambda: array("i"))
    origins: array[int] = field(default_factory=lambda: array("i"))
    kinds: dict[SievedHit, int] = field(default_factory=dict)
    tests: dict[str, int] = field(default_factory=dict)
    again: array[int] = field(default_factory=lambda: array("i"))
    """Rows that hold the problem of the row before with another solution."""

    def add(self, hit: SievedHit | None, test: str) -> None:
        """Note what was found of a row, or which test set its seed is of; '' for none."""
        self.hits.append(self.kinds.setdefault(hit, len(self.kinds)) if hit else -1)
        self.origins.append(self.tests.setdefault(test, len(self.tests)) if test else -1)


def _sorted(
    pieces: Iterator[pa.Table],
    screen: OverlapScreen,
    seeds: Mapping[str, str],
    parts: _Parts,
    kin: Families | None,
    told: Progress,
) -> _Found:
    """Put every text aside that may go out; return what has to do with a test problem."""
    found = _Found()
    last = ""
    for piece in pieces:
        for batch in piece.to_batches(max_chunksize=1_000):
            idents, families, texts, said, sources = (batch[name].to_pylist() for name in _READ)
            held = batch["waits"].to_pylist() if "waits" in batch.schema.names else [False] * batch.num_rows
            hits = map(_hit, said, screen.look(texts), [screen] * len(texts))
            rows = zip(idents, families, texts, hits, sources, held, strict=True)
            for ident, family, text, hit, seed, waits in rows:
                dropped = bool(hit and hit.dropped)
                test = "" if dropped else seeds.get(seed) or seeds.get(ident, "")
                row = len(found.hits)
                if ident == last:
                    found.again.append(row)
                elif not (dropped or test or waits):
                    parts.add(row, text)
                if kin:
                    kin.add(family, text)
                last = ident
                found.add(hit, test)
        told(len(found.hits), "looking for test problems")
    return found


def _hit(said: float | None, hits: Sequence[OverlapHit], screen: OverlapScreen) -> SievedHit | None:
    """Return what decides about a text. The word of the run that wrote it counts as a copy, too."""
    first = screen.rules.ngrams
    if first != "off" and (said or 0.0) >= screen.rules.share and not (hits and hits[0].tier == "ngrams"):
        by_run = SievedHit("ngrams", first == "drop", f"holds {said:.0%} of a test problem")
        if by_run.dropped or not hits:
            return by_run
    best = screen.decisive(hits)
    if best is None:
        return None
    return SievedHit(best.tier, screen.act(best.tier) == "drop", best.reason, best.item.statement)


def _silent(done: int, doing: str) -> None:
    """Tell nobody."""


class _Parts:
    """Texts with the numbers of their rows, by a hash of their digits, on the disk."""

    def __init__(self, folder: Path, number: int) -> None:
        self._stack = ExitStack()
        self._files: list[BinaryIO] = [
            self._stack.enter_context((folder / f"part-{place}").open("w+b")) for place in range(number)
        ]

    def __enter__(self) -> _Parts:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __len__(self) -> int:
        return len(self._files)

    def add(self, row: int, text: str) -> None:
        """Put a text aside."""
        digits = "".join(_DIGITS.findall(unicodedata.normalize("NFKC", text)))
        place = zlib.crc32(digits.encode()) % len(self._files)
        self._files[place].write(orjson.dumps((row, text), option=orjson.OPT_APPEND_NEWLINE))

    def each(self) -> Iterator[tuple[list[int], list[str]]]:
        """Yield rows and texts of each part, in the order in which they came."""
        for file in self._files:
            file.seek(0)
            found = [orjson.loads(line) for line in file]
            yield [row for row, _ in found], [text for _, text in found]
