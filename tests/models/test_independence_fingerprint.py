"""Which roles are not independent, and which runs one dry run or one history speaks for."""

from __future__ import annotations

import time
from pathlib import Path

from engine.core import prompts
from engine.generation.recipes import load
from engine.models.independence import doubts
from engine.planning import forecast
from engine.runs.plan import GeneratePlan, fingerprint, save_plan
from engine.runs.status import Status, save_status

JUDGES = ("judge_a", "judge_b")


def test_a_judge_of_its_own_work_and_a_double_vote_are_named() -> None:
    roles = {
        "writer": "a:big",
        "solver_low": "a:small",
        "judge_a": "a:big@40ms",
        "judge_b": "a:big",
        "judge_c": "a:big",
    }
    assert doubts(roles, JUDGES) == (
        "Judge A and the writer are one model. It judges its own problems.",
        "Judge B and the writer are one model. It judges its own problems.",
        "Judge A and Judge B are one model. Its mistakes count twice.",
    )
    assert doubts(load("gsdp").roles, ("judge_a", "judge_b", "judge_c")) == ()


def test_a_fingerprint_is_about_what_happens_to_an_item() -> None:
    """X-02: a dry run speaks for a run of any size and pace, and for no other model, setting, prompt or point."""
    hashes = prompts.hashes()
    recipe = load("gsdp")
    own = fingerprint(recipe, "", hashes)
    same = load("gsdp", {"items": "9000", "seed": "4", "running.budget_calls": "7", "running.concurrency": "2"})
    assert fingerprint(same, "", hashes) == own
    others = (
        fingerprint(load("gsdp", {"judging.keep_at": "0.9"}), "", hashes),
        fingerprint(load("gsdp", engines={"writer": "abacus:abacus-small"}), "", hashes),
        fingerprint(recipe, "Percentages", hashes),
        fingerprint(recipe, "", hashes | {"judges/problem": "another"}),
    )
    assert own not in others
    assert len(set(others)) == len(others)


def test_history_counts_runs_that_ask_the_same(tmp_path: Path) -> None:
    runs = {
        "same": load(
            "gsdp", {"items": "40"}, {"writer": "abacus:abacus-large@600ms", "extractor": "abacus:abacus-large"}
        ),
        "other-model": load("gsdp", engines={"writer": "abacus:abacus-small"}),
        "more-solutions": load("gsdp", {"routing.solutions": "3"}),
    }
    for name, recipe in runs.items():
        save_plan(tmp_path / name, GeneratePlan(id=name, recipe=recipe, created=time.time()))
        save_status(tmp_path / name, Status(done=40, calls=400, funnel={"kept": 10, "solved": 30}))
    found = forecast.history(tmp_path, load("gsdp"))
    assert len(found) == 1
    expected = forecast.forecast(80, found)
    assert expected is not None
    assert (expected.calls, expected.kept) == (800, 20)
