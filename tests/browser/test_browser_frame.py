"""The frame: every page opens in both themes without a request to the outside; settings are kept."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine.core import project as projects
from studio.navigation import ROAD
from studio.parts.graph.ego_graph import GraphEdge, GraphNode
from studio.parts.graph.html_export import takeaway
from tests.support.browser import ROOT, Server, Watch, serve, settle

GRAPH = """
import streamlit as st
from studio.parts.graph.ego_graph import GraphEdge, GraphNode, ego_graph
st.set_page_config(layout="wide")
nodes = [GraphNode("Middle", 155, 104)] + [GraphNode(f"Point {k}", 9, 40, ring=1) for k in range(4)]
edges = [GraphEdge("Middle", f"Point {k}", 3, "explicit") for k in range(4)]
got = ego_graph(nodes, edges, key="graph", chosen="Middle", height=600)
st.caption(f"chosen: {got}")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty project for all tests of this file."""
    return projects.create(tmp_path_factory.mktemp("frame") / "project").root


@pytest.fixture(scope="module")
def studio(project: Path) -> Iterator[Server]:
    """The whole studio on it."""
    server = serve(ROOT / "studio" / "app.py", project.parent / "studio.log", project=project)
    yield server
    server.stop()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_opens_and_asks_nobody_outside(
    studio: Server, open_page: Callable[..., Page], watch: Watch, theme: str
) -> None:
    page = open_page(studio.url, theme=theme)
    for stop in ROAD:
        page.get_by_test_id("stSidebarNav").get_by_text(stop.title, exact=True).click()
        settle(page)
        assert page.get_by_test_id("stMain").inner_text().strip(), stop.name
    assert watch.outside == []
    assert watch.errors == []
    ground = page.evaluate("() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    assert ground == {"light": "rgb(253, 252, 250)", "dark": "rgb(21, 23, 27)"}[theme]


def test_an_engine_is_added_on_its_page(studio: Server, project: Path, open_page: Callable[..., Page]) -> None:
    page = open_page(f"{studio.url}/engines")
    page.get_by_role("button", name="New engine").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("local")
    dialog.get_by_label("Base URL").fill("http://127.0.0.1:9/v1")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("button", name="Measure")).to_have_count(2)
    saved = tomllib.loads((project / "engines.toml").read_text())["engines"]
    assert saved["local"]["base_url"] == "http://127.0.0.1:9/v1"


def test_a_click_on_a_point_reaches_python(run_script: Callable[[str], Server], open_page: Callable[..., Page]) -> None:
    page = open_page(run_script(GRAPH).url, width=1400)
    canvas = page.locator("canvas").first
    canvas.wait_for()
    page.wait_for_timeout(500)
    box = canvas.bounding_box()
    assert box is not None
    # Found by looking for the dark blue of a point, because ECharts fits the picture to its box.
    spot = page.evaluate(
        """() => { const c = document.querySelector('canvas'), p = c.getContext('2d');
            const r = c.width / c.clientWidth, d = p.getImageData(0, 0, c.width, c.height).data;
            for (let y = 0; y < c.height; y += 2) for (let x = 0; x < c.width; x += 2) {
                const k = 4 * (y * c.width + x);
                if (d[k] > 180 && d[k] < 200 && d[k + 2] > 230 && d[k + 3] > 250) return [x / r + 4, y / r + 4];
            } return null; }"""
    )
    assert spot is not None, "no point was drawn"
    page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
    expect(page.get_by_text("chosen: Point")).to_be_visible()


def test_the_file_to_take_away_opens_without_a_network(
    open_page: Callable[..., Page], watch: Watch, tmp_path: Path, browser: object
) -> None:
    path = tmp_path / "graph.html"
    nodes = (GraphNode("<img src=x onerror=alert(1)>", 5, 40), GraphNode("b", 5, 40, ring=1))
    path.write_text(takeaway(nodes, (GraphEdge(nodes[0].name, "b", 2, "explicit"),)), encoding="utf-8")
    context = browser.new_context()  # type: ignore[attr-defined]
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    page.goto(path.as_uri())
    page.locator("canvas").wait_for()
    context.close()
    assert [address for address in asked if not address.startswith(("file:", "data:", "blob:"))] == []
    assert watch.errors == []
