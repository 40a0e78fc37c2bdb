"""Widgets and figures over real settings classes and records, run by Streamlit's own test runner."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core.settings import AgenticMath, DualFilter, Judging, RecipeSettings, Running
from engine.runs.status import Status
from studio import charts, theme
from studio.lens.component import LensRule, lens_state
from studio.parts.graph.ego_graph import GraphEdge, GraphNode, clicked, graph_option, places
from studio.parts.graph.html_export import offline, takeaway
from studio.ui.problem_card import steps_of
from studio.ui.run_monitor import duration, pace_text, short
from studio.ui.settings_form import bounds_of, remark_of

ROOT = Path(__file__).resolve().parents[3]

NODES = (
    GraphNode("Middle <b>", 155, 104, area="Algebra"),
    GraphNode("Near", 40, 35, core=True, area="Algebra", ring=1),
    GraphNode("Far", 9, 3, area="Geometry", ring=2, parent="Near"),
    GraphNode("Stray", 9, 3, area="Geometry", ring=2, parent=None),
)
EDGES = (
    GraphEdge("Middle <b>", "Near", 7, "explicit"),
    GraphEdge("Near", "Far", 2, "community"),
    GraphEdge("Middle <b>", "Far", 0, "implicit"),
)


def _form_script() -> None:
    import streamlit as st
    from pydantic import ValidationError

    from engine.core.settings import DualFilter
    from studio.ui.settings_form import settings_form

    said = settings_form(DualFilter, key="filter")
    if isinstance(said, ValidationError):
        st.error(said.errors()[0]["msg"])
    else:
        st.code(said.model_dump_json())


def test_a_form_returns_validated_settings() -> None:
    page = AppTest.from_function(_form_script, default_timeout=20).run()
    assert not page.exception
    assert said_settings(page) == DualFilter().model_dump(mode="json")
    assert said_settings(page)["merge_at"] == 0.9
    page.number_input(key="filter.ask_from").set_value(0.95).run()
    assert "ask_from must not exceed merge_at" in page.error[0].value
    page.number_input(key="filter.merge_at").set_value(0.97).run()
    assert said_settings(page)["merge_at"] == pytest.approx(0.97)


def said_settings(page: AppTest) -> dict:
    import json

    return json.loads(page.code[0].value)


def _every_form_script() -> None:
    import streamlit as st
    from pydantic import ValidationError

    from engine.core.settings import RecipeSettings
    from studio.ui.settings_form import settings_form

    good = []
    for name, field in RecipeSettings.model_fields.items():
        said = settings_form(field.annotation, key=name)
        if not isinstance(said, ValidationError):
            good.append(name)
    st.code(" ".join(good))


def test_every_recipe_setting_can_be_drawn_and_starts_valid() -> None:
    page = AppTest.from_function(_every_form_script, default_timeout=60).run()
    assert not page.exception
    assert page.code[0].value.split() == list(RecipeSettings.model_fields)


def test_published_defaults_name_their_source() -> None:
    assert remark_of(Judging.model_fields["keep_at"]).endswith("The method used 0.85 (GSDP 2.5).")
    assert "The method used" not in remark_of(Running.model_fields["concurrency"])
    bounds = bounds_of(AgenticMath.model_fields["seed_limit"])
    assert (bounds.low, bounds.high) == (0, 5)


def test_config_repeats_the_tokens() -> None:
    """The colours Streamlit paints with are the tokens of the theme."""
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    for tokens in (theme.LIGHT, theme.DARK):
        said = config[tokens.mode]
        assert said["textColor"] == tokens.ink
        assert said["backgroundColor"] == tokens.paper
        assert said["secondaryBackgroundColor"] == tokens.panel
        assert said["borderColor"] == tokens.line
        assert said["blueColor"] == tokens.kept
        assert (said["greenColor"], said["redColor"], said["yellowColor"]) == (tokens.good, tokens.bad, tokens.warn)
        assert (said["violetColor"], said["grayColor"]) == (tokens.edit, tokens.mute)
        assert tuple(said["chartCategoricalColors"]) == tokens.areas
        assert tuple(said["chartSequentialColors"]) == tokens.ramp
        assert tuple(said["chartDivergingColors"]) == tokens.diverging


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK])
def test_text_colours_can_be_read(tokens: theme.Tokens) -> None:
    for name in ("ink", "mute", "good", "bad", "warn", "edit", "kept"):
        assert _contrast(getattr(tokens, name), tokens.paper) >= 4.5, name


def _contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_no_colour_is_written_outside_the_theme() -> None:
    for path in [*(ROOT / "studio").rglob("*.py"), *(ROOT / "studio").rglob("*.js"), *(ROOT / "pages").glob("*.py")]:
        if path.name in ("theme.py", "diff.py"):
            continue
        assert not re.search(r"[\"'`]#[0-9A-Fa-f]{6}\b", path.read_text(encoding="utf-8")), path


def test_rings_are_stable_and_leave_nobody_out() -> None:
    at = places(NODES)
    assert at == places(NODES)
    assert set(at) == {node.name for node in NODES}
    assert at["Middle <b>"] == (0.0, 0.0)
    near, far = at["Near"], at["Far"]
    assert (far[0] ** 2 + far[1] ** 2) > (near[0] ** 2 + near[1] ** 2)


def test_the_graph_tells_its_ties_and_core_points_apart() -> None:
    page = AppTest.from_function(_graph_script, default_timeout=20).run()
    assert not page.exception


def _graph_script() -> None:
    from studio.parts.graph.ego_graph import GraphEdge, GraphNode, ego_graph

    nodes = [GraphNode("a", 50, 40, ring=0), GraphNode("b {x|y}", 5, 4, core=True, ring=1)]
    ego_graph(nodes, [GraphEdge("a", "b {x|y}", 3, "explicit")], key="graph", chosen="a")


def test_marks_of_the_graph_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("studio.parts.graph.ego_graph.tokens", lambda: theme.LIGHT)
    option = graph_option(NODES, EDGES, chosen="Near", colouring="coverage", thin=30, whole=False)
    series = option["series"][0]
    symbols = {node["name"]: node["symbol"] for node in series["data"]}
    assert symbols["Near"] == "diamond"
    assert symbols["Far"] == "circle"
    thin = {node["name"]: node["itemStyle"]["color"] == theme.LIGHT.other for node in series["data"]}
    assert thin == {"Middle <b>": False, "Near": False, "Far": True, "Stray": True}
    ties = {(link["source"], link["target"]): link["lineStyle"] for link in series["links"]}
    assert ties[("Middle <b>", "Far")]["type"] == "dashed"
    assert ties[("Near", "Far")]["color"] == theme.LIGHT.warn


class _Event:
    def __init__(self, *groups: dict) -> None:
        self.selection = {"selected": list(groups)}


def test_only_clicks_on_points_of_this_picture_count() -> None:
    names = ["a", "b"]
    assert clicked(_Event({"data_type": "node", "data_indices": [1]}), names) == "b"
    assert clicked(_Event({"data_type": "edge", "data_indices": [0]}), names) is None
    assert clicked(_Event({"data_type": "node", "data_indices": [7]}), names) is None
    assert clicked(None, names) is None


def test_the_file_to_take_away_works_offline_and_is_escaped() -> None:
    page = takeaway(NODES, EDGES)
    assert "vis.Network" in page or "new vis" in page
    assert not re.search(r"<(?:script|link)\b[^>]*(?:src|href)\s*=", page)
    assert "Middle <b>" not in page
    assert "Middle &lt;b&gt;" in page or "Middle \\u0026lt;b" in page


def test_offline_takes_out_every_kind_of_link() -> None:
    page = (
        '<link rel="stylesheet" href="https://x.example/a.css"><script src="//x.example/a.js"></script>'
        '<script src="../node_modules/vis.js"></script><script>let inside = 1;</script>'
    )
    assert offline(page) == "<script>let inside = 1;</script>"


@pytest.mark.parametrize(
    ("solution", "steps"),
    [
        ("one\n\ntwo", ["one", "two"]),
        ("1. one\n2. two", ["one", "two"]),
        ("Step 1: one\nStep 2: two", ["one", "two"]),
        ("a $x\n+y$ b", ["a $x\n+y$ b"]),
        ("only", ["only"]),
        ("", [""]),
    ],
)
def test_solutions_are_cut_at_steps(solution: str, steps: list[str]) -> None:
    assert steps_of(solution) == steps


def test_tracks_know_which_side_passes() -> None:
    assert charts.Track("a", 0, 1, 0.8, 0.85).passes is False
    assert charts.Track("a", 0, 1, 0.8, 0.85, at_least=False).passes is True
    assert charts.Track("a", 0, 1, None, 0.85).passes is True


def test_times_and_numbers_are_said_as_people_say_them() -> None:
    assert [duration(14), duration(720), duration(12_900)] == ["14 s", "12 min", "3 h 35 min"]
    assert [short(950), short(12_300), short(1_210_000)] == ["950", "12.3 k", "1.2 M"]
    assert pace_text(Status()) == "not started yet"
    live = Status(state="running", started=time.time() - 100, done=10, total=100)
    assert "of about 17 min" in pace_text(live)
    known = Status(state="running", started=time.time() - 100, done=10, total=100, left_s=3_500.0)
    assert "of about 60 min" in pace_text(known) or "of about 1 h" in pace_text(known), "the same time left as below it"


def test_what_the_lens_says_is_read_with_care() -> None:
    rule = {"score": "a", "limit": 0.5, "use": True, "if_missing": "drop"}
    policy = {"rules": [rule], "kept": 3, "after": 1, "other": [rule]}
    said = lens_state({"policy": policy, "lasso": [[1, 2], [3, 4]], "concept": 5})
    assert said.rules == said.other == (LensRule("a", 0.5, True, "drop"),)
    assert (said.kept, said.after, said.whole) == (3, 1, True)
    assert said.lasso == ((1.0, 2.0), (3.0, 4.0))
    assert said.concept == 5
    nothing = lens_state({})
    assert (nothing.rules, nothing.lasso, nothing.concept, nothing.kept) == ((), None, None, None)


def _charts_script() -> None:
    from studio import charts

    tracks = [charts.Track("a", 0, 1, 0.5, 0.6), charts.Track("b", 0, 5, None, None)]
    drawn = {
        "bars": charts.bars(["x"], {"all": [2], "kept": [1]}, ("red", "blue"), horizontal=True),
        "funnel": charts.funnel({"Written": 10, "Kept": 3}),
        "strip": charts.histogram_strip([0, 0.5, 1], [3, 4], [1, 2], limit=0.5, saved=0.4),
        "pace": charts.items_a_minute(range(1000), {"written": [1.0] * 1000}, forecast=2),
        "tracks": charts.limit_tracks(tracks),
        "shares": charts.shares({"one": 40, "two": 60}),
        "sides": charts.two_sided(["c"], [3], [4], ("only B", "only A")),
        "empty": charts.funnel({}),
    }
    for name, figure in drawn.items():
        charts.draw(figure, key=name, alt=f"{name} drawn.")
    assert len(drawn["pace"].data[0].x) <= charts.MOST_POINTS


def test_every_chart_can_be_drawn() -> None:
    page = AppTest.from_function(_charts_script, default_timeout=60).run()
    assert not page.exception


def _head_script() -> None:
    from engine.runs.status import Status
    from studio.ui.run_monitor import run_head

    run_head("run", Status(state="running", total=3, damage="records.jsonl line 4 is set aside, [x](http://x)"))


def test_the_live_page_says_what_was_damaged_in_the_journal() -> None:
    """In letters: what a damaged line says is no link."""
    page = AppTest.from_function(_head_script).run()
    (said,) = (caption.value for caption in page.caption)
    assert said.startswith("records.jsonl line 4 is set aside")
    assert "\\[x\\]" in said
