"""Clusters, paths and measures for the graph page: found once per change of the points, the long ones in a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from engine.knowledge import networks
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.graphml import graphml, unwritable
from engine.knowledge.networks import Centrality, Clusters, Route
from engine.store import Store
from studio.parts.graph.reads import Facts
from studio.tasks.background import Background
from studio.ui.blocks import failure

T = TypeVar("T")
WAIT_S = 0.5
"""How long a page waits for work that is usually quick, before it says that it goes on."""


class GraphWork(Background, Generic[T]):
    """Something about a graph that may take seconds; `found` is there when it has ended."""

    def __init__(self, do: Callable[[], T]) -> None:
        self._do = do
        self.found: T | None = None

    def work(self) -> None:
        """Find it."""
        self.found = self._do()


@dataclass(frozen=True)
class Measures:
    """What core points could also be taken by."""

    betweenness: Centrality
    pagerank: Centrality


def clusters_or_wait(store: Store, graph: KnowledgeGraph) -> Clusters | None:
    """Return the clusters; while they are being looked for, draw that and return None."""
    work = _clustering(graph, store.path, _revision(store))
    work.wait(WAIT_S)
    if work.error:
        failure(work.error, key="graph.clusters")
    elif work.found is None:
        watch(work, f"Looking for clusters among {len(graph):,} points")
    return work.found


def measuring(store: Store, graph: KnowledgeGraph) -> GraphWork[Measures]:
    """Return the measuring of all points, begun if it was not yet."""
    return _measuring(graph, store.path, _revision(store))


def route(store: Store, graph: KnowledgeGraph, a: str, b: str) -> Route | None:
    """Return a shortest path between two points, None where none joins them."""
    return _route(graph, store.path, _revision(store), a, b)


def unwritable_names(store: Store, graph: KnowledgeGraph) -> int:
    """Return how many names hold characters that a GraphML file cannot."""
    return _unwritable(graph, store.path, _revision(store))


def graphml_file(graph: KnowledgeGraph, known: dict[str, Facts]) -> bytes:
    """Return the whole graph as GraphML; called when the file is asked for, outside of any page."""
    return graphml(graph, networks.clusters(graph), {name: fact.area for name, fact in known.items()}).body


@st.fragment(run_every="1s")
def watch(work: GraphWork[Any], words: str) -> None:
    """Say that work goes on, and draw the page again when it has ended."""
    if not work.going:
        st.rerun()
    st.caption(f":material/hourglass_top: {words}")


def _revision(store: Store) -> int:
    return store.revision_of("points", "seeds")


@st.cache_resource(max_entries=3, show_spinner=False)
def _clustering(_graph: KnowledgeGraph, path: str, revision: int) -> GraphWork[Clusters]:
    return GraphWork(lambda: networks.clusters(_graph)).start()


@st.cache_resource(max_entries=3, show_spinner=False)
def _measuring(_graph: KnowledgeGraph, path: str, revision: int) -> GraphWork[Measures]:
    def measure() -> Measures:
        return Measures(networks.centrality(_graph, "betweenness"), networks.centrality(_graph, "pagerank"))

    return GraphWork(measure).start()


@st.cache_resource(max_entries=64, show_spinner=False)
def _route(_graph: KnowledgeGraph, path: str, revision: int, a: str, b: str) -> Route | None:
    return networks.route(_graph, a, b)


@st.cache_data(max_entries=3, show_spinner=False)
def _unwritable(_graph: KnowledgeGraph, path: str, revision: int) -> int:
    return sum(unwritable(name) for name in _graph.names)
