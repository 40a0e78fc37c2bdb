"""A set in which no class outweighs the others: each keeps at most as many rows as the median class has.

The median is the smallest cap that leaves half of the classes whole; a cap at the smallest class would throw nearly
everything away where one concept came up once. Which rows a class keeps is drawn by a hash of seed and id, so that it
depends neither on their order nor on the other classes.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from engine.export.rows import ExportRow

BINS = 5
UNKNOWN = "unknown"


def concept(row: ExportRow) -> str:
    """Return the first knowledge point of a row."""
    return row.points[0] if row.points else UNKNOWN


def difficulty(row: ExportRow) -> str:
    """Return the fifth of the scale 0..1 in which the difficulty of a row lies."""
    if row.difficulty is None:
        return UNKNOWN
    place = min(BINS - 1, max(0, int(row.difficulty * BINS)))
    return f"{place / BINS:.1f} to {(place + 1) / BINS:.1f}"


BALANCES: dict[str, Callable[[ExportRow], str]] = {"concept": concept, "difficulty": difficulty}
"""What rows can be balanced by, and the class of a row."""


@dataclass(frozen=True, slots=True)
class Caps:
    """How many rows a class keeps, and for each class the highest rank that stays."""

    by: str
    cap: int
    seed: int
    highest: Mapping[str, int]

    def keeps(self, row: ExportRow) -> bool:
        """Whether a row is among those that its class keeps."""
        return rank(row.id, self.seed) <= self.highest.get(BALANCES[self.by](row), -1)


def caps(rows: Iterable[ExportRow], by: str, cap: int = 0, seed: int = 0) -> Caps:
    """Return the caps for the rows that can be used; `cap` 0 takes the median class. Eight bytes a row are kept."""
    ranks: dict[str, array[int]] = {}
    for row in rows:
        ranks.setdefault(BALANCES[by](row), array("Q")).append(rank(row.id, seed))
    most = cap or int(np.median([len(found) for found in ranks.values()] or [0]))
    highest = {name: int(np.sort(np.frombuffer(found, np.uint64))[:most][-1]) for name, found in ranks.items() if most}
    return Caps(by, most, seed, highest)


def rank(ident: str, seed: int) -> int:
    """Return the place of a row in the draw: 64 bits of a hash."""
    return int.from_bytes(blake2b(f"{seed}\0{ident}".encode(), digest_size=8).digest(), "big")
