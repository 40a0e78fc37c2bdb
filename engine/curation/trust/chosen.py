"""How good is the policy that was chosen for being the best: reported by labels that did not choose it.

The highest of many estimated precisions is partly luck. The cross-fitted report chooses on four fifths of the labels,
scores that choice on the last fifth, and pools; its interval comes from choosing on one half and scoring on the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.intervals import Floats
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.label_sums import LabelSums
from engine.curation.trust.share_arrays import shares

Kept = NDArray[np.bool_]
Choice = Callable[[Kept, NDArray[np.bool_], Floats], int | None]
"""(policies, labels) kept, labels that are good, their weights -> the policy to take, None for none."""


@dataclass(frozen=True, slots=True)
class SplitReport:
    """A policy chosen on one half of the labels, scored on the other: its interval owes nothing to the choice."""

    policy: int
    value: float | None
    low: float | None
    high: float | None
    labels: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChosenReport:
    """What is said of a policy that labels chose; without numbers where `reason` says why."""

    policy: int | None
    apparent: float | None
    """Its precision on the labels that chose it: too high."""
    value: float | None
    """The cross-fitted precision: what is to be reported."""
    labels: int
    """Labels behind it: kept by the choice that did not see them."""
    split: SplitReport | None
    reason: str = ""

    @property
    def optimism(self) -> float | None:
        """How much of the apparent precision was luck."""
        return None if self.apparent is None or self.value is None else self.apparent - self.value


def most_precise(eligible: NDArray[np.bool_], fewest: int = 1) -> Choice:
    """Return the choice of the eligible policy with the highest precision on at least `fewest` kept labels."""

    def choose(kept: Kept, good: NDArray[np.bool_], weights: Floats) -> int | None:
        mass = kept @ weights
        allowed = eligible & (np.count_nonzero(kept, axis=1) >= fewest) & (mass > 0)
        if not allowed.any():
            return None
        share = np.divide(kept @ (weights * good), mass, out=np.full(len(kept), -1.0), where=allowed)
        return int(np.argmax(share))

    return choose


def cross_fitted(
    kept: Kept,
    sizes: NDArray[np.intp],
    labels: LabelSet,
    folds: NDArray[np.intp],
    halves: NDArray[np.bool_],
    choose: Choice,
) -> ChosenReport:
    """Report the policy that `choose` takes.

    Args:
        kept: (policies, labels) which labelled rows each policy keeps.
        sizes: (policies,) how many of all rows each policy keeps.
        labels: what people said; those without a verdict or a weight choose and report nothing.
        folds: (labels,) part of each label, as by `folds_of`.
        halves: (labels,) the half that chooses for the interval, as by `folds_of` with two parts and another salt.
        choose: takes a policy by the labels it is shown.
    """
    used = labels.answered & labels.countable
    kept, labels, folds, halves = kept[:, used], labels.where(used), folds[used], halves[used]
    good, weight = labels.good > 0, labels.weight
    taken = choose(kept, good, weight)
    if taken is None:
        return ChosenReport(None, None, None, 0, None, "none_eligible")
    seen = np.zeros(len(good), bool)
    for part in np.unique(folds):
        rest = folds != part
        one = choose(kept[:, rest], good[rest], weight[rest])
        if one is not None:
            seen |= kept[one] & ~rest
    value, mass = None, float(weight[seen].sum())
    if mass > 0:
        value = float((weight * good)[seen].sum()) / mass
    apparent = float((weight * good)[kept[taken]].sum() / weight[kept[taken]].sum())
    split = _split(kept, sizes, labels, halves, choose)
    return ChosenReport(taken, apparent, value, int(seen.sum()), split, "" if value is not None else "no_labels")


def _split(
    kept: Kept, sizes: NDArray[np.intp], labels: LabelSet, half: NDArray[np.bool_], choose: Choice
) -> SplitReport | None:
    """Choose on one half and score on the other."""
    good, weight = labels.good > 0, labels.weight
    one = choose(kept[:, half], good[half], weight[half])
    if one is None:
        return None
    rest = labels.where(~half)
    sums = LabelSums.of(rest, kept[one][~half] * 2 + good[~half].astype(np.intp), 4)
    hit, base = (
        sums.joined(np.array([groups])) for groups in ([False, False, False, True], [False, False, True, True])
    )
    found = shares(hit, base, np.array([float(sizes[one])]), rest.simple)
    value, low, high = (None if np.isnan(part[0]) else float(part[0]) for part in (found.value, found.low, found.high))
    return SplitReport(one, value, low, high, int(base.count[0]), str(found.reason[0]))
