"""The knowledge graph as a picture that can be clicked: around one point, or as a whole.

Positions come from the server, so the picture is the same from visit to visit. Explicit edges are solid and as wide
as the problems they share, implicit ones dashed and curved, community edges in the warning colour; core points are
diamonds, thin points have the colour of what is missing, the others a blue for their coverage. A path between two
points is drawn over everything else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.knowledge.networks import PointCluster
from studio import charts
from studio.parts.graph.legend import ClusterLegend, cluster_legend
from studio.text.markdown import plain
from studio.theme import Tokens, fade, tokens

Tie = Literal["explicit", "implicit", "community", "path"]
Colouring = Literal["coverage", "area", "cluster", "weakness"]

MOST_NODES = 300
MOST_IMPLICIT = 26
WIDTH, HEIGHT = 720.0, 620.0
"""Shape of the drawing; a little wider than high, because labels stand at the right of their points."""
_LABELS = {True: 34, False: 22}
BEYOND = 3
"""The ring of points on a path that stand further out than the view reaches; each hangs on the one before."""
_MARGIN = 20
_LEGEND_LINE = 22
_SMALLER = 0.6
"""Size of marks in the whole graph, beside those around a point."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One point. `ring` 0 is the middle, 1 its neighbours, 2 theirs; `parent` is the strongest neighbour on ring 1.

    Points on a path may also stand on ring `BEYOND`; their parent is the one before.
    """

    name: str
    problems: int
    kept: int
    core: bool = False
    area: str = ""
    ring: int = 0
    parent: str | None = None
    weakness: float | None = None
    """Share of problems that a model gets wrong, 0..1."""
    cluster: int | None = None
    """Place of the point's cluster, 0 for the largest."""
    on_path: bool = False
    x: float | None = None
    y: float | None = None
    """Position in -1..1 for the whole graph; around a point, positions are made here."""


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """A tie between two points; `weight` is the number of shared problems, 0 for implicit ones."""

    a: str
    b: str
    weight: int
    tie: Tie


def ego_graph(
    nodes: Sequence[GraphNode],
    edges: Sequence[GraphEdge],
    *,
    key: str,
    chosen: str | None,
    colouring: Colouring = "coverage",
    thin: int = 30,
    height: int = 620,
    clusters: Sequence[PointCluster] = (),
) -> str | None:
    """Draw at most `MOST_NODES` points and return the name of the one that was clicked last, if any.

    A legend, where there is one, comes on top of `height`.
    """
    whole = all(node.x is not None for node in nodes)
    shown = list(nodes) if whole else sorted(nodes, key=_order)[:MOST_NODES]
    names = {node.name for node in shown}
    kept = _most_telling([edge for edge in edges if edge.a in names and edge.b in names])
    option = graph_option(shown, kept, chosen=chosen, colouring=colouring, thin=thin, whole=whole, clusters=clusters)
    alt = f"Graph of {len(shown)} points and {len(kept)} ties" + (f" around {chosen}." if chosen else ".")
    height += option["series"][0]["bottom"] - _MARGIN
    event = charts.echarts(option, key=key, height=height, alt=alt, selectable=True)
    return clicked(event, [node.name for node in shown])


def clicked(event: Any, names: Sequence[str]) -> str | None:
    """Return the point that a selection event names; clicks on edges and indices out of date give None."""
    selection = getattr(event, "selection", None) or {}
    for group in selection.get("selected", ()):
        indices = group.get("data_indices") or ()
        if group.get("data_type", "node") == "node" and indices and 0 <= indices[-1] < len(names):
            return str(names[indices[-1]])
    return None


