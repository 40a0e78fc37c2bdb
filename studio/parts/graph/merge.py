"""Merge two points: both beside each other, what they share, how close they are, and which name survives."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine.core.errors import LemmaError
from engine.core.project import Project
from engine.generation import recipes
from engine.knowledge.graph import KnowledgeGraph
from engine.similarity import embedder
from engine.store import Store
from studio import session
from studio.parts.graph.reads import Facts
from studio.text.markdown import escape, rich
from studio.ui.blocks import failure

EXAMPLES = 2
MOST_PAIRS = 200


@st.dialog("Merge two points", width="large", icon=":material/merge:")
def merge_dialog(project: Project, store: Store, graph: KnowledgeGraph, known: dict[str, Facts], point: str) -> None:
    """Ask which points are one, and make them one."""
    merge_form(project, store, graph, known, point)


@st.dialog("Find merges", width="large", icon=":material/merge:")
def find_dialog(project: Project, store: Store, graph: KnowledgeGraph, known: dict[str, Facts]) -> None:
    """List the pairs that a model left open; picking one shows both points and offers to merge them."""
    pairs = store.points.grey_pairs()
    pairs = pairs[pairs["left"].isin(known) & pairs["right"].isin(known)].head(MOST_PAIRS)
    if not len(pairs):
        st.caption("No close pair is open. Any two points can be merged from the panel of a point.")
        return
    st.caption(f"{len(pairs):,} close pairs that a model was asked about and left apart. Pick one.")
    event = st.dataframe(
        pairs[["left", "right", "cosine", "reason"]].rename(columns=str.capitalize),
        hide_index=True,
        height=min(200, 38 + 35 * len(pairs)),
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [0]}},
        column_config={"Cosine": st.column_config.NumberColumn(format="%.2f", width="small")},
        key="graph.pairs",
    )
    picked = [row for row in event.selection.rows if row < len(pairs)]
    if picked:
        left, right = pairs.iloc[picked[0]][["left", "right"]]
        _pair(project, store, graph, known, left, right)


def merge_form(project: Project, store: Store, graph: KnowledgeGraph, known: dict[str, Facts], point: str) -> None:
    """Draw the choice of the second point, both points, and the act."""
    names = _nearest_first(store, known, point)
    into = st.selectbox(
        "Second point", names, index=None, placeholder="Close pairs come first", key=f"graph.merge.other.{point}"
    )
    if into is not None:
        _pair(project, store, graph, known, point, into)


def _pair(
    project: Project, store: Store, graph: KnowledgeGraph, known: dict[str, Facts], point: str, into: str
) -> None:
    """Draw both points beside each other, what is known of the pair, and the act."""
    shared = graph.weight(point, into) if point in graph.names and into in graph.names else 0
    close = _said(store, point, into) or _close(point, into, project.runs / ".embeddings")
    st.markdown(f"**{shared:,}** shared seed{'' if shared == 1 else 's'} · {escape(close)}")
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
    facts = [fact.area, f"{fact.seeds:,} seed{'' if fact.seeds == 1 else 's'}"]
    facts += [f"{fact.problems:,} problem{'' if fact.problems == 1 else 's'}", f"{fact.kept:,} kept"]
    st.caption(escape(" · ".join(each for each in facts if each)))
    if fact.definition:
        st.markdown(rich(fact.definition))
    members = [each for each in store.points.members(name) if each != name]
    if members:
        st.caption("Also called " + ", ".join(escape(each) for each in members[:6]))
    for seed in store.points.seeds_of(name, EXAMPLES):
        st.markdown(rich(seed.statement[:400]))


def _said(store: Store, point: str, other: str) -> str:
    """Return what a model said of the pair and at which cosine it was asked, nothing where it was not."""
    pairs = store.points.grey_pairs(None)
    for left, right, cosine, same, reason in pairs[["left", "right", "cosine", "same", "reason"]].itertuples(
        index=False
    ):
        if {left, right} == {point, other}:
            word = "the same" if same else "different"
            return f"cosine {cosine:.2f}, so a model was asked and said {word}: {reason}"
    return ""


def _nearest_first(store: Store, known: dict[str, Facts], point: str) -> list[str]:
    """Return the other points: those of close pairs first, then by name."""
    pairs = store.points.grey_pairs(None)
    close = [right if left == point else left for left, right in zip(pairs["left"], pairs["right"], strict=True)
             if point in (left, right)]  # fmt: skip
    return list(dict.fromkeys([*(name for name in close if name in known), *sorted(known.keys() - {point})]))


@st.cache_data(max_entries=64, show_spinner=False)
def _close(one: str, other: str, cache: Path) -> str:
    """Return the cosine of two names with what made it."""
    model = embedder.choose(recipes.load("gsdp").settings.filter.embedder, [one, other], cache)
    first, second = model.embed([one, other])
    return f"cosine {first @ second:.2f} ({model.name})"
