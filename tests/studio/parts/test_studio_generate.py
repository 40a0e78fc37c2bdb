"""The parts of the Generate page that can be looked at without a browser."""

from __future__ import annotations

import shlex
import socket
import time
from pathlib import Path

import pandas as pd
import pytest

from engine.core.project import EngineSpec
from engine.core.prompts import hashes
from engine.core.protocol import Probe
from engine.core.records import Verdict
from engine.generation import recipes
from engine.planning.forecast import Forecast
from engine.runs.plan import fingerprint
from engine.runs.status import Status
from studio.parts.generate.forecast import against_last, per_kept
from studio.parts.generate.live import bins_for, pace_of
from studio.parts.generate.mixture import Stock, adds_up, shortages
from studio.parts.generate.models import options_of, role_word
from studio.parts.generate.ready import PastRun, consider
from studio.parts.generate.trace import parsed
from studio.tasks import probe_job
from studio.tasks.probe_job import ProbedEngine
from studio.ui.plan_draft import PlanDraft, command
from tests.support.endpoint import Endpoint

ABACUS = {"abacus": EngineSpec(kind="abacus")}
GOOD = [ProbedEngine("abacus", ("abacus-large",), Probe(True, "here", ("abacus-large",), structured=True))]


def test_a_kind_that_runs_short_is_named() -> None:
    """GSDP-49: a kind with fewer combinations than asked never runs short silently."""
    stock = {
        "one-hop": Stock(50, True),
        "two-hop": Stock(900, True),
        "three-hop": Stock(5, False),
        "community": Stock(0, True),
    }
    lines = shortages({"one-hop": 100, "two-hop": 100, "three-hop": 100, "community": 0}, stock)
    assert lines == ["Pairs that meet: 100 asked, 50 in the graph. The other kinds fill up."]
    assert shortages({"one-hop": 2_000}, stock)[-1] == "955 combinations in all: 1,045 items fewer."
    assert adds_up({"one-hop": 33.3, "two-hop": 66.7})
    assert not adds_up({"one-hop": 33.3, "two-hop": 66.6})


def test_the_command_says_the_whole_plan() -> None:
    changes = {
        "items": "40",
        "seed": "7",
        "mixture.one_hop": "40",
        "mixture.two_hop": "10",
        "running.budget_calls": "900",
        "judging.weights": "{ judge_a = 0.5, judge_b = 0.5 }",
        "filter.drop_bad": "false",
    }
    recipe = recipes.load("gsdp", changes, {"writer": "local:some model"})
    words = shlex.split(command(PlanDraft(recipe, "Angles in a circle"), Path("/tmp/my project")).replace("\\\n", " "))
    assert words[:3] == ["lemma", "run", "gsdp"]
    given = list(zip(words[3::2], words[4::2], strict=True))
    said = dict(value.split("=", 1) for option, value in given if option == "--set")
    engines = dict(value.split("=", 1) for option, value in given if option == "--engine")
    items = dict(given)["--items"]
    assert recipes.load("gsdp", {"items": items, **said}, engines) == recipe
    assert dict(given)["--point"] == "Angles in a circle"
    assert dict(given)["--project"] == "/tmp/my project"


def test_a_plan_is_launched_after_its_own_dry_run() -> None:
    """X-02: a dry run lets the plan through that it was made for, and no other."""
    now = PlanDraft(recipes.load("gsdp", {"items": "500"}))
    own = fingerprint(now.recipe, "", hashes())
    assert consider(now, "", GOOD, ()).unready
    assert consider(now, "", GOOD, (PastRun("a", True, "another"), PastRun("b", False, own))).unready
    ready = consider(now, "", GOOD, (PastRun("a", True, own),))
    assert (ready.blocked, ready.unready, ready.reuse) == ("", "", ("a",))
    assert not consider(PlanDraft(recipes.load("gsdp", {"items": "30"})), "", GOOD, ()).unready


def test_a_dead_engine_stops_everything() -> None:
    now = PlanDraft(recipes.load("gsdp"))
    dead = [ProbedEngine("local", ("m",), Probe(False, "refused"))]
    assert "local does not answer" in consider(now, "", dead, ()).blocked
    assert "is being asked" in consider(now, "", [ProbedEngine("local", ("m",), None)], ()).blocked
    assert consider(now, "The shares add to 90 %.", GOOD, ()).blocked == "The shares add to 90 %."


def test_engines_are_asked_and_models_looked_for() -> None:
    probe_job.ask_again()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = {**ABACUS, "local": EngineSpec(base_url=f"http://127.0.0.1:{port}/v1")}
    roles = {"writer": "abacus:abacus-large@5ms", "judge_a": "abacus:no-such", "rater": "local:m", "solver": "gone:m"}
    until = time.monotonic() + 20
    while any(each.probe is None for each in probe_job.findings(known, roles)) and time.monotonic() < until:
        time.sleep(0.05)
    by_name = {each.engine: each for each in probe_job.findings(known, roles)}
    assert by_name["abacus"].probe is not None
    assert not by_name["abacus"].probe.structured
    assert by_name["abacus"].missing == ("no-such",)
    assert by_name["local"].probe is not None
    assert not by_name["local"].probe.ok
    assert "no engine has this name" in by_name["gone"].probe.detail  # type: ignore[union-attr]
    assert "abacus:abacus-judge-a" in options_of(list(by_name.values()), roles)
    assert role_word("judge_a") == "Judge A"


def test_an_engine_whose_server_was_still_starting_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said before stands meanwhile; one that answered is not asked twice."""
    probe_job.ask_again()
    endpoint = Endpoint()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint.port = free.getsockname()[1]
    known = {"local": EngineSpec(base_url=endpoint.url)}

    def asked(ok: bool) -> Probe:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            (each,) = probe_job.lists(known)
            if each.probe and each.probe.ok is ok:
                return each.probe
            time.sleep(0.05)
        raise AssertionError("it was not asked")

    asked(ok=False)
    with endpoint:
        monkeypatch.setattr(probe_job, "AGAIN_S", 0.0)
        assert asked(ok=True).models == ("tiny", "other")
    assert asked(ok=True).models, "what was answered is kept"


def test_slices_without_an_item_are_drawn_as_zero() -> None:
    rate = pd.DataFrame({"start": [100.0, 130.0], "seconds": [10.0, 10.0], "items": [5, 2], "kept": [3, 0]})
    pace = pace_of(rate, 4)
    assert pace is not None
    assert pace.series == {"written": [30.0, 0.0, 0.0, 12.0], "kept": [18.0, 0.0, 0.0, 0.0]}
    assert pace.minutes[-1] == pytest.approx(40 / 60)
    assert pace_of(rate.head(0), 4) is None
    assert [bins_for(1), bins_for(60), bins_for(86_400)] == [3, 20, 60]


def test_the_price_of_a_kept_item_is_compared_with_the_last_run() -> None:
    expected = Forecast(100, 50, 900, 80_000, 20_000, 60, 0.0, 50, 40, 60)
    assert per_kept(expected) == "2,000 tokens"
    assert against_last(expected, Status(tokens_in=1_000, funnel={"kept": 1})) == "2.00 times the last run"
    assert against_last(expected, Status()) == ""


def test_what_was_read_out_of_a_reply_is_short() -> None:
    veto = Verdict.make("r", "solution", "s", "judge_solution", "judge_a", 0.0, "x" * 500, kind="bool")
    assert parsed(veto)["value"] is False
    assert len(str(parsed(veto)["reason"])) == 61
