"""What counts as the answer of a solution is a setting, and how each answer was found is written down and counted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.core.records import Problem, Solution, Verdict
from engine.core.settings import Recipe, RecipeSettings, Routing, Sampled
from engine.generation import steps
from engine.generation.record_factory import RecordFactory
from engine.reporting import answers_read
from engine.runs.plan import GeneratePlan, fingerprint
from engine.store import Store
from tests.support.command import few_seeds, within
from tests.support.store_factories import a_plan, a_problem, a_score
from tests.support.talks import play

REPLIES = [
    "2 + 2 is \\boxed{4}.",
    "We add. The answer is 4.",
    "#### 4",
    "So she has 4 apples.",
    "I cannot solve this.",
    "So it is \\boxed{}. The answer is 4",
]
KINDS = ["box", "words", "hashes", "sentence", "none", "words"]
COUNTED = {
    "box": [True, False, False, False, False, False],
    "hashes": [True, False, True, False, False, False],
    "words": [True, True, True, False, False, True],
    "sentence": [True, True, True, True, False, True],
}


def _solved(weakest: str):
    settings = RecipeSettings(sampling=Sampled(answer_from=weakest), routing=Routing(solutions=len(REPLIES)))
    recipe = Recipe(name="gsdp", title="t", roles={}, settings=settings)
    factory = RecordFactory(GeneratePlan(id="run-1", recipe=recipe), "item-1")
    return play(steps.solved(factory, a_problem(1), "solver_high", len(REPLIES)), REPLIES)


@pytest.mark.parametrize("weakest", COUNTED)
def test_what_is_at_least_as_strong_as_the_setting_counts(weakest: str) -> None:
    played = _solved(weakest)
    solutions = [one for one in played.records if isinstance(one, Solution)]
    assert [one.answer is not None for one in solutions] == COUNTED[weakest]
    forms = [one for one in played.records if isinstance(one, Verdict) and one.name == "format"]
    assert [json.loads(one.evidence)["answer"] for one in forms] == KINDS
    assert [one.reason == "no boxed answer" for one in forms] == [not counted for counted in COUNTED[weakest]]
    agreed = next(one for one in played.records if isinstance(one, Verdict) and one.name == "agreement")
    assert agreed.value == sum(COUNTED[weakest]) / len(REPLIES)


def test_a_plan_from_before_the_setting_keeps_its_fingerprint() -> None:
    recipe = Recipe(name="gsdp", title="t", roles={})
    words = recipe.model_copy(update={"settings": RecipeSettings(sampling=Sampled(answer_from="words"))})
    assert recipe.settings.sampling.answer_from == "box"
    assert fingerprint(recipe, "", {}) != fingerprint(words, "", {})


def test_the_store_counts_the_ways_and_what_could_not_be_told(tmp_path: Path) -> None:
    with Store(tmp_path / "project.duckdb") as store:
        store.runs.register(a_plan(), "")
        problem = a_problem(1)
        assert answers_read.told(store) == ()
        records = [one for one in _solved("words").records if not isinstance(one, Problem)]
        store.problems.add([problem])
        store.problems.add_solutions(one for one in records if isinstance(one, Solution))
        store.verdicts.add(one for one in records if isinstance(one, Verdict))
        doubt = "2 of 3 solutions end with 4; for 1 it can't be told whether they are equal"
        store.verdicts.add([replace(a_score(problem, 0.5, "keep_majority"), reason=doubt)])
        found = answers_read.counts(store, "run-1")
        assert found == {
            "box": {"solutions": 1, "counted": 1},
            "hashes": {"solutions": 1, "counted": 1},
            "none": {"solutions": 1, "counted": 0},
            "sentence": {"solutions": 1, "counted": 0},
            "words": {"solutions": 2, "counted": 2},
        }
        said = answers_read.told(store, "run-1")
        assert said[0].startswith("Answers of 6 solutions: 2 announced in words, ")
        assert "1 only from the last sentence (0 count)" in said[0]
        assert said[1] == "1 answer outside a box does not count; sampling.answer_from says which do."
        assert said[2].startswith("For 1 problem it can't be told whether some answers are equal")
        assert answers_read.told(store, "another") == ()


def test_a_run_tells_how_its_answers_were_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert within("init", home).code == 0
    assert within("seeds", "add", few_seeds(tmp_path / "seeds.jsonl", 20), project=home).code == 0
    done = within(
        "run", "flames", "--items", 3, "--set", "flames.shares={few_shot=100.0}", "--json", project=home
    ).values
    solutions = sum(one["solutions"] for one in done["answers"].values())
    assert solutions > 0
    assert done["answers"]["box"]["counted"] == done["answers"]["box"]["solutions"]
    assert f"Answers of {solutions:,} solutions" in " ".join(done["notes"])
    chosen = within("select", "--json", project=home).values
    assert chosen["answers"] == done["answers"]
