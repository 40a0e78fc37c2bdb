"""A run as a command: read by the commands themselves, it is the same training, evaluation, loop or check."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from engine.core.settings import Recipe
from engine.core.settings.training import Evaluating, Training
from engine.generation import recipes
from engine.learning.rounds.promotion import looping
from engine.learning.training import presets
from engine.runs.plan import EvaluatePlan, JudgedMaterial, JudgePlan, KnowledgePlan, RoundPlan, SftDpoPlan, TrainPlan
from studio.cli import train
from studio.cli.main import app
from studio.cli.options import pairs
from studio.ui import run_commands

HERE = Path("/data/my project")
RECIPE = Recipe(name="train", title="A training", roles={})


def read(command: str) -> dict[str, Any]:
    """Return what `lemma` reads from a command."""
    words = shlex.split(command)
    assert words[0] == "lemma"
    now: Any = typer.main.get_command(app)
    rest = words[1:]
    while hasattr(now, "resolve_command") and not rest[0].startswith("-"):
        _, now, rest = now.resolve_command(now.make_context(now.name, [], resilient_parsing=True), rest)
    found: dict[str, Any] = now.make_context(now.name, rest).params
    assert Path(found["project"]) == HERE
    return found


def trained(said: dict[str, Any], method: str = "sft") -> Training:
    return train._training(
        method, said["data"], said["model"], said["out"], said["preset"], pairs(said["change"], "K"), said["override"]
    )  # type: ignore[arg-type]


@pytest.mark.parametrize("preset", [name for name, one in presets.PRESETS.items()])
def test_a_training_is_the_same_again(preset: str) -> None:
    method = presets.PRESETS[preset].values["method"]
    wanted = presets.resolve(
        preset, model="a model", data="rows.jsonl", out="models/one", seed=3, learning_rate=1.2345678e-5, packing=True,
        attention="sdpa",
    ).model_copy(update={"override": ("leak", "length")})  # fmt: skip
    command = run_commands.begun_by(TrainPlan(id="train-0001", recipe=RECIPE, training=wanted), HERE)
    assert trained(read(command), method) == wanted


def test_two_stages_are_the_same_again() -> None:
    first = presets.resolve("continual-sft-1", model="m", data="a", out="models/two-sft", epochs=3.0)
    second = presets.resolve("tiny-dpo", model="m", data="b", out="models/two", beta=0.3)
    plan = SftDpoPlan(id="sft-dpo-0001", recipe=RECIPE, training=first, preferring=second)
    said = read(run_commands.begun_by(plan, HERE))
    changes = pairs(said["change"], "K")
    for wanted, method, data, preset in (
        (first, "sft", "data", "preset"),
        (second, "dpo", "preferences", "dpo_preset"),
    ):
        again = train._training(
            method, said[data], said["model"], Path(wanted.out), said[preset], train._of_stage(changes, method), None
        )  # type: ignore[arg-type]
        assert again == wanted
    assert str(said["out"]) == second.out


def test_an_evaluation_is_the_same_again() -> None:
    wanted = Evaluating(model="here:tiny", benchmarks=("gsm8k=a b.jsonl", "math"), samples=4, temperature=0.7, limit=9)
    said = read(run_commands.begun_by(EvaluatePlan(id="evaluate-0001", recipe=RECIPE, evaluating=wanted), HERE))
    assert said["benchmark"] == list(wanted.benchmarks)
    for name in ("model", "samples", "temperature", "limit", "max_tokens", "requests", "judge"):
        assert said[name] == getattr(wanted, name), name


def test_a_loop_is_the_same_again() -> None:
    recipe = recipes.load("continual", {"items": "40", "sampling.temperature": "0.3"}, {"arbiter": "here:big"})
    wanted = looping(
        {
            "model": "m0",
            "data": "d.jsonl",
            "rounds": 3,
            "study": "agents",
            "best_checkpoint": True,
            "benchmarks": ("g",),
        },
        {"sft.epochs": "1", "replay": "all", "review": "true", "server.server": "transformers"},
    )
    said = read(run_commands.begun_by(RoundPlan(id="round-0001", recipe=recipe, looping=wanted), HERE))
    changes = pairs(said["change"], "K")
    of_loop = {key.removeprefix("round."): changes.pop(key) for key in list(changes) if key.startswith("round.")}
    again = {
        name: said[name] for name in ("model", "data", "rounds", "study", "judge", "after_fall", "best_checkpoint")
    }
    assert looping(again | {"benchmarks": tuple(said["benchmark"])}, of_loop) == wanted
    chosen = recipes.load("continual", changes | {"items": str(said["requests"])}, pairs(said["engine"], "R"))
    assert chosen == recipe


def test_a_check_of_judges_and_a_graph_are_begun_again() -> None:
    one = JudgedMaterial(name="rows", file="/a b.jsonl", about="solution", means="right", rows=900, drawn=200)
    recipe = Recipe(name="judge", title="Judges", roles={"judge": "here:a", "judge_2": "here:b"}, seed=4)
    plan = JudgePlan(id="judge-0001", recipe=recipe, judges=("solution",), materials=(one,))
    said = read(run_commands.begun_by(plan, HERE))
    assert (said["against"], said["engine"]) == (["rows=/a b.jsonl"], ["here:a", "here:b"])
    assert (said["judge"], said["limit"], said["seed"]) == (["solution"], 200, 4)
    whole = plan.model_copy(update={"materials": (one.model_copy(update={"drawn": 900}),)})
    assert read(run_commands.begun_by(whole, HERE))["limit"] == 0
    chosen = recipes.load("gsdp", {"filter.merge_at": "0.9"}, {"extractor": "here:a"})
    graph = read(run_commands.begun_by(KnowledgePlan(id="knowledge-0001", recipe=chosen), HERE))
    assert recipes.load(graph["recipe"], pairs(graph["change"], "K"), pairs(graph["engine"], "R")) == chosen


@pytest.mark.parametrize(
    ("state", "acts"),
    [("running", ["pause", "cancel"]), ("paused", ["resume"]), ("lost", ["resume"]), ("finished", [])],
)
def test_what_steers_a_run_fits_its_state(state: Any, acts: list[str]) -> None:
    said = run_commands.steered_by("flames-0001", state, HERE)
    assert [read(one).get("run", "") for one in said] == ["flames-0001"] * len(acts)
    assert [one.split()[2] for one in said] == acts
