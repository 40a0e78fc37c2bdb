"""What a judge says becomes columns of numbers: a score from 0 to 1, a rating of some levels, a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import logit

from engine.curation.trust.intervals import Floats

CLIP = 0.001
"""Scores are kept so far from 0 and 1, where their log odds would be infinite."""


@dataclass(frozen=True, slots=True)
class JudgeScale:
    """On which scale a judge speaks; NaN stands for what was not said or could not be read."""

    kind: Literal["score", "rating", "verdict"] = "score"
    low: float = 0.0
    """The worst that can be said."""
    high: float = 1.0
    """The best that can be said."""

    def unit(self, values: Floats) -> Floats:
        """Return what was said on a scale from 0 to 1."""
        return np.clip((np.asarray(values, float) - self.low) / (self.high - self.low), 0, 1)

    def columns(self, values: Floats, usual: float = 0.0) -> Floats:
        """Return (rows, 2): how good the judge finds a row, and 1 where the judge is missing.

        A score counts by its log odds, a rating by its level, a verdict by 1 for True. `usual` stands in the first
        column of a missing row, whose own column then says what such rows are worth.
        """
        unit = self.unit(values)
        missing = np.isnan(unit)
        said = logit(np.clip(unit, CLIP, 1 - CLIP)) if self.kind == "score" else unit
        return np.column_stack([np.where(missing, usual, said), missing.astype(float)])

    def usual(self, values: Floats, weights: Floats) -> float:
        """Return what stands in for a missing value: the labelled rows' mean, of a verdict "False"."""
        first, missing = self.columns(values).T
        there = (missing == 0) & (weights > 0)
        if self.kind == "verdict" or not there.any():
            return 0.0
        return float(np.average(first[there], weights=weights[there]))


SCORE, VERDICT = JudgeScale(), JudgeScale("verdict")
RATING_TO_5, RATING_TO_10 = JudgeScale("rating", 0, 5), JudgeScale("rating", 1, 10)
