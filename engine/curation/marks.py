"""Which rules each row fails: one byte a row, in which bit s is set where a rule in use on score s fails.

A limit that moves changes the bit of one score, so only that score is compared again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.records import Rule
from engine.curation.arrays import Arrays
from engine.curation.quantize import Bytes, limit_position
from engine.curation.scores import SCORES

_NEVER = 0xFF
"""Bits of rows that a person rejected."""

_KEYS = tuple(SCORES)


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The marks of N rows under some rules."""

    bits: Bytes
    """(N,) 0 where no rule fails."""
    rules: tuple[Rule, ...]
    override: bool
    """Whether people's decisions stand above the rules: approved rows fail nothing, rejected rows fail all."""

    @staticmethod
    def of(arrays: Arrays, rules: tuple[Rule, ...], override: bool, before: Marks | None = None) -> Marks:
        """Mark all rows; with the marks of `before` only scores whose rules differ are compared."""
        if before is None or before.override != override:
            before = Marks(np.zeros(len(arrays), np.uint8), (), override)
        bits = before.bits.copy()
        for number, key in enumerate(_KEYS):
            old, new = _used(before.rules, key), _used(rules, key)
            if old == new:
                continue
            if old:
                bits &= np.uint8(0xFF ^ 1 << number)
            for rule in new:
                bits |= fails(arrays.positions[key], rule) * np.uint8(1 << number)
        if override:
            human = arrays.human
            bits[human.approved] = 0
            bits[human.rejected] = _NEVER
        return Marks(bits, rules, override)

    @property
    def keeps(self) -> NDArray[np.bool_]:
        """Whether each row is kept (N,)."""
        kept: NDArray[np.bool_] = self.bits == 0
        return kept

    @property
    def alone(self) -> NDArray[np.bool_]:
        """Whether each row fails by exactly one score (N,)."""
        lower = self.bits - np.uint8(1)
        lower &= self.bits
        single: NDArray[np.bool_] = (lower == 0) & (self.bits != 0)
        return single


def fails(positions: Bytes, rule: Rule) -> Bytes:
    """Return 1 where the rule fails; a missing score, 255, fails unless the rule keeps such rows."""
    limit = np.uint8(limit_position(rule.score, rule.op, rule.limit))
    if rule.op == "at most":
        if rule.if_missing != "keep":
            return (positions > limit).view(np.uint8)
        return (positions + np.uint8(1) > limit + np.uint8(1)).view(np.uint8)
    if rule.if_missing == "keep":
        return (positions < limit).view(np.uint8)
    return (positions + np.uint8(1) < limit + np.uint8(1)).view(np.uint8)


def _used(rules: tuple[Rule, ...], key: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules if rule.use and rule.score == key)
