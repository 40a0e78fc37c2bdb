"""`lemma graph path|export`, and centrality for `lemma graph stats`: what networkx says of the graph."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from engine import planning
from engine.core.errors import BadInput
from engine.core.files import write_atomically
from engine.core.project import find
from engine.generation import recipes
from engine.knowledge import networks
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.graphml import REPLACEMENT, graphml
from engine.knowledge.taxonomy import Taxonomy
from engine.store import Store
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption

MOST_LISTED = 20
MOST_LIKE = 5


def path(
    start: Annotated[str, typer.Argument(metavar="A", help="Name of a point.")],
    goal: Annotated[str, typer.Argument(metavar="B", help="Name of another.")],
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Show a shortest path between two points; of equally short ones that of heavy edges."""
    with up_to_date(find(project), brief=True) as store:
        graph = planning.graph_of(store, recipes.load("gsdp"))
    found = networks.route(graph, _known(graph, start), _known(graph, goal))
    if found is None:
        Console(json).result(
            {"path": [], "distance": None, "weights": []},
            f"no path joins {start} and {goal}; they are never combined",
        )
        return
    lines = [found.points[0]]
    lines += [f"  {weight:>5,} shared  {name}" for weight, name in zip(found.weights, found.points[1:], strict=True)]
    Console(json).result(
        {"path": list(found.points), "distance": found.distance, "weights": list(found.weights)},
        "\n".join([*lines, f"distance {found.distance}"]),
    )


def export(
    out: Annotated[Path, typer.Option(help="The file to write, FILE.graphml.")],
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write the whole graph as GraphML: points with area, degree, seeds and cluster; edges with their weight."""
    with up_to_date(find(project), brief=True) as store:
        graph = planning.graph_of(store, recipes.load("gsdp"))
        areas = _areas(store)
    clusters = networks.clusters(graph)
    made = graphml(graph, clusters, areas)
    write_atomically(out, made.body)
    edges, count = graph.weights.nnz // 2, len(clusters.each)
    lines = [f"{len(graph):,} points, {edges:,} edges, {count:,} clusters -> {out}"]
    if made.replaced:
        lines.append(f"points with characters that XML cannot hold, replaced by {REPLACEMENT}: {made.replaced:,}")
    Console(json).result(
        {"file": str(out), "nodes": len(graph), "edges": edges, "clusters": count, "replaced": made.replaced},
        "\n".join(lines),
    )


def most_central(graph: KnowledgeGraph, measure: str) -> tuple[dict[str, Any], list[str]]:
    """Return the most central points by a measure, for programs and as lines; core points are marked."""
    found = networks.centrality(graph, measure)
    core = set(graph.core_rows.tolist())
    rows = networks.best(found.values, MOST_LISTED).tolist()
    listed = [{"point": graph.names[row], "value": float(found.values[row]), "core": row in core} for row in rows]
    head = f"{measure}, from {found.sources:,} of {found.of:,} points:" if found.sampled else f"{measure}:"
    lines = [f"  {one['value']:>10.4g}  {one['point']}{'  (core)' if one['core'] else ''}" for one in listed]
    return {"measure": measure, "sources": found.sources, "points": listed}, [head, *lines]


def _known(graph: KnowledgeGraph, name: str) -> str:
    """Return the name of a point; BadInput with names like it where the graph has no such point."""
    if name in graph.names:
        return name
    like = [each for each in graph.names if name.casefold() in each.casefold()][:MOST_LIKE]
    hint = f"Points like it: {', '.join(like)}." if name.strip() and like else "Points are matched by their exact name."
    raise BadInput(f"{name!r} is no point of this graph.", do=hint)


def _areas(store: Store) -> dict[str, str]:
    """Return the area of each point: its own, else that of the tree."""
    tree, live = Taxonomy.load(), store.points.live()
    own = zip(live["name"], live["area"], strict=True)
    return {name: area if isinstance(area, str) and area else tree.area_of(name) for name, area in own}
