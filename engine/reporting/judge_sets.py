"""Sets of judges by the rules of the recipe: what each keeps of all judged problems, and how good that is (GSDP 3.8).

What share a set keeps is counted over all judged problems. How good it is comes from labelled ones, by the one
function that knows how they came to be labelled: problems that somebody picked for review give counts and no share.
The best of many sets is partly luck, so it is named with what labels say that did not choose it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from engine.core.settings import Judging
from engine.curation.review import agreement
from engine.curation.trust import combining
from engine.curation.trust.chosen import Choice, ChosenReport, cross_fitted
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.folds import folds_of
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.intervals import Flags, Floats
from engine.curation.trust.label_set import LabelSet
from engine.store import Store

MOST = 8
"""Judges of whom every set is made: 255 sets."""
LEAST_KEPT = 0.4
"""Share of the judged problems that the best set keeps at least (GSDP-31)."""


@dataclass(frozen=True, slots=True)
class SetOfJudges:
    """What a set of judges keeps, and how good that is."""

    judges: tuple[str, ...]
    kept: int
    problems: int
    """Problems that every judge was read on."""
    precision: Estimated
    recall: Estimated
    accuracy: Estimated
    f1: Estimated

    @property
    def retention(self) -> float:
        """Share of the problems that is kept: a count, which has no interval."""
        return self.kept / self.problems


@dataclass(frozen=True, eq=False)
class JudgeSets:
    """All sets of the judges of one sort, on the problems that each of them was read on."""

    ids: pa.Array
    judges: tuple[tuple[str, ...], ...]
    kept: Flags
    """(sets, problems)."""
    labels: LabelSet
    reachable: Flags
    left_out: tuple[str, ...] = ()
    """Judges beyond the most of whom sets are made."""

    @cached_property
    def rows(self) -> tuple[SetOfJudges, ...]:
        """A row for each set, single judges first."""
        return tuple(self._row(judges, kept) for judges, kept in zip(self.judges, self.kept, strict=True))

    def _row(self, judges: tuple[str, ...], kept: Flags) -> SetOfJudges:
        def ask(quantity: Any) -> Estimated:
            return estimate(quantity, kept, self.labels, reachable=self.reachable)

        return SetOfJudges(
            judges, int(np.count_nonzero(kept)), len(self.ids), ask("precision"), ask("recall"), ask("accuracy"),
            ask("f1"),
        )  # fmt: skip

    @cached_property
    def best(self) -> tuple[SetOfJudges, ChosenReport] | None:
        """The most precise set that keeps enough (GSDP-31), with what labels say of the choice that did not make it."""
        if not any(row.precision.value is not None for row in self.rows):
            return None
        retention = self.kept.mean(axis=1)
        ids = [str(self.ids[int(row)]) for row in self.labels.row]
        found = cross_fitted(
            self.kept[:, self.labels.row], np.count_nonzero(self.kept, axis=1), self.labels, folds_of(ids),
            folds_of(ids, 2, "half") == 0, _most_precise(self.judges, retention),
        )  # fmt: skip
        return None if found.policy is None else (self.rows[found.policy], found)


class _Candidate(NamedTuple):
    """A set with its precision on some labels."""

    place: int
    judges: tuple[str, ...]
    precision: float | None
    retention: float


def _most_precise(judges: Sequence[tuple[str, ...]], retention: Floats) -> Choice:
    def choose(kept: Flags, good: Flags, weights: Floats) -> int | None:
        mass, hits = kept @ weights, kept @ (weights * good)
        found = agreement.best(
            (
                _Candidate(n, judges[n], float(hits[n] / mass[n]) if mass[n] > 0 else None, float(retention[n]))
                for n in range(len(judges))
            ),
            LEAST_KEPT,
        )
        return None if found is None else found.place

    return choose


def problem_sets(store: Store, judging: Judging) -> JudgeSets | None:
    """Return every set of judges that score problems: kept from the limit on by the weighted mean of its scores.

    The weights of a set are those of the recipe, made to add up to 1; judges that it does not weigh are left out.
    None where no problem has their scores.
    """
    weights = {judge: weight for judge, weight in judging.weights.items() if weight > 0}
    votes = store.verdicts.votes("judge_problem")

    def keeps(said: Floats, judges: tuple[str, ...]) -> Flags:
        weighed = combining.weighted_sum(said, np.array([weights[judge] for judge in judges]))
        return combining.reaches(weighed, judging.keep_at)

    return _sets(store, votes[votes["by"].isin(weights)], keeps)


def solution_sets(store: Store) -> JudgeSets | None:
    """Return every set of judges that check solutions: one No of its judges is a veto. None without any verdict."""

    def keeps(said: Floats, judges: tuple[str, ...]) -> Flags:
        return combining.veto((said >= 0.5).astype(np.int8))

    return _sets(store, store.verdicts.votes("judge_solution"), keeps)


def _sets(store: Store, votes: pd.DataFrame, keeps: Callable[[Floats, tuple[str, ...]], Flags]) -> JudgeSets | None:
    """Return the sets on the problems that every judge could be read on; of several solutions the best one counts."""
    judges = sorted(map(str, votes["by"].unique()))
    left = tuple(judges[MOST:])
    votes = votes[~votes["by"].isin(left)]
    wide = votes.pivot_table(index="problem_id", columns="by", values="value", aggfunc="max").dropna()
    if wide.empty:
        return None
    names = [str(judge) for judge in wide.columns]
    said: NDArray[np.float64] = wide.to_numpy(dtype=float)
    places = [chosen for size in range(1, len(names) + 1) for chosen in combinations(range(len(names)), size)]
    sets = tuple(tuple(names[place] for place in chosen) for chosen in places)
    kept = np.array([keeps(said[:, chosen], judges) for chosen, judges in zip(places, sets, strict=True)])
    ids = pa.array(wide.index.astype(str).tolist(), pa.string())
    labels, reachable = labels_of(store).on(ids)
    return JudgeSets(ids, sets, kept, labels, reachable, left)
