"""Figures under the graph: what can be combined, and what the two filters did."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.core.settings import DualFilter
from engine.generation import recipes
from engine.generation.methods.gsdp import shares
from engine.knowledge.graph import KnowledgeGraph
from engine.store import Store
from studio.parts.graph.reads import outdated
from studio.text.markdown import plain
from studio.ui.blocks import block_title

MOST = 200
_WHAT = {
    "one-hop": "pairs that meet in a seed",
    "two-hop": "pairs with one point between them",
    "three-hop": "a core point and another, three steps apart",
    "community": "three points that all meet pairwise",
}


def stats_line(graph: KnowledgeGraph) -> None:
    """Say how large the graph is (GSDP-42)."""
    s = graph.stats
    size = f"{s.nodes:,} points · {s.edges:,} edges · {s.components:,} components, the largest with {s.largest:,}"
    ties = f"mean degree {s.mean_degree:.1f}, at most {s.max_degree:,} · {len(s.core):,} core points"
    st.caption(f"{size} · {s.isolated:,} alone · {ties}")


def combinations_table(store: Store, graph: KnowledgeGraph) -> None:
    """Draw how many combinations of each kind there are, and how many were used."""
    block_title("Combinations the recipes can draw from")
    used = {count.kind: count for count in store.combinations.counts()}
    old = outdated(store)
    share = shares(recipes.load("gsdp").settings.mixture)
    rows = [
        {
            "Kind": tally.kind,
            "What it is": _WHAT[tally.kind],
            "Available": f"{'' if tally.exact else 'about '}{tally.count:,}",
            "Used": used[tally.kind].used if tally.kind in used else 0,
            "Out of date": old.get(tally.kind, 0),
            "Share": f"{share.get(tally.kind, 0):.0f} %",
        }
        for tally in graph.stats.counts
    ]
    shown = pd.DataFrame(rows)
    st.dataframe(shown if old else shown.drop(columns="Out of date"), hide_index=True)
    if old:
        st.caption(
            f":material/history: {sum(old.values()):,} drawn combinations name points that have changed since. "
            "Their problems stay; new runs draw from the graph as it is now."
        )


def filter_report(store: Store) -> None:
    """Say what was found, dropped and merged, with the reasons."""
    found = store.points.all()
    gone = found[~found["live"].astype(bool)]
    merged = found[found["live"].astype(bool) & (found["id"] != found["into_id"])]
    human = int((found["origin"] == "human").sum())
    people = f", {human:,} of them by people" if human else ""
    block_title("What the filters did", f"{len(found):,} points found{people}")
    left = len(found) - len(gone) - len(merged)
    st.markdown(f"{left:,} in use · {len(merged):,} merged into another · {len(gone):,} dropped")
    with st.expander("Dropped points and why"):
        shown = gone[["first_name", "label", "reason"]].head(500)
        st.dataframe(shown.rename(columns=str.capitalize), hide_index=True, placeholder="–")
    _oversized(store)
    contested = store.points.contested()
    if len(contested):
        with st.expander(f"{len(contested):,} pairs were judged different, yet share a group"):
            st.dataframe(contested.head(200), hide_index=True)


def _oversized(store: Store) -> None:
    """List the classes of so many names that they may be chains of near-synonyms; picking one opens its point."""
    with st.expander("Large classes"):
        least = st.number_input(
            "Names from which a class is looked at again", 2, 10_000, DualFilter().oversized, key="graph.oversized",
            width=320,
        )  # fmt: skip
        found = store.points.oversized(int(least))
        st.caption(
            f"{len(found):,} points stand for {least:,} names and more. Pick one to open it, and split what does not "
            "belong together. A first build keeps classes smaller with `filter.split_oversized=true`."
        )
        if not len(found):
            return
        shown = found.assign(members=[", ".join(map(plain, members)) for members in found["members"]])
        event = st.dataframe(
            shown.rename(columns=str.capitalize).head(MOST), hide_index=True, on_select="rerun",
            selection_mode="single-row", key="graph.oversized.rows",
        )  # fmt: skip
        picked = [row for row in event.selection.rows if row < len(found)]
        if picked and st.query_params.get("point") != (point := str(found["point"].iloc[picked[0]])):
            st.query_params["point"] = point
            st.rerun()
