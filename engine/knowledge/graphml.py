"""The graph as a GraphML file, which Gephi, Cytoscape, yEd, igraph and networkx read.

Names come from models and files. XML escapes what is markup, but it has no way at all to hold some characters; those
are replaced, and it is said in how many names.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.networks import Clusters

_FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold; also the carriage return, which a reader would give back as a line feed."""
REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class GraphML:
    """A file, and how many points have a name or an area in which characters had to be replaced."""

    body: bytes
    replaced: int


def graphml(graph: KnowledgeGraph, clusters: Clusters, areas: Mapping[str, str]) -> GraphML:
    """Return the whole graph: points with name, area, degree, seeds, core and cluster (1 is the largest); weights.

    `areas` maps a point to its area; a point without one has no such field. The same graph gives the same bytes.
    """
    import networkx as nx

    net = nx.Graph(name="Knowledge points")
    places, replaced = clusters.of.tolist(), 0
    for row, node in enumerate(graph.nodes):
        area = areas.get(node.name, "")
        replaced += bool(unwritable(node.name) or unwritable(area))
        said: dict[str, Any] = {
            "name": _FORBIDDEN.sub(REPLACEMENT, node.name),
            "degree": node.degree,
            "seeds": node.problems,
            # 1 or 0: networkx would write a boolean as Python does, which is none in XML.
            "core": int(node.core),
            "cluster": places[row] + 1,
        }
        net.add_node(f"n{row}", **said, **({"area": _FORBIDDEN.sub(REPLACEMENT, area)} if area else {}))
    for edge in graph.edges:
        net.add_edge(f"n{graph.row(edge.left)}", f"n{graph.row(edge.right)}", weight=edge.weight)
    written = io.BytesIO()
    # Not write_graphml: that one takes lxml where it is installed, and the bytes would differ between machines.
    nx.write_graphml_xml(net, written)
    return GraphML(written.getvalue(), replaced)


def unwritable(text: str) -> bool:
    """Whether `text` holds a character that XML cannot."""
    return _FORBIDDEN.search(text) is not None
