"""One weight for each labelled row, whatever mixture of draws and convenience labels there was.

At each draw the rows that had a verdict count once, and drawn rows stand for the rest: given the past each draw alone
is unbiased, and so is their weighted mean, also where later chances were chosen after a look at earlier labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
NO_DRAW = -1


@dataclass(frozen=True, slots=True, eq=False)
class LedgerWeights:
    """Weights of n labelled rows."""

    weight: Floats
    """How many rows of the frame each stands for (n,); 0 where it cannot be used yet."""
    variance: Floats
    """Factor of its squared residual in a variance (n,); 0 for rows that were not drawn."""


def shares(planned: Sequence[float]) -> Floats:
    """Return the share of each draw in the estimate, by planned and not by drawn sizes; they add up to 1."""
    sizes = np.asarray(planned, np.float64)
    total = sizes.sum()
    return sizes / total if total > 0 else sizes


def weights(share: ArrayLike, drawn: ArrayLike, chance: ArrayLike, known: ArrayLike) -> LedgerWeights:
    """Return the weights of n rows under B draws.

    Args:
        share: (B) the draws' shares.
        drawn: (n) index of the draw in which a row was drawn, NO_DRAW where in none.
        chance: (n) probability with which it was drawn there; anything elsewhere.
        known: (B, n) whether a row had a verdict before a draw, or was drawn in an earlier one.
    """
    part, at = np.asarray(share, np.float64), np.asarray(drawn, np.int64)
    pi, seen = np.asarray(chance, np.float64), np.asarray(known, np.bool_)
    random = at != NO_DRAW
    if not len(part):
        return LedgerWeights(np.zeros(len(at)), np.zeros(len(at)))
    own = np.where(random, part[at], 0.0)
    inverse = np.divide(1.0, pi, out=np.zeros(len(at)), where=random)
    return LedgerWeights(own * inverse + part @ seen, own**2 * np.where(random, 1 - pi, 0.0) * inverse**2)


def known_before(draws: int, drawn: ArrayLike, labelled: ArrayLike) -> NDArray[np.bool_]:
    """Return (B, n) which rows each of B draws found known, where the order of labels and draws is all there is.

    Args:
        draws: B.
        drawn: (n) index of the draw in which a row was drawn, NO_DRAW where in none.
        labelled: (n) how many draws had been made when the row got its verdict; for drawn rows anything.
    """
    at, after = np.asarray(drawn, np.int64), np.asarray(labelled, np.int64)
    first = np.where(at == NO_DRAW, after, at + 1)
    made: NDArray[np.bool_] = np.arange(draws)[:, None] >= first
    return made
