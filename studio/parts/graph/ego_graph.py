"""The knowledge graph as a picture that can be clicked: around one point, or as a whole.

Positions come from the server, so the picture is the same from visit to visit. Explicit edges are solid and as wide
as the problems they share, implicit ones dashed and curved, community edges in the warning colour; core points are
diamonds, thin points have the colour of what is missing, the others a blue for their coverage.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from studio import charts
from studio.text.markdown import plain
from studio.theme import Tokens, fade, tokens

Tie = Literal["explicit", "implicit", "community"]
Colouring = Literal["coverage", "area", "weakness"]

MOST_NODES = 300
MOST_IMPLICIT = 26
WIDTH, HEIGHT = 720.0, 620.0
"""Shape of the drawing; a little wider than high, because labels stand at the right of their points."""
_LABELS = {True: 34, False: 22}
_SMALLER = 0.6
"""Size of marks in the whole graph, beside those around a point."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One point. `ring` 0 is the middle, 1 its neighbours, 2 theirs; `parent` is the strongest neighbour on ring 1."""

    name: str
    problems: int
    kept: int
    core: bool = False
    area: str = ""
    ring: int = 0
    parent: str | None = None
    weakness: float | None = None
    """Share of problems that a model gets wrong, 0..1."""
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
) -> str | None:
    """Draw at most `MOST_NODES` points and return the name of the one that was clicked last, if any."""
    whole = all(node.x is not None for node in nodes)
    shown = list(nodes) if whole else sorted(nodes, key=lambda node: (node.ring, -node.problems))[:MOST_NODES]
    names = {node.name for node in shown}
    kept = _most_telling([edge for edge in edges if edge.a in names and edge.b in names])
    option = graph_option(shown, kept, chosen=chosen, colouring=colouring, thin=thin, whole=whole)
    alt = f"Graph of {len(shown)} points and {len(kept)} ties" + (f" around {chosen}." if chosen else ".")
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
        parent.name: [node for node in nodes if node.ring >= 2 and node.parent == parent.name] for parent in first
    }
    strays = [node for node in nodes if node.ring >= 2 and node.parent not in families]
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
    return found


def graph_option(
    nodes: Sequence[GraphNode],
    edges: Sequence[GraphEdge],
    *,
    chosen: str | None,
    colouring: Colouring,
    thin: int,
    whole: bool,
) -> dict[str, Any]:
    """Return the ECharts option; names are shown as plain text, never as markup."""
    now = tokens()
    at = {node.name: (node.x or 0.0, node.y or 0.0) for node in nodes} if whole else places(nodes)
    labelled = {node.name for node in sorted(nodes, key=lambda n: (n.ring, -n.core, -n.problems))[: _LABELS[whole]]}
    areas = sorted({node.area for node in nodes})
    heaviest = max((edge.weight for edge in edges), default=1) or 1
    return {
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
                "top": 20,
                "bottom": 20,
                "data": [
                    _node(node, at[node.name], now, node.name == chosen, node.name in labelled, colouring, thin, areas)
                    | ({"symbolSize": _size(node) * _SMALLER} if whole and node.name != chosen else {})
                    for node in nodes
                ],
                "links": [_link(edge, now, heaviest, 0.5 if whole else 1.0) for edge in edges],
            }
        ],
    }


def _node(
    node: GraphNode,
    at: tuple[float, float],
    now: Tokens,
    chosen: bool,
    labelled: bool,
    colouring: Colouring,
    thin: int,
    areas: list[str],
) -> dict[str, Any]:
    colour = _colour(node, now, colouring, thin, areas)
    # The box is wider than high; coordinates are scaled to its shape so that circles stay circles.
    return {
        "name": node.name,
        "x": at[0] * WIDTH / 2,
        "y": at[1] * HEIGHT / 2,
        "symbol": "diamond" if node.core else "circle",
        "symbolSize": _size(node),
        "itemStyle": {
            "color": colour,
            "borderColor": now.ink if chosen else now.paper,
            "borderWidth": 3 if chosen else 0.8,
        },
        "label": {
            "show": labelled or chosen,
            "position": "right",
            "formatter": _template_safe(_short(plain(node.name))),
            "color": now.ink,
            "fontSize": 12 if chosen else 11,
            "fontWeight": "bold" if chosen else "normal",
            "textBorderColor": now.paper,
            "textBorderWidth": 3,
        },
        "value": node.problems,
    }


def _size(node: GraphNode) -> float:
    return round(9 + min(12.0, 3.2 * math.log10(1 + node.problems)) + (6 if node.core else 0), 1)


def _colour(node: GraphNode, now: Tokens, colouring: Colouring, thin: int, areas: list[str]) -> str:
    if colouring == "area":
        return now.areas[areas.index(node.area) % len(now.areas)]
    if colouring == "weakness":
        step = 0 if node.weakness is None else min(9, int(node.weakness * 10))
        return now.diverging[4 - step // 2] if node.weakness is not None else now.dropped
    if node.kept < thin:
        return now.other
    steps = (now.ramp[2], now.ramp[4], now.ramp[7], now.ramp[9])
    return steps[min(3, int(math.log(max(1.0, node.kept / thin), 3)))]


def _link(edge: GraphEdge, now: Tokens, heaviest: int, strength: float) -> dict[str, Any]:
    style: dict[str, Any]
    if edge.tie == "implicit":
        style = {"color": now.edit, "type": "dashed", "curveness": 0.25, "width": 1, "opacity": 0.75}
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


def _short(name: str) -> str:
    return name if len(name) <= 34 else name[:33] + "…"


def _template_safe(text: str) -> str:
    """ECharts reads {a} in a label as a template and {x|y} as a style; fullwidth braces are shown instead."""
    return text.replace("{", "｛").replace("}", "｝")
