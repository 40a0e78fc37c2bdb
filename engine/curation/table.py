"""The scoreboard as typed columns: what policies, what-if counts and explanations are computed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.core.errors import BadInput
from engine.core.records import PolicyPanel
from engine.core.records.review import KeepRule
from engine.curation.scores import SCORES

Floats = NDArray[np.float32]

NO_PANEL = PolicyPanel()
NO_NAME = 65_535
"""Code of rows without a concept or a kind."""


class SpokenWords(Protocol):
    """What single judges say of N rows: judge -> (N,), NaN where it said nothing that could be read."""

    @property
    def problem(self) -> Mapping[str, NDArray[np.float64]]:
        """Scores of problems, 0 to 1."""

    @property
    def solution(self) -> Mapping[str, NDArray[np.float64]]:
        """1 where the solution that stands passes, 0 where it does not."""

    def ends(self, strategy: KeepRule) -> NDArray[np.bool_]:
        """Return where the answers are as a keep strategy wants them (N,)."""


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """A column of names: `codes` (N, uint16) index `names`; `NO_NAME` where a row has none."""

    names: tuple[str, ...]
    codes: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class ScoreTable:
    """N problems in a fixed order. Missing scores and positions are NaN."""

    ids: Any
    """Arrow array of N strings."""
    scores: dict[str, Floats]
    """Per score (N,), within its range: a cosine that was rounded to just above 1 is 1, to every count."""
    human: NDArray[np.int8]
    """1 approved, 0 rejected, -1 undecided: what stands above the rules."""
    label: NDArray[np.int8]
    """1 where a person approved what the machine made, 0 where it was rejected or had to be edited, -1 where nobody
    said: what the rules are measured by."""
    waits: NDArray[np.bool_]
    """Whether an edited statement has no solution of its own yet (N,): such rows are never kept."""
    concepts: Names
    kinds: Names
    x: Floats
    y: Floats
    methods: Names
    """By which method's rules each row is judged, see `engine.curation.methods`."""
    answered: NDArray[np.bool_]
    """Whether the solution that stands ends in an answer (N,); True where nobody says."""
    curated: Floats
    """Curated joint score 0..5 (AM-18), by which AgenticMath ranks; NaN where there is none."""
    words: Callable[[Any], SpokenWords] | None = None
    """What single judges say of rows with these ids, for policies that say whose word counts; None: not at hand."""
    panel: PolicyPanel = NO_PANEL
    """By whose word the scores are already; see `engine.curation.panel.heard`."""
    as_run: ScoreTable | None = None
    """The table with the scores of the runs themselves; None where this is it."""

    def __len__(self) -> int:
        return len(self.human)

    def rows(self, rows: NDArray[np.integer[Any]]) -> ScoreTable:
        """Return the table of some rows by number, in their order; names keep their codes."""
        return ScoreTable(
            self.ids.take(pa.array(rows)),
            {key: scores[rows] for key, scores in self.scores.items()},
            self.human[rows],
            self.label[rows],
            self.waits[rows],
            Names(self.concepts.names, self.concepts.codes[rows]),
            Names(self.kinds.names, self.kinds.codes[rows]),
            self.x[rows],
            self.y[rows],
            Names(self.methods.names, self.methods.codes[rows]),
            self.answered[rows],
            self.curated[rows],
            self.words,
            self.panel,
            self.as_run.rows(rows) if self.as_run else None,
        )

    def of_method(self, method: str) -> NDArray[np.bool_]:
        """Return which rows (N,) are judged by the rules of a method."""
        if method not in self.methods.names:
            return np.zeros(len(self), np.bool_)
        found: NDArray[np.bool_] = self.methods.codes == self.methods.names.index(method)
        return found

    @staticmethod
    def of(table: ScoreTable | pa.Table | Mapping[str, Any]) -> ScoreTable:
        """Return the typed columns of an Arrow table, or of named arrays.

        They are id, scores, human, label, waits, concept, kind, x, y, method, answered, curated; only `id` must be
        there. Raises BadInput for a column of a type that is no number.
        """
        if isinstance(table, ScoreTable):
            return table
        arrow = table if isinstance(table, pa.Table) else pa.table(dict(table))
        if "id" not in arrow.column_names:
            raise BadInput("has no column id.", where="scoreboard", do="Give one row per problem.")
        return ScoreTable(
            ids=_whole(arrow["id"]),
            scores={key: np.clip(floats(arrow, key), spec.low, spec.high) for key, spec in SCORES.items()},
            human=_human(arrow, "human"),
            label=_human(arrow, "label" if "label" in arrow.column_names else "human"),
            waits=np.nan_to_num(floats(arrow, "waits")) != 0,
            concepts=_names(arrow, "concept"),
            kinds=_names(arrow, "kind"),
            x=floats(arrow, "x"),
            y=floats(arrow, "y"),
            methods=_names(arrow, "method"),
            answered=floats(arrow, "answered") != 0,
            curated=floats(arrow, "curated"),
        )


def floats(table: pa.Table, name: str) -> Floats:
    """Return a column as float32 (N,) with NaN for nulls; all NaN where the table has no such column."""
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan, np.float32)
    column = _whole(table[name])
    if pa.types.is_null(column.type):
        return np.full(table.num_rows, np.nan, np.float32)
    try:
        values = column.cast(pa.float32(), safe=False)
    except pa.ArrowException as error:
        raise BadInput(
            f"{name} holds {column.type}, not numbers.", where="scoreboard", do="Check the column."
        ) from error
    made: Floats = values.to_numpy(zero_copy_only=False)
    return made


def _human(table: pa.Table, column: str) -> NDArray[np.int8]:
    value = floats(table, column)
    return np.where(np.isnan(value), np.float32(-1), value > 0.5).astype(np.int8)


def _names(table: pa.Table, name: str) -> Names:
    """Return codes by falling frequency; names beyond 65,535 share the last code."""
    if name not in table.column_names or not table.num_rows:
        return Names((), np.full(table.num_rows, NO_NAME, np.uint16))
    column = _whole(table[name]).cast(pa.string()).dictionary_encode()
    indices = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    counts = np.bincount(indices[indices >= 0], minlength=len(column.dictionary))
    order = np.argsort(-counts, kind="stable")
    rank = np.full(len(order) + 1, NO_NAME, np.int64)
    rank[order] = np.minimum(np.arange(len(order)), NO_NAME - 1)
    texts = column.dictionary.to_pylist()
    names = tuple(texts[index] for index in order[: NO_NAME - 1])
    return Names((*names, "other") if len(order) >= NO_NAME else names, rank[indices].astype(np.uint16))


def _whole(column: Any) -> Any:
    """Return a chunked column as one array."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole
