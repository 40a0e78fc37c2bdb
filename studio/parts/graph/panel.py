"""Everything about one point, and the way to what can be done with it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.knowledge.graph import KnowledgeGraph
from engine.store import Store
from studio import navigation
from studio.parts.graph.acts import acts
from studio.parts.graph.path import goal_choice
from studio.parts.graph.reads import Facts, drawn, links, selected
from studio.text.markdown import escape, rich
from studio.workspace import Workspace

THIN = 30


def panel(shared: Workspace, graph: KnowledgeGraph, known: dict[str, Facts], point: str, cluster: str = "") -> None:
    """Draw the panel of the chosen point, with its cluster in words where clusters are shown."""
    fact, store = known.get(point, Facts("", 0, 0, 0, 0)), shared.store
    with st.container(border=True):
        st.markdown(f"#### {escape(point)}", anchors=False)
        marks = [f":gray-badge[{escape(fact.area)}]"] if fact.area else []
        marks += [":blue-badge[core]"] if point in graph.core() else []
        marks += [f":orange-badge[:material/warning: {_lack(known, fact)}]"] if _lack(known, fact) else []
        if marks:
            st.markdown(" ".join(marks))
        if cluster:
            st.caption(f"Cluster {escape(cluster)}")
        with st.container(horizontal=True):
            for name, value in (("Seeds", fact.seeds), ("Problems", fact.problems), ("Kept", fact.kept)):
                st.metric(name, f"{value:,}")
        _links(graph, point)
        reach = graph.reach(point)
        st.caption("Combinations with this point")
        st.markdown(
            f"One-hop **{reach.one_hop:,}** · two-hop **{reach.two_hop:,}** · communities **{reach.communities:,}**"
        )
        goal_choice(graph)
        if st.button(
            "Generate here", icon=":material/auto_awesome:", type="primary", key="graph.generate", width="stretch"
        ):
            navigation.go("generate", point=point)
        members = [name for name in store.points.members(point) if name != point]
        if members:
            st.caption("Also called " + ", ".join(escape(name) for name in members[:8]))
        with st.expander("Seeds that rest on it"):
            for seed in store.points.seeds_of(point, 3):
                st.markdown(rich(seed.statement[:600]))
                st.divider()
        _drawn(store, point)
        acts(shared, graph, known, point)


def _lack(known: dict[str, Facts], fact: Facts) -> str:
    """What the point lacks: kept problems once limits were applied, any problem before."""
    if selected(known):
        return "thin" if fact.kept < THIN else ""
    return "" if fact.problems else "no problem yet"


def _links(graph: KnowledgeGraph, point: str) -> None:
    near = links(graph, point)
    if near:
        st.caption(f"Strongest of {len(near)} links")
        shown = pd.DataFrame({"Point": [name for name, _ in near[:6]], "Shared": [weight for _, weight in near[:6]]})
        st.dataframe(shown, hide_index=True)


def _drawn(store: Store, point: str) -> None:
    """List the combinations with this point that runs have drawn."""
    shown = drawn(store, point)
    if len(shown):
        with st.expander(f"{len(shown):,} combinations drawn with it"):
            st.dataframe(shown, hide_index=True, height=220)
