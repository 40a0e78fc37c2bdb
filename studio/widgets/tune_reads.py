"""What the Tune page reads: the scoreboard as typed columns and as bytes for the lens, kept until the store changes."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from engine.curation import policy as policies
from engine.curation.payload import payload
from engine.curation.table import ScoreTable
from engine.knowledge.taxonomy import Taxonomy
from engine.records import Policy
from engine.store import Store


@dataclass(frozen=True, slots=True)
class Board:
    """All current problems: the store's table, its typed columns, and the bytes that the lens draws."""

    rows: pa.Table
    table: ScoreTable
    block: bytes


def board(store: Store, run_id: str = "") -> Board:
    """Return the scoreboard of the project, or of one run."""
    families = ("problems", "verdicts", "maps", "decisions", "points", "replies")
    return _board(store, store.path, store.revision_of(*families), run_id)


@st.cache_resource(max_entries=2, show_spinner="Reading scores")
def _board(_store: Store, path: str, revision: int, run_id: str) -> Board:
    rows = _store.problems.scoreboard()
    if run_id:
        rows = rows.filter(pa.compute.equal(rows["run_id"], run_id))
    table = ScoreTable.of(rows)
    # The published policy names the scores; limits that move travel apart, so these bytes stay as they are.
    return Board(rows, table, payload(table, policies.gsdp(), _areas(table.concepts.names)))


def _areas(concepts: tuple[str, ...]) -> dict[str, str]:
    """Return the taxonomy's area of each concept that it knows."""
    tree = _taxonomy()
    names = {area.id: area.name for area in tree.areas}
    return {name: names.get(tree.path_of(name)[0], tree.path_of(name)[0]) for name in concepts if name in tree}


@st.cache_resource(show_spinner=False)
def _taxonomy() -> Taxonomy:
    return Taxonomy.load()


def known_policies(store: Store) -> dict[str, Policy]:
    """Return the published policy and the saved ones, by name."""
    return {"Published limits": policies.gsdp(), **{policy.name: policy for policy in store.policies.list()}}
