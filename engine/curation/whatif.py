"""What would be kept if a limit moved: all counts of a policy, move by move, without a query.

A move marks the rows that fail (`engine.curation.marks`), then counts the fewest rows that lead to the new counts: the
kept ones from nothing, the dropped ones down from everything, or those that changed sides since the last move. While
a limit is moved step by step these are few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.core.records import Policy, PolicyPanel
from engine.curation.arrays import Arrays, Ints, Rows, SliceCounts, histogram
from engine.curation.marks import Marks
from engine.curation.panel import heard
from engine.curation.policy import PolicyResult, check
from engine.curation.quantize import CELLS
from engine.curation.scores import BINS, SCORES
from engine.curation.table import ScoreTable

PAGE = 200
PANELS = 3
"""Panels whose scores are kept at hand: about 16 bytes a row each."""
_CHUNK = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What a policy keeps of N rows; S scores in the order of SCORES, C concepts, K kinds.

    Kept are the rows that rules, people and the policy's size keep, the same as by `engine.curation.policy.apply`.
    """

    chosen: PolicyResult
    """The rows themselves."""
    concepts: Ints
    """Kept rows per concept (C,)."""
    kinds: Ints
    """Kept rows per kind (K,)."""
    all_rows: Ints
    """Histograms (S, 40) of all rows."""
    pass_others: Ints
    """Histograms (S, 40) of the kept rows and of those that fail by this score only."""
    grid: Ints | None
    """Kept rows per map cell (256, 256), row by y; the last cell counts rows without a position. None if not asked."""
    page: tuple[str, ...]
    """Ids of kept rows in page order: best judge score first, then rarity, then table order."""

    @property
    def kept(self) -> int:
        """How many rows are kept."""
        return self.chosen.count


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """The last move: what the next one starts from."""

    marks: Marks
    keeps: NDArray[np.bool_]
    alone: NDArray[np.bool_]
    """Rows that fail by one score only: they count for the strip of that score."""
    tally: SliceCounts
    """Counts of the kept rows."""
    bars: Ints
    """Histograms (S, 40) of rows that fail by that score only."""


class WhatIf:
    """Counts of one version of the data. It remembers the last move, so give each policy in hand one of its own."""

    def __init__(self, arrays: Arrays) -> None:
        """Look at `arrays`, which several may share."""
        self.arrays = arrays
        self._by_panel = {arrays.table.panel: arrays}
        self._last: _Counted | None = None

    @classmethod
    def load(cls, table: ScoreTable | pa.Table) -> WhatIf:
        """Look at a scoreboard (see `ScoreTable.of`)."""
        return cls(Arrays.of(table))

    def move(
        self, policy: Policy, *, override: bool = True, grid: bool = True, page: int = PAGE, offset: int = 0
    ) -> Counts:
        """Return all counts under `policy`; with `override` people's decisions stand above the rules (X-08).

        `page` ids are returned from the `offset`-th kept row on. Raises BadSetting for a policy that cannot be applied.
        """
        check(policy)
        self._hear(policy.panel)
        last = self._last
        marks = Marks.of(self.arrays.table, policy.rules, override, last.marks if last else None)
        chosen = PolicyResult.of(policy, self.arrays.table, marks)
        alone = marks.alone
        now = _Counted(marks, chosen.kept, alone, self._tally(chosen.kept, grid), self._bars(marks, alone))
        self._last = now
        return Counts(
            chosen=chosen,
            concepts=now.tally.concepts,
            kinds=now.tally.kinds,
            all_rows=self.arrays.everything.histograms,
            pass_others=now.tally.histograms + now.bars,
            grid=None if now.tally.cells is None else now.tally.cells.reshape(CELLS, CELLS),
            page=self._page(chosen.kept, page, offset),
        )

    def _hear(self, panel: PolicyPanel) -> None:
        """Count on the scores by the word of these judges from now on; the move before counted on others."""
        if panel == self.arrays.table.panel:
            return
        if panel not in self._by_panel:
            if len(self._by_panel) >= PANELS:
                self._by_panel.clear()
            self._by_panel[panel] = Arrays.of(heard(panel, self.arrays.table))
        self.arrays, self._last = self._by_panel[panel], None

    def _tally(self, keeps: NDArray[np.bool_], grid: bool) -> SliceCounts:
        """Count the kept rows from whichever start leaves the fewest rows to count."""
        last = self._last
        kept = int(np.count_nonzero(keeps))
        smaller = min(kept, len(keeps) - kept)
        if last is not None and (last.tally.cells is not None) == grid:
            turned = keeps != last.keeps
            if int(np.count_nonzero(turned)) < smaller:
                won, lost = np.flatnonzero(turned & keeps), np.flatnonzero(turned & last.keeps)
                return last.tally.copy().count(won).count(lost, -1)
        if kept == smaller:
            return SliceCounts(self.arrays, grid=grid).count(np.flatnonzero(keeps))
        everything = self.arrays.everywhere if grid else self.arrays.everything
        return everything.copy().count(np.flatnonzero(~keeps), -1)

    def _bars(self, marks: Marks, alone: NDArray[np.bool_]) -> Ints:
        """Count the rows that fail by one score only, afresh or by what changed, whichever is less."""
        last = self._last
        if last is not None:
            changed = marks.bits != last.marks.bits
            come, gone = np.flatnonzero(alone & changed), np.flatnonzero(last.alone & changed)
            if len(come) + len(gone) < np.count_nonzero(alone):
                return last.bars + self._each(marks, come) - self._each(last.marks, gone)
        return self._each(marks, np.flatnonzero(alone))

    def _each(self, marks: Marks, rows: Rows) -> Ints:
        """Return for each score (S, 40) the histogram of those of `rows` that fail by it alone."""
        bits = marks.bits.take(rows)
        found = np.zeros((len(SCORES), BINS), np.int64)
        for number in range(len(SCORES)):
            found[number] = histogram(self.arrays, number, rows.compress(bits == 1 << number))
        return found

    def _page(self, keeps: NDArray[np.bool_], size: int, offset: int) -> tuple[str, ...]:
        if size < 1:
            return ()
        order, found, count = self.arrays.order, [], 0
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            found.append(chunk[keeps[chunk]])
            count += len(found[-1])
            if count >= offset + size:
                break
        rows = np.concatenate([np.zeros(0, np.int32), *found])[offset : offset + size]
        ids: list[str] = self.arrays.table.ids.take(pa.array(rows)).to_pylist()
        return tuple(ids)
