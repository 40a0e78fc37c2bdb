"""Several judges become one: weighted sum, veto, majority, at least r of k; for whole columns of votes.

Votes are 1 for yes, 0 for no and -1 for a vote that could not be read; what such a vote counts for is said by
`unread`: "no" (the default), or "absent", as if that judge had not been asked.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.intervals import Floats

Unread = Literal["no", "absent"]
Votes = NDArray[np.int8]
Kept = NDArray[np.bool_]

TOLERANCE = 1e-9
"""0.7 + 0.1 is 0.7999999999999999 and passes 0.8 all the same."""


def weighted_sum(scores: Floats, weights: Floats) -> Floats:
    """Return the weighted mean of `scores` (rows, judges), NaN where no judge has a score.

    Weights are normalised over the judges that are present in a row, so a missing one lets the others share its part.

    Raises:
        ValueError: for a negative weight, weights that are all 0, or another number of weights than judges.
    """
    weights = np.asarray(weights, float)
    if scores.shape[-1] != len(weights) or (weights < 0).any() or not weights.any():
        raise ValueError(f"weights {weights.tolist()} do not fit {scores.shape[-1]} judges")
    present = ~np.isnan(scores)
    share = present @ weights
    total = np.where(present, scores, 0.0) @ weights
    return np.asarray(np.divide(total, share, out=np.full(len(scores), np.nan), where=share > 0))


def reaches(scores: Floats, limit: float) -> Kept:
    """Return which scores are kept: the limit itself passes, what rounding took off it too; no score never does."""
    return np.asarray(scores >= limit - TOLERANCE)


def weighted(votes: Votes, weights: Floats, limit: float, unread: Unread = "no") -> Kept:
    """Return which rows the weighted share of yes votes keeps; `votes` is (rows, judges)."""
    said = np.maximum(votes, 0).astype(float)
    if unread == "absent":
        said[votes < 0] = np.nan
    return reaches(weighted_sum(said, weights), limit)


def veto(votes: Votes, unread: Unread = "no") -> Kept:
    """Return which rows no judge of `votes` (rows, judges) is against; a row nobody could be read on is not kept."""
    if unread == "no":
        return np.asarray((votes == 1).all(axis=-1))
    return np.asarray((votes != 0).all(axis=-1) & (votes == 1).any(axis=-1))


def at_least(votes: Votes, fewest: int) -> Kept:
    """Return which rows at least `fewest` judges say yes to."""
    return np.asarray(np.count_nonzero(votes == 1, axis=-1) >= max(fewest, 1))


def majority(votes: Votes, unread: Unread = "no") -> Kept:
    """Return which rows more than half of the judges say yes to; half of them is no majority."""
    yes = np.count_nonzero(votes == 1, axis=-1)
    asked = votes.shape[-1] if unread == "no" else np.count_nonzero(votes >= 0, axis=-1)
    return np.asarray(2 * yes > asked)
