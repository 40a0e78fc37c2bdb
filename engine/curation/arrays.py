"""What the rows of one version of the data are counted by, narrow enough to be counted at each move.

About 16 bytes a row: the histogram bins of two scores in one word, concept and kind in one number, a map cell and a
page order. The last two are made when they are first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.curation.quantize import CELLS, MISSING, Words, bins, cells, positions
from engine.curation.scores import BINS, SCORES
from engine.curation.table import NO_NAME, ScoreTable

Ints = NDArray[np.int64]
Rows = NDArray[np.integer]
"""Row numbers."""

_WIDE = BINS + 1


@dataclass(frozen=True, eq=False)
class Arrays:
    """The narrow arrays of N rows and S scores; any number of users may share them."""

    table: ScoreTable
    pairs: tuple[Words, ...]
    """Bins of scores 2i and 2i + 1 as first * 41 + second (N,); bin 40 holds missing scores."""
    groups: Words | NDArray[np.uint32]
    """concept * (K + 1) + kind (N,); the last concept and the last kind are those of rows without one."""

    @staticmethod
    def of(table: ScoreTable | pa.Table) -> Arrays:
        """Build the narrow arrays of a scoreboard (see `ScoreTable.of`)."""
        rows = ScoreTable.of(table)
        return Arrays(rows, _pairs(rows), _groups(rows))

    def __len__(self) -> int:
        return len(self.table)

    @property
    def shape(self) -> tuple[int, int]:
        """Number of concepts and kinds, each with one more for rows without."""
        return len(self.table.concepts.names) + 1, len(self.table.kinds.names) + 1

    @cached_property
    def cells(self) -> Words:
        """Map cell of each row (N,), see `engine.curation.quantize`."""
        return cells(self.table.x, self.table.y)

    @cached_property
    def order(self) -> NDArray[np.int32]:
        """Row numbers in page order: best judge score first, then rarity, then table order."""
        return _order(self.table)

    @cached_property
    def everything(self) -> SliceCounts:
        """Counts of all rows, without the map."""
        return SliceCounts(self, grid=False).count(None)

    @cached_property
    def everywhere(self) -> SliceCounts:
        """Counts of all rows, with the map."""
        return SliceCounts(self, grid=True).count(None)


def _pairs(rows: ScoreTable) -> tuple[Words, ...]:
    binned = [bins(key, rows.scores[key]) for key in SCORES]
    if len(binned) % 2:
        binned.append(np.full(len(rows), BINS, np.uint8))
    return tuple(a.astype(np.uint16) * np.uint16(_WIDE) + b for a, b in zip(binned[::2], binned[1::2], strict=True))


def _groups(rows: ScoreTable) -> Words | NDArray[np.uint32]:
    concepts, kinds = len(rows.concepts.names), len(rows.kinds.names)
    concept = np.minimum(rows.concepts.codes.astype(np.uint32), np.uint32(concepts))
    joint = concept * np.uint32(kinds + 1) + np.minimum(rows.kinds.codes, kinds)
    return joint.astype(np.uint16) if (concepts + 1) * (kinds + 1) <= NO_NAME else joint


def _order(rows: ScoreTable) -> NDArray[np.int32]:
    found = (positions(key, rows.scores[key]) for key in ("judge_score", "rarity"))
    judge, rarity = (np.where(one == MISSING, 0, one.astype(np.uint16) + 1) for one in found)
    worth = judge.astype(np.uint16) * np.uint16(256) + rarity.astype(np.uint16)
    return np.argsort(~worth, kind="stable").astype(np.int32)


class SliceCounts:
    """Counts of a set of rows: per concept and kind, per map cell, and a histogram per score. Sets add and subtract."""

    def __init__(self, arrays: Arrays, *, grid: bool) -> None:
        """Start with no rows; without `grid` map cells are not counted."""
        concepts, kinds = arrays.shape
        self._arrays = arrays
        self.groups = np.zeros(concepts * kinds, np.int64)
        self.cells = np.zeros(CELLS * CELLS, np.int64) if grid else None
        self._joint = np.zeros((len(arrays.pairs), _WIDE * _WIDE), np.int64)

    def copy(self) -> SliceCounts:
        """Return an independent tally of the same rows."""
        twin = SliceCounts.__new__(SliceCounts)
        twin._arrays, twin.groups, twin._joint = self._arrays, self.groups.copy(), self._joint.copy()
        twin.cells = None if self.cells is None else self.cells.copy()
        return twin

    def count(self, rows: Rows | None, sign: int = 1) -> SliceCounts:
        """Add (or with sign -1 take away) rows by number, None for all; returns itself."""
        for into, values in self._columns():
            chosen = values if rows is None else values.take(rows)
            into += sign * np.bincount(chosen, minlength=len(into))
        return self

    def _columns(self) -> list[tuple[Ints, Words | NDArray[np.uint32]]]:
        arrays = self._arrays
        grid = [] if self.cells is None else [(self.cells, arrays.cells)]
        return [(self.groups, arrays.groups), *grid, *zip(self._joint, arrays.pairs, strict=True)]

    @property
    def histograms(self) -> Ints:
        """Histograms (S, 40) of the counted rows; missing scores are in none."""
        square = self._joint.reshape(-1, _WIDE, _WIDE)
        both = np.stack([square.sum(axis=2), square.sum(axis=1)], axis=1).reshape(-1, _WIDE)
        return both[: len(SCORES), :BINS]

    @property
    def concepts(self) -> Ints:
        """Rows per concept (C,)."""
        counted: Ints = self.groups.reshape(self._arrays.shape).sum(axis=1)[:-1]
        return counted

    @property
    def kinds(self) -> Ints:
        """Rows per kind (K,)."""
        counted: Ints = self.groups.reshape(self._arrays.shape).sum(axis=0)[:-1]
        return counted


def histogram(arrays: Arrays, score: int, rows: Rows) -> Ints:
    """Return the histogram (40,) of one score, by its number in SCORES, over rows by number."""
    joint = np.bincount(arrays.pairs[score // 2].take(rows), minlength=_WIDE * _WIDE).reshape(_WIDE, _WIDE)
    counted: Ints = joint.sum(axis=0 if score % 2 else 1)
    return counted[:BINS]
