"""Which of any number of texts copy a test problem, repeat an earlier one, or belong to one family.

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
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import orjson
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from engine.checks import contamination, duplicates, isomorphs
from engine.records import content_id

PART = 25_000
"""Texts that are compared at a time, about."""
_DIGITS = re.compile(r"\d")
Progress = Callable[[int, str], None]
"""Called with the rows done and what is being done."""


@dataclass(frozen=True, slots=True)
class Sieved:
    """What was found. All keys are ids of problems, but for `families`."""

    copies: dict[str, str] = field(default_factory=dict)
    """Which test problem it copies, in words."""
    repeats: dict[str, str] = field(default_factory=dict)
    """Id of the earlier problem that says the same."""
    families: dict[str, str] = field(default_factory=dict)
    """One name for all families that hold the same problem with other numbers or names; others are left as they are."""


def sieve(
    pieces: Iterator[pa.Table],
    count: int,
    index: contamination.Index,
    families: bool = False,
    progress: Progress | None = None,
    part: int = PART,
) -> Sieved:
    """Look through texts.

    Args:
        pieces: tables with the columns id, family, statement and contamination (a share, or null), in order.
        count: how many rows there are, about.
        index: the test problems.
        families: whether to join families that share a template, which only a split needs.
        progress: told of every piece and every part.
        part: texts that are compared at a time, about.
    """
    told = progress or _silent
    copies: dict[str, str] = {}
    trees = _Trees() if families else None
    with _Parts(max(1, -(-count // part))) as parts:
        done = 0
        for piece in pieces:
            rows = zip(
                *(piece[name].to_pylist() for name in ("id", "family", "statement", "contamination")), strict=True
            )
            for ident, family, text, said in rows:
                if reason := _copied(text, said, index):
                    copies[ident] = reason
                else:
                    parts.add(ident, text)
                if trees:
                    trees.add(family, text)
            done += piece.num_rows
            told(done, "looking for test problems")
        repeats: dict[str, str] = {}
        for number, (ids, texts) in enumerate(parts.each(), 1):
            found = duplicates.find(texts)
            repeats.update((ids[one.row], ids[one.of]) for one in (*found.exact, *found.near))
            told(min(count, number * part), "looking for repeats")
    return Sieved(copies, repeats, trees.joined() if trees else {})


def _copied(text: str, said: float | None, index: contamination.Index) -> str:
    """Return which test problem a text copies, in words; '' for none. The word of the run that wrote it counts too."""
    if (said or 0.0) >= index.limits.share:
        return f"holds {said:.0%} of a test problem"
    match = index.match(text) if len(index) else None
    return match.reason if match and match.copied else ""


def _silent(done: int, doing: str) -> None:
    """Tell nobody."""


class _Parts:
    """Texts by a hash of their digits, on the disk."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._stack = ExitStack()
        self._files: list[BinaryIO] = []

    def __enter__(self) -> _Parts:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="lemma-sieve-")))
        for number in range(self._number):
            self._files.append(self._stack.enter_context((folder / f"{number}").open("w+b")))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, ident: str, text: str) -> None:
        """Put a text aside."""
        digits = "".join(_DIGITS.findall(unicodedata.normalize("NFKC", text)))
        place = zlib.crc32(digits.encode()) % self._number
        self._files[place].write(orjson.dumps((ident, text), option=orjson.OPT_APPEND_NEWLINE))

    def each(self) -> Iterator[tuple[list[str], list[str]]]:
        """Yield ids and texts of each part, in the order in which they came."""
        for file in self._files:
            file.seek(0)
            rows = [orjson.loads(line) for line in file]
            yield [ident for ident, _ in rows], [text for _, text in rows]


class _Trees:
    """Families, and which of them share a template."""

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._templates: dict[int, int] = {}
        self._family, self._template = array("L"), array("L")

    def add(self, family: str, text: str) -> None:
        """Note a problem of a family."""
        key = hash(isomorphs.template(text))
        self._family.append(self._names.setdefault(family, len(self._names)))
        self._template.append(self._templates.setdefault(key, len(self._templates)))

    def joined(self) -> dict[str, str]:
        """Return the common name of the families that belong together, for those that are not alone.

        The name depends on the families of the group alone, so that the same group is drawn the same way every time.
        """
        families, templates = len(self._names), len(self._templates)
        if not families:
            return {}
        left, right = np.array(self._family, np.int64), np.array(self._template, np.int64) + families
        size = families + templates
        graph = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
        _, labels = connected_components(graph, directed=False)
        groups: dict[int, list[str]] = {}
        for name, label in zip(self._names, labels[:families].tolist(), strict=True):
            groups.setdefault(label, []).append(name)
        return {name: content_id("F", *sorted(names)) for names in groups.values() if len(names) > 1 for name in names}
