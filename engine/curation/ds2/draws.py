"""Neighbours within random draws, from one search over everything.

Each round of the estimate and each epoch of the detection looks for neighbours inside a random draw. The nearest rows
of a draw are the first of the full list that were drawn, so one search serves all rounds; only rows whose list runs dry
are searched again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.similarity.neighbours import Near, top_k

Vectors = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
LISTED = 40
"""Neighbours that are kept of each row."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnRows:
    """A draw: `rows` (m) in ascending order, and their k nearest others within it, by row number and cosine (m, k)."""

    rows: Ints
    near: Near


class Neighbourhood:
    """The nearest rows of every row, searched once."""

    def __init__(self, vectors: Vectors, listed: int = LISTED) -> None:
        """`vectors` (n, d) are unit rows, n >= 2."""
        self._vectors = vectors
        n = len(vectors)
        self._near = top_k(vectors, vectors, min(listed, n - 1), own=np.arange(n))

    def __len__(self) -> int:
        return len(self._vectors)

    def nearest(self, k: int) -> Near:
        """Return the `k` nearest others of every row, the nearest first; at most as many as are listed."""
        return Near(self._near.index[:, :k], self._near.cosine[:, :k])

    def draws(self, count: int, size: int, k: int, rng: np.random.Generator) -> Iterator[DrawnRows]:
        """Yield `count` draws of `size` rows without replacement, each with its `k` nearest neighbours."""
        for _ in range(count):
            yield self.within(np.sort(rng.permutation(len(self))[:size]), k)

    def within(self, rows: Ints, k: int) -> DrawnRows:
        """Return the `k` nearest others of each of `rows` among `rows`."""
        k = min(k, len(rows) - 1)
        drawn = np.zeros(len(self), np.bool_)
        drawn[rows] = True
        listed = self._near.index[rows]
        there = drawn[listed]
        first = np.argsort(~there, axis=1, kind="stable")[:, :k]
        index = np.take_along_axis(listed, first, axis=1)
        cosine = np.take_along_axis(self._near.cosine[rows], first, axis=1)
        dry = np.flatnonzero(there.sum(axis=1) < k)
        if len(dry):
            again = top_k(self._vectors[rows[dry]], self._vectors[rows], k, own=dry)
            missing = ((0, 0), (0, k - index.shape[1]))
            index, cosine = np.pad(index, missing), np.pad(cosine, missing)
            index[dry], cosine[dry] = rows[again.index], again.cosine
        return DrawnRows(rows, Near(index, cosine))
