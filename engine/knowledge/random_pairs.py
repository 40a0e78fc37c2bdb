"""Pairs of points drawn by lot, to compare with pairs of the graph: as many, from the same points (GSDP-43)."""

from __future__ import annotations

from collections.abc import Collection
from itertools import combinations

import numpy as np

from engine.core.errors import UserError


def draw(names: Collection[str], count: int, seed: int) -> tuple[tuple[str, str], ...]:
    """Return `count` different unordered pairs of different points; the same seed gives the same pairs.

    Raises UserError where the points have fewer pairs.
    """
    points = sorted(set(names))
    there = len(points) * (len(points) - 1) // 2
    if count > there:
        raise UserError(f"{count:,} pairs are asked, {len(points):,} points have {there:,}.", do="Ask for fewer.")
    rng = np.random.default_rng(seed)
    if 2 * count > there:
        every = list(combinations(points, 2))
        return tuple(every[row] for row in rng.permutation(there)[:count].tolist())
    found: dict[tuple[str, str], None] = {}
    while len(found) < count:
        for a, b in rng.integers(0, len(points), (count - len(found), 2)).tolist():
            if a != b:
                found[points[min(a, b)], points[max(a, b)]] = None
    return tuple(found)
