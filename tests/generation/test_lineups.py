"""Line-ups of the papers: who spoke for which role, which engine here has it, and what is told of the rest."""

from __future__ import annotations

import pytest

from engine.core.errors import BadInput, BadSetting
from engine.core.project import EngineSpec
from engine.generation import recipes
from engine.generation.recipes import load, names
from engine.generation.recipes.lineups import (
    KINDS,
    LineUp,
    gpus,
    lineup,
    lineups,
    mapped,
    of_recipe,
    remarks,
    serving_lines,
    taken,
)
from engine.models.model_list import offered

LOCAL = EngineSpec(base_url="http://127.0.0.1:9/v1")


def _printed(name: str) -> dict[str, str]:
    return {one.role: one.model.printed if one.model else "" for one in lineup(name).roles}


def test_gsdp29_line_up_of_gsdp() -> None:
    """GSDP-02, GSDP-22, GSDP-29: who extracts, who solves what, who judges; the unnamed stay unnamed."""
    assert _printed("gsdp") == {
        "extractor": "DeepSeek-Math-RL",
        "filter": "",
        "writer": "DeepSeek-Math-RL",
        "rater": "",
        "solver_low": "DeepSeek-Math-RL",
        "solver_high": "LLaMA3.1-70B",
        "judge_a": "Qwen2-14B",
        "judge_b": "InternLM2-20B",
        "judge_c": "LLaMA3.1-8B",
    }
    grades = {one.role: one.grade for one in lineup("gsdp").roles}
    assert grades["writer"] == "I", "2.4 says only `the math model`"
    assert _printed("gsdp-yi")["judge_c"] == "Yi-34B"


def test_fl36_line_up_of_flames() -> None:
    """FL-22, FL-36: two generators, the reward model, and the weaker solver of the ablation."""
    said = _printed("flames")
    assert (said["writer"], said["solver"], said["reward"]) == (
        "Qwen2.5-32B-Instruct",
        "Qwen2.5-Math-7B-Instruct",
        "InternLM2-7B-Reward",
    )
    assert said["solvability_judge"] == said["question_writer"] == ""
    assert _printed("flames-weak-solver")["solver"] == "DeepSeek-7B-RL"


def test_cl37_line_up_of_continual_learning() -> None:
    """CL-37: A1, A2 and A3 of appendix E; writer and self-play are one model."""
    said = _printed("continual")
    assert [said[role] for role in ("expert_a", "expert_b", "arbiter")] == [
        "Qwen1.5-72B-Chat",
        "Qwen2-72B-Instruct",
        "Qwen2.5-72B-Instruct",
    ]
    assert said["writer"] == said["self"] == "Qwen2-7B-Instruct"
    marks = {one.task: one.model.printed for one in lineup("continual").beside}
    assert marks["Marks eight dimensions"] == "GPT-4o"


def test_am23_line_up_of_agenticmath() -> None:
    """AM-23: one model in every role of the recipe."""
    assert _printed("agenticmath") == dict.fromkeys(load("agenticmath").roles, "GPT-4o-mini")


@pytest.mark.parametrize("which", lineups(), ids=lambda one: one.name)
def test_every_line_up_fits_its_recipe(which) -> None:
    recipe = load(which.recipe, which.changes)
    assert {one.role for one in which.roles} <= recipe.roles.keys()
    assert len({one.role for one in which.roles}) == len(which.roles)
    assert all(one.source and one.grade in ("S", "N", "I") for one in which.roles)
    assert all(model.kind in KINDS and model.printed for model in which.models)
    assert all(one.way.startswith("lemma ") for one in which.beside)
    assert taken(load(which.recipe), which, {}).settings == recipe.settings, "settings are what --set gives"


def test_settings_of_a_line_up_are_told_as_set_takes_them() -> None:
    """A table within a table as well; what is told is read back as what was meant."""
    shares = {"judge_a": 0.3, "judge_b": {"low": 1, "high": 2}}
    one = LineUp("x", "X", "gsdp", "s", "a", (), settings={"judging.weights": shares, "flames.examples": 5})
    assert one.changes == {
        "judging.weights": "{ judge_a = 0.3, judge_b = { low = 1, high = 2 } }",
        "flames.examples": "5",
    }
    assert recipes.value(one.changes["judging.weights"]) == shares


