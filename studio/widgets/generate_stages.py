"""The stages of review and revise: which are on, and how many pairs come out at the end, so that runs compare."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from engine.equal_size import Needed, needed
from engine.forecast import Forecast
from engine.settings import AgenticMath, Recipe
from studio.drafts import Draft
from studio.widgets.generate_recipe import begin_from
from studio.widgets.settings_form import remark_of

SWITCHES: dict[str, str] = {
    "filter_seeds": "Filter seeds",
    "review": "Review and revise",
    "evaluate": "Evaluate",
    "curate": "Curate scores",
}
"""Stages that can be left out, by their names in the settings (AM-21)."""


@dataclass(frozen=True, slots=True)
class Stages:
    """Which stages are on, by their names in the settings, and how many pairs are taken at the end."""

    on: dict[str, bool]
    pairs: int

    @property
    def values(self) -> dict[str, bool | int]:
        """The settings that they are."""
        return {**self.on, "pairs": self.pairs}


def stages_editor(start: AgenticMath) -> Stages:
    """Draw a switch for each stage that can be left out, and the number of pairs."""
    on: dict[str, bool] = {}
    for cell, (name, word) in zip([*st.columns(2), *st.columns(2)], SWITCHES.items(), strict=True):
        st.session_state.setdefault(f"generate.stage.{name}", getattr(start, name))
        on[name] = cell.toggle(word, key=f"generate.stage.{name}", help=remark_of(AgenticMath.model_fields[name]))
    st.session_state.setdefault("generate.pairs", start.pairs)
    pairs = st.number_input(
        "Pairs to take", 1, None, step=10, key="generate.pairs",
        help="The best so many problems, by score and then by rarity, join the data set. The method took 15,000.",
    )  # fmt: skip
    return Stages(on, int(pairs))


def variants_in_words(items: int, chosen: AgenticMath, now: Stages) -> str:
    """Return what the variants of a plan are made of and go through, as Markdown."""
    seeds = f"each seed that is rated {chosen.seed_limit:g} or better" if now.on["filter_seeds"] else "any seed"
    review = (
        f"Each is reviewed and revised up to {chosen.rounds} times."
        if now.on["review"]
        else "None of them is reviewed."
    )
    return f"**{items:,} variants**, {chosen.variants} of {seeds}. {review}"


def equal_size(now: Draft, expected: Forecast | None) -> None:
    """Say how many variants the pairs need; where the plan has too few, offer to write as many as that."""
    recipe, chosen = now.recipe, now.recipe.settings.agenticmath
    if chosen.pairs > recipe.items:
        st.caption(f"All that pass are taken: {chosen.pairs:,} pairs is more than there are variants.")
    wanted = needed(recipe, expected)
    if recipe.items < wanted.items and chosen.pairs <= recipe.items:
        st.markdown(f":orange[:material/warning:] :small[{_few(wanted, recipe)}]")
        st.button(
            f"Write {wanted.items:,}", icon=":material/balance:", key="generate.stage.items",
            on_click=begin_from, args=(replace(now, recipe=recipe.model_copy(update={"items": wanted.items})),),
        )  # fmt: skip
    off = [word.lower() for name, word in SWITCHES.items() if not getattr(chosen, name)]
    if off:
        st.caption(f"Without: {', '.join(off)}. Runs that take the same number of pairs compare at equal size.")


def _few(wanted: Needed, recipe: Recipe) -> str:
    said = f"{wanted.basis:,} items of earlier runs" if wanted.basis else "the published run"
    pairs = recipe.settings.agenticmath.pairs
    return f"{pairs:,} pairs need about {wanted.items:,} variants: {wanted.share:.0%} pass, by {said}."
