"""Several limits at once: a path of policies ranked without the labels that test them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.intervals import Ints

MOST = 10_000
BEFOREHAND = "for one policy chosen beforehand"


def ranked_path(size: ArrayLike, predicted: ArrayLike, settings: TrustSettings | None = None) -> Ints:
    """Return the candidates on the front of kept rows and predicted precision, fewest rows first, at most forty.

    Args:
        size: rows that each candidate keeps (M, at most 10,000).
        predicted: mean of the judges' word over these rows, from judges that no tested label fitted (M).
        settings: how many at most.

    No label is an argument, so none can move the ranking. Raises ValueError for too many candidates.
    """
    rows, said = np.asarray(size, np.int64), np.asarray(predicted, float)
    if len(rows) > MOST:
        raise ValueError(f"{len(rows):,} candidates; at most {MOST:,} are ranked")
    found: list[int] = []
    best = -np.inf
    for at in np.lexsort((np.arange(len(rows)), -np.where(np.isfinite(said), said, -np.inf), -rows)):
        if rows[at] > 0 and said[at] > best:
            best = said[at]
            found.append(int(at))
    front = np.array(found[::-1], np.int64)
    most = (settings or TrustSettings()).ticks
    if len(front) <= most:
        return front
    # Equal steps of kept rows, as the ticks of one limit are.
    wanted = np.linspace(rows[front[0]], rows[front[-1]], most)
    nearest = np.unique(np.abs(rows[front][None, :] - wanted[:, None]).argmin(1))
    thinned: Ints = front[nearest]
    return thinned


def for_saved(policies: int, settings: TrustSettings | None = None) -> TrustSettings:
    """Return settings whose intervals hold for so many saved policies at once (Bonferroni)."""
    known = settings or TrustSettings()
    return known.model_copy(update={"confidence": 1 - (1 - known.confidence) / max(policies, 1)})
