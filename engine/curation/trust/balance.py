"""Do the labelled rows look like the rows they stand for? Finds broken probabilities and picked "random" labels."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, sqrt

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.intervals import Floats
from engine.curation.trust.label_set import LabelSet


def balance(inside: LabelSet, f: Floats, mean: float, kept: int) -> float:
    """Return by how many standard errors the weighted mean of f (n) over labels misses its mean over all kept rows.

    `inside` are all countable labels of kept rows, undecided ones as well: a draw is balanced before anybody decides.
    """
    d = inside.weight
    total = float(d.sum())
    if total <= 0 or len(d) < 2:
        return 0.0
    centre = float(d @ f) / total
    if inside.simple:
        m = len(d)
        variance = float(np.var(f, ddof=1)) / m * max(1 - m / kept, 0.0)
    else:
        error = inside.spread * (f - centre)
        variance = float(error @ error) / total**2
    off = centre - mean
    if variance > 0:
        return off / sqrt(variance)
    return 0.0 if abs(off) < 1e-9 else inf


def unbalanced(sizes: Mapping[str, float], settings: TrustSettings | None = None) -> tuple[str, ...]:
    """Return the columns on which the labelled rows differ too much from the kept ones."""
    known = settings or TrustSettings()
    limit = known.balance_many if len(sizes) > known.many_columns else known.balance
    return tuple(name for name, size in sizes.items() if abs(size) > limit)