def places(nodes: Sequence[GraphNode]) -> dict[str, tuple[float, float]]:
    """Return positions for a view around a point: rings, with second-ring points beside their parent."""
    first = [node for node in nodes if node.ring == 1]
    found = {node.name: (0.0, 0.0) for node in nodes if node.ring == 0}
    families = {
        parent.name: [node for node in nodes if 2 <= node.ring < BEYOND and node.parent == parent.name]
        for parent in first
    }
    strays = [node for node in nodes if 2 <= node.ring < BEYOND and node.parent not in families]
    # A parent gets an arc as wide as its family, so that second-ring points stay beside it.
    room = sum(1 + len(family) for family in families.values()) + len(strays) or 1
    turn = -math.pi / 2
    for parent in first:
        family = families[parent.name]
        arc = 2 * math.pi * (1 + len(family)) / room
        found[parent.name] = _on_ring(turn + arc / 2, 0.5 if len(first) < 24 else 0.5 + 0.1 * (first.index(parent) % 2))
        for place, node in enumerate(family):
            angle = turn + arc * (place + 0.5) / len(family)
            found[node.name] = _on_ring(angle, 0.88 + 0.1 * (place % 2))
        turn += arc
    for node in strays:
        found[node.name] = _on_ring(turn, 0.98)
        turn += 2 * math.pi / room
    for node in nodes:
        if node.ring == BEYOND:
            found[node.name] = _outwards(found[node.parent or ""])
    return found


def graph_option(
    nodes: Sequence[GraphNode],
    edges: Sequence[GraphEdge],
    *,
    chosen: str | None,
    colouring: Colouring,
    thin: int,
    whole: bool,
    clusters: Sequence[PointCluster] = (),
) -> dict[str, Any]:
    """Return the ECharts option; names are shown as plain text, never as markup.

    Colouring by cluster needs `clusters`, largest first; it brings a legend.
    """
    now = tokens()
    at = {node.name: (node.x or 0.0, node.y or 0.0) for node in nodes} if whole else places(nodes)
    labelled = {node.name for node in sorted(nodes, key=lambda n: (n.ring, -n.core, -n.problems))[: _LABELS[whole]]}
    labelled |= {node.name for node in nodes if node.on_path}
    shown = [node.cluster for node in nodes if node.cluster is not None and colouring == "cluster"]
    legend = cluster_legend(shown, clusters, now)
    paint = _painter(nodes, now, colouring, thin, legend)
    heaviest = max((edge.weight for edge in edges), default=1) or 1
    option = {
        "animation": False,
        "tooltip": {"backgroundColor": now.panel, "borderColor": now.line, "textStyle": {"color": now.ink}},
        "series": [
            {
                "type": "graph",
                "layout": "none",
                # Without it a box that is narrower than ours makes ellipses of circles.
                "preserveAspect": "contain",
                "roam": True,
                "selectedMode": "single",
                "emphasis": {"focus": "adjacency", "label": {"show": True}},
                "labelLayout": {"hideOverlap": True},
                "left": 30,
                "right": 110,
                "top": _MARGIN,
                "bottom": _MARGIN,
                "data": [
                    _node(node, at[node.name], now, node.name == chosen, node.name in labelled, paint(node))
                    | ({"symbolSize": _size(node) * _SMALLER} if whole and node.name != chosen else {})
                    for node in nodes
                ],
                "links": [_link(edge, now, heaviest, 0.5 if whole else 1.0) for edge in edges],
            }
        ],
    }
    return _with_legend(option, legend, now) if colouring == "cluster" else option