def test_recipes_and_line_ups_are_told_apart() -> None:
    assert "lineups" not in names()
    assert {one.name for name in names() for one in of_recipe(name)} == {one.name for one in lineups()}
    assert of_recipe("house") == ()
    with pytest.raises(BadSetting, match="Known line-ups: gsdp"):
        lineup("nobody")


def test_names_are_known_with_owner_folder_and_other_punctuation() -> None:
    model = next(one for one in lineup("flames").models if one.key == "qwen2-5-32b")
    for name in (
        "Qwen/Qwen2.5-32B-Instruct",
        "Qwen2.5-32B-Instruct",
        "/models/Qwen2.5-32B-Instruct/",
        "qwen2.5:32b-instruct",
        "qwen2.5__32B__instruct",
        "https://hub/team/owner/Qwen2.5-32B-Instruct///",
    ):
        assert model.is_called(name), name
    for name in (
        "Qwen/Qwen2.5-32B",
        "Qwen2-5-32B-Instruct",
        "qwen2.5:32b-instruct-q4_K_M",
        "Qwen2.5-3B-Instruct",
        "",
        "Qwen2.5-32B-Instruct/other",
        "Qwen2.532BInstruct",
        "Qwen2.5-32B-InstructX",
        "\x1b[2J/Qwen2.5-32B-Instruct",
    ):
        assert not model.is_called(name), name


def test_roles_are_mapped_to_what_is_listed_and_the_rest_is_told() -> None:
    offers = (
        *offered("near", LOCAL, ("Qwen/Qwen2.5-Math-7B-Instruct", "internlm/internlm2-7b-reward")),
        *offered("far", LOCAL, ("Qwen2.5-Math-7B-Instruct", "qwen2.5:32b-instruct")),
    )
    found = mapped(lineup("flames"), offers)
    assert found.roles == {"writer": "far:qwen2.5:32b-instruct", "solver": "near:Qwen/Qwen2.5-Math-7B-Instruct"}
    assert [one.role for one in found.missing] == ["reward"], "a reward model answers no chats"
    assert [one.role for one in found.unnamed] == ["question_writer", "solvability_judge"]
    said = " ".join(remarks(lineup("flames"), found))
    assert "no engine here lists InternLM2-7B-Reward" in said
    assert "Solvability judge: FLAMES names no model" in said
    plan = taken(load("flames"), lineup("flames"), {**found.roles, "nobody": "x:y"})
    assert plan.roles == {**load("flames").roles, **found.roles}


def test_a_server_of_our_own_is_known_by_what_it_serves() -> None:
    spec = EngineSpec(kind="managed", model="Qwen/Qwen2-72B-Instruct", served_name="big", lora=("tuned=/adapter",))
    offers = offered("mine", spec, ("big", "tuned"))
    assert mapped(lineup("continual"), offers).roles == {"expert_b": "mine:big"}


def test_serving_names_every_open_model_once_and_none_that_was_never_released() -> None:
    lines = serving_lines(lineup("gsdp"))
    served = [line for line in lines if line.startswith("vllm serve")]
    assert [line.split()[2] for line in served] == [
        "deepseek-ai/deepseek-math-7b-rl",
        "meta-llama/Llama-3.1-70B-Instruct",
        "internlm/internlm2-chat-20b",
        "meta-llama/Llama-3.1-8B-Instruct",
    ]
    ports = [line.partition("--port ")[2].split()[0] for line in served]
    assert len(set(ports)) == len(ports)
    assert "Qwen2-14B" not in " ".join(lines)
    assert "14 billion" in " ".join(remarks(lineup("gsdp"), mapped(lineup("gsdp"), ())))
    assert any("api_key_env" in line for line in serving_lines(lineup("agenticmath")))
    assert not any("vllm" in line for line in serving_lines(lineup("agenticmath")))


def test_gpus_hold_weights_with_room() -> None:
    """72 billion parameters of two bytes are 134 GiB: two cards of 80 GiB would leave 26 GiB, less than a quarter."""
    sizes = {model.billions: gpus(model) for one in lineups() for model in one.models if model.kind == "chat"}
    assert sizes == {7: 1, 8: 1, 14: 1, 20: 1, 32: 1, 34: 2, 70: 4, 72: 4}


def test_a_file_that_names_no_known_model_says_so(tmp_path) -> None:
    path = tmp_path / "lineups.toml"
    path.write_text('[models]\n[lineups.x]\nroles = [{role = "writer", model = "none", source = "s"}]\n')
    with pytest.raises(BadInput, match="none"):
        lineups(path)
