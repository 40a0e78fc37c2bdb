"""Rows about which the witnesses differ, the most telling first: judges split, judge against check, solvers split.

What a label of a row would tell is the entropy of the chance that it is good, in bits. The chance is the mean of what
its witnesses say, each weighing alike: judges of the solution and of the problem by their share of True, the symbolic
check by its word, several solvers by the share that ends alike. Witnesses that err together make it too sure, so this
orders rows for people and estimates nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.settings import Judging
from engine.curation.judge_words import Words, scores_of
from engine.curation.panel import votes_of
from engine.curation.table import ScoreTable
from engine.curation.trust.intervals import Floats
from engine.store import Store

SPLIT, CHECKED, SOLVERS = "judges split", "judge against symbolic check", "solvers split"
KINDS = (SPLIT, CHECKED, SOLVERS)


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One row that nobody decided yet."""

    problem_id: str
    bits: float
    """What its label is expected to tell."""
    why: str


@dataclass(frozen=True, slots=True)
class Disagreements:
    """The most telling rows, and how many there are of each kind."""

    rows: tuple[Disagreement, ...]
    counts: dict[str, int]
    total: int
    compared: int
    """Undecided rows that have two witnesses or more, so that they could differ."""


def disagreements(store: Store, judging: Judging | None = None, most: int = 400) -> Disagreements:
    """Return the rows on which witnesses differ, by falling information, ties by id."""
    table = scores_of(store)
    if not len(table) or table.words is None:
        return Disagreements((), dict.fromkeys(KINDS, 0), 0, 0)
    words = table.words(table.ids)
    solution, problem = _share(words.solution, 0.5, table), _share(words.problem, (judging or Judging()).keep_at, table)
    check, solvers = _checks(store, table), table.scores["agreement"].astype(np.float64)
    split = _between(solution) | _between(problem)
    against = np.abs(solution - check) > 0.5
    apart = solvers < 1
    chance = _mean(np.stack([solution, problem, check, solvers]))
    open_rows = table.human < 0
    listed = np.flatnonzero(open_rows & (split | against | apart))
    bits = _entropy(chance[listed])
    ids = np.array(table.ids.take(pa.array(listed)).to_pylist(), dtype=str)
    order = np.lexsort((ids, -np.round(bits, 9)))[:most]
    reasons = _reasons((split, against, apart), (solution, problem, check, solvers))
    rows = tuple(Disagreement(str(ids[n]), float(bits[n]), reasons(int(listed[n]))) for n in order)
    counts = {
        name: int(np.count_nonzero(open_rows & one)) for name, one in zip(KINDS, (split, against, apart), strict=True)
    }
    several = _several(words.solution) | _several(words.problem) | ~np.isnan(solution - check) | ~np.isnan(solvers)
    return Disagreements(rows, counts, len(listed), int(np.count_nonzero(open_rows & several)))


def _several(words: Words) -> NDArray[np.bool_] | np.bool_:
    """Return where two judges or more could be read (N,)."""
    if not words:
        return np.False_
    return np.asarray((~np.isnan(np.column_stack(list(words.values())))).sum(axis=1) > 1)


def _share(words: Words, limit: float, table: ScoreTable) -> Floats:
    """Return the share of judges that say True (N,), NaN where none could be read."""
    if not words:
        return np.full(len(table), np.nan)
    votes = votes_of(np.column_stack(list(words.values())), limit)
    return _mean(np.where(votes < 0, np.nan, votes).astype(np.float64).T)


def _checks(store: Store, table: ScoreTable) -> Floats:
    said = store.verdicts.on_standing("symbolic")
    at = pc.index_in(table.ids, value_set=said["problem_id"].combine_chunks())
    found = pc.take(said["value"].combine_chunks(), at).cast(pa.float64())
    return np.asarray(found.to_numpy(zero_copy_only=False), np.float64)


def _mean(columns: Floats) -> Floats:
    there = ~np.isnan(columns)
    count = there.sum(axis=0)
    nothing = np.full(columns.shape[1], np.nan)
    return np.asarray(np.divide(np.where(there, columns, 0.0).sum(axis=0), count, out=nothing, where=count > 0))


def _between(share: Floats) -> NDArray[np.bool_]:
    return np.asarray((share > 0) & (share < 1))


def _entropy(chance: Floats) -> Floats:
    p = np.clip(chance, 1e-12, 1 - 1e-12)
    return np.asarray(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)))


def _reasons(kinds: tuple[NDArray[np.bool_], ...], said: tuple[Floats, ...]) -> Callable[[int], str]:
    split, against, apart = kinds
    solution, problem, check, solvers = said

    def reason(row: int) -> str:
        parts = []
        for what, share in (("solution", solution), ("problem", problem)):
            if split[row] and 0 < share[row] < 1:
                parts.append(f"{share[row]:.0%} of the judges pass the {what}")
        if against[row]:
            word = "holds" if check[row] >= 1 else "fails"
            parts.append(f"the judges {'pass' if solution[row] >= 0.5 else 'refuse'} it and the symbolic check {word}")
        if apart[row]:
            parts.append(f"{1 - solvers[row]:.0%} of the solutions end otherwise than most")
        return "; ".join(parts)

    return reason
