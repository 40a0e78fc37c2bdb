"""Consensus of an item with its two nearest neighbours: what was counted, and what a transition matrix implies (HOC).

T[i, j] = P(reported j | true i), rows sum to 1; p[i] is the prior of the true score. An item and its two nearest
neighbours share the true score, and their reports are independent draws from the same row of T. So
c1[j] = sum_i p[i] T[i,j], c2[j,l] = sum_i p[i] T[i,j] T[i,l], c3[j,l,m] = sum_i p[i] T[i,j] T[i,l] T[i,m].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Consensus:
    """Shares of single reports (K), pairs (K, K) and triples (K, K, K); each sums to 1."""

    one: Floats
    two: Floats
    three: Floats


def implied(transition: Floats, prior: Floats) -> Consensus:
    """Return the consensus that `transition` (K, K) and `prior` (K) imply (SC-01)."""
    weighted = transition * prior[:, None]
    return Consensus(
        weighted.sum(axis=0),
        np.einsum("ij,il->jl", weighted, transition),
        np.einsum("ij,il,im->jlm", weighted, transition, transition),
    )


def counted(reports: Ints, triples: Ints, classes: int) -> Consensus:
    """Return the shares found in `triples` (m, 3): rows of an item, its nearest and its second nearest neighbour."""
    own, first, second = (reports[triples[:, column]] for column in range(3))
    code = (own * classes + first) * classes + second
    three = np.bincount(code, minlength=classes**3).reshape(classes, classes, classes) / len(triples)
    two = three.sum(axis=2)
    return Consensus(two.sum(axis=1), two, three)


def mean(found: list[Consensus]) -> Consensus:
    """Return the average over rounds."""
    return Consensus(
        np.mean([c.one for c in found], axis=0),
        np.mean([c.two for c in found], axis=0),
        np.mean([c.three for c in found], axis=0),
    )