def _with_legend(option: dict[str, Any], legend: ClusterLegend, now: Tokens) -> dict[str, Any]:
    """Put the legend under the graph; it cannot be clicked, since hidden points would shift what a click names."""
    lines = [(_template_safe(plain(words)), hue) for words, hue in legend.lines]
    series = option["series"][0]
    series["categories"] = [{"name": words, "itemStyle": {"color": hue}} for words, hue in lines]
    series["bottom"] = _MARGIN + _LEGEND_LINE * -(-len(lines) // 2)
    option["legend"] = {
        "data": [{"name": words, "icon": "circle", "itemStyle": {"color": hue}} for words, hue in lines],
        "selectedMode": False,
        "left": 8,
        "bottom": 4,
        "itemGap": 14,
        "itemWidth": 10,
        "itemHeight": 10,
        "textStyle": {"color": now.ink, "fontSize": 11},
    }
    return option


def _node(
    node: GraphNode, at: tuple[float, float], now: Tokens, chosen: bool, labelled: bool, colour: str
) -> dict[str, Any]:
    # The box is wider than high; coordinates are scaled to its shape so that circles stay circles.
    return {
        "name": node.name,
        "x": at[0] * WIDTH / 2,
        "y": at[1] * HEIGHT / 2,
        "symbol": "diamond" if node.core else "circle",
        "symbolSize": _size(node),
        "itemStyle": {
            "color": colour,
            "borderColor": now.ink if chosen or node.on_path else now.paper,
            "borderWidth": 3 if chosen else 2 if node.on_path else 0.8,
        },
        "label": {
            "show": labelled or chosen,
            "position": "right",
            "formatter": _template_safe(_short(plain(node.name))),
            "color": now.ink,
            "fontSize": 12 if chosen else 11,
            "fontWeight": "bold" if chosen or node.on_path else "normal",
            "textBorderColor": now.paper,
            "textBorderWidth": 3,
        },
        "value": node.problems,
    }


def _order(node: GraphNode) -> tuple[int, int]:
    """Rings from the middle, busy points first; a path beyond the rings keeps its order."""
    return (node.ring, 0 if node.ring == BEYOND else -node.problems)


def _size(node: GraphNode) -> float:
    return round(9 + min(12.0, 3.2 * math.log10(1 + node.problems)) + (6 if node.core else 0), 1)


def _painter(
    nodes: Sequence[GraphNode], now: Tokens, colouring: Colouring, thin: int, legend: ClusterLegend
) -> Callable[[GraphNode], str]:
    """Return what gives each point its colour."""
    if colouring == "area":
        areas = sorted({node.area for node in nodes})
        return lambda node: now.areas[areas.index(node.area) % len(now.areas)]
    if colouring == "cluster":
        return lambda node: legend.hues.get(-1 if node.cluster is None else node.cluster, now.dropped)
    if colouring == "weakness":
        return lambda node: _weakness(node, now)
    return lambda node: _coverage(node, now, thin)


def _weakness(node: GraphNode, now: Tokens) -> str:
    if node.weakness is None:
        return now.dropped
    return now.diverging[4 - min(9, int(node.weakness * 10)) // 2]


def _coverage(node: GraphNode, now: Tokens, thin: int) -> str:
    if node.kept < thin:
        return now.other
    steps = (now.ramp[2], now.ramp[4], now.ramp[7], now.ramp[9])
    return steps[min(3, int(math.log(max(1.0, node.kept / thin), 3)))]


def _link(edge: GraphEdge, now: Tokens, heaviest: int, strength: float) -> dict[str, Any]:
    style: dict[str, Any]
    if edge.tie == "implicit":
        style = {"color": now.edit, "type": "dashed", "curveness": 0.25, "width": 1, "opacity": 0.75}
    elif edge.tie == "path":
        style = {"color": now.ink, "width": 4, "opacity": 1}
    else:
        width = 1 + 4 * math.sqrt(edge.weight / heaviest)
        colour = now.warn if edge.tie == "community" else fade(now.mute, 0.35)
        style = {
            "color": colour,
            "width": round(width * strength, 1),
            "opacity": 0.9 if edge.tie == "community" else 0.8 * strength,
        }
    # Links name their ends, so that tooltips show points and not numbers.
    return {"source": edge.a, "target": edge.b, "value": edge.weight, "lineStyle": style}


def _most_telling(edges: list[GraphEdge]) -> list[GraphEdge]:
    """Keep all explicit and community edges, and so few implicit ones that they can be told apart."""
    implicit = [edge for edge in edges if edge.tie == "implicit"]
    return [edge for edge in edges if edge.tie != "implicit"] + implicit[:MOST_IMPLICIT]


def _on_ring(angle: float, radius: float) -> tuple[float, float]:
    return radius * math.cos(angle), radius * math.sin(angle)


def _outwards(parent: tuple[float, float]) -> tuple[float, float]:
    """Return the place after `parent` on a path that leaves the rings: along two more rings in turn.

    On one ring the labels of neighbours would lie on each other.
    """
    radius, angle = math.hypot(*parent), math.atan2(parent[1], parent[0])
    return _on_ring(angle + 0.3, 1.3 if 1.1 < radius < 1.2 else 1.12)


def _short(name: str) -> str:
    return name if len(name) <= 34 else name[:33] + "…"


def _template_safe(text: str) -> str:
    """ECharts reads {a} in a label as a template and {x|y} as a style; fullwidth braces are shown instead."""
    return text.replace("{", "｛").replace("}", "｝")
