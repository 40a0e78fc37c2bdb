"""What the Tune page reads: the scoreboard as typed columns and as bytes for the lens, kept until the store changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pyarrow.compute as pc
import streamlit as st

from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.arrays import Arrays
from engine.curation.lens_payload import payload
from engine.curation.table import ScoreTable
from engine.curation.whatif import WhatIf
from engine.store import Store
from studio.ui.areas import area_of

_HELD = "tune.held"


@dataclass(frozen=True, slots=True)
class Board:
    """All current problems: what the server counts on, and the bytes that the lens draws and counts on."""

    arrays: Arrays
    block: bytes

    @property
    def table(self) -> ScoreTable:
        """The typed columns."""
        return self.arrays.table


@dataclass(frozen=True, slots=True)
class Held:
    """The board that this tab looks at."""

    board: Board
    of: tuple[str, str]
    """Store and run."""
    revision: int
    number: int
    """How many boards this tab has had; a lens belongs to one of them."""
    now: WhatIf
    """Counts the policy in hand."""
    other: WhatIf
    """Counts the policy to compare with."""

    @staticmethod
    def over(board: Board, of: tuple[str, str], revision: int, number: int) -> Held:
        """Begin to look at a board."""
        return Held(board, of, revision, number, WhatIf(board.arrays), WhatIf(board.arrays))


def board(store: Store, run_id: str, hold: Callable[[Held], bool]) -> tuple[Held, bool]:
    """Return the scoreboard of the project, or of one run, and whether scores changed since it was read.

    A board that `hold` wants to keep is not exchanged for a newer one: limits are being moved over it.
    """
    families = ("problems", "verdicts", "maps", "decisions", "points", "replies")
    of, now = (store.path, run_id), store.revision_of(*families)
    held: Held | None = st.session_state.get(_HELD)
    if held is not None and held.of == of:
        if held.revision == now:
            return held, False
        if hold(held):
            return held, True
    number = held.number + 1 if held else 0
    st.session_state[_HELD] = fresh = Held.over(_board(store, store.path, now, run_id), of, now, number)
    return fresh, False


def let_go() -> None:
    """Have the next look read what is there now."""
    held: Held = st.session_state[_HELD]
    st.session_state[_HELD] = replace(held, of=("", ""))


@st.cache_resource(max_entries=2, show_spinner="Reading scores")
def _board(_store: Store, path: str, revision: int, run_id: str) -> Board:
    rows = _store.problems.scoreboard()
    if run_id:
        rows = rows.filter(pc.equal(rows["run_id"], run_id))
    table = ScoreTable.of(rows)
    # The published policy names the scores; limits that move travel apart, so these bytes stay as they are.
    areas = {name: area for name in table.concepts.names if (area := area_of(name))}
    return Board(Arrays.of(table), payload(table, policies.gsdp(), areas))


def known_policies(store: Store) -> dict[str, Policy]:
    """Return the published policy and the saved ones, by name."""
    return {"Published limits": policies.gsdp(), **{policy.name: policy for policy in store.policies.list()}}
