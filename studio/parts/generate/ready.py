"""Whether a plan can start: what speaks against it, and which dry runs of it there were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from engine.core import prompts
from engine.core.errors import BadSetting
from engine.core.project import EngineSpec, Project
from engine.models import registry
from engine.runs.plan import GeneratePlan, fingerprint
from engine.runs.status import Status, load_status
from engine.store import Store
from studio.tasks.probe_job import ProbedEngine
from studio.ui.plan_draft import WITHOUT_DRY_RUN, PlanDraft


@dataclass(frozen=True, slots=True)
class Considered:
    """A plan as it stands, and what speaks against starting it: `blocked` stops all, `unready` all but a dry run."""

    draft: PlanDraft
    blocked: str
    unready: str
    reuse: tuple[str, ...]
    """Dry runs of the same plan, whose replies need not be paid for again."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """What is asked of an earlier run: what it did to an item, and whether it was a dry one."""

    id: str
    dry: bool
    fingerprint: str


def consider(now: PlanDraft, wrong: str, found: list[ProbedEngine], past: tuple[PastRun, ...]) -> Considered:
    """Return what speaks against starting a plan. `wrong` is what is the matter with its settings, '' for nothing."""
    own = fingerprint(now.recipe, now.point, prompts.hashes())
    reuse = tuple(run.id for run in past if run.dry and run.fingerprint == own)
    dead = [each.engine for each in found if each.probe and not each.probe.ok]
    asking = [each.engine for each in found if each.probe is None]
    blocked = (
        wrong
        or (f"{dead[0]} does not answer. Start it, or choose another model." if dead else "")
        or (f"{asking[0]} is being asked whether it answers." if asking else "")
    )
    small = now.recipe.items <= WITHOUT_DRY_RUN
    unready = "" if reuse or small else "Launch is ready after a dry run of this plan."
    return Considered(now, blocked, unready, reuse)


def model_fault(now: PlanDraft, known: Mapping[str, EngineSpec]) -> str:
    """Say which model of a plan the embedded engine has not; what other engines list is shown beside them."""
    compared = [(role, where) for role, models in now.study for where in models]
    for role, where in (*now.recipe.roles.items(), *compared):
        name, _, model = where.partition(":")
        if name in known:
            try:
                registry.require_model(known[name], model, role.replace("_", " "))
            except BadSetting as fault:
                return str(fault)
    return ""


def past_runs(store: Store, project: Project) -> tuple[PastRun, ...]:
    """Return the runs of the project that have ended with items done, newest first."""
    known = _past(store, str(project.root), store.revision_of("runs"))
    return tuple(run for run in known if _has_ended(load_status(project.runs / run.id)))


@st.cache_data(show_spinner=False, max_entries=8)
def _past(_store: Store, where: str, revision: int) -> tuple[PastRun, ...]:
    plans = (_store.runs.plan(run.id) for run in _store.runs.list() if run.kind == "generate")
    return tuple(PastRun(plan.id, plan.dry, _fingerprint(plan)) for plan in plans if isinstance(plan, GeneratePlan))


def _fingerprint(plan: GeneratePlan) -> str:
    return fingerprint(plan.recipe, plan.point, plan.prompts)


def _has_ended(status: Status) -> bool:
    return status.state == "finished" and status.done + status.failed > 0
