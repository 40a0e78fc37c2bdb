"""How near unrelated problems come to a test set, and from which cosine on nearness says something.

One limit for all embedders and all test sets would be wrong: with hashed words two unrelated story problems rarely come
nearer than .6, two unrelated formulas often than .8. So it is measured: each test problem is held against the others of
its set that are unrelated to it, which share no n-gram of words and are not the same problem with other numbers. Of the
nearest such neighbours nine in ten lie below one cosine and ninety-nine in a hundred below another; from the 90th to
the 99th percentile the tail falls by a factor of ten, and it is followed as far as the allowed share of false hits, as
an exponential tail would go (peaks over a threshold with shape 0: Pickands 1975). Tails of cosines fall faster, so the
limit is rather too high than too low.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.settings import OverlapTiers
from engine.similarity import neighbours

MANY, FEW = 200, 20
"""Items from which the 99th percentile is read, and below which nothing is."""
LOOKED_AT = 8
"""Neighbours among which an unrelated one is looked for."""
_STEP = 1_000
Related = Callable[[int, int], bool]


@dataclass(frozen=True, slots=True)
class CosineLimit:
    """The limit of one test set, and the percentiles of unrelated cosines that it rests on."""

    limit: float
    items: int
    """Items with an unrelated neighbour."""
    median: float = 0.0
    ninetieth: float = 0.0
    ninety_ninth: float = 0.0
    measured: bool = False
    given: bool = False

    @property
    def blind(self) -> bool:
        """Whether unrelated problems come so near that nothing but a copy would stand out."""
        return self.limit >= 1.0

    @property
    def words(self) -> str:
        """Where the limit comes from, in a few words."""
        if self.measured:
            return f"{self.limit:.3f}: of {self.items:,} unrelated test problems 9 in 10 come to {self.ninetieth:.2f}"
        if self.given:
            return f"{self.limit:.3f}: given"
        return f"{self.limit:.3f}: not measured, {self.items:,} unrelated test problems are too few"


def measure(vectors: neighbours.Vectors, related: Related, rules: OverlapTiers) -> CosineLimit:
    """Return the limit of a test set from the vectors of its items; `related` tells of two rows whether they are."""
    if rules.limit:
        return CosineLimit(rules.limit, 0, given=True)
    found = nearest_unrelated(vectors, related)
    if len(found) < FEW:
        return CosineLimit(rules.unmeasured_limit, len(found))
    median, ninetieth, last = (float(value) for value in np.quantile(found, (0.5, 0.9, 0.99)))
    if len(found) >= MANY:
        raw = ninetieth + (last - ninetieth) * math.log10(0.1 / rules.false_hits)
    else:
        raw = median + (ninetieth - median) * math.log(0.5 / rules.false_hits, 5)
    # Rounded up, so that the last bits of a matrix product move no limit.
    limit = min(1.0, max(rules.least_limit, math.ceil(raw * 1000) / 1000))
    return CosineLimit(limit, len(found), round(median, 3), round(ninetieth, 3), round(last, 3), True)


def nearest_unrelated(vectors: neighbours.Vectors, related: Related) -> npt.NDArray[np.float32]:
    """Return the cosine of each row to the nearest row that is unrelated to it, where one is among the nearest."""
    count = len(vectors)
    if count < 2:
        return np.zeros(0, np.float32)
    near = neighbours.top_k(vectors, vectors, min(LOOKED_AT, count - 1), own=np.arange(count))
    cosines: list[float] = []
    for row, (others, values) in enumerate(zip(near.index.tolist(), near.cosine.tolist(), strict=True)):
        first = next((value for other, value in zip(others, values, strict=True) if not related(row, other)), None)
        if first is not None:
            cosines.append(first)
    return np.array(cosines, np.float32)
