"""The plan of a run: recipe, mixture, models, where in the graph, when to stop, settings, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from pydantic import ValidationError

from engine import forecast, prompts, recipes
from engine.plans import Plan, Status, fingerprint, load_status
from engine.project import Project, engines
from engine.recipes import KNOWLEDGE_ROLES
from engine.records import Kind
from engine.settings import Mixture, Recipe, RecipeSettings, Running, Settings, explain
from engine.store import Store
from studio import drafts, probing
from studio.drafts import WITHOUT_DRY_RUN, Draft
from studio.latex import escape, plain
from studio.probing import Finding
from studio.widgets.generate_forecast import DRY, forecast_panel, launch_buttons
from studio.widgets.generate_mixture import FIELDS, adds_up, graph_of, mixture_editor, stock_of
from studio.widgets.generate_models import engine_lines, independence, models_by_role, options_of
from studio.widgets.settings_form import settings_form

_ABOUT = {"gsdp": (":material/hub:", "Pairs and triangles of concepts become new problems.")}
_BASE = "generate.base"
_SECTIONS: tuple[tuple[str, str, tuple[str, ...] | None], ...] = (
    ("sampling", "Sampling", None),
    ("routing", "Solvers", ("low_until", "high_from")),
    ("judging", "Judging", None),
    ("decontamination", "Test problems", None),
    ("graph", "Core concepts", None),
    ("running", "Pace", ("concurrency", "timeout_s", "retries", "reread")),
)
"""Section of the settings, its tab, and the fields that are not drawn elsewhere on the page."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A plan as it stands, and what speaks against starting it: `blocked` stops all, `unready` all but a dry run."""

    draft: Draft
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


Begin = Callable[[Draft, int, tuple[str, ...]], None]
"""Starts a draft: how many items of it as a dry run, 0 for the whole run, and the runs whose replies it reuses."""


def plan_editor(project: Project, store: Store, begin: Begin) -> None:
    """Draw the plan of this tab with its forecast and the buttons that start it, and keep what is changed."""
    start = _start()
    st.caption("1 · Recipe")
    recipe_cards(start.recipe.name)
    left, middle, right = st.columns([1.2, 1.1, 1], gap="medium")
    with left:
        shares, sizes = _mixture(project, store, start)
    with middle:
        roles, found = _models(project, start)
        point = _where(store, start)
        budgets = _stop_when(start)
    sections, wrong = _settings(start)
    changed = {**sections, **_shared(start, sections, shares, sizes, budgets)}
    recipe = start.recipe.model_copy(
        update={
            "items": sizes["items"],
            "seed": sizes["seed"],
            "roles": roles,
            "settings": start.recipe.settings.model_copy(update=changed),
        }
    )
    now = Draft(recipe, point)
    drafts.keep(now)
    with st.expander("The same as a command", icon=":material/terminal:"):
        st.code(drafts.command(now, project.root), language="bash")
    considered = consider(now, wrong or _wrong_shares(shares), found, past_runs(store, project))
    with right, st.container(border=True):
        _forecast(project, now, considered)
        _buttons(considered, begin)


def consider(now: Draft, wrong: str, found: list[Finding], past: tuple[PastRun, ...]) -> Considered:
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


def recipe_cards(chosen: str) -> None:
    """Draw a card for each recipe that ships."""
    names = recipes.names()
    for column, name in zip(st.columns(max(1, len(names))), names, strict=True):
        recipe = recipes.load(name)
        icon, about = _ABOUT.get(name, (":material/auto_awesome:", recipe.title))
        with column.container(border=True):
            text, act = st.columns([9, 1], vertical_alignment="center")
            text.markdown(
                f"{icon} **{escape(recipe.title)}** :gray[· {about} Method {escape(recipe.method)}.]", width="stretch"
            )
            if name == chosen:
                act.markdown(":blue[:material/check: Chosen]", text_alignment="right")
            else:
                act.button("Choose", key=f"generate.recipe.{name}", on_click=_choose, args=(recipe,))


def _choose(recipe: Recipe) -> None:
    """Begin a plan with another recipe: every field starts from it."""
    drafts.keep(Draft(recipe))
    fields = ("share", "role", "set", "items", "solutions", "seed", "point", "budget")
    for key in [key for key in st.session_state if str(key).startswith(tuple(f"generate.{name}" for name in fields))]:
        del st.session_state[key]


def past_runs(store: Store, project: Project) -> tuple[PastRun, ...]:
    """Return the runs of the project that have ended with items done, newest first."""
    known = _past(store, str(project.root), store.revision_of("runs"))
    return tuple(run for run in known if _has_ended(load_status(project.runs / run.id)))


@st.cache_data(show_spinner=False, max_entries=8)
def _past(_store: Store, where: str, revision: int) -> tuple[PastRun, ...]:
    plans = [plan for run in _store.runs.list() if run.kind == "generate" and (plan := _store.runs.plan(run.id))]
    return tuple(PastRun(plan.id, plan.dry, _fingerprint(plan)) for plan in plans)


def _fingerprint(plan: Plan) -> str:
    return fingerprint(plan.recipe, plan.point, plan.prompts)


def _has_ended(status: Status) -> bool:
    return status.state == "finished" and status.done + status.failed > 0


def _start() -> Draft:
    """Return the draft as it was when the plan came on screen: what fields start from must not follow them."""
    if "generate.items" not in st.session_state or _BASE not in st.session_state:
        st.session_state[_BASE] = drafts.draft()
    start: Draft = st.session_state[_BASE]
    return start


