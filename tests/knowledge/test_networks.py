"""Clusters, paths, centrality and GraphML, held against planted structure, brute force and what networkx reads back."""

from __future__ import annotations

import io
import subprocess
import sys
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadInput, BadSetting
from engine.knowledge import networks
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.graphml import REPLACEMENT, graphml

PLANTED = """
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge import networks
pairs = [(f"{c}{i}{j}", f"{c}{k}") for c in "abc" for i in range(6) for j in range(i) for k in (i, j)]
pairs += [("bridge1", "a0"), ("bridge1", "b0"), ("bridge2", "b1"), ("bridge2", "c0"), ("alone", "lonely")]
graph = KnowledgeGraph.from_incidence(pairs)
"""
incidences = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 14)), min_size=1, max_size=50).map(
    lambda pairs: [(f"q{q}", f"k{k:02d}") for q, k in pairs]
)


def planted() -> KnowledgeGraph:
    """Three groups of six points that all meet, two bridges, one point alone."""
    found: dict[str, KnowledgeGraph] = {}
    exec(PLANTED, found)
    return found["graph"]


def test_louvain_finds_the_planted_clusters_and_names_them_by_their_best_connected_points() -> None:
    graph = planted()
    found = networks.clusters(graph)
    assert [one.size for one in found.each] == [6, 6, 6, 1]
    groups = [{graph.names[row] for row in np.flatnonzero(found.of == place)} for place in range(4)]
    assert groups == [{f"{letter}{i}" for i in range(6)} for letter in "abc"] + [{"lonely"}]
    assert found.each[1].top == ("b0", "b1", "b2"), "b0 and b1 hold the bridges"


def test_weights_decide_where_a_point_belongs() -> None:
    """x meets as many points of one side as of the other, but shares more problems with the right."""
    pairs = [(f"{c}{i}{j}", f"{c}{k}") for c in "lr" for i in range(5) for j in range(i) for k in (i, j)]
    pairs += [(f"x{c}{i}-{n}", end) for c, times in (("l", 1), ("r", 3)) for i in range(3) for n in range(times)
              for end in ("x", f"{c}{i}")]  # fmt: skip
    graph = KnowledgeGraph.from_incidence(pairs)
    of = networks.clusters(graph).of
    assert of[graph.row("x")] == of[graph.row("r0")] != of[graph.row("l0")]


def test_clusters_are_the_same_in_every_process() -> None:
    """Names are hashed anew by every process; clusters must not follow that."""
    code = PLANTED + "print(networks.clusters(graph, 3).of.tolist(), networks.clusters(graph, 3).each)"
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize("pairs", [[], [("q", "alone")], [("q", "a"), ("q", "b")]])
def test_tiny_graphs_have_clusters_and_measures_as_well(pairs: list[tuple[str, str]]) -> None:
    graph = KnowledgeGraph.from_incidence(pairs)
    found = networks.clusters(graph)
    assert sum(one.size for one in found.each) == len(graph) == found.of.size
    for measure in networks.MEASURES:
        assert networks.centrality(graph, measure).values.shape == (len(graph),)


@settings(max_examples=100, deadline=None)
@given(incidences)
def test_gsdp13_a_path_is_as_long_as_the_distance_and_the_heaviest_of_the_shortest(
    pairs: list[tuple[str, str]],
) -> None:
    graph = KnowledgeGraph.from_incidence(pairs)
    plain = nx.Graph([(edge.left, edge.right, {"weight": edge.weight}) for edge in graph.edges])
    plain.add_nodes_from(graph.names)
    a, b = graph.names[0], graph.names[-1]
    found = networks.route(graph, a, b)
    if found is None:
        assert not nx.has_path(plain, a, b)
        return
    assert found.distance == graph.distance(a, b)
    assert (found.points[0], found.points[-1]) == (a, b)
    assert list(found.weights) == [plain.edges[ends]["weight"] for ends in pairwise(found.points)]
    effort = [sum(1 / plain.edges[ends]["weight"] for ends in pairwise(path)) for path in
              nx.all_shortest_paths(plain, a, b)]  # fmt: skip
    assert sum(1 / weight for weight in found.weights) == pytest.approx(min(effort))


