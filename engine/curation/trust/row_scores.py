"""What a mixture draw goes by: how likely each row is good, where it lies, how far judges disagree, and its concept.

The estimate of a draw holds whatever these numbers are; bad ones cost width, never truth. Until a calibrated judge is
there the chance that a row is good is the mean of what judges and solvers say of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.table import NO_NAME, ScoreTable
from engine.curation.trust.draws import NEAR, Floats, RowScores
from engine.store import Store
from engine.store.label_draws import LedgerMark

MODEL = "mean of judge_score, solution_pass, agreement"
"""Revision of the chance that a row is good."""
_SAYING = ("judge_score", "solution_pass", "agreement")


def row_scores(store: Store, policy: Policy, ids: pa.Array, mark: LedgerMark) -> RowScores:
    """Return what is known of these rows, in their order, with the labels of a moment.

    A row that is no longer on the scoreboard is like an average one. What hangs on other rows (nearest to a limit, rows
    of a concept) is counted among these, so that rows which come later change nothing.
    """
    table = scores_of(store)
    rows = _places(ids, table.ids)
    made = policies.apply(policy, table, override=False)
    reach = _at(np.abs(np.nan_to_num(made.margin.astype(np.float64), nan=np.inf)), rows, np.inf)
    near = np.zeros(len(ids), np.bool_)
    near[np.argsort(reach, kind="stable")[: int(np.ceil(NEAR * len(ids)))]] = True
    concepts = _at(table.concepts.codes.astype(np.int64), rows, NO_NAME)
    labelled = _places(store.draws.decided(mark), table.ids)
    counts = np.bincount(table.concepts.codes[labelled[labelled >= 0]], minlength=NO_NAME + 1)
    return RowScores(
        _at(chance(table), rows, 0.5),
        _at(made.kept, rows, False),
        near,
        _at(_spread(store, table), rows, 0.0),
        concepts,
        counts[concepts].astype(np.float64),
    )


def chance(table: ScoreTable) -> Floats:
    """Return the chance that each row is good (N,): the mean of its scores; that of all rows where it has none."""
    said = np.stack([table.scores[key].astype(np.float64) for key in _SAYING])
    known = ~np.isnan(said)
    count = known.sum(axis=0)
    mean = np.divide(np.where(known, said, 0.0).sum(axis=0), count, out=np.full(len(table), np.nan), where=count > 0)
    fallback = float(np.nanmean(mean)) if (count > 0).any() else 0.5
    made: Floats = np.clip(np.where(np.isnan(mean), fallback, mean), 0.0, 1.0)
    return made


def _spread(store: Store, table: ScoreTable) -> Floats:
    """Return the variance of the votes on each row, of its problem or of its solution, whichever is larger (N,)."""
    found = np.zeros(len(table))
    for name in ("judge_problem", "judge_solution"):
        votes: pd.DataFrame = store.verdicts.votes(name).dropna(subset=["value"])
        if not len(votes):
            continue
        by_subject = votes.groupby(["problem_id", "subject_id"])["value"].var(ddof=0)
        widest = by_subject.groupby(level=0).max()
        rows = _places(table.ids, pa.array(widest.index.astype(str).to_list(), pa.string()))
        found = np.maximum(found, _at(widest.to_numpy(np.float64), rows, 0.0))
    return np.minimum(found, 0.25)


def _places(ids: pa.Array, among: pa.Array) -> NDArray[np.int64]:
    """Return the number of each id among others; -1 where it is not there."""
    found = pc.index_in(ids, value_set=among).fill_null(-1)
    places: NDArray[np.int64] = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def _at(column: NDArray[Any], rows: NDArray[np.int64], missing: Any) -> NDArray[Any]:
    """Return the entries of some rows; `missing` where the row's number is -1."""
    return np.where(rows < 0, missing, column[np.maximum(rows, 0)]) if len(column) else np.full(len(rows), missing)
