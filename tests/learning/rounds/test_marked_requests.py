"""Every model of a loop answers the requests that were held out, and a judge marks what it wrote (CL-28)."""

from __future__ import annotations

import pytest

from engine.abacus.families import ALL
from engine.core import project
from engine.core.errors import BadSetting, UserError
from engine.core.project import EngineSpec
from engine.core.records import Request
from engine.core.settings import Recipe
from engine.core.settings.training import Looping
from engine.generation import inputs, recipes
from engine.generation.judges.dimensions import DIMENSIONS
from engine.knowledge import requests
from engine.learning.rounds import steps
from engine.learning.rounds.program import LoopRound
from engine.planning import loop
from engine.reporting.model_marks import model_dimensions
from engine.runs.plan import RoundPlan
from engine.store import Store
from tests.support.abacus_endpoint import AbacusEndpoint

JUDGE = "abacus:abacus-judge-a"
HELD = 6


def _round(home, number, **more):
    """A round whose models are the embedded engine, which needs no server, and whose synthesis held requests out."""
    folder = home.runs / f"round-0001-{number}-synthesis" / "inputs"
    held = requests.draw(sorted({point for family in ALL[:8] for point in family.points}), HELD, seed=4)
    inputs.save(folder / "evaluation.parquet", Request, held)
    looping = Looping(model="/m0", data="/d", **more)
    recipe = Recipe(name="continual", title="t", way="continual", roles={})
    plan = RoundPlan(id="round-0001", recipe=recipe, engines=project.engines(home), looping=looping)
    return LoopRound(plan, home.runs / "round-0001", number)


def _came_of(way):
    """Go through a generator; return what it yields of events, and what it returns."""
    said = []
    try:
        while True:
            said.append(next(way))
    except StopIteration as ended:
        return [one for one in said if hasattr(one, "act")], ended.value


@pytest.fixture
def home(tmp_path, monkeypatch):
    made = project.create(tmp_path / "p")
    monkeypatch.setattr(steps, "SERVED", "abacus-large")
    monkeypatch.setattr(steps.Steps, "_engine", lambda self, name, model: project.engines(made)["abacus"])
    return made


def test_cl28_held_out_requests_are_marked_in_every_round(home, tmp_path):
    """CL-28: the first round marks its start as well; the table of the report has a row for every model."""
    models = {"start": tmp_path / "m0", "model": tmp_path / "m1"}
    events, first = _came_of(_round(home, 1, judge=JUDGE)._mark(models))
    assert [event.act for event in events] == ["requests start", "requests model"]
    assert set(first) == {"start", "model"}
    assert set(first["model"]) == {*DIMENSIONS, "mean"}
    assert all(1 <= mark <= 10 for marks in first.values() for mark in marks.values())
    events, second = _came_of(_round(home, 2, judge=JUDGE)._mark({"start": tmp_path / "m1", "model": tmp_path / "m2"}))
    assert [event.act for event in events] == ["requests model"]
    assert set(second) == {"model"}
    with Store(home.database) as store:
        assert model_dimensions(store).todo
        for number, name in ((1, "start"), (1, "model"), (2, "model")):
            store.ingest(home.runs / f"round-0001-{number}-requests-{name}")
        said = model_dimensions(store)
        assert store.home.funnel().written == 0, "what is looked at never becomes a problem of the project"
    found = {row[0]: row for row in said.table.rows}
    assert list(found) == ["M0 of round-0001", "M1 of round-0001", "M2 of round-0001"]
    assert {row[2] for row in found.values()} == {JUDGE}
    assert found["M1 of round-0001"][4:] == pytest.approx(
        (*(first["model"][key] for key in DIMENSIONS), first["model"]["mean"])
    )


def test_cl28_without_a_judge_nobody_marks_and_a_judge_needs_requests(home, tmp_path):
    events, marks = _came_of(_round(home, 1)._mark({"model": tmp_path / "m1"}))
    assert (events, marks) == ([], {})
    looping = Looping(model="/m0", data="/d", judge=JUDGE)
    with Store(home.database) as store:
        with pytest.raises(BadSetting, match="no request is held out"):
            loop(store, home, recipes.load("continual", {"continual.evaluation_requests": "0"}), looping)
        with pytest.raises(BadSetting, match="'nowhere' is not a known engine"):
            loop(store, home, recipes.load("continual"), looping.model_copy(update={"judge": "nowhere:x"}))
        with pytest.raises(BadSetting, match="Abacus has no model 'sharp'; it has abacus-small"):
            loop(store, home, recipes.load("continual"), looping.model_copy(update={"judge": "abacus:sharp"}))


def test_a_judge_that_refuses_everything_fails_the_round_and_is_asked_again_by_a_resume(home, tmp_path):
    """A round whose marks are all refused would end well, and its report would hold no data."""
    words = ["no credit left"]
    with AbacusEndpoint(refuses=lambda body: words[0] if body["model"] == "abacus-judge-b" else "") as endpoint:
        project.save_engines(home, {"far": EngineSpec(base_url=endpoint.url)})
        models = {"start": tmp_path / "m0"}
        with pytest.raises(UserError, match=r"no answer came from judge: 6 of 6 questions failed, .*no credit left"):
            _came_of(_round(home, 1, judge="far:abacus-judge-b")._mark(models))
        words[0] = ""
        events, marks = _came_of(_round(home, 1, judge="far:abacus-judge-b")._mark(models))
    assert [event.act for event in events] == ["requests start"]
    assert set(marks["start"]) == {*DIMENSIONS, "mean"}
