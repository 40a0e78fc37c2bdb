"""Which roles are not independent, and which runs one dry run or one history speaks for."""

from __future__ import annotations

import time
from pathlib import Path

from engine.core import prompts
from engine.generation.recipes import load, names
from engine.models.independence import JUDGING, doubts
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


def test_what_one_model_does_in_several_roles_is_one_sentence() -> None:
    """AM-23, CL-37: seven pairs of roles would be seven warnings for one fact."""
    everywhere = load("agenticmath", engines={"*": "far:one"}).roles
    assert doubts(everywhere, JUDGING) == (
        "Evaluator and the writer, the reviser and the solver are one model. "
        "It judges its own problems, revisions and solutions.",
        "Reviewer and the writer, the reviser and the solver are one model. "
        "It judges its own problems, revisions and solutions.",
        "Evaluator and Reviewer are one model. Its mistakes count twice.",
    )
    experts = dict.fromkeys(("expert_a", "expert_b", "arbiter"), "far:one")
    assert doubts(experts, JUDGING) == (
        "Expert A, Expert B and Arbiter are one model. Its mistakes count three times.",
    )


def test_solvers_that_do_not_differ_and_a_copy_that_does_are_named() -> None:
    """GSDP-22: two solvers; CL-08: self-play asks a copy of the model that wrote."""
    one = doubts({"solver_low": "a:m", "solver_high": "a:m@5ms"}, ())
    assert one == ("Easy and hard problems are solved by one model. Routing by difficulty changes nothing.",)
    other = doubts({"writer": "a:m", "self": "a:n"}, ())
    assert other == ("Self and the writer are two models. Self-play is meant for a copy of the writer.",)
    assert doubts({"writer": "a:m", "self": "a:m@5ms", "solver_high": "a:m"}, ()) == ()
    for name in names():
        assert not any("Self" in said or "Routing" in said for said in doubts(load(name).roles, JUDGING))


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
