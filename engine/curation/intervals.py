"""How sure a share is: Wilson's interval, and precision and recall of a policy against people's decisions.

The interval follows the common calibration rule for labels drawn uniformly: k good of n labelled, at 95 %, with the
finite-population base n (K - 1) / (K - n) where the labels were drawn from K rows (all K labelled: exact).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054

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


def wilson(hits: int, of: int, population: int | None = None) -> tuple[float, float]:
    """Return the 95 % interval of hits/of; (0, 1) where nothing was labelled.

    `population` is the number of rows that the labelled ones were drawn from without replacement. Raises ValueError
    for counts that cannot be.
    """
    if not 0 <= hits <= of or (population is not None and population < of):
        raise ValueError(f"{hits} of {of} labels, drawn from {population}, cannot be")
    if of == 0:
        return 0.0, 1.0
    share, base = hits / of, _base(of, population)
    if base == inf:
        return share, share
    z2 = Z95 * Z95 / base
    centre = (share + z2 / 2) / (1 + z2)
    half = Z95 / (1 + z2) * sqrt(share * (1 - share) / base + z2 / (4 * base))
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    high = 1.0 if hits == of else min(1.0, centre + half)
    return low, high


def _base(of: int, population: int | None) -> float:
    if population is None:
        return of
    return inf if of == population else of * (population - 1) / (population - of)


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
