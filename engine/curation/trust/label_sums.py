"""Labels added up by groups of rows, so that shares of many kept sets cost one pass over the labels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.intervals import Flags, Floats
from engine.curation.trust.label_set import LabelSet


@dataclass(frozen=True, slots=True)
class LabelSums:
    """Sums over the labels of some groups of rows, an array each; they add up, so groups are joined by addition."""

    count: Floats
    """Labels, of any origin."""
    drawn: Floats
    """Labels that a draw asked for: they alone say how sure a share is."""
    weight: Floats
    """Sum of the weights d of the ledger."""
    spread: Floats
    """Sum of w^2 (1 - pi) / pi^2, what each drawn label adds to the variance."""
    root: Floats
    """Sum of the square roots of those."""
    heaviest: Floats
    """The largest single weight."""

    @staticmethod
    def of(labels: LabelSet, groups: NDArray[np.integer], count: int) -> LabelSums:
        """Return sums by group, (count,) each; `groups` (labels) says in which each label falls."""
        heaviest = np.zeros(count)
        np.maximum.at(heaviest, groups, labels.weight)
        parts = (np.ones(len(labels)), labels.random, labels.weight, labels.spread**2, labels.spread)
        counted, drawn, weight, spread, root = (np.bincount(groups, part, count).astype(np.float64) for part in parts)
        return LabelSums(counted, drawn, weight, spread, root, heaviest)

    def joined(self, groups: Flags) -> LabelSums:
        """Return the sums over unions of groups; `groups` (unions, count) says which groups each union holds."""
        picked = groups.astype(float)
        parts = (self.count, self.drawn, self.weight, self.spread, self.root)
        heaviest = np.where(groups, self.heaviest, 0.0).max(axis=-1, initial=0.0)
        counted, drawn, weight, spread, root = (picked @ part for part in parts)
        return LabelSums(counted, drawn, weight, spread, root, heaviest)
