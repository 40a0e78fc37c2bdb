"""What single judges say of the rows of a project, and how its solutions end: what a policy's panel hears.

Judges of solutions count by the solution that stands, because that one is kept and that one people read. All of it is
read when it is first asked for, and kept until verdicts or problems change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Literal, get_args
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.records.review import KeepRule
from engine.curation.strategies import majority, strict
from engine.curation.table import ScoreTable
from engine.store import Store
from engine.verification.answers import sorted_out

Bools = NDArray[np.bool_]
Words = Mapping[str, NDArray[np.float64]]
"""Judge -> what it said of each row (N,), NaN where it was not asked or could not be read."""
About = Literal["problem", "solution"]
ABOUT: tuple[About, ...] = get_args(About)
FAMILIES = ("problems", "verdicts")


@dataclass(frozen=True, slots=True, eq=False)
class StoredWords:
    """The words of a project as the store has them."""

    store: Store

    def on(self, ids: pa.Array) -> JudgeWords:
        """Return the words on these rows, in their order."""
        return JudgeWords(self, ids)

    def said(self, about: About) -> pa.Table:
        """Return problem_id, by, value, model, version: of the problem, or of the solution that stands."""
        return self._kept(about, lambda: self.store.verdicts.judges_of(about))

    def answers(self) -> pa.Table:
        """Return how the solutions of each problem end, see `Verdicts.answer_sets`."""
        return self._kept("answers", self.store.verdicts.answer_sets)

    def _kept(self, what: str, read: Callable[[], pa.Table]) -> pa.Table:
        now = self.store.revision_of(*FAMILIES)
        held = _HELD.get(self.store)
        if held is None or held[0] != now:
            held = _HELD[self.store] = (now, {})
        if what not in held[1]:
            held[1][what] = read()
        return held[1][what]


_HELD: WeakKeyDictionary[Store, tuple[int, dict[str, pa.Table]]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class JudgeWords:
    """The words on N rows."""

    stored: StoredWords
    ids: pa.Array

    @cached_property
    def problem(self) -> Words:
        """Scores of the judges of problems, 0 to 1."""
        return self._laid(self.stored.said("problem"))

    @cached_property
    def solution(self) -> Words:
        """1 where a judge passes the solution that stands, 0 where it does not."""
        return self._laid(self.stored.said("solution"))

    def _laid(self, said: pa.Table) -> Words:
        found: dict[str, NDArray[np.float64]] = {}
        for judge in sorted(pc.unique(said["by"]).to_pylist()):
            own = said.filter(pc.equal(said["by"], judge))
            at = pc.index_in(self.ids, value_set=own["problem_id"].combine_chunks())
            values = pc.take(own["value"].combine_chunks(), at).cast(pa.float64())
            found[str(judge)] = values.to_numpy(zero_copy_only=False).astype(np.float64)
        return found

    def ends(self, strategy: KeepRule) -> Bools:
        """Return where the answers are as a keep strategy wants them and the solution that stands is of them (N,)."""
        return self._ends[strategy]

    @cached_property
    def _ends(self) -> Mapping[KeepRule, Bools]:
        sets = self.stored.answers()
        at = pc.index_in(self.ids, value_set=sets["problem_id"].combine_chunks()).fill_null(-1)
        place = at.to_numpy(zero_copy_only=False).astype(np.int64)
        kept = _by_strategy(sets)
        return {name: np.where(place < 0, False, _taken(passed, place)) for name, passed in kept.items()}


def scores_of(store: Store, rows: pa.Table | None = None) -> ScoreTable:
    """Return the scoreboard, or rows of it, as typed columns that know where single judges' words are to be had."""
    table = ScoreTable.of(store.problems.scoreboard() if rows is None else rows)
    return replace(table, words=StoredWords(store).on)


def judges_there(store: Store) -> dict[About, dict[str, int]]:
    """Return of how many problems, and standing solutions, each judge of the project spoke."""
    words = StoredWords(store)
    found: dict[About, dict[str, int]] = {}
    for about in ABOUT:
        counted = pc.value_counts(words.said(about)["by"].combine_chunks()).to_pylist()
        found[about] = {str(one["values"]): int(one["counts"]) for one in counted}
    return found


def _taken(passed: Bools, place: NDArray[np.int64]) -> Bools:
    return passed[np.maximum(place, 0)] if len(passed) else np.zeros(len(place), np.bool_)


def _by_strategy(sets: pa.Table) -> dict[KeepRule, Bools]:
    """Return for each strategy whether it keeps each problem with the solution that stands."""
    answered = sets["answer"].is_valid().to_numpy(zero_copy_only=False).astype(np.bool_)
    alone = sets["alike"].to_numpy(zero_copy_only=False).astype(np.bool_)
    every, most, none = alone & answered, alone & answered, ~answered & alone
    for row in np.flatnonzero(~alone).tolist():
        answers, stands = sets["answers"][row].as_py(), sets["place"][row].as_py()
        every[row], most[row], none[row] = _judged(tuple(answers), int(stands))
    return {"all": every, "majority": most, "first": answered, "majority_first": most | (none & answered)}


@cache
def _judged(answers: Sequence[str | None], stands: int) -> tuple[bool, bool, bool]:
    """Return whether all are alike, whether the one that stands is of the majority, and whether there is none."""
    first = majority(answers)
    if first is None:
        return False, False, True
    group = next(group for group in sorted_out(answers).groups if first in group)
    return strict(answers) is not None, stands in group, False
