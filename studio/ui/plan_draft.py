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
from engine.runs.plan import GeneratePlan, StudyPlan, fingerprint
from studio import session

DRAFT = "generate.draft"
WITHOUT_DRY_RUN = 30
"""A run of so few items is its own dry run."""


_BASE = "generate.base"
_FIELDS = ("share", "role", "set", "items", "solutions", "seed", "point", "budget", "size", "stage", "pairs", "study")
"""Keys of the fields of a plan, after `generate.`."""


Turns = tuple[tuple[str, tuple[str, ...]], ...]
"""The models that take turns in a role, by role."""


@dataclass(frozen=True, slots=True)
class PlanDraft:
    """What a run would do, and where in the graph."""

    recipe: Recipe
    point: str = ""
    study: Turns = ()
    """Models that are compared by a run for each choice of them; none for one run."""


def draft() -> PlanDraft:
    """Return the plan of this tab, the first recipe as it ships where none was begun."""
    found = st.session_state.get(DRAFT)
    return found if isinstance(found, PlanDraft) else PlanDraft(shipped(recipes.names()[0]))


def begin_from(now: PlanDraft) -> None:
    """Begin a plan anew: every field starts from it."""
    keep(now)
    st.session_state[_BASE] = now
    for key in [key for key in st.session_state if str(key).startswith(tuple(f"generate.{name}" for name in _FIELDS))]:
        del st.session_state[key]


def start() -> PlanDraft:
    """Return the draft as it was when the plan came on screen: what fields start from must not follow them."""
    if "generate.items" not in st.session_state or _BASE not in st.session_state:
        st.session_state[_BASE] = draft()
    begun: PlanDraft = st.session_state[_BASE]
    return begun


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


def of_study(plan: StudyPlan) -> PlanDraft:
    """Return the draft that would do a study again, on a draw of its own."""
    usual = {"title": recipes.load(plan.recipe.name).title, "roles": plan.roles}
    return PlanDraft(plan.recipe.model_copy(update=usual), study=tuple(plan.varied.items()))


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
    recipe = now.recipe
    words = [f"lemma run {recipe.name} --items {recipe.items}"]
    words += [f"--point {quote(now.point)}"] if now.point else []
    words += [f"--set {quote(change)}" for change in changes(recipe)]
    words += [f"--engine {quote(role)}" for role in given_roles(recipe)]
    words += [f"--study {quote(f'{role}={where}')}" for role, models in now.study for where in models]
    return " \\\n  ".join([*words, f"--project {quote(str(project))}"])


def changes(recipe: Recipe) -> list[str]:
    """Return the settings that differ from the shipped recipe, each as KEY=VALUE."""
    usual = recipes.load(recipe.name)
    found = {"seed": recipe.seed} if recipe.seed != usual.seed else {}
    found |= _differences(recipe.settings.model_dump(), usual.settings.model_dump())
    return [f"{key}={_toml(value)}" for key, value in found.items()]


def given_roles(recipe: Recipe) -> list[str]:
    """Return the roles that differ from the shipped recipe, each as ROLE=ENGINE:MODEL."""
    usual = recipes.load(recipe.name).roles
    return [f"{role}={where}" for role, where in recipe.roles.items() if usual.get(role) != where]


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
