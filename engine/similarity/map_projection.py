"""Maps: vectors to two coordinates. A map knows how it was made and is never refitted silently."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.similarity.neighbours import top_k

Vectors = npt.NDArray[np.float32]
Method = Literal["umap", "pca", "tsne"]
SAMPLE = 50_000
"""A larger set is fitted on a sample of this size; the rest is placed beside its neighbours."""
PLACED_BY = 5
"""Fitted neighbours whose mean is the place of a new point."""
LEAST = 16
"""Below this UMAP has nothing to learn, and PCA is drawn in its place."""


@dataclass(frozen=True, slots=True)
class Map:
    """Coordinates (n, 2) in 0..1 and an id that says method, seed, embedder and version."""

    map_id: str
    xy: Vectors


def fit(vectors: Vectors, method: Method = "umap", seed: int = 0, embedder: str = "") -> Map:
    """Return a map of `vectors` (n, d); the same input gives the same map on the same machine.

    UMAP compiles itself on first use (some fifteen seconds) and is single-threaded with a seed, and t-SNE takes a
    minute for some thousand rows: call them from a worker.
    """
    if method == "tsne" and len(vectors) >= LEAST:
        return Map(f"tsne seed {seed} {embedder}".strip(), _unit_square(_tsne(vectors, seed)))
    if method == "umap" and len(vectors) >= LEAST:
        sample = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:SAMPLE])
        fitted = _umap(vectors[sample], seed)
        xy = fitted if len(sample) == len(vectors) else place(vectors, vectors[sample], fitted)
        return Map(f"umap {version('umap-learn')} seed {seed} {embedder}".strip(), _unit_square(xy))
    return Map(f"pca seed {seed} {embedder}".strip(), _unit_square(_pca(vectors)))


def place(new: Vectors, fitted: Vectors, xy: Vectors) -> Vectors:
    """Return places (n, 2) for `new` vectors: the weighted mean of their nearest fitted neighbours."""
    near = top_k(new, fitted, min(PLACED_BY, len(fitted)))
    weight = np.maximum(near.cosine, 0.0) ** 2 + 1e-6
    placed: Vectors = (xy[near.index] * weight[:, :, None]).sum(axis=1) / weight.sum(axis=1, keepdims=True)
    return placed.astype(np.float32)


def _umap(vectors: Vectors, seed: int) -> Vectors:
    import umap

    neighbours = min(15, len(vectors) - 1)
    model = umap.UMAP(n_neighbors=neighbours, min_dist=0.08, metric="cosine", random_state=seed, n_jobs=1)
    return np.asarray(model.fit_transform(vectors), np.float32)


def _tsne(vectors: Vectors, seed: int) -> Vectors:
    """Return places by t-SNE (van der Maaten and Hinton 2008), with which CL draws its figure 6."""
    from sklearn.manifold import TSNE  # Slow to load.
    from threadpoolctl import threadpool_limits

    perplexed = min(30.0, (len(vectors) - 1) / 3)
    model = TSNE(n_components=2, perplexity=perplexed, init="random", metric="cosine", random_state=seed, n_jobs=1)
    # Its threads wait for each other by spinning, which on a busy machine takes many times as long as one alone.
    with threadpool_limits(1):
        return np.asarray(model.fit_transform(vectors), np.float32)


def _pca(vectors: Vectors) -> Vectors:
    """Return the first two principal components; signs are fixed so that the map does not flip."""
    if len(vectors) < 3:
        return np.column_stack([np.arange(len(vectors)), np.zeros(len(vectors))]).astype(np.float32)
    centred = vectors - vectors.mean(axis=0, keepdims=True)
    _, _, axes = np.linalg.svd(centred.T @ centred)
    first = axes[:2]
    first *= np.sign(first[np.arange(2), np.abs(first).argmax(axis=1)])[:, None]
    projected: Vectors = (centred @ first.T).astype(np.float32)
    return projected


def _unit_square(xy: Vectors) -> Vectors:
    """Return coordinates scaled into 0..1 by one factor, so that the shape stays."""
    if not len(xy):
        return np.zeros((0, 2), np.float32)
    low, high = xy.min(axis=0), xy.max(axis=0)
    size = float((high - low).max()) or 1.0
    square: Vectors = ((xy - low) / size + (1 - (high - low) / size) / 2).astype(np.float32)
    return square
