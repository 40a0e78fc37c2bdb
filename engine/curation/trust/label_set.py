"""What was labelled, how each row came to be labelled, and what it weighs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.curation.trust.effective import kish
from engine.curation.trust.intervals import Flags, Floats, Ints

GOOD, BAD, UNDECIDED = 1, 0, -1
PROVENANCE = ("random", "convenience", "import", "gold")
"""How a row came to be labelled; only `random` rows were drawn, and `gold` rows are in no estimate."""
RANDOM, CONVENIENCE, IMPORTED, GOLD = range(4)
NO_DRAW = -1


@dataclass(frozen=True, eq=False)
class LabelSet:
    """One label a row, as the ledger tells it; all arrays have one entry a label.

    A random label of draw c weighs w_c / pi + the shares of all later draws, one that was known before a draw the
    shares of the draws after it: at each draw known rows count once and drawn rows stand for the rest.
    """

    row: Ints
    """Number of the row in the frame, 0 .. N-1."""
    verdict: NDArray[np.int8]
    """1 good, 0 bad, -1 undecided (unsure, skipped, still open)."""
    provenance: NDArray[np.int8]
    """Index into `PROVENANCE`."""
    draw: NDArray[np.int32]
    """Number of the draw, -1 for rows that were not drawn."""
    pi: Floats
    """Probability with which that draw took the row; nan where there was none, or where the ledger lost it."""
    weight: Floats
    """Weight over all draws, 0 for rows that no later draw made countable."""
    share: Floats
    """Share of the row's draw among all draws that could have taken it, 0 for rows that were not drawn."""
    stale: int = 0
    """Labels beside these whose row was edited since, or is gone."""
    faults: tuple[str, ...] = ()
    """Why the ledger cannot be trusted; empty for none."""

    @staticmethod
    def uniform(row: ArrayLike, verdict: ArrayLike, population: int) -> LabelSet:
        """Return one simple random draw of all `population` rows of a frame."""
        rows = np.asarray(row, np.int64)
        pi = np.full(len(rows), len(rows) / population if population else 1.0)
        return LabelSet.drawn(rows, verdict, pi)

    @staticmethod
    def drawn(row: ArrayLike, verdict: ArrayLike, pi: ArrayLike) -> LabelSet:
        """Return one random draw with these probabilities."""
        rows, chance = np.asarray(row, np.int64), np.asarray(pi, float)
        zeros = np.zeros(len(rows), np.int8)
        ones = np.ones(len(rows))
        return LabelSet(rows, np.asarray(verdict, np.int8), zeros, zeros.astype(np.int32), chance, 1 / chance, ones)

    @staticmethod
    def convenience(row: ArrayLike, verdict: ArrayLike) -> LabelSet:
        """Return labels of rows that somebody picked: no weight, no probability."""
        rows = np.asarray(row, np.int64)
        ones = np.ones(len(rows), np.int8)
        none, zero = np.full(len(rows), np.nan), np.zeros(len(rows))
        return LabelSet(
            rows, np.asarray(verdict, np.int8), ones, np.full(len(rows), NO_DRAW, np.int32), none, zero, zero
        )

    def __len__(self) -> int:
        return len(self.row)

    @cached_property
    def random(self) -> Flags:
        """Labels of rows that a draw took."""
        drawn: Flags = (self.provenance == RANDOM) & (self.draw >= 0)
        return drawn

    @cached_property
    def countable(self) -> Flags:
        """Labels that an estimate may use: drawn ones, and known ones that a later draw gave a weight."""
        counts: Flags = (self.provenance != GOLD) & (self.random | (self.weight > 0))
        return counts

    @cached_property
    def decided(self) -> Flags:
        """Labels with a verdict."""
        return self.verdict >= 0

    @cached_property
    def answered(self) -> Flags:
        """Labels with a verdict that may speak of their row, whether they count or not: all but gold ones."""
        said: Flags = self.decided & (self.provenance != GOLD)
        return said

    @cached_property
    def good(self) -> Floats:
        """1 for good, 0 for the others."""
        ones: Floats = (self.verdict == GOOD).astype(np.float64)
        return ones

    @cached_property
    def spread(self) -> Floats:
        """What each label adds to a standard error: w sqrt(1 - pi) / pi for drawn rows, 0 for known ones."""
        made = np.zeros(len(self))
        drawn = self.random
        pi = self.pi[drawn]
        made[drawn] = self.share[drawn] * np.sqrt(np.maximum(1 - pi, 0)) / pi
        return made

    @cached_property
    def simple(self) -> bool:
        """Whether this is one draw with one probability and nothing known before: plain counts tell all."""
        if (self.countable & ~self.random).any():
            return False
        pi, draws = self.pi[self.random], self.draw[self.random]
        return len(pi) > 0 and (draws == draws[0]).all() and bool(np.ptp(pi) <= 1e-12 * pi[0])

    def where(self, chosen: Flags | NDArray[np.intp]) -> LabelSet:
        """Return some of the labels, or all of them in another order."""
        parts = ("row", "verdict", "provenance", "draw", "pi", "weight", "share")
        return replace(self, **{name: getattr(self, name)[chosen] for name in parts})

    def kish(self) -> float:
        """Return the labels that the drawn ones are worth by their weights."""
        return kish(self.spread[self.random])

    def counts(self) -> dict[str, int]:
        """Return the labels by provenance, those that are there."""
        found = np.bincount(self.provenance, minlength=len(PROVENANCE))
        return {name: int(count) for name, count in zip(PROVENANCE, found, strict=True) if count}
