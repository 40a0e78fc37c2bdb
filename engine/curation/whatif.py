"""What would be kept if a limit moved: all counts behind the sliders, without a query.

Narrow arrays are loaded once per data version. A move marks the rows that fail (`engine.curation.marks`), then counts
the fewest rows that lead to the new counts: the kept ones from nothing, the dropped ones down from everything, or
those that changed sides since the last move. While a slider is dragged these are few.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.core.records import Policy
from engine.curation.arrays import Arrays, Ints, Rows, SliceCounts, histogram
from engine.curation.intervals import PolicyAgreement, agreement
from engine.curation.lens_payload import payload
from engine.curation.marks import Marks, fails
from engine.curation.policy import check
from engine.curation.quantize import CELLS, on_grid
from engine.curation.scores import BINS, SCORES
from engine.curation.table import ScoreTable

__all__ = ["PAGE", "Counts", "WhatIf", "payload"]

PAGE = 200
_CHUNK = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What a policy would keep of N rows; S scores in the order of SCORES, C concepts, K kinds."""

    total: int
    kept: int
    """Rows kept by rules and people; a size limit of the policy takes the best of them afterwards."""
    review: int
    """Rows that fail nothing but lack a score whose rule sends them to review; not part of `kept`."""
    concepts: Ints
    """Kept rows per concept (C,)."""
    kinds: Ints
    """Kept rows per kind (K,)."""
    all_rows: Ints
    """Histograms (S, 40) of all rows."""
    pass_others: Ints
    """Histograms (S, 40) of rows that pass every rule but those on this score."""
    grid: Ints | None
    """Kept rows per map cell (256, 256), row by y; the last cell counts rows without a position. None if not asked."""
    page: tuple[str, ...]
    """Ids of kept rows in page order: best judge score first, then rarity, then table order."""
    agreement: PolicyAgreement
    """The rules alone against people's decisions."""
    exact: bool
    """False where a limit lies between grid points, so that the counts are a preview."""


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
    """Counts of one version of the data. It remembers the last move, so give each user an instance of their own.

    Instances of several users may share one `Arrays`.
    """

    def __init__(self, arrays: Arrays) -> None:
        """Count everything once."""
        self.arrays = arrays
        self._everything = SliceCounts(arrays, grid=True).count(None)
        self._last: _Counted | None = None

    @classmethod
    def load(cls, table: ScoreTable | pa.Table) -> WhatIf:
        """Build the narrow arrays of a scoreboard (see `ScoreTable.of`)."""
        return cls(Arrays.of(table))

    @property
    def concepts(self) -> tuple[str, ...]:
        """Names of the C concepts, most frequent first."""
        return self.arrays.table.concepts.names

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the K kinds, most frequent first."""
        return self.arrays.table.kinds.names

    def move(
        self, policy: Policy, *, override: bool = True, grid: bool = True, page: int = PAGE, offset: int = 0
    ) -> Counts:
        """Return all counts under `policy`; with `override` people's decisions stand above the rules (X-08).

        `page` ids are returned from the `offset`-th kept row on. Raises BadSetting for a policy that cannot be applied.
        """
        check(policy)
        last = self._last
        marks = Marks.of(self.arrays, policy.rules, override, last.marks if last else None)
        keeps, alone = marks.keeps, marks.alone
        now = _Counted(marks, keeps, alone, self._tally(keeps, grid), self._bars(marks, alone))
        self._last = now
        return Counts(
            total=len(self.arrays),
            kept=int(np.count_nonzero(keeps)),
            review=self._review(policy, marks),
            concepts=now.tally.concepts,
            kinds=now.tally.kinds,
            all_rows=self._everything.histograms,
            pass_others=now.tally.histograms + now.bars,
            grid=None if now.tally.cells is None else now.tally.cells.reshape(CELLS, CELLS),
            page=self._page(keeps, page, offset),
            agreement=self._agreement(policy),
            exact=all(on_grid(rule.score, rule.limit) for rule in policy.rules if rule.use),
        )

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
        return self._everything.copy(grid=grid).count(np.flatnonzero(~keeps), -1)

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

    def _review(self, policy: Policy, marks: Marks) -> int:
        """Count rows that fail by nothing but missing scores which send to review."""
        if not any(rule.use and rule.if_missing == "review" for rule in policy.rules):
            return 0
        soft = tuple(replace(r, if_missing="keep") if r.if_missing == "review" else r for r in policy.rules)
        passing = Marks.of(self.arrays, soft, marks.override, marks)
        return int(np.count_nonzero(passing.keeps & (marks.bits != 0)))

    def _page(self, keeps: NDArray[np.bool_], size: int, offset: int) -> tuple[str, ...]:
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

    def _agreement(self, policy: Policy) -> PolicyAgreement:
        rows = self.arrays.human.labelled
        failing = np.zeros(len(rows), np.uint8)
        for rule in policy.rules:
            if rule.use:
                failing |= fails(self.arrays.positions[rule.score][rows], rule)
        return agreement(failing == 0, self.arrays.table.human[rows])
