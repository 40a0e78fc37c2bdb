"""Runs that hold one server at the same time: each pays its part of every moment, and together they pay it once."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.project import EngineSpec
from engine.core.settings import Recipe
from engine.runs import held, sharing
from engine.runs.plan import GeneratePlan, save_plan
from engine.runs.sharing import RunsBeside, shared
from engine.runs.status import Status, save_status

CARD = EngineSpec(base_url="http://x/v1", usd_per_hour=3600.0)
"""A dollar a second."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The time, as both modules see it, set by hand."""
    now = SimpleNamespace(at=0.0)
    faked = SimpleNamespace(time=lambda: now.at, monotonic=lambda: now.at)
    monkeypatch.setattr(held, "time", faked)
    monkeypatch.setattr(sharing, "time", faked)
    return now


def a_plan(name: str, **engines: EngineSpec) -> GeneratePlan:
    recipe = Recipe(name="gsdp", title="GSDP", roles={role: f"{role}:m" for role in engines})
    return GeneratePlan(id=name, recipe=recipe, engines=engines)


class Running:
    """A run that is held by a meter, its plan and its status on disk as others see them."""

    def __init__(self, runs: Path, name: str, before: Status | None = None, **engines: EngineSpec) -> None:
        self.directory, plan = runs / name, a_plan(name, **(engines or {"card": CARD}))
        save_plan(self.directory, plan)
        self.meter = held.HourMeter(before)
        self.meter.start(held.prices(plan), RunsBeside(self.directory, plan).since)
        self.say(sharing.time.time())

    def say(self, at: float, state: str = "running") -> Status:
        """Write the status, as it is at that time."""
        self.meter.look()
        status = Status(state=state, heartbeat=at, **self.meter.told())
        save_status(self.directory, status)
        return status


@pytest.mark.parametrize(
    ("others", "seconds"),
    [
        ([], 10.0),
        ([(10.0, 20.0), (-5.0, 0.0)], 10.0),
        ([(5.0, 15.0)], 7.5),
        ([(2.0, 4.0)], 9.0),
        ([(-1.0, math.inf)], 5.0),
        ([(0.0, 10.0), (0.0, 10.0)], 10 / 3),
        ([(0.0, 6.0), (4.0, 10.0)], 4 / 2 + 2 / 3 + 4 / 2),
        ([(1.0, 2.0), (3.0, 4.0)], 9.0),
    ],
)
def test_every_moment_is_divided_among_those_who_hold_then(others: list[tuple[float, float]], seconds: float) -> None:
    assert shared((0.0, 10.0), others) == pytest.approx(seconds)


SPANS = st.tuples(st.integers(0, 40), st.integers(0, 20)).map(lambda pair: (float(pair[0]), float(sum(pair))))


@given(st.lists(SPANS, min_size=1, max_size=6))
def test_shares_add_up_to_the_time_that_anybody_held(runs: list[tuple[float, float]]) -> None:
    """CL-35: the sum is the true rent, whatever overlaps."""
    parts = [shared(own, runs[:place] + runs[place + 1 :]) for place, own in enumerate(runs)]
    seconds = sum(any(began <= second < ended for began, ended in runs) for second in range(61))
    assert sum(parts) == pytest.approx(seconds)


def test_two_runs_at_once_are_charged_the_rent_once(tmp_path: Path, clock: SimpleNamespace) -> None:
    """CL-35: one from 0 to 160, one from 100 to 300, then the first again from 290 to 310."""
    first = Running(tmp_path, "a")
    clock.at = 100.0
    second = Running(tmp_path, "b")
    clock.at = 150.0
    for run in (first, second):
        run.say(150.0)
    clock.at = 160.0
    one = first.say(160.0, "paused")
    assert (one.held_s, one.rented, one.shares) == (160.0, 130.0, {"card": 130.0})
    clock.at = 290.0
    again = Running(tmp_path, "a", one)
    clock.at = 300.0
    two = second.say(300.0, "finished")
    assert (two.held_s, two.rented) == (200.0, 30.0 + 130.0 + 5.0)
    clock.at = 310.0
    last = again.say(310.0, "finished")
    assert (last.spans, last.held_s) == (((0.0, 160.0), (290.0, 310.0)), 180.0)
    assert last.rented == 130.0 + 5.0 + 10.0
    assert last.rented + two.rented == 310.0
    assert held.dollars(last, 0.0) == last.rented


def test_only_the_same_server_is_shared(tmp_path: Path, clock: SimpleNamespace) -> None:
    """The same address under another name is the same server; a managed one is known by its name."""
    managed = EngineSpec(kind="managed", model="m", usd_per_hour=7200.0)
    run = Running(tmp_path, "a", card=CARD, rack=managed)
    Running(tmp_path, "elsewhere", card=CARD.model_copy(update={"base_url": "http://y/v1"}))
    Running(tmp_path, "alias", other=CARD.model_copy(update={"base_url": "http://x/v1/"}))
    clock.at = 12.0
    status = run.say(12.0)
    assert status.shares == {"card": 6.0, "rack": 12.0}
    assert status.rented == 6.0 + 24.0
    plan = a_plan("a", card=CARD, rack=managed)
    assert held.gpu_seconds(plan, status) == 6.0 + 12.0


def test_a_run_that_died_holds_until_its_last_word(tmp_path: Path, clock: SimpleNamespace) -> None:
    """It is not taken to hold for ever; while it speaks, it is taken to hold until now."""
    run, other = Running(tmp_path, "a"), Running(tmp_path, "b")
    clock.at = 10.0
    other.say(10.0)
    clock.at = 14.0
    assert run.say(14.0).rented == 7.0
    clock.at = 40.0
    assert run.say(40.0).rented == 5.0 + 30.0


def test_what_is_no_run_or_holds_nothing_shares_nothing(tmp_path: Path, clock: SimpleNamespace) -> None:
    run = Running(tmp_path, "a")
    (tmp_path / "torn").mkdir()
    (tmp_path / "torn" / "status.json").write_text("{")
    (tmp_path / "planless").mkdir()
    save_status(tmp_path / "planless", Status(state="running", spans=((0.0, 5.0),)))
    earlier = tmp_path / "earlier"
    save_plan(earlier, a_plan("earlier", card=CARD))
    save_status(earlier, Status(state="running", held_s=8.0, rented=8.0))
    clock.at = 8.0
    assert run.say(8.0).rented == 8.0


def test_a_status_of_an_earlier_version_goes_on_as_whole(clock: SimpleNamespace) -> None:
    """What it held before nobody knows to have been shared."""
    meter = held.HourMeter(Status(held_s=100.0, rented=2.0))
    meter.start({"card": 3600.0})
    clock.at = 5.0
    told = meter.told()
    assert (told["held_s"], told["rented"], told["shares"]) == (105.0, 7.0, {"card": 105.0})
    assert held.share(Status(held_s=100.0), "card") == 100.0
