"""Which recipe a plan follows, and what its fields start from."""

from __future__ import annotations

import streamlit as st

from engine.generation import recipes
from studio.text.markdown import escape
from studio.ui import plan_draft
from studio.ui.plan_draft import PlanDraft, begin_from

_ABOUT = {
    "gsdp": (":material/hub:", "Pairs and triangles of concepts become new problems."),
    "agenticmath": (":material/rate_review:", "Good seeds are rephrased, reviewed and revised."),
    "flames": (":material/groups:", "Twelve agents write, a keep strategy decides."),
    "continual": (":material/autorenew:", "Self-play and experts sort samples for training."),
    "house": (":material/home:", "Graph and agents write, review mends, a majority decides."),
}


def recipe_cards(chosen: str) -> None:
    """Draw a card for each recipe that ships."""
    names = recipes.names()
    for column, name in zip(st.columns(max(1, len(names)), gap="small"), names, strict=True):
        recipe = plan_draft.shipped(name)
        icon, about = _ABOUT.get(name, (":material/auto_awesome:", recipe.title))
        with column.container(border=True, height="stretch", vertical_alignment="distribute"):
            st.markdown(
                f"{icon} **{escape(recipe.title)}**  \n:small[:gray[{escape(recipe.method)} · {escape(about)}]]"
            )
            if name == chosen:
                st.markdown(":blue[:material/check: Chosen]")
            else:
                st.button("Choose", key=f"generate.recipe.{name}", on_click=begin_from, args=(PlanDraft(recipe),))