def test_a_point_that_is_not_there_is_said() -> None:
    with pytest.raises(BadInput, match="'nowhere' is no point"):
        networks.route(planted(), "a0", "nowhere")
    with pytest.raises(BadSetting, match="closeness"):
        networks.centrality(planted(), "closeness")


def test_measures_tell_bridges_from_hubs() -> None:
    graph = planted()
    between = networks.centrality(graph, "betweenness")
    assert not between.sampled
    assert {graph.names[row] for row in networks.best(between.values, 4)} == {"a0", "b0", "b1", "c0"}
    assert networks.best(between.values, 19).size == 4, "points that no path leads through are not listed"
    walk = networks.centrality(graph, "pagerank").values
    assert walk.sum() == pytest.approx(1)
    assert walk[graph.row("lonely")] == walk.min()
    assert networks.centrality(graph, "degree").values.tolist() == graph.degrees.tolist()


def test_betweenness_of_a_large_graph_is_sampled_repeatable_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    edges = nx.barabasi_albert_graph(400, 3, seed=1).edges
    graph = KnowledgeGraph.from_incidence([(f"q{n}", f"k{end:03d}") for n, edge in enumerate(edges) for end in edge])
    exact = networks.centrality(graph, "betweenness")
    monkeypatch.setattr(networks, "EFFORT", 100 * len(edges))
    found = networks.centrality(graph, "betweenness")
    assert (found.sampled, found.sources, found.of) == (True, 100, 400)
    assert found.values.tolist() == networks.centrality(graph, "betweenness").values.tolist()
    assert len(set(networks.best(found.values, 10)) & set(networks.best(exact.values, 10))) >= 8


def test_graphml_comes_back_from_networkx_as_it_went_in() -> None:
    graph = planted()
    made = graphml(graph, networks.clusters(graph), {"a0": "Algebra"})
    read = nx.read_graphml(io.BytesIO(made.body))
    assert made.replaced == 0
    assert made.body == graphml(graph, networks.clusters(graph), {"a0": "Algebra"}).body
    by_name = {said["name"]: said for _, said in read.nodes(data=True)}
    assert by_name["a0"] == {
        "name": "a0", "area": "Algebra", "degree": 6, "seeds": 6, "core": int("a0" in graph.core()), "cluster": 1,
    }  # fmt: skip
    assert "area" not in by_name["b0"]
    ends = {(*sorted((read.nodes[a]["name"], read.nodes[b]["name"])), said["weight"]) for a, b, said in
            read.edges(data=True)}  # fmt: skip
    assert ends == {(edge.left, edge.right, edge.weight) for edge in graph.edges}


HOSTILE = (
    "</data><script>alert(1)</script>", "]]>", "&amp; &#0;", '"quoted" \'twice\'', "<!DOCTYPE x [<!ENTITY y 'z'>]>&y;",
    "分数 $\\frac{1}{2}$", "emoji 🧮", "tab\tand\nline", "‮right to left",
)  # fmt: skip
UNWRITABLE = ("nul\x00", "bell\x07", "escape\x1b[31m", "return\rhere", "noncharacter\ufffe", "half \ud83d pair")


def test_hostile_names_survive_and_what_xml_cannot_hold_is_replaced_and_counted() -> None:
    names = (*HOSTILE, *UNWRITABLE)
    graph = KnowledgeGraph.from_incidence([("q", name) for name in names])
    made = graphml(graph, networks.clusters(graph), {HOSTILE[0]: "area\x08", HOSTILE[1]: "<b>"})
    read = nx.read_graphml(io.BytesIO(made.body))
    found = [said["name"] for _, said in read.nodes(data=True)]
    assert made.replaced == len(UNWRITABLE) + 1
    assert set(HOSTILE) <= set(found)
    assert len(found) == len(names)
    assert sum(REPLACEMENT in name for name in found) == len(UNWRITABLE)
    areas = {said["name"]: said.get("area") for _, said in read.nodes(data=True)}
    assert (areas[HOSTILE[0]], areas[HOSTILE[1]]) == (f"area{REPLACEMENT}", "<b>")
