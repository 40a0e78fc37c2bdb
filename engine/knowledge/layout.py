"""Positions for a picture of the whole graph: edges pull, random other points push, gravity holds the parts together.

Exact repulsion costs n x n per step, which 12,000 points do not allow; a few random partners per point and step push
with the same average force.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

STEPS = 160
PARTNERS = 12
"""Random points that push each point in a step."""
GRAVITY = 0.05


def positions(weights: sp.csr_array, seed: int) -> npt.NDArray[np.float32]:
    """Return (n, 2) positions within [-1, 1]; the same graph and seed give the same numbers."""
    size = weights.shape[0]
    if size == 0:
        return np.zeros((0, 2), dtype=np.float32)
    rng = np.random.default_rng(seed)
    spots = rng.normal(size=(size, 2))
    degrees = np.maximum(np.diff(weights.indptr), 1)
    pull = sp.csr_array((np.ones(weights.nnz), weights.indices, weights.indptr), shape=weights.shape)
    scale = np.sqrt(size)
    spots *= scale / 4
    for step in range(STEPS):
        force = (pull @ spots - np.diff(weights.indptr)[:, None] * spots) / degrees[:, None]
        force += _push(spots, rng) - GRAVITY * spots
        length = np.linalg.norm(force, axis=1, keepdims=True)
        heat = scale / 4 * (1 - step / STEPS) ** 2 + 1e-3
        spots += force * np.minimum(1.0, heat / np.maximum(length, 1e-12)) * 0.5
    spots = _evened(spots)
    reach = np.abs(spots).max()
    return (spots / reach if reach > 0 else spots).astype(np.float32)


def _evened(spots: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Spread points over the unit disc: directions stay, distances from the middle become ranks.

    A few points far away, such as those of small components, would otherwise press all others into a ball.
    """
    spots = spots - np.median(spots, axis=0)
    far = np.linalg.norm(spots, axis=1)
    rank = np.empty(len(far))
    rank[np.argsort(far, kind="stable")] = np.arange(1, len(far) + 1)
    wanted = np.sqrt(rank / len(far)) * (far > 0)
    return np.asarray(spots * (wanted / np.maximum(far, 1e-12))[:, None])


def _push(spots: npt.NDArray[np.float64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Mean of 1 / distance pushes from random partners, scaled so that density settles near one point per unit."""
    size = len(spots)
    total = np.zeros_like(spots)
    for _ in range(PARTNERS):
        gap = spots - spots[rng.permutation(size)]
        total += gap / (np.einsum("ij,ij->i", gap, gap)[:, None] + 0.05)
    return np.asarray(total * (np.sqrt(size) / PARTNERS))
