"""The labels that a panel of judges is held against: which rows, good or not, and how each came to be labelled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.limit_arrays import Floats, LabelSums


@dataclass(frozen=True, slots=True)
class PanelLabels:
    """Labels of one uniform draw, or, with weights and spreads, of any draws and known rows of the ledger."""

    rows: NDArray[np.intp]
    """Places of the labelled rows among all rows."""
    good: NDArray[np.bool_]
    weights: Floats | None = None
    """The ledger's weight d of each label; None for one uniform draw."""
    spreads: Floats | None = None
    """w^2 (1 - pi) / pi^2 of each drawn label, 0 for a label that no draw asked for; None for one uniform draw."""

    def __post_init__(self) -> None:
        lengths = {len(part) for part in (self.rows, self.good, self.weights, self.spreads) if part is not None}
        if len(lengths) > 1:
            raise ValueError(f"rows, labels, weights and spreads are of different lengths: {sorted(lengths)}")
        if (self.weights is None) != (self.spreads is None):
            raise ValueError("weights need spreads, and spreads weights")

    @property
    def uniform(self) -> bool:
        """Whether the labels come from one uniform draw."""
        return self.weights is None

    @property
    def weight(self) -> Floats:
        """What each label counts."""
        return np.ones(len(self.rows)) if self.weights is None else self.weights.astype(np.float64)

    def sums(self, groups: NDArray[np.intp], count: int) -> LabelSums:
        """Return sums by group, (count,) each; `groups` (labels) says in which each label falls."""
        spread = np.zeros(len(groups)) if self.spreads is None else np.asarray(self.spreads, float)
        drawn = np.ones(len(groups)) if self.uniform else (spread > 0).astype(float)
        heaviest = np.zeros(count)
        np.maximum.at(heaviest, groups, self.weight)

        parts = (np.ones(len(groups)), drawn, self.weight, spread, np.sqrt(spread))
        counted, asked, weight, spreads, roots = (np.bincount(groups, part, count).astype(float) for part in parts)
        return LabelSums(counted, asked, weight, spreads, roots, heaviest)


def joined(sums: LabelSums, groups: NDArray[np.bool_]) -> LabelSums:
    """Return the sums over unions of groups; `groups` (unions, count) says which groups each union holds."""
    picked = groups.astype(float)
    parts = (sums.count, sums.drawn, sums.weight, sums.spread, sums.root)
    counted, asked, weight, spreads, roots = (picked @ part for part in parts)
    heaviest = np.where(groups, sums.heaviest, 0.0).max(axis=-1, initial=0.0)
    return LabelSums(counted, asked, weight, spreads, roots, heaviest)
