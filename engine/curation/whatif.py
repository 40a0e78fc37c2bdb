"""What would be kept if a limit moved: all counts behind the sliders, without a query.

Narrow arrays are loaded once per data version. A move sets one bit per score whose rules fail, then counts the smaller
of the kept and the dropped rows and subtracts. From the second move of the same slider on, only the rows between its
old and its new limit are counted (`engine.curation.drag`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.curation.arrays import Arrays, Ints, Rows, Tally, histogram
from engine.curation.drag import Drag
from engine.curation.intervals import Agreement, agreement
from engine.curation.narrow import CELLS, Bytes, limit_position, on_grid
from engine.curation.payload import payload
from engine.curation.policy import check
from engine.curation.scores import SCORES
from engine.curation.table import ScoreTable
from engine.records import Policy, Rule

__all__ = ["PAGE", "Counts", "WhatIf", "payload"]

PAGE = 200
_CHUNK = 8_192
_Keeps = Callable[[Rows], NDArray[np.bool_]]
_NEVER = 0xFF
"""Bits of rows that a person rejected."""


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
    agreement: Agreement
    """The rules alone against people's decisions."""
    exact: bool
    """False where a limit lies between grid points, so that the counts are a preview."""


class WhatIf:
    """Counts of one version of the data. It remembers the slider in hand, so give each user an instance of their own.

    Instances of several users may share one `Arrays`.
    """

    def __init__(self, arrays: Arrays) -> None:
        """Count everything once."""
        self.arrays = arrays
        self._everything = Tally(arrays, grid=True).count(None)
        human = arrays.table.human
        self._approved, self._rejected = np.flatnonzero(human == 1), np.flatnonzero(human == 0)
        self._labelled = np.flatnonzero(human >= 0)
        self._last: Policy | None = None
        self._hand: object = None
        self._drag: Drag | None = None

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
        drag = self._in_hand(policy, override, grid)
        if drag is None:
            return self._counted(policy, override, grid, page, offset)
        ids = self._page(drag.keeps, page, offset)
        return self._report(policy, drag.kept, 0, drag.tally, drag.pass_others, ids)

    def _in_hand(self, policy: Policy, override: bool, grid: bool) -> Drag | None:
        """Return the index of the slider that moved, built at its second move in a row; None where none moved twice."""
        rule = _moved(self._last, policy)
        self._last = policy
        if rule is None:
            self._hand = None
            return None
        others = tuple(other for other in policy.rules if other.use and other.score != rule.score)
        hand = (others, replace(rule, limit=0.0), override, grid)
        if self._hand != hand:
            self._hand, self._drag = hand, None
            return None
        if self._drag is None:
            always = self._approved if override else self._approved[:0]
            self._drag = Drag(self.arrays, rule, self._bits(others, override), always, grid=grid)
        self._drag.move(rule.limit)
        return self._drag

    def _counted(self, policy: Policy, override: bool, grid: bool, page: int, offset: int) -> Counts:
        bits = self._bits(policy.rules, override)
        keeps = bits == 0
        kept = int(np.count_nonzero(keeps))
        if 2 * kept <= len(bits):
            tally = Tally(self.arrays, grid=grid).count(np.flatnonzero(keeps))
        else:
            tally = self._everything.copy()
            tally.cells = tally.cells if grid else None
            tally.count(np.flatnonzero(bits), -1)
        bars = tally.histograms.copy()
        for number in range(len(SCORES)):
            bars[number] += histogram(self.arrays, number, np.flatnonzero(bits == 1 << number))
        ids = self._page(lambda rows: keeps[rows], page, offset)
        return self._report(policy, kept, self._review(policy, bits, override), tally, bars, ids)

    def _bits(self, rules: tuple[Rule, ...], override: bool) -> Bytes:
        """Return (N, uint8): bit s is set where a rule in use on score s fails; in place, one byte a row."""
        bits = np.zeros(len(self.arrays), np.uint8)
        for rule in rules:
            if rule.use:
                fails = _fails(self.arrays.positions[rule.score], rule)
                bits |= fails << np.uint8(list(SCORES).index(rule.score))
        if override:
            bits[self._approved] = 0
            bits[self._rejected] = _NEVER
        return bits

    def _review(self, policy: Policy, bits: Bytes, override: bool) -> int:
        """Count rows that fail by nothing but missing scores which send to review."""
        if not any(rule.use and rule.if_missing == "review" for rule in policy.rules):
            return 0
        soft = tuple(replace(r, if_missing="keep") if r.if_missing == "review" else r for r in policy.rules)
        return int(np.count_nonzero((self._bits(soft, override) == 0) & (bits != 0)))

    def _page(self, keeps: _Keeps, size: int, offset: int) -> tuple[str, ...]:
        order = self.arrays.order
        chunks = (order[start : start + _CHUNK] for start in range(0, len(order), _CHUNK))
        kept = (row for chunk in chunks for row in chunk[keeps(chunk)])
        rows = np.fromiter(islice(kept, offset, offset + size), np.int64)
        ids: list[str] = self.arrays.table.ids.take(pa.array(rows)).to_pylist()
        return tuple(ids)

    def _report(self, policy: Policy, kept: int, review: int, tally: Tally, bars: Ints, ids: tuple[str, ...]) -> Counts:
        return Counts(
            total=len(self.arrays),
            kept=kept,
            review=review,
            concepts=tally.concepts,
            kinds=tally.kinds,
            all_rows=self._everything.histograms,
            pass_others=bars,
            grid=None if tally.cells is None else tally.cells.reshape(CELLS, CELLS),
            page=ids,
            agreement=self._agreement(policy),
            exact=all(on_grid(rule.score, rule.limit) for rule in policy.rules if rule.use),
        )

    def _agreement(self, policy: Policy) -> Agreement:
        rows = self._labelled
        fails = np.zeros(len(rows), np.uint8)
        for rule in policy.rules:
            if rule.use:
                fails |= _fails(self.arrays.positions[rule.score][rows], rule)
        return agreement(fails == 0, self.arrays.table.human[rows])


def _moved(before: Policy | None, now: Policy) -> Rule | None:
    """Return the one rule whose limit moved, where nothing else changed and its score has no other rule in use.

    Policies that send rows to review are left to the full count.
    """
    if before is None or len(before.rules) != len(now.rules):
        return None
    changed = [(old, new) for old, new in zip(before.rules, now.rules, strict=True) if old != new]
    if len(changed) != 1 or replace(changed[0][0], limit=0.0) != replace(changed[0][1], limit=0.0):
        return None
    rule, used = changed[0][1], [other for other in now.rules if other.use]
    alone = sum(other.score == rule.score for other in used) == 1
    return rule if rule.use and alone and not any(other.if_missing == "review" for other in used) else None


def _fails(positions: Bytes, rule: Rule) -> Bytes:
    """Return 1 where the rule fails; a missing score, 255, fails unless the rule keeps such rows."""
    limit = np.uint8(limit_position(rule.score, rule.op, rule.limit))
    if rule.op == "at most":
        if rule.if_missing != "keep":
            return (positions > limit).view(np.uint8)
        return (positions + np.uint8(1) > limit + np.uint8(1)).view(np.uint8)
    if rule.if_missing == "keep":
        return (positions < limit).view(np.uint8)
    return (positions + np.uint8(1) < limit + np.uint8(1)).view(np.uint8)
