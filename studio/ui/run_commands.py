"""Every run as commands of a shell: the one that does again what was begun here, and those that steer it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.core.settings.training import Evaluating, Looping, Training
from engine.learning.training import presets
from engine.runs.plan import (
    EvaluatePlan,
    GeneratePlan,
    JudgePlan,
    KnowledgePlan,
    Plan,
    RoundPlan,
    SftDpoPlan,
    StudyPlan,
    TrainPlan,
)
from engine.runs.status import State
from studio.ui import plan_draft
from studio.ui.as_command import line

_NAMED = frozenset(("method", "model", "data", "out", "override"))
"""Settings of a training that have an option of their own."""
_LOOP = {"rounds": "--rounds", "study": "--study", "judge": "--judge", "after_fall": "--after-fall"}
_EVALUATE = ("requests", "judge", "samples", "temperature", "limit", "max_tokens")


def begun_by(plan: Plan, project: Path) -> str:
    """Return the command that begins such a run; '' for a run that only pages begin."""
    if isinstance(plan, GeneratePlan):
        return "" if plan.dry else plan_draft.command(plan_draft.of_plan(plan), project)
    if isinstance(plan, StudyPlan):
        return plan_draft.command(plan_draft.of_study(plan), project)
    words = _words(plan)
    return line(words, project) if words else ""


def steered_by(run_id: str, state: State, project: Path) -> list[str]:
    """Return what can be done with a run in this state, each as a command."""
    acts = {"running": ("pause", "cancel"), "waiting": ("pause", "cancel"), "finished": ()}.get(state, ("resume",))
    return [line(["runs", act, run_id], project) for act in acts]


def _words(plan: Plan) -> list[str]:
    match plan:
        case TrainPlan():
            return training(plan.training)
        case SftDpoPlan():
            return two_stages(plan.training, plan.preferring)
        case EvaluatePlan():
            return evaluating(plan.evaluating)
        case RoundPlan():
            return looping(plan)
        case JudgePlan():
            return judging(plan)
        case KnowledgePlan():
            return ["knowledge", "build", "--recipe", plan.recipe.name, *_chosen(plan)]
    return []


def training(wanted: Training) -> list[str]:
    """Return `lemma train sft` or `dpo` for these settings: the nearest preset, and what differs from it."""
    preset, changes = _nearest(wanted)
    words = ["train", wanted.method, "--data", wanted.data, "--model", wanted.model, "--out", wanted.out]
    return [*words, "--preset", preset, *_set(changes), *_overrides(wanted)]


def two_stages(first: Training, second: Training) -> list[str]:
    """Return `lemma train sft-dpo` for the settings of its stages."""
    words = ["train", "sft-dpo", "--data", first.data, "--pairs", second.data, "--model", first.model]
    (preset, changes), (other, others) = _nearest(first), _nearest(second)
    words += ["--out", second.out, "--preset", preset, "--dpo-preset", other]
    words += [*_set({f"sft.{key}": value for key, value in changes.items()})]
    words += [*_set({f"dpo.{key}": value for key, value in others.items()})]
    return [*words, *_overrides(first, second)]


def _nearest(wanted: Training) -> tuple[str, dict[str, Any]]:
    """Return the preset of the method that differs in the fewest settings, and these settings."""
    mine = {key: value for key, value in wanted.model_dump().items() if key not in _NAMED}
    found = {}
    for name, preset in presets.PRESETS.items():
        if preset.values["method"] == wanted.method:
            theirs = presets.resolve(name, model="-", data="-", out="-").model_dump()
            found[name] = {key: value for key, value in mine.items() if value != theirs[key]}
    return min(found.items(), key=lambda each: len(each[1]))


def _overrides(*stages: Training) -> list[str]:
    given = dict.fromkeys(name for one in stages for name in one.override)
    return [word for name in given for word in ("--override", name)]


def evaluating(wanted: Evaluating) -> list[str]:
    """Return `lemma evaluate` for these settings."""
    usual = {name: field.default for name, field in Evaluating.model_fields.items()}
    words = ["evaluate", "--model", wanted.model]
    words += [word for one in wanted.benchmarks for word in ("--benchmark", one)]
    said = wanted.model_dump()
    return words + [
        word
        for name in _EVALUATE
        if said[name] != usual[name]
        for word in (f"--{name.replace('_', '-')}", _text(said[name]))
    ]


def looping(plan: RoundPlan) -> list[str]:
    """Return `lemma round start` for the settings of a loop and the recipe of its synthesis."""
    wanted, usual = plan.looping.model_dump(), Looping(model="-", data="-").model_dump()
    words = ["round", "start", "--model", wanted.pop("model"), "--data", wanted.pop("data")]
    words += ["--requests", str(plan.recipe.items)]
    words += [word for one in wanted.pop("benchmarks") for word in ("--benchmark", one)]
    words += ["--best-checkpoint"] if wanted.pop("best_checkpoint") else []
    changes: dict[str, Any] = {}
    for name, value in wanted.items():
        if value == usual[name]:
            continue
        if name in _LOOP:
            words += [_LOOP[name], _text(value)]
        elif isinstance(value, Mapping):
            changes |= {f"round.{name}.{key}": each for key, each in value.items()}
        else:
            changes[f"round.{name}"] = value
    return [*words, *_set(changes), *_chosen(plan)]


def judging(plan: JudgePlan) -> list[str]:
    """Return `lemma judges check` for the files, models and judges of a check."""
    words = ["judges", "check"]
    words += [word for one in plan.materials for word in ("--against", f"{one.name}={one.file}")]
    words += [word for where in plan.recipe.roles.values() for word in ("--engine", where)]
    words += [word for name in plan.judges for word in ("--judges", name)]
    whole = all(one.drawn == one.rows for one in plan.materials)
    words += ["--limit", "0" if whole else str(max(one.drawn for one in plan.materials))]
    return [*words, *(["--seed", str(plan.recipe.seed)] if plan.recipe.seed else [])]


def _chosen(plan: KnowledgePlan | RoundPlan) -> list[str]:
    """Return what differs from the shipped recipe: settings and roles."""
    changed = [word for change in plan_draft.changes(plan.recipe) for word in ("--set", change)]
    return changed + [word for role in plan_draft.given_roles(plan.recipe) for word in ("--engine", role)]


def _set(changes: Mapping[str, Any]) -> list[str]:
    return [word for key, value in changes.items() for word in ("--set", f"{key}={_text(value)}")]


def _text(value: Any) -> str:
    """Write a value as an option takes it."""
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)
