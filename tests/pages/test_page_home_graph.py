"""Home, Seeds and Knowledge graph on a real store: empty, full, and repaired by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from studio import session, workspace
from tests.support.page_project import filled, opened

ROOT = Path(__file__).resolve().parents[2]
Open = Callable[[Path, str], AppTest]


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """Open a page on a project as the studio would, and close the project afterwards."""
    with ExitStack() as stack:

        def open_one(root: Path, name: str) -> AppTest:
            monkeypatch.setenv("LEMMA_PROJECT", str(root))
            stack.enter_context(opened(root))
            frame = AppTest.from_file(str(ROOT / "studio" / "app.py"), default_timeout=60).run()
            return frame.switch_page(str(ROOT / "pages" / f"{name}.py")).run()

        yield open_one


def _said(page: AppTest) -> str:
    return " ".join(block.value for block in (*page.main.markdown, *page.main.caption))


@pytest.mark.parametrize(("name", "button"), [("home", "Import seeds"), ("graph", "Import seeds")])
def test_an_empty_project_offers_one_act(tmp_path: Path, open_page: Open, name: str, button: str) -> None:
    page = open_page(project.create(tmp_path / "empty").root, name)
    assert not page.exception
    assert [each.label for each in page.main.button] == [button]


def test_home_shows_the_funnel_and_what_needs_the_curator(tmp_path: Path, open_page: Open) -> None:
    page = open_page(filled(tmp_path / "full"), "home")
    assert not page.exception
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["Written"] == "60"
    assert figures["Selected"] == "0"
    assert "No limits applied yet" in _said(page)


def test_seeds_are_listed_with_their_sources(tmp_path: Path, open_page: Open) -> None:
    page = open_page(filled(tmp_path / "full"), "seeds")
    assert not page.exception
    assert {"algebra", "number_theory"} <= set(page.dataframe[0].value["Source"])


def test_gsdp42_the_graph_page_counts_points_edges_and_combinations(tmp_path: Path, open_page: Open) -> None:
    """GSDP-42: nodes, edges, degree and combinations per kind are shown."""
    page = open_page(filled(tmp_path / "full"), "graph")
    assert not page.exception
    said = _said(page)
    assert "edges" in said
    assert "mean degree" in said
    kinds = next(frame.value for frame in page.dataframe if "Available" in frame.value.columns)
    assert list(kinds["Kind"]) == ["one-hop", "two-hop", "three-hop", "community"]


def test_gsdp08_large_classes_are_listed_from_the_size_that_is_asked_for(tmp_path: Path, open_page: Open) -> None:
    """GSDP-08: the number is the setting's default, and a smaller one lists more classes."""
    root = filled(tmp_path / "full")
    page = open_page(root, "graph")
    box = page.number_input(key="graph.oversized")
    assert box.value == 12
    page = box.set_value(2).run()
    assert not page.exception
    large = workspace._open(str(root.resolve())).store.points.oversized(2)
    assert len(large)
    assert f"{len(large):,} points stand for 2 names and more." in _said(page)
    listed = next(frame.value for frame in page.dataframe if "Members" in frame.value.columns)
    assert list(listed["Point"]) == list(large["point"])


def test_a_deleted_point_comes_back_with_undo(tmp_path: Path, open_page: Open) -> None:
    root = filled(tmp_path / "full")
    page = open_page(root, "graph")
    store = workspace._open(str(root.resolve())).store
    before = store.points.count()
    page.session_state[session.CURATOR] = "ann"
    page.button(key="graph.delete").click().run()
    assert store.points.count() == before - 1
    page.button(key="graph.undo").click().run()
    assert not page.exception
    assert store.points.count() == before
    page.button(key="graph.redo").click().run()
    assert store.points.count() == before - 1
