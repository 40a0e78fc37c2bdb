"""The plan of a run: recipe, mixture, models, where in the graph, when to stop, settings, and what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from pydantic import ValidationError

from engine import forecast, prompts, recipes
from engine.independence import JUDGING
from engine.plans import Plan, Status, fingerprint, load_status
from engine.project import Project, engines
from engine.recipes import KNOWLEDGE_ROLES
from engine.records import Kind
from engine.settings import AgenticMath, Flames, House, Recipe, RecipeSettings, Running, Settings, explain
from engine.store import Store
from studio import drafts, probing
from studio.drafts import WITHOUT_DRY_RUN, Draft
from studio.latex import escape, plain
from studio.probing import Finding
from studio.widgets.blocks import empty
from studio.widgets.generate_forecast import DRY, forecast_panel, launch_buttons
from studio.widgets.generate_mixture import (
    FIELDS,
    Stock,
    adds_up,
    agents_editor,
    graph_of,
    mixture_editor,
    stock_of,
)
from studio.widgets.generate_models import engine_lines, independence, models_by_role, options_of
from studio.widgets.settings_form import settings_form

_ABOUT = {
    "gsdp": (":material/hub:", "Pairs and triangles of concepts become new problems."),
    "agenticmath": (":material/rate_review:", "Good seeds are rephrased, reviewed and revised."),
    "flames": (":material/groups:", "Twelve agents write, a keep strategy decides."),
    "continual": (":material/autorenew:", "Self-play and experts sort samples for training."),
    "house": (":material/home:", "Graph and agents write, review mends, a majority decides."),
}


def _without(section: type[Settings], *drawn: str) -> tuple[str, ...]:
    """Return the fields of a section that are not drawn elsewhere on the page."""
    return tuple(name for name in section.model_fields if name not in drawn)


_BASE, GO = "generate.base", "generate.leave"
_SHARED = ("sampling", "decontamination", "repeats", "running")
_SECTIONS: dict[str, tuple[str, tuple[str, ...] | None]] = {
    "sampling": ("Sampling", None),
    "routing": ("Solvers", ("low_until", "high_from")),
    "judging": ("Judging", None),
    "graph": ("Core concepts", None),
    "agenticmath": ("Review and revise", _without(AgenticMath, "solutions")),
    "curation": ("Score curation", None),
    "flames": ("Agents", _without(Flames, "shares", "solutions")),
    "continual": ("Requests and experts", None),
    "house": ("House blend", _without(House, "solutions")),
    "decontamination": ("Test problems", None),
    "repeats": ("Repeats", None),
    "running": ("Pace", ("concurrency", "timeout_s", "retries", "reread")),
}
"""Sections of the settings: the tab, and the fields that are not drawn elsewhere on the page."""
_OF_WAY: dict[str, tuple[str, ...]] = {
    "gsdp": ("sampling", "routing", "judging", "decontamination", "repeats", "graph", "running"),
    "agenticmath": ("agenticmath", "curation", *_SHARED),
    "flames": ("flames", *_SHARED),
    "continual": ("continual", *_SHARED),
    "house": ("house", "judging", "agenticmath", "graph", *_SHARED),
}
"""Which sections a method reads."""
_FROM_GRAPH = ("gsdp", "house")
_WITH_AGENTS = ("flames", "house")
_FROM = {
    "agenticmath": "**{items:,} variants**, {chosen.agenticmath.variants} of each seed that is rated "
    "{chosen.agenticmath.seed_limit:g} or better. Each is reviewed and revised up to "
    "{chosen.agenticmath.rounds} times.",
    "continual": "**{items:,} requests**, all different: a question type, one to {chosen.continual.most_points} "
    "concepts and a difficulty. {chosen.continual.evaluation_requests:,} others are held back for evaluation.",
}
"""What the items of a method without shares are."""
_SOLVED_BY = {"gsdp": "routing", "agenticmath": "agenticmath", "flames": "flames", "house": "house"}
"""The section that says how many solutions a problem gets."""


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
    way = start.recipe.way
    if way in _FROM_GRAPH and not store.points.count():
        _no_graph()
        return
    left, middle, right = st.columns([1.2, 1.1, 1], gap="medium")
    with left:
        shares, agents, sizes = _mixture(project, store, start)
    with middle:
        roles, found = _models(project, start)
        point = _where(store, start) if way == "gsdp" else ""
        budgets = _stop_when(start, 5 if way == "gsdp" else 4)
    sections, wrong = _settings(start)
    changed = {**sections, **_shared(start, sections, shares, agents, sizes, budgets)}
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
    considered = consider(
        now, wrong or _wrong_shares(shares) or _wrong_shares(agents), found, past_runs(store, project)
    )
    with right, st.container(border=True):
        _forecast(project, now, considered)
        _buttons(considered, begin)


def _no_graph() -> None:
    """Say what this recipe lacks and lead to it; the others can be chosen all the same."""
    empty(
        "Plan a run",
        "This recipe writes from combinations of concepts, and there is no knowledge graph yet.",
        "Build the knowledge graph",
        _leave,
        key="generate.plan",
        icon=":material/hub:",
    )


def _leave() -> None:
    """Go where the graph is built, once the callback is over."""
    st.session_state[GO] = True


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
    for column, name in zip(st.columns(max(1, len(names)), gap="small"), names, strict=True):
        recipe = drafts.shipped(name)
        icon, about = _ABOUT.get(name, (":material/auto_awesome:", recipe.title))
        with column.container(border=True, height="stretch"):
            st.markdown(f"{icon} **{escape(recipe.title)}**  \n:small[:gray[{escape(recipe.method)} · {about}]]")
            if name == chosen:
                st.markdown(":blue[:material/check: Chosen]")
            else:
                st.button("Choose", key=f"generate.recipe.{name}", on_click=_choose, args=(recipe,))


def _choose(recipe: Recipe) -> None:
    """Begin a plan with another recipe: every field starts from it."""
    drafts.keep(Draft(recipe))
    fields = ("share", "role", "set", "items", "solutions", "seed", "point", "budget")
    st.session_state[_BASE] = Draft(recipe)
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


def _mixture(
    project: Project, store: Store, start: Draft
) -> tuple[dict[Kind, float], dict[str, float], dict[str, int]]:
    """Draw what the items are made of; return shares of kinds, shares of agents, and sizes."""
    recipe = start.recipe
    st.caption("2 · Mixture")
    held = st.container()
    sizes = _sizes(recipe)
    kinds: dict[Kind, float] = {}
    agents: dict[str, float] = {}
    with held:
        if recipe.way in _FROM_GRAPH:
            kinds = mixture_editor(
                recipe.settings.mixture, _part(recipe, sizes["items"], graph=True), _stock(project, store, recipe),
                key="generate.share",
            )  # fmt: skip
        if recipe.way in _WITH_AGENTS:
            items = _part(recipe, sizes["items"], graph=False)
            agents = agents_editor(recipe.settings.flames.shares, items, key="generate.share.agent")
        if recipe.way not in (*_FROM_GRAPH, *_WITH_AGENTS):
            st.markdown(_FROM[recipe.way].format(items=sizes["items"], chosen=recipe.settings))
    return kinds, agents, sizes


def _part(recipe: Recipe, items: int, *, graph: bool) -> int:
    """Return how many items come from the graph, or from the agents."""
    if recipe.way != "house":
        return items
    combined = round(items * recipe.settings.house.graph_share / 100)
    return combined if graph else items - combined


def _sizes(recipe: Recipe) -> dict[str, int]:
    section = _SOLVED_BY.get(recipe.way)
    items, solutions, seed = st.columns(3)
    st.session_state.setdefault("generate.items", recipe.items)
    st.session_state.setdefault("generate.seed", recipe.seed)
    sizes = {"items": int(items.number_input("Items", 1, 100_000_000, step=10, key="generate.items"))}
    if section:
        st.session_state.setdefault("generate.solutions", getattr(recipe.settings, section).solutions)
        sizes["solutions"] = int(solutions.number_input("Solutions each", 1, 64, step=1, key="generate.solutions"))
    sizes["seed"] = int(seed.number_input("Seed", 0, 2**31 - 1, step=1, key="generate.seed"))
    return sizes


def _stock(project: Project, store: Store, recipe: Recipe) -> dict[Kind, Stock]:
    shape = recipe.settings.graph
    where, revision = str(project.root), store.revision_of("points", "seeds")
    graph = graph_of(store, where, revision, shape.core_points, shape.core_percentile)
    return stock_of(graph, where, revision, (shape.core_points, shape.core_percentile))


def _models(project: Project, start: Draft) -> tuple[dict[str, str], list[Finding]]:
    known = engines(project)
    st.caption("3 · Models by role")
    lists = probing.findings(known, {name: f"{name}:" for name in known} | _in_use(start.recipe.roles))
    roles = models_by_role(start.recipe.roles, options_of(lists, start.recipe.roles), key="generate.role")
    independence(roles, (*start.recipe.settings.judging.weights, *JUDGING))
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


def _stop_when(start: Draft, number: int) -> dict[str, Any]:
    st.caption(f"{number} · Stop when")
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
        names = _OF_WAY[start.recipe.way]
        for tab, name in zip(st.tabs([_SECTIONS[name][0] for name in names]), names, strict=True):
            only = _SECTIONS[name][1]
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
    agents: dict[str, float],
    sizes: dict[str, int],
    budgets: dict[str, Any],
) -> dict[str, Settings]:
    """Return the sections that have fields outside of the settings block, with those fields in them."""
    before: RecipeSettings = start.recipe.settings
    said: dict[str, Settings] = {
        "running": Running(**(sections.get("running", before.running).model_dump() | budgets)),
    }
    if shares and adds_up(shares):
        said["mixture"] = before.mixture.model_copy(update={FIELDS[kind]: share for kind, share in shares.items()})
    if agents and adds_up(agents):
        said["flames"] = sections.get("flames", before.flames).model_copy(update={"shares": agents})
    if section := _SOLVED_BY.get(start.recipe.way):
        now = said.get(section) or sections.get(section) or getattr(before, section)
        said[section] = now.model_copy(update={"solutions": sizes["solutions"]})
    return said


def _wrong_shares(shares: dict[Kind, float] | dict[str, float]) -> str:
    return (
        "" if not shares or adds_up(shares) else f"The shares add to {sum(shares.values()):g} %. Make it 100 % first."
    )


def _forecast(project: Project, now: Draft, considered: Considered) -> None:
    history = forecast.history(project.runs, now.recipe)
    last = next((one.status for one in reversed(history) if one.status.total > WITHOUT_DRY_RUN), None)
    concurrency = now.recipe.settings.running.concurrency
    forecast_panel(forecast.forecast(now.recipe.items, history, concurrency), last)
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
