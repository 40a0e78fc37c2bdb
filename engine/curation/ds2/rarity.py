"""How far a text lies from its neighbours: the long-tail score of DS2 (score curation, 1.7)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.similarity.neighbours import top_k


def long_tail(embeddings: npt.NDArray[np.float32], k: int = 10, *, count_self: bool = False) -> npt.NDArray[np.float64]:
    """Return tanh(mean cosine distance to the k nearest / 2) per row, 4 decimals, 0 .. 0.7616; higher is rarer.

    `count_self` counts each row as its own nearest, as the published code does; we leave it out.
    """
    n = len(embeddings)
    if n < 2:
        return np.zeros(n)
    own = None if count_self else np.arange(n)
    return from_cosines(top_k(embeddings, embeddings, min(k, n - (own is not None)), own=own).cosine)


def from_cosines(cosines: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Return the score from the cosines (n, k) to the nearest rows."""
    return from_distance((1.0 - cosines.astype(np.float64)).mean(axis=1))


def from_distance(mean: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return tanh(mean / 2), which is 2 / (1 + exp(-mean)) - 1, rounded to 4 decimals."""
    distance: npt.NDArray[np.float64] = np.asarray(mean, np.float64)
    score: npt.NDArray[np.float64] = np.tanh(distance / 2).round(4)
    return score
