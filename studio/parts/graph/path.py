"""A path between two points: chosen on the graph page, said in one line, and drawn over the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import streamlit as st

from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.networks import Route
from studio.parts.graph.ego_graph import BEYOND, GraphEdge, GraphNode
from studio.text.markdown import escape

GOAL = "graph.goal"


def goal_of(graph: KnowledgeGraph, point: str) -> str | None:
    """Return the point that was chosen as the other end of a path, None where there is none to be shown."""
    chosen = st.session_state.get(GOAL)
    return chosen if chosen != point and chosen in graph.names else None


def goal_choice(graph: KnowledgeGraph) -> None:
    """Draw the choice of the other end; best connected points come first."""
    order = np.argsort(-graph.degrees, kind="stable")
    st.selectbox(
        "Path to another point", [graph.names[row] for row in order], index=None,
        placeholder="Path to another point …", key=GOAL, label_visibility="collapsed",
    )  # fmt: skip


def path_line(found: Route | None, start: str, goal: str) -> None:
    """Say how far two points are from each other, and through which points and edges."""
    if found is None:
        st.markdown(
            f":material/route: No path joins **{escape(start)}** and **{escape(goal)}**: they are never combined."
        )
        return
    steps = [f"**{escape(found.points[0])}**"]
    steps += [
        f":gray[— {weight:,} shared →] **{escape(name)}**"
        for weight, name in zip(found.weights, found.points[1:], strict=True)
    ]
    st.markdown(f":material/route: Distance **{found.distance}**: {' '.join(steps)}")


def with_path(
    nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], found: Route, strangers: Sequence[GraphNode]
) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Return a picture with the path in it.

    `strangers` are the points of the path in its order; those that the picture lacks are added, hung on the one before
    unless they have a place of their own.
    """
    on_path = set(found.points)
    drawn = {node.name: node for node in nodes}
    shown = [replace(node, on_path=node.name in on_path) for node in nodes]
    for before, node in zip((None, *strangers), strangers, strict=False):
        if node.name in drawn:
            continue
        parent = before.name if before else None
        near = drawn[parent].ring if parent else 0
        # Whoever hangs on a point of the first two rings that has a family of its own joins it; others go beyond.
        ring = near + 1 if near <= 1 else BEYOND
        drawn[node.name] = replace(node, ring=ring, parent=parent, on_path=True)
        shown.append(drawn[node.name])
    steps = [frozenset(ends) for ends in pairwise(found.points)]
    kept = [edge for edge in edges if frozenset((edge.a, edge.b)) not in steps]
    path = [
        GraphEdge(*ends, weight, "path") for ends, weight in zip(pairwise(found.points), found.weights, strict=True)
    ]
    return shown, [*kept, *path]
