"""Which of any number of texts copy a test problem, were written from one, repeat an earlier one, or are of one family.

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
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson
import pyarrow as pa

from engine.export.split_groups import Families, Ints, Joined
from engine.similarity import contamination, duplicates

PART, PARTS = 10_000, 256
"""Texts that are compared at a time, about, and the parts into which they are put aside at most: each is a file."""
_READ = ("id", "family", "statement", "contamination", "seed_id")
_DIGITS = re.compile(r"\d")
Progress = Callable[[int, str], None]
"""Called with the rows done and what is being done."""


@dataclass(frozen=True, slots=True, eq=False)
class DedupResult:
    """What was found of every row, by its number in the order of the rows; some bytes a row, whatever the texts."""

    copies: Ints
    """Number of the reason for which it copies a test problem, -1 for none."""
    reasons: tuple[str, ...]
    """Which test problem it is, in words."""
    repeats: Ints
    """Number of the earlier row that says the same, -1 for none."""
    origins: Ints
    """Number of the test set that its seed, or one of its examples, is a problem of, -1 for none."""
    tests: tuple[str, ...]
    """Names of those test sets."""
    joined: Joined | None = None
    """Families that hold the same problem with other numbers or names; None where nobody asked."""

    def copied(self, row: int) -> str:
        """Return which test problem a row copies, in words; '' for none."""
        found = self.copies[row]
        return self.reasons[found] if found >= 0 else ""

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
    index: contamination.NgramIndex,
    families: bool = False,
    progress: Progress | None = None,
    part: int = PART,
    seeds: Mapping[str, str] | None = None,
) -> DedupResult:
    """Look through texts.

    Args:
        pieces: tables with the columns id, family, statement, contamination (a share, or null) and seed_id, in order.
        count: how many rows there are, about.
        index: the test problems.
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
        found = _sorted(pieces, index, seeds or {}, parts, kin, told)
        repeats = np.full(len(found.copies), -1, np.int32)
        for number, (rows, texts) in enumerate(parts.each(), 1):
            same = duplicates.find(texts)
            for one in (*same.exact, *same.near):
                repeats[rows[one.row]] = rows[one.of]
            told(count * number // len(parts), "looking for repeats")
        for row in found.again:
            repeats[row] = repeats[row - 1]
        copies, origins = np.array(found.copies, np.int32), np.array(found.origins, np.int32)
        joined = kin.joined() if kin else None
        return DedupResult(copies, tuple(found.reasons), repeats, origins, tuple(found.tests), joined)


@dataclass(slots=True)
class _Found:
    """What is known of the rows before they are compared with each other."""

    copies: array[int] = field(default_factory=lambda: array("i"))
    origins: array[int] = field(default_factory=lambda: array("i"))
    reasons: dict[str, int] = field(default_factory=dict)
    tests: dict[str, int] = field(default_factory=dict)
    again: array[int] = field(default_factory=lambda: array("i"))
    """Rows that hold the problem of the row before with another solution."""

    def add(self, reason: str, test: str) -> None:
        """Note which test problem a row copies, or which test set its seed is of; '' for none."""
        self.copies.append(self.reasons.setdefault(reason, len(self.reasons)) if reason else -1)
        self.origins.append(self.tests.setdefault(test, len(self.tests)) if test else -1)


def _sorted(
    pieces: Iterator[pa.Table],
    index: contamination.NgramIndex,
    seeds: Mapping[str, str],
    parts: _Parts,
    kin: Families | None,
    told: Progress,
) -> _Found:
    """Put every text aside that has nothing to do with a test problem; return which have."""
    found = _Found()
    last = ""
    for piece in pieces:
        for batch in piece.to_batches(max_chunksize=1_000):
            for ident, family, text, said, seed in zip(*(batch[name].to_pylist() for name in _READ), strict=True):
                reason = _copied(text, said, index)
                test = "" if reason else seeds.get(seed) or seeds.get(ident, "")
                row = len(found.copies)
                if ident == last:
                    found.again.append(row)
                elif not (reason or test):
                    parts.add(row, text)
                if kin:
                    kin.add(family, text)
                last = ident
                found.add(reason, test)
        told(len(found.copies), "looking for test problems")
    return found


def _copied(text: str, said: float | None, index: contamination.NgramIndex) -> str:
    """Return which test problem a text copies, in words; '' for none. The word of the run that wrote it counts too."""
    if (said or 0.0) >= index.limits.share:
        return f"holds {said:.0%} of a test problem"
    match = index.match(text) if len(index) else None
    return match.reason if match and match.copied else ""


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
