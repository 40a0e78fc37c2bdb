"""The plan that a tab is working on: it outlives a look at another view, and says itself as a command."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

import streamlit as st

from engine.core import prompts
from engine.core.project import roles
from engine.core.settings import Recipe
from engine.generation import recipes
from engine.runs.plan import GeneratePlan, fingerprint
from studio import session

DRAFT = "generate.draft"
WITHOUT_DRY_RUN = 30
"""A run of so few items is its own dry run."""


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What a run would do, and where in the graph."""

    recipe: Recipe
    point: str = ""


def draft() -> PlanDraft:
    """Return the plan of this tab, the first recipe as it ships where none was begun."""
    found = st.session_state.get(DRAFT)
    return found if isinstance(found, PlanDraft) else PlanDraft(shipped(recipes.names()[0]))


def shipped(name: str) -> Recipe:
    """Return a recipe as it ships, with the models that the project has mapped to roles."""
    project = session.project_or_none()
    return recipes.load(name, standing=roles(project) if project else {})


def keep(now: PlanDraft) -> None:
    """Remember the plan."""
    st.session_state[DRAFT] = now


def of_plan(plan: GeneratePlan) -> PlanDraft:
    """Return the draft that would do again what a plan did, on a draw of its own."""
    return PlanDraft(plan.recipe, plan.point)


def meant_by(plan: GeneratePlan) -> PlanDraft:
    """Return the draft of this tab where a dry run was made for it, else one that does again what the plan did."""
    now = draft()
    hashes = prompts.hashes()
    same = fingerprint(now.recipe, now.point, hashes) == fingerprint(plan.recipe, plan.point, hashes)
    return now if same else of_plan(plan)


def reseeded(now: PlanDraft) -> PlanDraft:
    """Return the draft with the next seed, for another draw."""
    return replace(now, recipe=now.recipe.model_copy(update={"seed": now.recipe.seed + 1}))


def command(now: PlanDraft, project: Path) -> str:
    """Return the `lemma run` that does what the draft says; only what differs from the shipped recipe is named."""
    recipe, usual = now.recipe, recipes.load(now.recipe.name)
    words = [f"lemma run {recipe.name} --items {recipe.items}"]
    words += [f"--point {quote(now.point)}"] if now.point else []
    changes = {"seed": recipe.seed} if recipe.seed != usual.seed else {}
    changes |= _differences(recipe.settings.model_dump(), usual.settings.model_dump())
    words += [f"--set {quote(f'{key}={_toml(value)}')}" for key, value in changes.items()]
    words += [
        f"--engine {quote(f'{role}={where}')}" for role, where in recipe.roles.items() if usual.roles[role] != where
    ]
    return " \\\n  ".join([*words, f"--project {quote(str(project))}"])


def _differences(now: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what differs as dotted keys; a table inside a section goes whole."""
    return {
        f"{section}.{name}": value
        for section, fields in now.items()
        for name, value in fields.items()
        if value is not None and value != before[section][name]
    }


def _toml(value: Any) -> str:
    """Write a value as TOML does."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name} = {_toml(each)}' for name, each in value.items())} }}"
    return str(value)
