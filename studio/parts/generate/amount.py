"""What the items of a run are made of and how many there are: shares, sizes, and the stages that they go through."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from engine.core.project import Project
from engine.core.records import Kind
from engine.core.settings import Recipe
from engine.generation.recipes.presets import PRESETS, SOURCE
from engine.store import Store
from studio.parts.generate.mixture import Stock, adds_up, agents_editor, graph_of, mixture_editor, stock_of
from studio.parts.generate.stages import pairs_to_take, stage_switches, variants_in_words
from studio.ui.plan_draft import PlanDraft

FROM_GRAPH = ("gsdp", "house")
"""Methods that write from combinations of concepts."""
_WITH_AGENTS = ("flames", "house")
SOLVED_BY = {"gsdp": "routing", "agenticmath": "agenticmath", "flames": "flames", "house": "house"}
"""The section that says how many solutions a problem gets."""


@dataclass(frozen=True, slots=True)
class Amount:
    """Shares of the kinds of combinations and of the agents, in percent, sizes, and the stages of the method."""

    kinds: dict[Kind, float]
    agents: dict[str, float]
    items: int
    solutions: int
    seed: int
    stages: dict[str, int]
    """Which stages of review and revise are on, and how many pairs are taken; empty for other methods."""
    below: DeltaGenerator
    """Where to say what the pairs need, once there is a forecast."""

    @property
    def wrong(self) -> str:
        """What is the matter with the shares, '' for nothing."""
        for shares in (self.kinds, self.agents):
            if shares and not adds_up(shares):
                return f"The shares add to {sum(shares.values()):g} %. Make it 100 % first."
        return ""


def amount(project: Project, store: Store, start: PlanDraft) -> Amount:
    """Draw what the items are made of and how many there are."""
    recipe = start.recipe
    st.caption("2 · Mixture")
    held = st.container()
    if recipe.way == "flames":
        _published_sizes(recipe)
    items, solutions, seed = _sizes(recipe)
    kinds: dict[Kind, float] = {}
    agents: dict[str, float] = {}
    stages: dict[str, int] = {}
    if recipe.way == "agenticmath":
        stages["pairs"] = pairs_to_take(recipe.settings.agenticmath)
    below = st.container()
    with held:
        if recipe.way in FROM_GRAPH:
            part = _part(recipe, items, graph=True)
            kinds = mixture_editor(recipe.settings.mixture, part, _stock(project, store, recipe), key="generate.share")
        if recipe.way in _WITH_AGENTS:
            part = _part(recipe, items, graph=False)
            agents = agents_editor(recipe.settings.flames.shares, part, key="generate.share.agent")
        if recipe.way == "agenticmath":
            words = st.empty()
            on = stage_switches(recipe.settings.agenticmath)
            words.markdown(variants_in_words(items, recipe.settings.agenticmath, on))
            stages |= on
        if recipe.way == "continual":
            st.markdown(_requests(recipe, items))
    return Amount(kinds, agents, items, solutions, seed, stages, below)


def _requests(recipe: Recipe, items: int) -> str:
    chosen = recipe.settings.continual
    return (
        f"**{items:,} requests**, all different: a question type, one to {chosen.most_points} concepts and a "
        f"difficulty. {chosen.evaluation_requests:,} others are held back for evaluation."
    )


def _part(recipe: Recipe, items: int, *, graph: bool) -> int:
    """Return how many items come from the graph, or from the agents."""
    if recipe.way != "house":
        return items
    combined = round(items * recipe.settings.house.graph_share / 100)
    return combined if graph else items - combined


def _published_sizes(recipe: Recipe) -> None:
    """Draw the sizes of the published data sets; one is marked where the items are as many (FL-31)."""
    items = st.session_state.get("generate.items", recipe.items)
    st.session_state["generate.size"] = next((name for name, count in PRESETS.items() if count == items), None)
    st.segmented_control(
        "Published size · FLAMES data sets",
        list(PRESETS),
        format_func=_sized,
        key="generate.size",
        on_change=_take_size,
        help=f"How many problems the published data sets hold ({SOURCE}).",
        width="stretch",
    )


def _sized(name: str) -> str:
    """Return a size as people write it: Small 150K."""
    count = PRESETS[name]
    return f"{name} {count / 1e6:g}M" if count >= 1_000_000 else f"{name} {count / 1000:g}K"


def _take_size() -> None:
    """Set the items to the size that was chosen; choosing it again leaves them."""
    if name := st.session_state.get("generate.size"):
        st.session_state["generate.items"] = PRESETS[name]


def _sizes(recipe: Recipe) -> tuple[int, int, int]:
    """Draw and return items, solutions of each, and seed; a method that asks for no solutions says one."""
    section = SOLVED_BY.get(recipe.way)
    items, solutions, seed = st.columns(3)
    # Each value is given twice, as state and as default, for a browser that loads the field only after another drawing.
    start = st.session_state.setdefault("generate.items", recipe.items)
    first = st.session_state.setdefault("generate.seed", recipe.seed)
    many = int(items.number_input("Items", 1, 100_000_000, start, 10, key="generate.items"))
    each = 1
    if section:
        tries = st.session_state.setdefault("generate.solutions", getattr(recipe.settings, section).solutions)
        each = int(solutions.number_input("Solutions each", 1, 64, tries, 1, key="generate.solutions"))
    return many, each, int(seed.number_input("Seed", 0, 2**31 - 1, first, 1, key="generate.seed"))


def _stock(project: Project, store: Store, recipe: Recipe) -> dict[Kind, Stock]:
    shape = recipe.settings.graph
    where, revision = str(project.root), store.revision_of("points", "seeds")
    graph = graph_of(store, where, revision, shape.core_points, shape.core_percentile)
    return stock_of(graph, where, revision, (shape.core_points, shape.core_percentile))
