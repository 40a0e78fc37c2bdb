"""The slider in hand: while one limit moves, the other rules say the same of every row, move after move.

Rows that pass all other rules are sorted once by the score that is dragged. A limit cuts that order in two, and a move
counts only the rows between the old cut and the new one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.curation.arrays import Arrays, Ints, Rows, Tally, histogram
from engine.curation.narrow import MISSING, Bytes, Words, limit_position
from engine.curation.scores import SCORES
from engine.records import Rule

_ALWAYS = 256


@dataclass(slots=True, eq=False)
class _Cut:
    """Rows sorted by rank, and how many of them lie below the limit."""

    rows: Rows
    ranks: Words
    below: int = 0

    def move(self, rank: int) -> tuple[Rows, int]:
        """Move the limit; return the rows that changed sides and +1 where they now pass, -1 where they now fail."""
        old, self.below = self.below, int(np.searchsorted(self.ranks, np.uint16(rank), "left"))
        return self.rows[min(old, self.below) : max(old, self.below)], 1 if self.below < old else -1


class Drag:
    """Counts under a policy of which one rule's limit moves."""

    def __init__(self, arrays: Arrays, rule: Rule, bits: Bytes, always: Rows, *, grid: bool) -> None:
        """Sort the rows.

        `bits` (N, uint8) has bit s set where a rule in use on score s fails, with the moving score left out; `always`
        are the rows that pass whatever the limit. Starts with the limit at the end where every present score passes.
        """
        self._arrays, self._rule, self._bits = arrays, rule, bits
        self._ranks = _ranks(arrays.positions[rule.score], rule)
        self._ranks[always] = _ALWAYS
        self._passing = self._sorted(np.flatnonzero(bits == 0))
        self._alone = {
            number: self._sorted(np.flatnonzero(bits == 1 << number))
            for number, key in enumerate(SCORES)
            if key != rule.score
        }
        self._tally = Tally(arrays, grid=grid).count(self._passing.rows)
        self._alone_bars = {number: histogram(arrays, number, cut.rows) for number, cut in self._alone.items()}
        self._own_bars = self._tally.histograms[list(SCORES).index(rule.score)].copy()
        self._rank = 0

    def _sorted(self, rows: Rows) -> _Cut:
        ranks = self._ranks[rows]
        order = np.argsort(ranks, kind="stable")
        return _Cut(rows[order].astype(np.int32), ranks[order])

    def move(self, limit: float) -> None:
        """Put the limit elsewhere and bring all counts along."""
        position = limit_position(self._rule.score, self._rule.op, limit)
        self._rank = position + 1 if self._rule.op == "at least" else MISSING - position
        self._tally.count(*self._passing.move(self._rank))
        for number, cut in self._alone.items():
            rows, sign = cut.move(self._rank)
            self._alone_bars[number] += sign * histogram(self._arrays, number, rows)

    @property
    def kept(self) -> int:
        """Number of kept rows."""
        return len(self._passing.rows) - self._passing.below

    @property
    def tally(self) -> Tally:
        """Counts of the kept rows, as they are now."""
        return self._tally.copy()

    @property
    def pass_others(self) -> Ints:
        """Histograms (S, 40) of rows that pass every rule but those on this score."""
        bars = self._tally.histograms.copy()
        for number, more in self._alone_bars.items():
            bars[number] += more
        bars[list(SCORES).index(self._rule.score)] = self._own_bars
        return bars

    def keeps(self, rows: Rows) -> NDArray[np.bool_]:
        """Whether each of these rows is kept."""
        kept: NDArray[np.bool_] = (self._bits[rows] == 0) & (self._ranks[rows] >= self._rank)
        return kept


def _ranks(positions: Bytes, rule: Rule) -> Words:
    """Return for each row the highest rank of a limit at which it passes: 0 never, 256 always."""
    table = np.zeros(256, np.uint16)
    table[:MISSING] = np.arange(1, 256) if rule.op == "at least" else np.arange(255, 0, -1)
    table[MISSING] = _ALWAYS if rule.if_missing == "keep" else 0
    return table[positions]
