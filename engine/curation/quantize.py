"""Narrow arrays: each score as one byte a row, exact on its grid, and positions on the map as 16 bits.

A score's *position* is 2k on grid point k and 2k + 1 between k and k + 1, so that with the limit on grid point k both
`score >= limit` and `score <= limit` are exact comparisons of the byte with 2k. A score outside its range counts as
its nearest end. 255 is a missing score. This is the only encoding of scores in bytes: the browser counts on it, too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.curation.scores import BINS, SCORES, grid
from engine.curation.table import Floats

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint16]

MISSING = 255
CELLS = 256
"""Cells of the map's grid along each side."""

NOWHERE = 65_535
"""Coordinate, and grid cell, of rows without a position."""


def positions(key: str, scores: Floats) -> Bytes:
    """Return the positions (N, uint8) of float32 scores (N,)."""
    points, steps = grid(key), SCORES[key].steps
    missing = np.isnan(scores)
    inside = np.clip(np.where(missing, points[0], scores), points[0], points[-1])
    # Arithmetic finds the grid point below but for rounding; comparing with its neighbours makes it exact.
    below = np.minimum((inside - points[0]) * np.float32(steps / (points[-1] - points[0])), steps).astype(np.uint8)
    below -= inside < points.take(below)
    below += (below < steps) & (inside >= points.take(np.minimum(below + np.uint8(1), steps)))
    found: Bytes = below * np.uint8(2) + (inside > points.take(below))
    found[missing] = MISSING
    return found


def bins(key: str, scores: Floats) -> Bytes:
    """Return the histogram bin (N, uint8) of scores: 0..BINS-1, the last one closed above; BINS where missing."""
    spec = SCORES[key]
    scaled = (scores - np.float32(spec.low)) * np.float32(BINS / (spec.high - spec.low))
    found = np.clip(np.nan_to_num(scaled, nan=BINS), 0, BINS - 1).astype(np.uint8)
    return np.where(np.isnan(scores), np.uint8(BINS), found)


def spread(values: Floats, top: int) -> tuple[NDArray[np.float32], float, float]:
    """Return values scaled to 0..top, NaN kept, with their smallest and largest; 0 and 1 where there are none."""
    known = values[~np.isnan(values)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    width = high - low or 1.0
    return (values - np.float32(low)) * np.float32(top / width), low, high


def coordinates(values: Floats) -> tuple[Words, float, float]:
    """Return map coordinates as 0..65534, NOWHERE where missing, with the values of both ends."""
    scaled, low, high = spread(values, NOWHERE - 1)
    whole = np.clip(np.nan_to_num(scaled, nan=0.0), 0, NOWHERE - 1).astype(np.uint16)
    return np.where(np.isnan(values), np.uint16(NOWHERE), whole), low, high


def cells(x: Floats, y: Floats) -> Words:
    """Return the grid cell row * 256 + column of each position; the last cell is kept for rows without one."""
    column, row = (
        np.clip(np.nan_to_num(spread(axis, CELLS - 1)[0], nan=0.0), 0, CELLS - 2).astype(np.uint16) for axis in (x, y)
    )
    found = row * np.uint16(CELLS) + column
    return np.where(np.isnan(x) | np.isnan(y), np.uint16(NOWHERE), found)
