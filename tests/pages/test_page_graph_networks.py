"""Clusters, paths, other measures and GraphML on the graph page of a real project."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.records import KnowledgePoint, SeedPoint
from engine.knowledge import networks
from engine.store import Store
from studio import workspace
from studio.parts.graph import centrality
from studio.parts.graph.networks import graphml_file
from studio.parts.graph.reads import facts, graph
from tests.support.page_project import filled

PAGE = Path(__file__).resolve().parents[2] / "pages" / "graph.py"
Open = Callable[[Path], AppTest]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with seeds, points and problems."""
    return filled(tmp_path / "full")


def _store(root: Path) -> Store:
    return workspace._open(str(root.resolve())).store


def _said(page: AppTest) -> str:
    return " ".join(block.value for block in (*page.main.markdown, *page.main.caption)).replace("\\", "")


def _until(page: AppTest, there: Callable[[AppTest], bool]) -> None:
    """Run the page until work in a thread has ended, as the page does for itself every second."""
    until = time.monotonic() + 60
    while not there(page) and time.monotonic() < until:
        time.sleep(0.2)
        page.run()
    assert not page.exception
    assert there(page)


def _measured(page: AppTest) -> bool:
    return any("Betweenness" in frame.value.columns for frame in page.dataframe)


def test_clusters_colour_the_graph_and_say_what_they_are(root: Path, open_page: Open) -> None:
    """GSDP-18: the word community stays with the three points that all meet."""
    page = open_page(root)
    assert "Louvain" not in _said(page)
    page.segmented_control(key="graph.colour").set_value("Cluster").run()
    _until(page, lambda page: "Cluster " in _said(page))
    said, now = _said(page), graph(_store(root))
    found, point = networks.clusters(now), page.selectbox[0].value
    place = int(found.of[now.row(point)])
    assert f"Cluster {place + 1} · {', '.join(found.each[place].top)} ({found.each[place].size:,})" in said
    assert "a community, in the words of the method, is only three points that all meet" in said
    page.segmented_control(key="graph.view").set_value("Whole").run()
    assert not page.exception


@pytest.mark.parametrize("view", ["Around", "Whole"])
def test_gsdp13_the_path_to_another_point_is_said_and_drawn(root: Path, open_page: Open, view: str) -> None:
    page = open_page(root)
    now, point = graph(_store(root)), page.selectbox[0].value
    goal = max((name for name in now.names if now.distance(point, name)), key=lambda name: now.distance(point, name))
    page.segmented_control(key="graph.view").set_value(view)
    page.selectbox(key="graph.goal").set_value(goal).run()
    assert not page.exception
    found = networks.route(now, point, goal)
    assert f"Distance **{now.distance(point, goal)}**" in _said(page)
    assert all(f"**{name}**" in _said(page) for name in found.points)
    page.selectbox(key="graph.goal").set_value(point).run()
    assert "Distance" not in _said(page)


def test_points_that_nothing_joins_have_no_path(tmp_path: Path, open_page: Open) -> None:
    home = project.create(tmp_path / "apart")
    points = {name: KnowledgePoint.make(name) for name in ("Left", "Right [x](y)", "Bell\x07")}
    with Store(home.database) as store:
        store.points.add(points.values())
        store.points.link(SeedPoint(f"S-{name}", point.id) for name, point in points.items())
    page = open_page(home.root)
    point = page.selectbox[0].value
    goal = next(name for name in points if name != point)
    page.selectbox(key="graph.goal").set_value(goal).run()
    assert not page.exception
    assert "No path joins" in _said(page)
    assert "XML cannot hold, replaced there by �: 1." in _said(page)
    assert "Core points by other measures" not in _said(page), "a graph without edges has no core"


def test_gsdp17_other_measures_stand_beside_the_published_core(root: Path, open_page: Open) -> None:
    page = open_page(root)
    _until(page, _measured)
    now = graph(_store(root))
    shown = next(frame.value for frame in page.dataframe if "Betweenness" in frame.value.columns)
    assert set(shown["Point"][shown["Core"]]) == set(now.core())
    assert list(shown["Degree"]) == sorted(shown["Degree"], reverse=True)
    assert shown.set_index("Point")["Degree"].to_dict().items() <= {(n.name, n.degree) for n in now.nodes}
    values = networks.centrality(now, "betweenness").values
    best = now.names[int(values.argmax())]
    assert shown.set_index("Point")["Betweenness"].idxmax() == best
    assert f"Of {len(now.core()):,} core points" in _said(page)


def test_a_large_graph_is_measured_when_it_is_asked_for(
    root: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centrality, "QUICK", 0)
    page = open_page(root)
    assert not _measured(page)
    page.button(key="graph.measure").click().run()
    _until(page, _measured)


def test_the_whole_graph_is_offered_as_graphml_with_areas(root: Path, open_page: Open) -> None:
    page = open_page(root)
    assert "Whole graph as GraphML" in [button.label for button in page.get("download_button")]
    store = _store(root)
    read = nx.read_graphml(io.BytesIO(graphml_file(graph(store), facts(store))))
    areas = {said["name"]: said.get("area", "") for _, said in read.nodes(data=True)}
    assert areas == {name: fact.area for name, fact in facts(store).items()}
