"""Points repaired from the graph page: split by proposal and by hand, merged with both in view; undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from studio import workspace
from tests.support.page_project import filled

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "pages" / "graph.py"
Open = Callable[[Path], AppTest]


def _split(point: str) -> None:
    from studio import workspace
    from studio.parts.graph.split import split_form

    shared = workspace.workspace()
    split_form(shared.project, shared.store, point)


def _merge(point: str) -> None:
    from studio import workspace
    from studio.parts.graph.merge import merge_form
    from studio.parts.graph.reads import facts, graph

    shared = workspace.workspace()
    merge_form(shared.project, shared.store, graph(shared.store), facts(shared.store), point)


@pytest.fixture
def root(tmp_path: Path, open_page: Open) -> Path:
    """A project with seeds, points and problems, open in this process."""
    root = filled(tmp_path / "full")
    assert not open_page(root).exception
    return root


def _said(page: AppTest) -> str:
    return " ".join(block.value for block in (*page.main.markdown, *page.main.caption))


def _busiest(root: Path) -> str:
    return str(workspace._open(str(root.resolve())).store.points.live().sort_values("problems")["name"].iloc[-1])


def test_a_point_is_split_by_proposal_moved_by_hand_and_put_back_by_undo(root: Path) -> None:
    """GSDP-10: seeds and problems follow their part; drawn combinations with the old point are out of date."""
    store, point = workspace._open(str(root.resolve())).store, _busiest(root)
    page = AppTest.from_function(_split, args=(point,), default_timeout=60).run()
    assert not page.exception
    resting = store.points.resting(point)
    seeds = sum(row.sort == "seed" for row in resting)
    assert f"{seeds} seeds and {len(resting) - seeds} problems rest on" in _said(page)
    page.session_state[f"graph.split.rows.{point}.{len(resting)}"] = {
        "edited_rows": {0: {"Second": False}}, "added_rows": [], "deleted_rows": [],
    }  # fmt: skip
    first, second = page.text_input
    first.set_value("  One   part ")
    second.set_value("The other")
    page.button(key="graph.split.go").click().run()
    assert not page.exception
    assert "nothing to split" in _said(page), "the point is gone; the form says so to whoever still has it open"
    live = set(store.points.live()["name"])
    assert {"One part", "The other"} <= live
    assert point not in live
    parts = [{row.id for row in store.points.resting(name)} for name in ("One part", "The other")]
    assert parts[0] | parts[1] == {row.id for row in resting}
    assert not parts[0] & parts[1]
    assert sum(store.combinations.outdated().values()) > 0
    assert len(store.points.undo(store.points.history(n=1)[0].by)) == 2
    assert [row.id for row in store.points.resting(point)] == [row.id for row in resting]
    assert store.combinations.outdated() == {}


def test_a_name_that_is_taken_is_refused_and_nothing_is_split(root: Path) -> None:
    store, point = workspace._open(str(root.resolve())).store, _busiest(root)
    other = next(name for name in store.points.live()["name"] if name != point)
    page = AppTest.from_function(_split, args=(point,), default_timeout=60).run()
    page.text_input[1].set_value(other)
    page.button(key="graph.split.go").click().run()
    assert "another concept has this name" in page.error[0].value
    assert point in set(store.points.live()["name"])


def test_two_points_are_merged_under_the_name_that_stays(root: Path) -> None:
    store, point = workspace._open(str(root.resolve())).store, _busiest(root)
    page = AppTest.from_function(_merge, args=(point,), default_timeout=60).run()
    other = page.selectbox[0].options[0]
    page.selectbox[0].set_value(other).run()
    assert not page.exception
    said = _said(page)
    assert "shared seed" in said
    assert "cosine" in said
    page.radio[0].set_value(other)
    page.button(key="graph.merge.go").click().run()
    live = set(store.points.live()["name"])
    assert other in live
    assert point not in live
    assert point in store.points.members(other)


def test_ties_can_be_hidden_and_combinations_of_the_point_are_counted(root: Path, open_page: Open) -> None:
    """GSDP-42: what the point can be combined into stands beside it."""
    page = open_page(root)
    assert not page.exception
    assert "communities **" in _said(page)
    page.button_group(key="graph.ties").set_value(["Explicit"]).run()
    assert not page.exception


def test_a_name_that_another_point_has_is_refused_in_one_line(root: Path, open_page: Open) -> None:
    """The form of the name holds no buttons of an error; drawn in it, the page would fail."""
    store = workspace._open(str(root.resolve())).store
    before = set(store.points.live()["name"])
    page = open_page(root)
    field = next(one for one in page.text_input if one.label == "New name")
    other = next(name for name in sorted(before) if name != field.value)
    field.set_value(other)
    next(one for one in page.button if one.label == "Rename").click().run()
    assert not page.exception
    assert ["another concept has this name. Merge the two" in one.value for one in page.error] == [True]
    assert set(store.points.live()["name"]) == before
