"""What networkx is asked for: clusters, paths and centrality; counting and drawing keep their own arrays.

A cluster is a set of points that meet one another more often than they meet the rest, found by Louvain over the edge
weights. Elsewhere that is called a community, but here a community is a combination: three points that all meet
pairwise (GSDP-18).

Nodes are the rows of the graph and not names: numbers are ordered alike in every process, so that one seed gives the
same clusters everywhere.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from engine.core.errors import BadSetting

if TYPE_CHECKING:
    from engine.knowledge.graph import KnowledgeGraph

Ints = npt.NDArray[np.int64]
Measure = Literal["degree", "betweenness", "pagerank"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

NAMED_BY = 3
"""Points that name a cluster."""
EFFORT = 4_000_000
"""Edges that betweenness may walk over (some ten seconds of one core) before sources are sampled."""
FEWEST_SOURCES = 32


@dataclass(frozen=True, slots=True)
class PointCluster:
    """One cluster: how many points it has, and its best connected ones, which name it."""

    size: int
    top: tuple[str, ...]


@dataclass(frozen=True)
class Clusters:
    """All clusters, largest first; `of` gives the place of each point's cluster, in the order of the graph's names."""

    each: tuple[PointCluster, ...]
    of: Ints


@dataclass(frozen=True, slots=True)
class Route:
    """A shortest path: its points, and the weight of each edge on it."""

    points: tuple[str, ...]
    weights: tuple[int, ...]

    @property
    def distance(self) -> int:
        """Number of edges (GSDP-13)."""
        return len(self.weights)


@dataclass(frozen=True)
class Centrality:
    """One measure of every point, in the order of the graph's names; `sources` of `of` points were walked from."""

    measure: Measure
    values: npt.NDArray[np.float64]
    sources: int
    of: int

    @property
    def sampled(self) -> bool:
        """Whether the values are estimates."""
        return self.sources < self.of


def clusters(graph: KnowledgeGraph, seed: int = 0) -> Clusters:
    """Return the clusters of a graph; the same graph and seed give the same ones. A point alone is one of its own."""
    if (known := _CLUSTERS.get(graph, {}).get(seed)) is not None:
        return known
    import networkx as nx

    found = nx.community.louvain_communities(_network(graph), weight="weight", seed=seed)
    groups = sorted((sorted(group) for group in found), key=lambda group: (-len(group), group[0]))
    of = np.zeros(len(graph), dtype=np.int64)
    for place, group in enumerate(groups):
        of[group] = place
    made = Clusters(tuple(_named(graph, np.array(group, dtype=np.int64)) for group in groups), of)
    _CLUSTERS.setdefault(graph, {})[seed] = made
    return made


def route(graph: KnowledgeGraph, a: str, b: str) -> Route | None:
    """Return a shortest path between two points, None where none joins them; BadInput where the graph lacks one.

    Of several equally short ones it is that of heavy edges, the least sum of 1 / weight.
    """
    import networkx as nx

    start, goal, size = graph.row(a), graph.row(b), len(graph)
    # Arrays say this at once; a search in vain would walk through everything.
    if graph.distance(a, b) is None:
        return None

    def cost(_a: int, _b: int, edge: dict[str, Any]) -> float:
        # What a path gathers beyond its number of edges stays below one, so no longer path can win.
        return 1 + 1 / (size * float(edge["weight"]))

    _, rows = nx.bidirectional_dijkstra(_network(graph), start, goal, weight=cost)
    points = tuple(graph.names[row] for row in rows)
    return Route(points, tuple(graph.weight(*ends) for ends in pairwise(points)))


def centrality(graph: KnowledgeGraph, measure: str, seed: int = 0) -> Centrality:
    """Return how central every point is; betweenness of a large graph is estimated from seeded random sources.

    degree       number of other points that a point meets; what GSDP takes its core points by
    betweenness  share of shortest paths that lead through a point
    pagerank     how often a walk along the edges, heavier ones more likely, comes by
    """
    import networkx as nx

    size = len(graph)
    if measure == "degree":
        return Centrality("degree", graph.degrees.astype(np.float64), size, size)
    if measure == "pagerank":
        return Centrality("pagerank", _values(nx.pagerank(_network(graph), weight="weight"), size), size, size)
    if measure == "betweenness":
        sources = betweenness_sources(graph)
        some = None if sources == size else sources
        found = nx.betweenness_centrality(_network(graph), k=some, seed=seed)
        return Centrality("betweenness", _values(found, size), sources, size)
    raise BadSetting(f"{measure!r} is no measure of centrality.", do=f"Choose one of {', '.join(MEASURES)}.")


def betweenness_sources(graph: KnowledgeGraph) -> int:
    """Return from how many points betweenness is walked: all, unless that would take long."""
    edges = max(1, int(graph.weights.nnz) // 2)
    return min(len(graph), max(FEWEST_SOURCES, EFFORT // edges))


def best(values: npt.NDArray[np.float64], n: int) -> Ints:
    """Return the rows of the `n` highest values above 0, highest first; equal ones by name."""
    rows = np.argsort(-values, kind="stable")[:n]
    return np.asarray(rows[values[rows] > 0], dtype=np.int64)


# Found once for as long as the graph is in use.
_LOCK = threading.Lock()
_CLUSTERS: weakref.WeakKeyDictionary[KnowledgeGraph, dict[int, Clusters]] = weakref.WeakKeyDictionary()
_NETWORKS: weakref.WeakKeyDictionary[KnowledgeGraph, Any] = weakref.WeakKeyDictionary()


def _network(graph: KnowledgeGraph) -> Any:
    """Return the graph as networkx knows it."""
    import networkx as nx

    with _LOCK:
        if graph not in _NETWORKS:
            upper = sp.triu(graph.weights, 1, format="csr")
            _NETWORKS[graph] = nx.from_scipy_sparse_array(upper, edge_attribute="weight")
        return _NETWORKS[graph]


def _named(graph: KnowledgeGraph, rows: Ints) -> PointCluster:
    order = np.argsort(-graph.degrees[rows], kind="stable")[:NAMED_BY]
    return PointCluster(len(rows), tuple(graph.names[row] for row in rows[order]))


def _values(found: dict[int, float], size: int) -> npt.NDArray[np.float64]:
    return np.fromiter((found[row] for row in range(size)), dtype=np.float64, count=size)
