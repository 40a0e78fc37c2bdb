"""Everything about one point, and the acts that repair the list: rename, merge, delete, undo."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from engine.errors import LemmaError
from engine.knowledge.graph import KnowledgeGraph
from engine.store import Store
from studio import navigation, session
from studio.latex import escape, rich
from studio.widgets.blocks import failure
from studio.widgets.graph_reads import Facts

THIN = 30


def panel(store: Store, graph: KnowledgeGraph, known: dict[str, Facts], point: str) -> None:
    """Draw the panel of the chosen point."""
    fact = known.get(point, Facts("", 0, 0, 0, 0))
    with st.container(border=True):
        st.markdown(f"#### {escape(point)}", anchors=False)
        marks = [f":gray-badge[{escape(fact.area)}]"] if fact.area else []
        marks += [":blue-badge[core]"] if point in graph.core() else []
        marks += [":orange-badge[:material/warning: thin]"] if fact.kept < THIN else []
        st.markdown(" ".join(marks))
        with st.container(horizontal=True):
            for name, value in (("Seeds", fact.seeds), ("Problems", fact.problems), ("Kept", fact.kept)):
                st.metric(name, f"{value:,}")
        if st.button("Generate here", icon=":material/auto_awesome:", type="primary", key="graph.generate"):
            navigation.go("generate", point=point)
        _links(graph, point)
        members = [name for name in store.points.members(point) if name != point]
        if members:
            st.caption("Also called " + ", ".join(escape(name) for name in members[:8]))
        with st.expander("Seeds that rest on it"):
            for seed in store.points.seeds_of(point, 3):
                st.markdown(rich(seed.statement[:600]))
                st.divider()
        _acts(store, known, point)


def _links(graph: KnowledgeGraph, point: str) -> None:
    ties = (edge for edge in graph.edges if point in (edge.left, edge.right))
    near = sorted(((tie.weight, tie.right if tie.left == point else tie.left) for tie in ties), reverse=True)
    if near:
        st.caption(f"Strongest of {len(near)} links")
        shown = pd.DataFrame({"Point": [name for _, name in near[:6]], "Shared": [weight for weight, _ in near[:6]]})
        st.dataframe(shown, hide_index=True)


def _acts(store: Store, known: dict[str, Facts], point: str) -> None:
    who = session.curator()
    with st.container(horizontal=True):
        with st.popover("Rename", icon=":material/edit:"), st.form("graph.rename", border=False):
            name = st.text_input("New name", value=point)
            if st.form_submit_button("Rename") and name.strip() != point:
                _do(lambda: store.points.rename(point, name.strip(), who), name.strip())
        with st.popover("Merge", icon=":material/merge:"), st.form("graph.merge", border=False):
            into = st.selectbox("Into", [None, *[other for other in known if other != point]])
            if st.form_submit_button("Merge") and into:
                _do(lambda: store.points.merge(point, into, who), into)
        with st.popover("Delete", icon=":material/delete:"):
            st.caption("The point leaves the graph; seeds and problems stay. Undo brings it back.")
            if st.button("Delete", key="graph.delete", icon=":material/delete:"):
                _do(lambda: store.points.delete(point, who), None)
        if st.button("Undo", icon=":material/undo:", key="graph.undo"):
            _do(lambda: store.points.undo(who), None)


def _do(act: Callable[[], object], then: str | None) -> None:
    """Carry out an act and show the graph anew, around `then` where it is given."""
    try:
        act()
    except LemmaError as error:
        failure(error, key="graph.act")
        return
    if then:
        st.query_params["point"] = then
    else:
        st.query_params.pop("point", None)
    st.rerun()
