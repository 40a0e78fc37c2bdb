"""Core points beside other measures: the method takes the best connected ones, and nothing here changes that."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.knowledge import networks
from engine.knowledge.graph import KnowledgeGraph
from engine.store import Store
from studio.parts.graph.networks import WAIT_S, Measures, measuring, watch
from studio.ui.blocks import block_title, failure

QUICK = 2_000_000
"""Edges to walk over up to which betweenness is measured without being asked for (a few seconds, in a thread)."""
MOST = 200
"""Points that are listed by each measure."""


def centrality_table(store: Store, graph: KnowledgeGraph) -> None:
    """Draw the most central points by degree, betweenness and PageRank; of a large graph when it is asked for."""
    if not graph.core_rows.size:
        return
    block_title("Core points by other measures", "recipes take the best connected, as the method does")
    sources = networks.betweenness_sources(graph)
    asked = f"graph.measure.{store.revision_of('points', 'seeds')}"
    if sources * graph.weights.nnz // 2 > QUICK and not st.session_state.get(asked):
        st.caption("Betweenness: shortest paths that lead through a point. PageRank: how often a walk comes by.")
        st.button(
            f"Measure {len(graph):,} points", icon=":material/monitoring:", key="graph.measure",
            on_click=lambda: st.session_state.update({asked: True}),
        )  # fmt: skip
        return
    work = measuring(store, graph)
    work.wait(WAIT_S)
    if work.error:
        failure(work.error, key="graph.measured")
    elif work.found is None:
        watch(work, f"Measuring {len(graph):,} points from {sources:,} of them")
    else:
        _table(graph, work.found)


def _table(graph: KnowledgeGraph, found: Measures) -> None:
    """Draw the table, and say how the core would differ."""
    columns = (graph.degrees.astype(float), found.betweenness.values, found.pagerank.values)
    rows = sorted({row for values in columns for row in networks.best(values, MOST).tolist()})
    core = set(graph.core_rows.tolist())
    shown = pd.DataFrame(
        {
            "Point": [graph.names[row] for row in rows],
            "Core": [row in core for row in rows],
            "Degree": graph.degrees[rows],
            "Betweenness": found.betweenness.values[rows],
            "PageRank": found.pagerank.values[rows],
        }
    ).sort_values("Degree", ascending=False, kind="stable")
    also = [len(core & set(networks.best(values, len(core)).tolist())) for values in columns[1:]]
    st.markdown(
        f"Of {len(core):,} core points **{also[0]:,}** are also among the first {len(core):,} by betweenness and "
        f"**{also[1]:,}** by PageRank."
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=38 + 35 * min(8, len(shown)),
        column_config={
            "Core": st.column_config.CheckboxColumn(width="small", help="Core by the number of connections"),
            "Degree": st.column_config.NumberColumn(width="small", help="Other points that it meets"),
            "Betweenness": st.column_config.NumberColumn(
                format="%.4f", help="Share of shortest paths that lead through it"
            ),
            "PageRank": st.column_config.NumberColumn(
                format="%.4f", help="How often a walk along the edges comes by; heavier edges are likelier"
            ),
        },
    )
    if found.betweenness.sampled:
        st.caption(
            f"Betweenness is estimated from {found.betweenness.sources:,} of {found.betweenness.of:,} points, "
            "always the same ones."
        )