def _mixture(project: Project, store: Store, start: Draft) -> tuple[dict[Kind, float], dict[str, int]]:
    recipe = start.recipe
    st.caption("2 · Mixture")
    held = st.container()
    items, solutions, seed = st.columns(3)
    for name, value in (
        ("items", recipe.items),
        ("solutions", recipe.settings.routing.solutions),
        ("seed", recipe.seed),
    ):
        st.session_state.setdefault(f"generate.{name}", value)
    sizes = {
        "items": int(items.number_input("Items", 1, 100_000_000, step=10, key="generate.items")),
        "solutions": int(solutions.number_input("Solutions each", 1, 64, step=1, key="generate.solutions")),
        "seed": int(seed.number_input("Seed", 0, 2**31 - 1, step=1, key="generate.seed")),
    }
    shape = recipe.settings.graph
    where, revision = str(project.root), store.revision_of("points", "seeds")
    graph = graph_of(store, where, revision, shape.core_points, shape.core_percentile)
    stock = stock_of(graph, where, revision, (shape.core_points, shape.core_percentile))
    with held:
        shares = mixture_editor(recipe.settings.mixture, sizes["items"], stock, key="generate.share")
    return shares, sizes


def _models(project: Project, start: Draft) -> tuple[dict[str, str], list[Finding]]:
    known = engines(project)
    st.caption("3 · Models by role")
    lists = probing.findings(known, {name: f"{name}:" for name in known} | _in_use(start.recipe.roles))
    roles = models_by_role(start.recipe.roles, options_of(lists, start.recipe.roles), key="generate.role")
    independence(roles, tuple(start.recipe.settings.judging.weights))
    return roles, engine_lines(known, _in_use(roles))


def _in_use(roles: dict[str, str]) -> dict[str, str]:
    return {role: where for role, where in roles.items() if role not in KNOWLEDGE_ROLES}


def _where(store: Store, start: Draft) -> str:
    st.caption("4 · Where")
    names = _points(store, store.path, store.revision_of("points"))
    st.session_state.setdefault("generate.point", start.point)
    options = ["", *names, *([start.point] if start.point and start.point not in names else [])]
    point = st.selectbox(
        "Where",
        options,
        format_func=lambda name: plain(name) if name else "Whole graph",
        key="generate.point",
        label_visibility="collapsed",
        help="Only combinations with one concept, or all of them.",
    )
    return point


@st.cache_data(show_spinner=False, max_entries=4)
def _points(_store: Store, where: str, revision: int) -> list[str]:
    return sorted(str(name) for name in _store.points.live()["name"])


def _stop_when(start: Draft) -> dict[str, Any]:
    st.caption("5 · Stop when")
    running = start.recipe.settings.running
    calls, tokens, money = st.columns(3)
    return {
        "budget_calls": calls.number_input(
            "Calls", 1, None, running.budget_calls, 1000, placeholder="no limit", key="generate.budget_calls"
        ),
        "budget_tokens": tokens.number_input(
            "Tokens", 1, None, running.budget_tokens, 100_000, placeholder="no limit", key="generate.budget_tokens"
        ),
        "budget_usd": money.number_input(
            "USD", 0.01, None, running.budget_usd, 1.0, placeholder="no limit", key="generate.budget_usd"
        ),
    }


def _settings(start: Draft) -> tuple[dict[str, Settings], str]:
    """Draw every other setting; return the sections as they are now and the first thing that is wrong."""
    sections: dict[str, Settings] = {}
    wrong = ""
    with st.expander("Settings", icon=":material/tune:"):
        for tab, (name, _, only) in zip(st.tabs([title for _, title, _ in _SECTIONS]), _SECTIONS, strict=True):
            now: Settings = getattr(start.recipe.settings, name)
            with tab:
                said = settings_form(type(now), now, key=f"generate.set.{name}", columns=4, only=only)
                if isinstance(said, ValidationError):
                    wrong = wrong or str(explain(said, where=name))
                    st.error(escape(str(explain(said, where=name))), icon=":material/error:")
                else:
                    sections[name] = said
    return sections, wrong


def _shared(
    start: Draft,
    sections: dict[str, Settings],
    shares: dict[Kind, float],
    sizes: dict[str, int],
    budgets: dict[str, Any],
) -> dict[str, Settings]:
    """Return the sections that have fields outside of the settings block, with those fields in them."""
    before: RecipeSettings = start.recipe.settings
    mixture = Mixture(**{FIELDS[kind]: share for kind, share in shares.items()}) if adds_up(shares) else before.mixture
    return {
        "mixture": mixture,
        "routing": sections.get("routing", before.routing).model_copy(update={"solutions": sizes["solutions"]}),
        "running": Running(**(sections.get("running", before.running).model_dump() | budgets)),
    }


def _wrong_shares(shares: dict[Kind, float]) -> str:
    return "" if adds_up(shares) else f"The shares add to {sum(shares.values()):g} %. Make it 100 % first."


def _forecast(project: Project, now: Draft, considered: Considered) -> None:
    history = forecast.history(project.runs, now.recipe)
    last = next((status for status in reversed(history) if status.total > WITHOUT_DRY_RUN), None)
    forecast_panel(forecast.forecast(now.recipe.items, history), last)
    for step in considered.reuse[:1]:
        st.caption(f":green[:material/check_circle:] {escape(step)} was a dry run of this plan.")


def _buttons(considered: Considered, begin: Begin) -> None:
    now = considered.draft
    launch_buttons(
        now.recipe.items,
        considered.blocked,
        considered.unready,
        lambda: begin(now, DRY, ()),
        lambda: begin(now, 0, considered.reuse),
    )


def at_point(now: Draft, point: str) -> Draft:
    """Return the draft for combinations with `point` alone."""
    return replace(now, point=point)
