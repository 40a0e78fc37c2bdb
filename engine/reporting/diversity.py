"""How many different ideas a data set holds: clusters of its embeddings by DBSCAN (GSDP E.2).

The radius comes from the k-distance graph: sorted distances to the k-th neighbour bend where items stop being close.
Distances are Euclidean on unit rows, which order pairs as cosines do. Sets compare only at one size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
SAMPLE = 80_000
"""Items drawn from each data set in the published comparison."""
MIN_SAMPLES = 5
"""Neighbours, the item among them, that make a core; the source does not say."""


@dataclass(frozen=True, slots=True, eq=False)
class Diversity:
    """`clusters` counted without noise, `noise` items that belong to none, and what they were counted with."""

    clusters: int
    noise: int
    items: int
    eps: float
    min_samples: int
    curve: Floats
    """(items) distance of each item to its k-th neighbour, ascending."""


def measure(
    vectors: Vectors, *, seed: int, size: int = SAMPLE, min_samples: int = MIN_SAMPLES, eps: float | None = None
) -> Diversity:
    """Draw at most `size` items without replacement and count their clusters (GSDP-35).

    Args:
        vectors: (N, d) unit rows.
        seed: of the draw.
        size: items to draw; the same for every set that is compared.
        min_samples: neighbours that make a core; also the k of the k-distance curve.
        eps: radius; None takes the knee of the k-distance curve.
    """
    drawn = sample(vectors, size, seed)
    curve = k_distances(drawn, min_samples)
    radius = knee(curve) if eps is None else eps
    labels = labelled(drawn, radius, min_samples)
    noise = int(np.count_nonzero(labels < 0))
    clusters = len(set(labels[labels >= 0].tolist()))
    return Diversity(clusters, noise, len(drawn), radius, min_samples, curve)


def sample(vectors: Vectors, size: int, seed: int) -> Vectors:
    """Return at most `size` rows, drawn without replacement, in their own order."""
    if len(vectors) <= size:
        return vectors
    rows = np.random.default_rng(seed).permutation(len(vectors))[:size]
    return vectors[np.sort(rows)]


def k_distances(vectors: Vectors, k: int = MIN_SAMPLES) -> Floats:
    """Return each item's distance to its k-th nearest item, itself counted first, ascending (GSDP-36)."""
    if not len(vectors):
        return np.zeros(0)
    from sklearn.neighbors import NearestNeighbors  # Slow to load.

    near = NearestNeighbors(n_neighbors=min(k, len(vectors))).fit(vectors)
    found, _ = near.kneighbors(vectors)
    rising: Floats = np.sort(found[:, -1].astype(np.float64))
    return rising


def knee(curve: Floats) -> float:
    """Return the height where an ascending curve lies furthest below the line from its first to its last point.

    A straight or flat curve bends nowhere and gives its last height.
    """
    if len(curve) < 3 or curve[-1] <= curve[0]:
        return float(curve[-1]) if len(curve) else 0.0
    across = np.linspace(0.0, 1.0, len(curve))
    depth = across - (curve - curve[0]) / (curve[-1] - curve[0])
    at = int(depth.argmax())
    return float(curve[at] if depth[at] > 1e-9 else curve[-1])


def labelled(vectors: Vectors, eps: float, min_samples: int = MIN_SAMPLES) -> npt.NDArray[np.int64]:
    """Return the cluster of each row, -1 for noise (N)."""
    if not len(vectors):
        return np.zeros(0, np.int64)
    from sklearn.cluster import DBSCAN

    # A radius of 0 is what copies give; DBSCAN wants a positive one.
    found = DBSCAN(eps=max(eps, 1e-6), min_samples=min_samples).fit(vectors)
    labels: npt.NDArray[np.int64] = found.labels_.astype(np.int64)
    return labels
