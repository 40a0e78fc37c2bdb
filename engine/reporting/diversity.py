"""How many different ideas a data set holds: clusters of its embeddings by DBSCAN (GSDP E.2).

The radius comes from the k-distance graph: sorted distances to the k-th neighbour bend where items stop being close.
Distances are Euclidean on unit rows, which order pairs as cosines do. Sets compare only at one size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
SAMPLE = 80_000
"""Items drawn from each data set in the published comparison."""
MIN_SAMPLES = 5
"""Neighbours, the item among them, that make a core; the source does not say."""
BLOCK_FLOATS = 8_000_000
"""Distances that are held at a time (32 MB, and four times as much for the pairs among them)."""
_ROUNDING = 1e-6
"""Squared distance that single precision may add to copies."""


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
    reach = reaches(drawn, min_samples)
    curve = np.sort(reach)
    radius = knee(curve) if eps is None else eps
    labels = labelled(drawn, radius, min_samples, reach)
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
    rising: Floats = np.sort(reaches(vectors, k))
    return rising


def reaches(vectors: Vectors, k: int = MIN_SAMPLES) -> Floats:
    """Return each item's distance to its k-th nearest item, itself counted first (N)."""
    if not len(vectors):
        return np.zeros(0)
    from sklearn.neighbors import NearestNeighbors  # Slow to load.

    near = NearestNeighbors(n_neighbors=min(k, len(vectors))).fit(vectors)
    found, _ = near.kneighbors(vectors)
    return np.asarray(found[:, -1], np.float64)


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


def labelled(
    vectors: Vectors, eps: float, min_samples: int = MIN_SAMPLES, reach: Floats | None = None
) -> npt.NDArray[np.int64]:
    """Return the cluster of each row, -1 for noise (N), as DBSCAN defines them (Ester et al. 1996).

    scikit-learn keeps all neighbours of all rows at once, which at a wide radius is the square of 80,000; here only a
    block of distances is held. A row between two clusters goes to the one of its nearest core. `reach` is what
    `reaches` gives for `min_samples`, where the caller has it.
    """
    labels = np.full(len(vectors), -1, np.int64)
    if len(vectors) < min_samples:
        return labels
    limit = eps * eps + _ROUNDING
    core = (reaches(vectors, min_samples) if reach is None else reach) ** 2 <= limit
    if not core.any():
        return labels
    cores = vectors[core]
    group = np.arange(len(cores))
    for start, apart in _blocks(cores, cores):
        rows, near = np.nonzero(apart <= limit)
        group = _joined(group, rows + start, near)
    names = np.unique(group, return_inverse=True)[1]
    labels[core] = names
    others = np.flatnonzero(~core)
    for start, apart in _blocks(vectors[others], cores):
        nearest = apart.argmin(axis=1)
        within = apart[np.arange(len(apart)), nearest] <= limit
        labels[others[start : start + len(apart)][within]] = names[nearest[within]]
    return labels


def _blocks(rows: Vectors, base: Vectors) -> Iterator[tuple[int, Vectors]]:
    """Yield squared distances of some rows to all of `base`, with the number of the first of these rows."""
    step = max(1, BLOCK_FLOATS // len(base))
    lengths = np.einsum("ij,ij->i", base, base)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        apart: Vectors = np.einsum("ij,ij->i", some, some)[:, None] + lengths - 2 * (some @ base.T)
        yield start, apart


def _joined(group: npt.NDArray[np.int64], one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> Any:
    """Return the groups after each pair of rows has come into one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    first, second = group[one], group[other]
    apart = first != second
    if not apart.any():
        return group
    pairs = np.unique(first[apart] * len(group) + second[apart])
    edges = coo_array((np.ones(len(pairs), np.int8), (pairs // len(group), pairs % len(group))), (len(group),) * 2)
    return connected_components(edges, directed=False)[1][group]
