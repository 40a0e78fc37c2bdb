"""The plan of a run: recipe, mixture, models, where in the graph, when to stop, settings, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import prod
from typing import Any

import streamlit as st

from engine.core.project import Project, engines
from engine.core.settings import RecipeSettings, Running, Settings
from engine.planning import forecast
from engine.planning.speed import measured_line, speed_of
from engine.runs.status import Status
from engine.store import Store
from studio.parts.generate.amount import FROM_GRAPH, SOLVED_BY, Amount, amount
from studio.parts.generate.contexts import context_alarms
from studio.parts.generate.forecast import DRY, forecast_panel, launch_buttons
from studio.parts.generate.limits import stop_when, where
from studio.parts.generate.mixture import FIELDS, adds_up
from studio.parts.generate.models import role_models
from studio.parts.generate.ready import Considered, consider, model_fault, past_runs
from studio.parts.generate.recipe import recipe_cards
from studio.parts.generate.settings import settings_tabs
from studio.parts.generate.stages import equal_size
from studio.parts.generate.studies import models_compared, study_forecast
from studio.text.markdown import escape
from studio.ui import plan_draft
from studio.ui.blocks import empty
from studio.ui.plan_draft import WITHOUT_DRY_RUN, PlanDraft, start

GO = "generate.leave"
Begin = Callable[[PlanDraft, int, tuple[str, ...]], None]
"""Starts a draft: how many items of it as a dry run, 0 for the whole run, and the runs whose replies it reuses."""


def plan_editor(project: Project, store: Store, begin: Begin) -> None:
    """Draw the plan of this tab with its forecast and the buttons that start it, and keep what is changed."""
    begun = start()
    way = begun.recipe.way
    st.caption("1 · Recipe")
    recipe_cards(begun.recipe.name)
    if _lacks(store, way):
        return
    left, middle, right = st.columns([1.2, 1.1, 1], gap="medium")
    with left:
        sizes = amount(project, store, begun)
    with middle:
        roles, found, options = role_models(project, begun)
        study = models_compared(begun, options)
        tight = st.container()
        point = where(store, begun) if way == "gsdp" else ""
        budgets = stop_when(begun, 5 if way == "gsdp" else 4)
    sections, wrong = settings_tabs(begun)
    changed = begun.recipe.settings.model_copy(update={**sections, **_shared(begun, sections, sizes, budgets)})
    told = {"items": sizes.items, "seed": sizes.seed, "roles": roles, "settings": changed}
    now = PlanDraft(begun.recipe.model_copy(update=told), point, study)
    plan_draft.keep(now)
    with st.expander("The same as a command", icon=":material/terminal:"):
        st.code(plan_draft.command(now, project.root), language="bash")
    with tight:
        context_alarms(now, found)
    past = past_runs(store, project)
    expected, last = _expected(project, now)
    with sizes.below:
        if way == "agenticmath":
            equal_size(now, expected)
    with right, st.container(border=True):
        forecast_panel(expected, last, measured_line(project, now.recipe))
        odd = study_forecast(project, now) or model_fault(now, engines(project))
        _buttons(consider(now, wrong or sizes.wrong or odd, found, past), begin)


def _lacks(store: Store, way: str) -> bool:
    """Say what this recipe lacks and lead to it, and return whether it lacks anything; others can still be chosen."""
    if way in FROM_GRAPH and not store.points.count():
        why = "This recipe writes from combinations of concepts, and there is no knowledge graph yet."
        button, icon, place = "Build the knowledge graph", ":material/hub:", "graph"
    elif way == "agenticmath" and not store.seeds.count():
        why = "This recipe rephrases seeds, and there are none yet."
        button, icon, place = "Import seeds", ":material/input:", "seeds"
    else:
        return False
    empty("Plan a run", why, button, lambda: _leave(place), key="generate.plan", icon=icon)
    return True


def _leave(place: str) -> None:
    """Go to the page that has what is lacking, once the callback is over."""
    st.session_state[GO] = place


def _shared(
    begun: PlanDraft, sections: dict[str, Settings], sizes: Amount, budgets: dict[str, Any]
) -> dict[str, Settings]:
    """Return the sections that have fields outside of the settings block, with those fields in them."""
    before: RecipeSettings = begun.recipe.settings
    said: dict[str, Settings] = {
        "running": Running(**(sections.get("running", before.running).model_dump() | budgets)),
    }
    if sizes.kinds and adds_up(sizes.kinds):
        shares = {FIELDS[kind]: share for kind, share in sizes.kinds.items()}
        said["mixture"] = sections.get("mixture", before.mixture).model_copy(update=shares)
    if sizes.agents and adds_up(sizes.agents):
        said["flames"] = sections.get("flames", before.flames).model_copy(update={"shares": sizes.agents})
    if section := SOLVED_BY.get(begun.recipe.way):
        now = said.get(section) or sections.get(section) or getattr(before, section)
        said[section] = now.model_copy(update={"solutions": sizes.solutions, **sizes.stages})
    return said


def _expected(project: Project, now: PlanDraft) -> tuple[forecast.Forecast | None, Status | None]:
    """Return the forecast of a plan, and how the last whole run of it went."""
    history = forecast.history(project.runs, now.recipe)
    last = next((one.status for one in reversed(history) if one.status.total > WITHOUT_DRY_RUN), None)
    concurrency = now.recipe.settings.running.concurrency
    return forecast.forecast(now.recipe.items, history, concurrency, speed_of(project, now.recipe)), last


def _buttons(considered: Considered, begin: Begin) -> None:
    now = considered.draft
    for step in considered.reuse[:1]:
        st.caption(f":green[:material/check_circle:] {escape(step)} was a dry run of this plan.")
    launch_buttons(
        now.recipe.items * prod(len(models) for _, models in now.study),
        considered.blocked,
        considered.unready,
        lambda: begin(now, DRY, ()),
        lambda: begin(now, 0, considered.reuse),
    )


def at_point(now: PlanDraft, point: str) -> PlanDraft:
    """Return the draft for combinations with `point` alone."""
    return replace(now, point=point)
