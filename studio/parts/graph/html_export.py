"""The graph as one HTML file that a curator takes away and drags about; it works without a network.

pyvis leaves links to outside hosts in the page even in its in-line mode, and it writes titles as HTML.
Both are put right here: every outside or missing link is taken out, every label is escaped.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from studio.parts.graph.ego_graph import HEIGHT, WIDTH, GraphEdge, GraphNode, places
from studio.text.markdown import plain
from studio.theme import LIGHT

_OUTSIDE = re.compile(
    r"<(link|script)\b[^>]*\b(?:href|src)\s*=\s*[\"'](?:https?:)?(?://|\.\./|lib/)[^>]*>(?:\s*</\1>)?", re.IGNORECASE
)


def takeaway(nodes: Sequence[GraphNode], edges: Sequence[GraphEdge], *, thin: int = 30) -> str:
    """Return the page; positions are given and physics is off, so it opens at once and stays as it was drawn."""
    from pyvis.network import Network

    whole = all(node.x is not None for node in nodes)
    at = {node.name: (node.x or 0.0, node.y or 0.0) for node in nodes} if whole else places(nodes)
    net = Network(height="95vh", width="100%", cdn_resources="in_line", bgcolor=LIGHT.paper, font_color=LIGHT.ink)
    net.toggle_physics(False)
    for number, node in enumerate(nodes):
        x, y = at[node.name]
        label = html.escape(plain(node.name))
        net.add_node(
            number,
            label=label,
            title=f"{label}: {node.problems} problems, {node.kept} kept",
            x=x * WIDTH,
            y=y * HEIGHT,
            shape="diamond" if node.core else "dot",
            size=10 + (6 if node.core else 0),
            color=LIGHT.other if node.kept < thin else LIGHT.kept,
            physics=False,
        )
    index = {node.name: number for number, node in enumerate(nodes)}
    for edge in edges:
        if edge.a in index and edge.b in index:
            colour = {"implicit": LIGHT.edit, "community": LIGHT.warn, "path": LIGHT.ink}.get(edge.tie, LIGHT.dropped)
            dashed = edge.tie == "implicit"
            net.add_edge(index[edge.a], index[edge.b], color=colour, dashes=dashed, title=f"{edge.weight} shared")
    return offline(net.generate_html(notebook=False))


def offline(page: str) -> str:
    """Return `page` without any link or script that lies outside of it."""
    return _OUTSIDE.sub("", page)
