"""`lemma graph`: a path between two points, centrality, and a file that networkx reads."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import networkx as nx

from engine.core import project
from engine.core.records import KnowledgePoint, SeedPoint
from engine.store import Store
from tests.support.command import few_seeds


def test_a_path_names_its_points_and_is_as_long_as_the_distance(ask, tmp_path: Path) -> None:
    """GSDP-13: D is the number of edges on a shortest path."""
    out = tmp_path / "graph.graphml"
    assert ask("graph", "export", "--out", out).code == 0
    file = nx.read_graphml(out)
    named = nx.relabel_nodes(file, {node: said["name"] for node, said in file.nodes(data=True)})
    group = sorted(max(nx.connected_components(named), key=len))
    far = nx.single_source_shortest_path_length(named, group[0])
    goal = max(group, key=lambda name: far[name])
    found = ask("graph", "path", group[0], goal, "--json").values
    assert found["distance"] == far[goal] == len(found["path"]) - 1
    assert (found["path"][0], found["path"][-1]) == (group[0], goal)
    assert found["weights"] == [named.edges[ends]["weight"] for ends in pairwise(found["path"])]
    said = ask("graph", "path", group[0], goal).out
    assert all(name in said for name in found["path"])
    assert f"distance {far[goal]}" in said
    assert ask("graph", "path", goal, goal, "--json").values == {"path": [goal], "distance": 0, "weights": []}


def test_points_that_nothing_joins_have_no_path(command, tmp_path: Path) -> None:
    """GSDP-13: unconnected points have no distance."""
    home = project.create(tmp_path / "apart")
    points = {name: KnowledgePoint.make(name) for name in ("Left", "Right", "Bell\x07")}
    with Store(home.database) as store:
        store.points.add(points.values())
        store.points.link(SeedPoint(f"S-{name}", point.id) for name, point in points.items())
    assert command("graph", "path", "Left", "Right", "--json", project=home.root).values == {
        "path": [], "distance": None, "weights": [],
    }  # fmt: skip
    assert "no path joins Left and Right" in command("graph", "path", "Left", "Right", project=home.root).out
    out = tmp_path / "apart.graphml"
    assert "XML cannot hold, replaced by \ufffd: 1" in command("graph", "export", "--out", out, project=home.root).out
    assert {said["name"] for _, said in nx.read_graphml(out).nodes(data=True)} == {"Left", "Right", "Bell\ufffd"}


def test_an_export_holds_all_points_edges_areas_and_clusters(ask, road, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "graph.graphml"
    values = ask("graph", "export", "--out", out, "--json").values
    stats = road[1]["stats"].values
    assert (values["nodes"], values["edges"], values["replaced"]) == (stats["nodes"], stats["edges"], 0)
    file = nx.read_graphml(out)
    assert (file.number_of_nodes(), file.number_of_edges()) == (stats["nodes"], stats["edges"])
    said = [said for _, said in file.nodes(data=True)]
    assert {one["cluster"] for one in said} == set(range(1, values["clusters"] + 1))
    assert {one["name"] for one in said if one["core"]} == set(stats["core"])
    assert any(one.get("area") for one in said)
    before = out.read_bytes()
    assert ask("graph", "export", "--out", out).code == 0
    assert out.read_bytes() == before


def test_centrality_stands_beside_the_published_core(ask, road) -> None:
    """GSDP-17: whatever is asked for, the core stays the published one."""
    values = ask("graph", "stats", "--centrality", "betweenness", "--json").values
    assert values["core"] == road[1]["stats"].values["core"]
    listed = values["centrality"]["points"]
    assert [one["value"] for one in listed] == sorted((one["value"] for one in listed), reverse=True)
    assert {one["point"] for one in listed if one["core"]} <= set(values["core"])
    text = ask("graph", "stats", "--centrality", "degree").out
    assert text.count("(core)") == min(20, len(values["core"]))


def test_gsdp08_a_build_names_large_classes_or_keeps_them_small(command, tmp_path: Path) -> None:
    """GSDP-08: with 2 as the size every class is large; kept below it, no point has a second name."""
    said = {}
    for split in (False, True):
        home = tmp_path / f"split-{split}"
        assert command("init", home).code == 0
        assert command("seeds", "add", few_seeds(tmp_path / "seeds.jsonl", 60), project=home).code == 0
        change = ("--set", "filter.oversized=2", "--set", f"filter.split_oversized={str(split).lower()}")
        said[split] = command("knowledge", "build", *change, "--json", project=home).values
    assert all(one["names"] >= 2 for one in said[False]["oversized"])
    assert said[False]["oversized"]
    assert said[True]["oversized"] == []
    assert said[True]["points"] > said[False]["points"]
