"""Clusters and paths in the picture of the graph: hues, legend, and points that the picture lacked."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from engine.knowledge.networks import PointCluster, Route
from studio import theme
from studio.parts.graph.ego_graph import GraphNode, graph_option, places
from studio.parts.graph.legend import cluster_legend
from studio.parts.graph.path import with_path
from tests.studio.ui.test_studio_ui import EDGES, NODES


def test_clusters_have_hues_a_legend_and_a_grey_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.parts.graph.ego_graph.tokens", lambda: theme.LIGHT)
    nodes = [
        GraphNode(f"n{place}-{copy}", 1, 1, ring=1, cluster=place)
        for place in range(9)
        for copy in range(1 + (place != 3))
    ]
    clusters = [
        PointCluster(50 - place, (f"top {place} {{a|b}}", "a name that is far too long for it")) for place in range(9)
    ]
    option = graph_option(nodes, [], chosen=None, colouring="cluster", thin=30, whole=False, clusters=clusters)
    lines = {one["name"]: one["itemStyle"]["color"] for one in option["legend"]["data"]}
    assert next(iter(lines)) == "1 · top 0 ｛a|b｝, a name that is far… (50)"
    assert list(lines)[-1] == "2 other clusters"
    assert len(set(lines.values())) == len(lines) == 8
    colours = {node["name"]: node["itemStyle"]["color"] for node in option["series"][0]["data"]}
    assert (
        colours["n0-0"]
        == colours["n0-1"]
        == theme.LIGHT.areas[0]
        == lines["1 · top 0 ｛a|b｝, a name that is far… (50)"]
    )
    assert colours["n3-0"] == colours["n8-0"] == theme.LIGHT.dropped, "the smallest in the picture share the grey"
    # A click names a point by its place, which hiding others would shift.
    assert option["legend"]["selectedMode"] is False
    assert "legend" not in graph_option(nodes, [], chosen=None, colouring="coverage", thin=30, whole=False)


def test_a_cluster_keeps_its_hue_in_a_smaller_picture() -> None:
    clusters = [PointCluster(9, ("a",))] * 20
    whole = cluster_legend([place for place in range(20) for _ in range(20 - place)], clusters, theme.DARK)
    around = cluster_legend([2, 2, 14, 5], clusters, theme.DARK)
    assert around.hues[2] == whole.hues[2]
    assert around.hues[5] == whole.hues[5]
    assert len(set(around.hues.values())) == 3


def test_a_path_is_drawn_whole_with_the_points_that_the_picture_lacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.parts.graph.ego_graph.tokens", lambda: theme.LIGHT)
    names = ("Middle <b>", "Near", "Far", "Out 1", "Out 2", "Out 3")
    found = Route(names, (4, 3, 2, 1, 1))
    nodes, edges = with_path(NODES, EDGES, found, [GraphNode(name, 9 - n, 0) for n, name in enumerate(names)])
    assert len({node.name for node in nodes}) == len(nodes) == len(NODES) + 3
    assert {node.name for node in nodes if node.on_path} == set(names)
    at = places(nodes)
    assert len({(round(x, 2), round(y, 2)) for x, y in at.values()}) == len(nodes), "no point hides another"
    assert max(math.hypot(*spot) for spot in at.values()) < 1.4
    option = graph_option(nodes, edges, chosen="Middle <b>", colouring="coverage", thin=1, whole=False)
    bold = [
        (link["source"], link["target"]) for link in option["series"][0]["links"] if link["lineStyle"]["width"] == 4
    ]
    assert bold == list(pairwise(names))
    labelled = {node["name"] for node in option["series"][0]["data"] if node["label"]["show"]}
    assert set(names) <= labelled
