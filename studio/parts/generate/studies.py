"""Studies of models on the plan and while they go on: the same items for every choice of who writes and who solves."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from engine.core.errors import UserError
from engine.core.project import Project
from engine.generation.methods import registry
from engine.planning import model_study
from engine.runs import launcher
from engine.runs.plan import StudyPlan, load_plan_as
from engine.store import RunNow
from studio.parts.generate.models import role_word
from studio.text.markdown import escape
from studio.ui.plan_draft import PlanDraft, Turns
from studio.ui.run_controls import controls
from studio.ui.run_monitor import follow, run_head, state_word

_COMPARED = ("writer", "solver")
"""How roles begin whose models a study compares: who writes and who solves (FLAMES, table 5)."""


def models_compared(start: PlanDraft, options: Sequence[str]) -> Turns:
    """Draw which models take turns in which role; return them, nothing where the plan is one run."""
    roles = [role for role in registry.METHODS[start.recipe.way].roles(start.recipe) if role.startswith(_COMPARED)]
    begun = dict(start.study)
    with st.expander("Compare models", icon=":material/compare:", expanded=bool(begun)):
        st.caption("Each choice of models writes the same items, as a run of its own with the budget of the plan.")
        picked = {role: _models(role, begun.get(role, ()), options) for role in roles}
    return tuple((role, models) for role, models in picked.items() if models)


def _models(role: str, begun: Sequence[str], options: Sequence[str]) -> tuple[str, ...]:
    key = f"generate.study.{role}"
    st.session_state.setdefault(key, list(begun))
    known = list(dict.fromkeys((*options, *st.session_state[key])))
    said = st.multiselect(
        escape(role_word(role)), known, format_func=lambda where: where.removeprefix("abacus:"), key=key,
        accept_new_options=True, placeholder="as above",
    )  # fmt: skip
    return tuple(where.strip() for where in said)


def study_forecast(project: Project, now: PlanDraft) -> str:
    """Draw what a study comes to in all; return what is wrong with it, '' for nothing and where the plan is none."""
    if not now.study:
        return ""
    try:
        each = model_study.recipes_of(now.recipe, dict(now.study))
    except UserError as error:
        return str(error)
    st.caption(escape(f"{len(each)} runs of {now.recipe.items:,} items. {model_study.in_all(project, each)}"))
    return ""


def study_live(project: Project, run: RunNow) -> None:
    """Draw how a study goes: its state, what can be done with it, and each of its runs."""
    directory = project.runs / run.id
    plan = load_plan_as(directory, StudyPlan)
    status = launcher.state(directory)
    with st.container(horizontal=True, horizontal_alignment="right"):
        controls(directory, status)

    def draw(now: object) -> None:
        run_head(run.title, launcher.state(directory))
        st.dataframe(_rows(project, plan), hide_index=True, key=f"generate.study.{run.id}")

    follow(directory, status.state, draw)
    st.caption("Each is a run of its own in the list. The report holds the same table with shares, beside the paper's.")


def _rows(project: Project, plan: StudyPlan) -> pd.DataFrame:
    rows = []
    for name, roles in plan.cells.items():
        now = launcher.state(project.runs / name)
        said = {role_word(role): where for role, where in roles.items()}
        counted = {"Done": now.done + now.failed, "Kept": now.funnel.get("kept", 0), "Calls": now.calls}
        rows.append({"Run": name, **said, "State": state_word(now.state), **counted, "Cost": f"${now.cost:,.2f}"})
    return pd.DataFrame(rows)
