"""What the graph page reads: the graph and what is known of its points, kept until points or seeds change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from engine import planning
from engine.generation import recipes
from engine.knowledge.graph import KnowledgeGraph
from engine.store import Store
from studio.parts.graph.ego_graph import Colouring, GraphEdge, GraphNode, Tie
from studio.ui.areas import area_of

TIES: dict[str, Tie] = {"Explicit": "explicit", "Implicit": "implicit", "Communities": "community"}
COLOURINGS: dict[str, Colouring] = {"Coverage": "coverage", "Area": "area", "Cluster": "cluster"}
FIRST, SECOND, AMONG = 18, 3, 12
"""Neighbours shown around a point, further points beside each, and ties among the neighbours."""
WHOLE = 600
"""Best connected points that the whole view shows."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows of a point."""

    area: str
    seeds: int
    problems: int
    kept: int
    approved: int
    definition: str = ""


def graph(store: Store) -> KnowledgeGraph:
    """Return the graph of the points as they are now."""
    return _graph(store, store.path, store.revision_of("points", "seeds"))


@st.cache_resource(max_entries=3, show_spinner="Building the graph")
def _graph(_store: Store, path: str, revision: int) -> KnowledgeGraph:
    return planning.graph_of(_store, recipes.load("gsdp"))


def facts(store: Store) -> dict[str, Facts]:
    """Return what is known of every point in use, by name."""
    return _facts(store, store.path, store.revision_of("points", "seeds", "problems", "selections", "decisions"))


# Not cache_data: a copy of tens of thousands of facts takes a second of every draw. Nobody changes them.
@st.cache_resource(max_entries=3, show_spinner=False)
def _facts(_store: Store, path: str, revision: int) -> dict[str, Facts]:
    live: pd.DataFrame = _store.points.live()
    columns = (live[name] for name in ("name", "area", "definition", "seeds", "problems", "kept", "approved"))
    return {
        str(name): Facts(
            _text(area) or area_of(str(name)), int(seeds), int(problems), int(kept), int(approved), _text(definition)
        )
        for name, area, definition, seeds, problems, kept, approved in zip(*columns, strict=True)
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def outdated(store: Store) -> dict[str, int]:
    """Return per kind how many drawn combinations name points that have changed since."""
    return _outdated(store, store.path, store.revision_of("points", "combinations"))


@st.cache_data(max_entries=3, show_spinner=False)
def _outdated(_store: Store, path: str, revision: int) -> dict[str, int]:
    return _store.combinations.outdated()


def drawn(store: Store, point: str) -> pd.DataFrame:
    """Return a frame of the combinations with this point that runs have drawn, most used first."""
    return _drawn(store, store.path, store.revision_of("combinations", "problems"), point)


@st.cache_data(max_entries=64, show_spinner=False)
def _drawn(_store: Store, path: str, revision: int, point: str) -> pd.DataFrame:
    found = _store.combinations.with_point(point)
    others = [", ".join(name for name in points if name != point) for points in found["points"]]
    shown = pd.DataFrame({"With": others, "Kind": found["kind"], "Problems": found["problems"]})
    return shown.sort_values("Problems", ascending=False, kind="stable")


def around(shown: KnowledgeGraph, known: dict[str, Facts], point: str) -> tuple[list[GraphNode], list[GraphEdge], int]:
    """Return a point's strongest neighbours and theirs, the ties between them, and how many points did not fit.

    Every neighbour of a well connected point would be a ball of wool; the strongest say more.
    """
    core, by_kept = set(shown.core()), selected(known)
    first = _strongest(shown, point, FIRST, {point})
    taken = {point, *first}
    nodes = [_node(known, point, point in core, by_kept, ring=0)]
    nodes += [_node(known, name, name in core, by_kept, ring=1, parent=point) for name in first]
    edges = [GraphEdge(point, name, shown.weight(point, name), "explicit") for name in first]
    for parent in first:
        for name in _strongest(shown, parent, SECOND, taken):
            taken.add(name)
            nodes.append(_node(known, name, name in core, by_kept, ring=2, parent=parent))
            edges.append(GraphEdge(parent, name, shown.weight(parent, name), "explicit"))
            if shown.weight(point, name) == 0:
                edges.append(GraphEdge(point, name, 0, "implicit"))
    met = [(shown.weight(a, b), a, b) for n, a in enumerate(first) for b in first[n + 1 :]]
    # Two neighbours that meet are a community with the point: three points that all meet pairwise.
    edges += [GraphEdge(a, b, weight, "community") for weight, a, b in sorted(met, reverse=True)[:AMONG] if weight]
    return nodes, edges, len(shown) - len(nodes)


def links(shown: KnowledgeGraph, point: str) -> list[tuple[str, int]]:
    """Return the neighbours of a point and how many seeds they share, most first, by name where equal."""
    row = shown.weights[[shown.row(point)]].tocoo()
    near = sorted((-int(weight), shown.names[column]) for weight, column in zip(row.data, row.coords[1], strict=True))
    return [(name, -less) for less, name in near]


def _strongest(shown: KnowledgeGraph, point: str, n: int, but: set[str]) -> list[str]:
    """Return the `n` neighbours of a point with most shared problems, leaving `but` out."""
    return [name for name, _ in links(shown, point) if name not in but][:n]


def whole(shown: KnowledgeGraph, known: dict[str, Facts]) -> tuple[list[GraphNode], list[GraphEdge]]:
    """Return the best connected points with their stored positions, and the ties between them."""
    places = _places(shown, id(shown))
    best, by_kept = sorted(shown.nodes, key=lambda node: -node.degree)[:WHOLE], selected(known)
    names = {node.name for node in best}
    row = {name: number for number, name in enumerate(shown.names)}
    nodes = [
        _node(
            known, node.name, node.core, by_kept, x=float(places[row[node.name], 0]), y=float(places[row[node.name], 1])
        )
        for node in best
    ]
    ties = [edge for edge in shown.edges if edge.left in names and edge.right in names]
    strongest = sorted(ties, key=lambda edge: -edge.weight)[: 3 * WHOLE]
    return nodes, [GraphEdge(edge.left, edge.right, edge.weight, "explicit") for edge in strongest]


def named(shown: KnowledgeGraph, known: dict[str, Facts], names: Sequence[str], view: str) -> list[GraphNode]:
    """Return points by their names, with their stored positions in the whole view."""
    core, by_kept = set(shown.core()), selected(known)
    if view != "Whole":
        return [_node(known, name, name in core, by_kept) for name in names]
    places = _places(shown, id(shown))
    spots = [places[shown.row(name)] for name in names]
    return [
        _node(known, name, name in core, by_kept, x=float(x), y=float(y))
        for name, (x, y) in zip(names, spots, strict=True)
    ]


@st.cache_resource(max_entries=3, show_spinner="Placing points")
def _places(_graph: KnowledgeGraph, number: int):  # type: ignore[no-untyped-def]
    return _graph.layout(0)


def selected(known: dict[str, Facts]) -> bool:
    """Whether a policy has been applied yet; before, coverage counts what was written."""
    return any(fact.kept for fact in known.values())


def _node(known: dict[str, Facts], name: str, core: bool, by_kept: bool, **more: object) -> GraphNode:
    fact = known.get(name, Facts("", 0, 0, 0, 0))
    covered = fact.kept if by_kept else fact.problems
    return GraphNode(name, fact.problems, covered, core=core, area=fact.area, **more)  # type: ignore[arg-type]
