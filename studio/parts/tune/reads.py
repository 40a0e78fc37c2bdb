"""What the Tune page reads: the scoreboard as typed columns and as bytes for the lens, kept until the store changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import streamlit as st

from engine.core.records import Policy, PolicyPanel
from engine.curation import policy as policies
from engine.curation.arrays import Arrays
from engine.curation.judge_words import scores_of
from engine.curation.lens_payload import payload
from engine.curation.methods import METHODS
from engine.curation.panel import heard
from engine.curation.table import NO_PANEL, ScoreTable
from engine.curation.trust.policy_trust import LimitAxes, PolicyTrust
from engine.curation.whatif import WhatIf
from engine.store import Store
from studio.ui.areas import area_of

_HELD = "tune.held"
FAMILIES = ("problems", "verdicts", "maps", "decisions", "points", "replies")


@dataclass(frozen=True, slots=True)
class Board:
    """All current problems: what the server counts on, and the bytes that the lens draws and counts on."""

    arrays: Arrays
    block: bytes
    silent: int = 0
    """Problems that are left aside because their solution has no answer."""
    axes: LimitAxes = field(init=False)
    """The problems along each limit, for all tabs."""

    def __post_init__(self) -> None:
        """Make room for the axes."""
        object.__setattr__(self, "axes", LimitAxes(self.arrays.table))

    @property
    def table(self) -> ScoreTable:
        """The typed columns."""
        return self.arrays.table


@dataclass(frozen=True, slots=True)
class Held:
    """The board that this tab looks at."""

    board: Board
    of: tuple[str, ...]
    """Store, run, method, whether solutions need no answer, and whose word the scores are."""
    revision: int
    number: int
    """How many boards this tab has had; a lens belongs to one of them."""
    now: WhatIf
    """Counts the policy in hand."""
    other: WhatIf
    """Counts the policy to compare with."""
    trust: PolicyTrust
    """Says how good kept sets are, by the labels of the project."""

    @staticmethod
    def over(board: Board, of: tuple[str, ...], revision: int, number: int) -> Held:
        """Begin to look at a board."""
        counts = (WhatIf(board.arrays), WhatIf(board.arrays))
        return Held(board, of, revision, number, *counts, PolicyTrust(board.axes))


def board(
    store: Store, run_id: str, hold: Callable[[Held], bool], method: str = "", whole: Policy | None = None
) -> tuple[Held, bool]:
    """Return the scoreboard of the project, of one run, of one method, and whether scores changed since it was read.

    Scores are those by the word of the judges that `whole` hears. A board that `hold` wants to keep is not exchanged
    for a newer one: limits are being moved over it.
    """
    asked = (run_id, method, whole.unanswered, whole.panel) if whole else (run_id, method, False, NO_PANEL)
    of, now = (store.path, *map(str, asked)), store.revision_of(*FAMILIES)
    held: Held | None = st.session_state.get(_HELD)
    if held is not None and held.of == of:
        if held.revision == now:
            return held, False
        if hold(held):
            return held, True
    number = held.number + 1 if held else 0
    st.session_state[_HELD] = fresh = Held.over(_board(store, store.path, now, *asked), of, now, number)
    return fresh, False


def let_go() -> None:
    """Have the next look read what is there now."""
    held: Held = st.session_state[_HELD]
    st.session_state[_HELD] = replace(held, of=())


@st.cache_resource(max_entries=4, show_spinner="Reading scores")
def _board(
    _store: Store, path: str, revision: int, run_id: str, method: str, unanswered: bool, panel: PolicyPanel
) -> Board:
    rows = _rows(_store, run_id)
    if method:
        rows = rows.filter(pc.equal(rows["method"], method))
    silent = pc.and_(pc.equal(rows["answered"], 0), pc.not_equal(pc.fill_null(rows["human"], -1), 1))
    # An edited statement without a solution of its own is kept by no limit.
    waits = pc.fill_null(rows["waits"], False)
    rows, silent = rows.filter(pc.invert(waits)), silent.filter(pc.invert(waits))
    if not unanswered:
        rows = rows.filter(pc.invert(silent))
    table = heard(panel, scores_of(_store, rows))
    # The published policy names the scores; limits that move travel apart, so these bytes stay as they are.
    areas = {name: area for name in table.concepts.names if (area := area_of(name))}
    left = 0 if unanswered else int(pc.sum(silent.cast("int64")).as_py() or 0)
    return Board(Arrays.of(table), payload(table, policies.gsdp(), areas), left)


def _rows(store: Store, run_id: str) -> pa.Table:
    rows = store.problems.scoreboard()
    return rows.filter(pc.equal(rows["run_id"], run_id)) if run_id else rows


def everything(store: Store, run_id: str) -> ScoreTable:
    """Return the scoreboard of all methods, of the project or of one run."""
    return _everything(store, store.path, store.revision_of(*FAMILIES), run_id)


@st.cache_resource(max_entries=2, show_spinner=False)
def _everything(_store: Store, path: str, revision: int, run_id: str) -> ScoreTable:
    return scores_of(_store, _rows(_store, run_id))


def methods_there(table: ScoreTable) -> dict[str, int]:
    """Return how many problems each method has, in the order of METHODS."""
    counts = {name: int(np.count_nonzero(table.of_method(name))) for name in table.methods.names}
    return {method: counts[method] for method in METHODS if counts.get(method)}


def known_policies(store: Store, table: ScoreTable) -> dict[str, Policy]:
    """Return the published policy and the saved ones, by name; a size for all is split over the methods of `table`."""
    saved = {policy.name: policies.shared_out(policy, table) for policy in store.policies.list()}
    return {"Published limits": policies.published(), **saved}
