"""What a policy's limits keep: one byte a row, in which bit s is set where a rule in use on score s fails.

Every count on this side, of a page, of a command or of an export, starts from these marks. Scores are compared as they
are, in 32 bits, so the marks are exact wherever a limit stands. A limit that moves changes the bit of one score: given
the marks before, only that score is compared again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.core.records import Rule
from engine.curation.quantize import Bytes
from engine.curation.scores import SCORES
from engine.curation.table import Floats, ScoreTable

Bools = NDArray[np.bool_]

_NEVER = 0xFF
"""Bits of rows that a person rejected."""

_KEYS = tuple(SCORES)


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Numbers of the rows that people decided."""

    approved: NDArray[np.integer]
    rejected: NDArray[np.integer]

    @staticmethod
    def of(human: NDArray[np.int8]) -> People:
        """Read a table's column."""
        return People(np.flatnonzero(human == 1), np.flatnonzero(human == 0))


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The marks of N rows under some rules."""

    bits: Bytes
    """(N,) 0 where no rule fails; a missing score fails unless its rule keeps such rows."""
    hard: Bytes
    """(N,) the same, but a missing score whose rule sends to review does not fail."""
    rules: tuple[Rule, ...]
    override: bool
    """Whether people's decisions stand above the rules (X-08): approved rows fail nothing, rejected rows fail all."""
    people: People

    @staticmethod
    def of(table: ScoreTable, rules: tuple[Rule, ...], override: bool, before: Marks | None = None) -> Marks:
        """Mark all rows; with the marks of `before`, of the same table, only scores whose rules differ are compared."""
        people = before.people if before else People.of(table.human)
        deciding = people if override else None
        if before is None or before.override != override:
            bits = _marked(table, rules, deciding, np.zeros(len(table), np.uint8), ())
        else:
            bits = _marked(table, rules, deciding, before.bits, before.rules)
        lenient = tuple(replace(rule, if_missing="keep") if rule.if_missing == "review" else rule for rule in rules)
        hard = bits if lenient == rules else _marked(table, lenient, deciding, bits, rules)
        return Marks(bits, hard, rules, override, people)

    @property
    def keeps(self) -> Bools:
        """Whether each row is kept (N,)."""
        kept: Bools = self.bits == 0
        return kept

    @property
    def review(self) -> Bools:
        """Whether each row fails nothing but lacks a score whose rule sends it to review (N,)."""
        waiting: Bools = self.bits != self.hard
        waiting &= self.hard == 0
        return waiting

    @property
    def alone(self) -> Bools:
        """Whether each row fails by exactly one score (N,)."""
        lower = self.bits - np.uint8(1)
        lower &= self.bits
        single: Bools = (lower == 0) & (self.bits != 0)
        return single


def bit_of(key: str) -> int:
    """Return the bit of a score."""
    return 1 << _KEYS.index(key)


def fails(scores: Floats, rule: Rule) -> Bytes:
    """Return 1 where the rule fails; limits are inclusive (GSDP-27), and a missing score fails unless it is kept."""
    limit = np.float32(rule.limit)
    if rule.if_missing == "keep":
        failing = scores < limit if rule.op == "at least" else scores > limit
    else:
        # Nothing compares with NaN, so a missing score does not pass either.
        failing = ~(scores >= limit) if rule.op == "at least" else ~(scores <= limit)
    return failing.view(np.uint8)


def failing(table: ScoreTable, rule: Rule, rows: NDArray[np.integer] | None = None) -> Bytes:
    """Return 1 where the rule fails, of all rows or of some by number; a method's rule fails no row of another."""
    scores = table.scores[rule.score]
    found = fails(scores if rows is None else scores[rows], rule)
    if rule.method:
        own = table.of_method(rule.method)
        found = found & (own if rows is None else own[rows]).view(np.uint8)
    return found


def _marked(
    table: ScoreTable, rules: tuple[Rule, ...], people: People | None, start: Bytes, started: tuple[Rule, ...]
) -> Bytes:
    """Return the bits under `rules`, from those of other rules on the same table and by the same people."""
    bits = start.copy()
    for number, key in enumerate(_KEYS):
        old, new = _used(started, key), _used(rules, key)
        if old == new:
            continue
        if old:
            bits &= np.uint8(0xFF ^ 1 << number)
        for rule in new:
            bits |= failing(table, rule) * np.uint8(1 << number)
    if people:
        bits[people.approved] = 0
        bits[people.rejected] = _NEVER
    return bits


def _used(rules: tuple[Rule, ...], key: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.use and rule.score == key)
