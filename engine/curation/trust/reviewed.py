"""What people said of the rows they reviewed: counted against a policy.

Numbers that are shown as precision or recall come from `estimate`, which knows how rows came to be labelled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.intervals import wilson

ENOUGH = 50
"""Labels from which intervals are drawn; below, the studio asks for more."""


@dataclass(frozen=True, slots=True)
class LabelledShare:
    """`hits` of `of` labelled rows, and the 95 % interval of the share."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.of


@dataclass(frozen=True, slots=True)
class PolicyAgreement:
    """A policy's rules against the labelled rows; None where there is nothing to divide by."""

    labels: int
    precision: LabelledShare | None
    """Share of kept labelled rows that people approved."""
    recall: LabelledShare | None
    """Share of approved rows that the rules keep."""


def agreement(kept: NDArray[np.bool_], human: NDArray[np.int8]) -> PolicyAgreement:
    """Return precision and recall of `kept` (N,) against `human` (N,): 1 approved, 0 rejected, -1 undecided.

    `kept` must be what the rules alone say: with people's decisions put above the rules precision would be 1 always.
    """
    labelled = human >= 0
    good = human == 1
    both = int(np.count_nonzero(kept & good))
    precision = _share(both, int(np.count_nonzero(kept & labelled)))
    recall = _share(both, int(np.count_nonzero(good)))
    return PolicyAgreement(int(np.count_nonzero(labelled)), precision, recall)


def _share(hits: int, of: int) -> LabelledShare | None:
    return LabelledShare(hits, of, *wilson(hits, of)) if of else None


def kappa(kept: NDArray[np.bool_], human: NDArray[np.int8]) -> float | None:
    """Return Cohen's kappa (Cohen 1960) of `kept` (N,) and `human` (N,): 1 approved, 0 rejected, -1 undecided.

    None where it has no value: nothing labelled, or both say the same of every row.
    """
    labelled = human >= 0
    said, good = kept[labelled], human[labelled] == 1
    if not len(said):
        return None
    observed, first, second = float(np.mean(said == good)), float(np.mean(said)), float(np.mean(good))
    chance = first * second + (1 - first) * (1 - second)
    return None if chance == 1 else (observed - chance) / (1 - chance)
