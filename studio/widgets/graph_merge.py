"""Merge two points: both beside each other, what they share, how close they are, and which name survives."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine import recipes
from engine.embedding import embedder
from engine.errors import LemmaError
from engine.knowledge.graph import KnowledgeGraph
from engine.project import Project
from engine.store import Store
from studio import session
from studio.latex import escape, rich
from studio.widgets.blocks import failure
from studio.widgets.graph_reads import Facts

EXAMPLES = 2


@st.dialog("Merge two points", width="large", icon=":material/merge:")
def merge_dialog(
    project: Project, store: Store, graph: KnowledgeGraph, known: dict[str, Facts], point: str, other: str | None = None
) -> None:
    """Ask which points are one, and make them one."""
    merge_form(project, store, graph, known, point, other)


def merge_form(
    project: Project, store: Store, graph: KnowledgeGraph, known: dict[str, Facts], point: str, other: str | None = None
) -> None:
    """Draw the choice of the second point, both points, and the act."""
    names = _nearest_first(store, known, point)
    into = st.selectbox(
        "Second point",
        names,
        index=names.index(other) if other in names else None,
        placeholder="Close pairs come first",
        key=f"graph.merge.other.{point}.{other}",
    )
    if into is None:
        return
    shared = graph.weight(point, into) if point in graph.names and into in graph.names else 0
    cosine = _cosine(point, into, project.runs / ".embeddings")
    st.markdown(f"**{shared:,}** shared seed{'' if shared == 1 else 's'} · cosine of the names **{cosine:.2f}**")
    _said(store, point, into)
    for column, name in zip(st.columns(2, gap="medium"), (point, into), strict=True):
        with column, st.container(border=True):
            _one(store, name, known.get(name, Facts("", 0, 0, 0, 0)))
    name = st.radio(
        "Name that stays", [point, into], format_func=escape, horizontal=True, key=f"graph.merge.name.{into}"
    )
    if st.button("Merge", type="primary", icon=":material/merge:", key="graph.merge.go"):
        gone = into if name == point else point
        try:
            store.points.merge(gone, name, session.curator())
        except LemmaError as error:
            failure(error, key="graph.merge")
            return
        st.query_params["point"] = name
        st.rerun()


def _one(store: Store, name: str, fact: Facts) -> None:
    st.markdown(f"**{escape(name)}**")
    facts = [fact.area, f"{fact.seeds:,} seeds", f"{fact.problems:,} problems", f"{fact.kept:,} kept"]
    st.caption(escape(" · ".join(each for each in facts if each)))
    if fact.definition:
        st.markdown(rich(fact.definition))
    members = [each for each in store.points.members(name) if each != name]
    if members:
        st.caption("Also called " + ", ".join(escape(each) for each in members[:6]))
    for seed in store.points.seeds_of(name, EXAMPLES):
        st.markdown(rich(seed.statement[:400]))


def _said(store: Store, point: str, other: str) -> None:
    """Say what a model said of the pair, where it was asked."""
    pairs = store.points.grey_pairs(None)
    for left, right, cosine, same, reason in pairs[["left", "right", "cosine", "same", "reason"]].itertuples(
        index=False
    ):
        if {left, right} == {point, other}:
            word = "the same" if same else "different"
            st.caption(escape(f"A model was asked at cosine {cosine:.2f} and said {word}: {reason}"))
            return


def _nearest_first(store: Store, known: dict[str, Facts], point: str) -> list[str]:
    """Return the other points: those of close pairs first, then by name."""
    pairs = store.points.grey_pairs(None)
    close = [right if left == point else left for left, right in zip(pairs["left"], pairs["right"], strict=True)
             if point in (left, right)]  # fmt: skip
    return list(dict.fromkeys([*(name for name in close if name in known), *sorted(known.keys() - {point})]))


@st.cache_data(max_entries=64, show_spinner=False)
def _cosine(one: str, other: str, cache: Path) -> float:
    first, second = embedder.load(recipes.load("gsdp").settings.filter.embedder, cache=cache).embed([one, other])
    return float(first @ second)
