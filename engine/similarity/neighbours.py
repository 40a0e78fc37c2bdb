"""Nearest neighbours by exact cosine search, a block of rows at a time, so that memory stays bounded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
BLOCK_FLOATS = 32_000_000
"""Cosines that are held at a time (128 MB)."""


@dataclass(frozen=True, slots=True)
class Near:
    """The k nearest rows of each query, nearest first: `index` (n, k) and `cosine` (n, k)."""

    index: npt.NDArray[np.int64]
    cosine: npt.NDArray[np.float32]


def top_k(queries: Vectors, base: Vectors, k: int, *, own: npt.NDArray[np.int64] | None = None) -> Near:
    """Return the `k` nearest rows of `base` for each query by cosine; rows are unit vectors.

    Args:
        queries: (n, d).
        base: (m, d), m >= k, or m > k where `own` is given.
        k: neighbours per query.
        own: (n,) row of `base` that each query itself is; it is not its own neighbour.

    Ties are broken by row number, so that the result does not depend on the block size.
    """
    n, m = len(queries), len(base)
    if k < 1 or k > m - (own is not None):
        raise ValueError(f"{k} neighbours of {m} rows cannot be")
    index = np.empty((n, k), np.int64)
    cosine = np.empty((n, k), np.float32)
    step = max(1, BLOCK_FLOATS // m)
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        near = queries[rows] @ base.T
        if own is not None:
            near[np.arange(len(near)), own[rows]] = -np.inf
        index[rows], cosine[rows] = _best(near, k)
    return Near(index, np.clip(cosine, -1.0, 1.0))


def _best(near: Vectors, k: int) -> tuple[npt.NDArray[np.int64], Vectors]:
    """Return the k largest entries of each row, largest first, equal ones by column.

    Partitioning values and looking who reaches the k-th is four times as fast as partitioning places.
    """
    width = near.shape[1]
    if k < width:
        least = np.partition(near, width - k, axis=1)[:, width - k, None]
        reaching = near >= least
        for row in np.flatnonzero(np.count_nonzero(reaching, axis=1) > k):
            equal = np.flatnonzero(near[row] == least[row])
            reaching[row, equal[k - np.count_nonzero(near[row] > least[row]) :]] = False
        found = (np.flatnonzero(reaching) % width).reshape(-1, k)
    else:
        found = np.broadcast_to(np.arange(width), near.shape)
    values = np.take_along_axis(near, found, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1), np.take_along_axis(values, order, axis=1)
