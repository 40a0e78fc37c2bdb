"""Split a point that means two things: two names, and everything that rests on it assigned by a proposal."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import streamlit as st

from engine.core.errors import LemmaError
from engine.core.project import Project
from engine.generation import recipes
from engine.knowledge.splitting import Halves, halves
from engine.similarity import embedder
from engine.store import Store
from engine.store.point_usage import PointUsage
from studio import session
from studio.text.markdown import escape, plain
from studio.ui.blocks import failure

SHOWN = 400
"""Rows that can be moved one by one; what comes after them stays where the proposal put it."""


@st.dialog("Split a point in two", width="large", icon=":material/call_split:")
def split_dialog(project: Project, store: Store, point: str) -> None:
    """Ask how to split, and do it."""
    split_form(project, store, point)


def split_form(project: Project, store: Store, point: str) -> None:
    """Draw names, the assignment with counts, and the act."""
    found, proposal = _proposal(
        store, store.path, store.revision_of("points", "seeds", "problems"), project.runs, point
    )
    if not found:
        st.caption("Nothing rests on this point any more, so there is nothing to split.")
        return
    st.markdown(f"{_counted(found)} rest on **{escape(point)}**. Proposed by their words and their other points.")
    left, right = st.columns(2, gap="medium")
    names = (
        left.text_input("First part", proposal.names[0], key=f"graph.split.first.{point}"),
        right.text_input("Second part", proposal.names[1], key=f"graph.split.second.{point}"),
    )
    second = _assigned(found, proposal, point)
    parts = [[row for row, there in zip(found, second, strict=True) if there is side] for side in (False, True)]
    left.caption(_counted(parts[0]))
    right.caption(_counted(parts[1]))
    if not all(parts):
        st.caption(":material/info: Move at least one row, so that each part has something to rest on.")
    if st.button("Split", type="primary", icon=":material/call_split:", key="graph.split.go", disabled=not all(parts)):
        _split(store, point, names, parts)


def _assigned(found: list[PointUsage], proposal: Halves, point: str) -> list[bool]:
    """Draw the rows, those of the second part first, and return for each whether it goes to the second part."""
    order = sorted(range(len(found)), key=lambda row: (not proposal.second[row], found[row].sort == "problem", row))
    shown = order[:SHOWN] if len(order) <= SHOWN else _both_sides(order, proposal)
    table = pd.DataFrame(
        {
            "Second": [proposal.second[row] for row in shown],
            "Sort": [found[row].sort.capitalize() for row in shown],
            "Statement": [plain(found[row].statement)[:200] for row in shown],
            "Other points": [", ".join(found[row].others) for row in shown],
        }
    )
    edited = st.data_editor(
        table,
        # Rows that are moved are kept by their place, so another number of rows begins anew.
        key=f"graph.split.rows.{point}.{len(found)}",
        hide_index=True,
        height=min(420, 38 + 35 * len(shown)),
        disabled=["Sort", "Statement", "Other points"],
        column_config={
            "Second": st.column_config.CheckboxColumn("Second part", help="Ticked: goes to the second part.", width=90),
            "Sort": st.column_config.TextColumn(width=80),
            "Statement": st.column_config.TextColumn(width="large"),
        },
    )
    if len(shown) < len(found):
        st.caption(f"{len(shown):,} of {len(found):,} rows are shown; the others go as proposed.")
    second = list(proposal.second)
    for row, there in zip(shown, edited["Second"].tolist(), strict=True):
        second[row] = bool(there)
    return second


def _both_sides(order: list[int], proposal: Halves) -> list[int]:
    """As many rows of each part as fit."""
    first = [row for row in order if not proposal.second[row]]
    last = [row for row in order if proposal.second[row]]
    few = min(len(last), SHOWN // 2)
    return first[: SHOWN - few] + last[:few]


def _split(store: Store, point: str, names: tuple[str, str], parts: list[list[PointUsage]]) -> None:
    seeds, problems = (
        {name.strip(): [row.id for row in part if row.sort == sort] for name, part in zip(names, parts, strict=True)}
        for sort in ("seed", "problem")
    )
    try:
        store.points.split(point, seeds, session.curator(), problems=problems)
    except LemmaError as error:
        failure(error, key="graph.split")
        return
    st.query_params["point"] = " ".join(names[0].split())
    st.rerun()


def _counted(rows: list[PointUsage]) -> str:
    problems = sum(row.sort == "problem" for row in rows)
    seeds = len(rows) - problems
    return f"{seeds:,} seed{'' if seeds == 1 else 's'} and {problems:,} problem{'' if problems == 1 else 's'}"


@st.cache_data(max_entries=8, show_spinner="Comparing what rests on it")
def _proposal(_store: Store, path: str, revision: int, runs: Path, point: str) -> tuple[list[PointUsage], Halves]:
    found = _store.points.resting(point)
    texts = [row.statement for row in found]
    model = embedder.choose(recipes.load("gsdp").settings.filter.embedder, texts, runs / ".embeddings")
    return found, halves(point, model.embed(texts), [row.others for row in found])
