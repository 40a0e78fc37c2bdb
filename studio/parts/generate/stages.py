"""The stages of review and revise: which are on, and how many pairs come out at the end, so that runs compare."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from engine.core.settings import AgenticMath, Recipe
from engine.planning.equal_size import Needed, needed
from engine.planning.forecast import Forecast
from studio.ui.plan_draft import PlanDraft, begin_from
from studio.ui.settings_form import remark_of

SWITCHES: dict[str, str] = {
    "filter_seeds": "Seed filter",
    "review": "Review loop",
    "evaluate": "Evaluation",
    "curate": "Curation",
}
"""Stages that can be left out, by their names in the settings (AM-21)."""


def stage_switches(start: AgenticMath) -> dict[str, bool]:
    """Draw a switch for each stage that can be left out; return which are on, by their names in the settings."""
    on: dict[str, bool] = {}
    for cell, (name, word) in zip([*st.columns(2), *st.columns(2)], SWITCHES.items(), strict=True):
        key, remark = f"generate.stage.{name}", remark_of(AgenticMath.model_fields[name])
        on[name] = cell.toggle(word, st.session_state.setdefault(key, getattr(start, name)), key=key, help=remark)
    return on


def variants_in_words(items: int, chosen: AgenticMath, on: dict[str, bool]) -> str:
    """Return what the variants of a plan are made of and go through, as Markdown."""
    seeds = f"each seed that is rated {chosen.seed_limit:g} or better" if on["filter_seeds"] else "every seed"
    review = f"Each is reviewed and revised up to {chosen.rounds:,} times." if on["review"] else "None is reviewed."
    return f"**{items:,} variants**, {chosen.variants} of {seeds}. {review}"


def pairs_to_take(start: AgenticMath) -> int:
    """Draw how many pairs of problem and solution come out; runs that take as many compare at equal size."""
    taken = st.session_state.setdefault("generate.pairs", start.pairs)
    pairs = st.number_input(
        "Pairs to take", 1, None, taken, 10, key="generate.pairs",
        help="The best so many, by score and then by rarity, join the data set. The method took 15,000.",
    )  # fmt: skip
    return int(pairs)


def equal_size(now: PlanDraft, expected: Forecast | None) -> None:
    """Say what the pairs need; where the plan has too few variants for them, offer to write as many as that."""
    recipe, chosen = now.recipe, now.recipe.settings.agenticmath
    off = [word.lower() for name, word in SWITCHES.items() if not getattr(chosen, name)]
    without = f" Without {', '.join(off)}: runs that take as many pairs compare at equal size." if off else ""
    wanted = needed(recipe, expected)
    if chosen.pairs > recipe.items:
        st.caption(f"More than there are variants: all that pass are taken.{without}")
    elif wanted.items > recipe.items:
        st.caption(f":orange[:material/warning:] {_few(wanted, recipe)}{without}")
        st.button(
            f"Write {wanted.items:,}", icon=":material/balance:", key="generate.stage.items",
            on_click=begin_from, args=(replace(now, recipe=recipe.model_copy(update={"items": wanted.items})),),
        )  # fmt: skip
    else:
        st.caption(f":green[:material/check_circle:] Enough variants for as many pairs.{without}")


def _few(wanted: Needed, recipe: Recipe) -> str:
    said = f"{wanted.basis:,} items of earlier runs" if wanted.basis else "the published run"
    pairs = recipe.settings.agenticmath.pairs
    return f"{pairs:,} pairs need about {wanted.items:,} variants: {wanted.share:.0%} pass, by {said}."
