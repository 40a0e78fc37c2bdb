"""Plans: one class a kind, and files of other versions stay readable."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import orjson
import pytest
from pydantic import ValidationError

from engine.core.errors import BadInput
from engine.generation.recipes import load
from engine.runs.plan import (
    LATER,
    EvaluatePlan,
    GeneratePlan,
    Plan,
    RunKind,
    TrainPlan,
    fingerprint,
    is_dry,
    load_plan,
    load_plan_as,
    parse_plan,
    save_plan,
)

BEFORE = (Path(__file__).parent / "plans_of_one_class.jsonl").read_bytes().splitlines()
"""A plan of each kind, written when one class had the fields of all kinds: each line carries every field."""
LATER_OF_LOOPS = {"after_fall": "stop", "judge": ""}
"""Settings of loops that came later, with the value that changes nothing."""
LATER_OF_ENGINES = {"trust_remote_code": False, "threads": 0, "gpu_layers": -1, "chat_template": ""}
"""The same of engines."""
CLASSES = {cls.model_fields["kind"].default: cls for cls in get_args(get_args(Plan)[0])}


def without_what_is_new(plan: dict) -> dict:
    """A plan as it was before settings came in that old plans do not have; all of them stand at their default."""
    for (section, name), default in LATER.items():
        assert plan["recipe"]["settings"][section].pop(name) == default
    assert plan["recipe"]["settings"]["running"].pop("schemas") is True
    for engine in plan["engines"].values():
        for name, value in LATER_OF_ENGINES.items():
            assert engine.pop(name) == value
    if plan.get("looping"):
        for name, value in LATER_OF_LOOPS.items():
            assert plan["looping"].pop(name) == value
    for stage in ("training", "preferring"):
        if plan.get(stage):
            assert plan[stage].pop("usd_per_hour") == 0.0
    return plan


def test_every_kind_has_a_class_of_its_own():
    assert set(CLASSES) == set(get_args(RunKind))


@pytest.mark.parametrize("line", BEFORE, ids=lambda line: orjson.loads(line)["kind"])
def test_a_plan_from_before_each_kind_had_its_own_fields_is_read(line, tmp_path):
    """What its kind needs comes through as it was; what other kinds need was empty and goes."""
    said = orjson.loads(line)
    plan = parse_plan(line)
    assert type(plan) is CLASSES[said["kind"]]
    kept = plan.model_dump(mode="json")
    assert without_what_is_new(kept) == {name: said[name] for name in kept}
    assert not any(said[name] for name in said.keys() - kept.keys())
    save_plan(tmp_path, plan)
    assert load_plan(tmp_path) == plan
    assert is_dry(plan) == said["dry"]


def test_a_kind_needs_what_it_cannot_do_without():
    recipe = load("gsdp")
    for kind in (TrainPlan, EvaluatePlan):
        with pytest.raises(ValidationError, match="Field required"):
            kind(id="r", recipe=recipe)
    with pytest.raises(ValueError, match="does not match any of the expected tags"):
        parse_plan(orjson.dumps({"id": "r", "kind": "dream", "recipe": {}}))


def test_a_plan_of_another_kind_is_refused_by_name(tmp_path):
    save_plan(tmp_path, GeneratePlan(id="gsdp-0001", recipe=load("gsdp")))
    with pytest.raises(BadInput, match="gsdp-0001: is a run of kind generate"):
        load_plan_as(tmp_path, TrainPlan)


def test_x02_the_fingerprint_of_a_recipe_never_changes():
    """X-02: plans that were stored earlier are told apart by it, so the same recipe has the same hash for ever."""
    hashes = {"judges/problem": "0123456789ab", "agents/few_shot_similar": "ba9876543210"}
    assert fingerprint(load("gsdp"), "Percentages", hashes) == "F-eeb11c1efae0a5e8"
    assert fingerprint(load("flames", {"flames.keep": "majority"}), "", hashes) == "F-5a736b0d5422f553"


def test_a_plan_with_settings_that_this_version_does_not_know_is_read_without_them(tmp_path):
    """A run of an older or newer version: its history, its trace and its page must not break."""
    save_plan(tmp_path, GeneratePlan(id="r", recipe=load("gsdp")))
    path = tmp_path / "plan.json"
    said = orjson.loads(path.read_bytes())
    said["recipe"]["settings"]["flames"]["suggester_editor"] = 50.0
    said["recipe"]["settings"]["weather"] = {"sun": True}
    said["colour"] = "blue"
    path.write_bytes(orjson.dumps(said))
    assert load_plan(tmp_path) == GeneratePlan(id="r", recipe=load("gsdp"))


def test_a_value_that_is_wrong_is_still_an_error(tmp_path):
    save_plan(tmp_path, GeneratePlan(id="r", recipe=load("gsdp")))
    path = tmp_path / "plan.json"
    said = orjson.loads(path.read_bytes())
    said["recipe"]["settings"]["judging"]["keep_at"] = 7
    said["colour"] = "blue"
    path.write_bytes(orjson.dumps(said))
    with pytest.raises(BadInput, match="keep_at"):
        load_plan(tmp_path)
