"""Which recipe a plan follows, and what its fields start from."""

from __future__ import annotations

import streamlit as st

from engine.generation import recipes
from studio.text.markdown import escape
from studio.ui import plan_draft
from studio.ui.plan_draft import PlanDraft

_ABOUT = {
    "gsdp": (":material/hub:", "Pairs and triangles of concepts become new problems."),
    "agenticmath": (":material/rate_review:", "Good seeds are rephrased, reviewed and revised."),
    "flames": (":material/groups:", "Twelve agents write, a keep strategy decides."),
    "continual": (":material/autorenew:", "Self-play and experts sort samples for training."),
    "house": (":material/home:", "Graph and agents write, review mends, a majority decides."),
}
_BASE = "generate.base"
_FIELDS = ("share", "role", "set", "items", "solutions", "seed", "point", "budget", "size", "stage", "pairs")
"""Keys of the fields of a plan, after `generate.`."""


def recipe_cards(chosen: str) -> None:
    """Draw a card for each recipe that ships."""
    names = recipes.names()
    for column, name in zip(st.columns(max(1, len(names)), gap="small"), names, strict=True):
        recipe = plan_draft.shipped(name)
        icon, about = _ABOUT.get(name, (":material/auto_awesome:", recipe.title))
        with column.container(border=True, height="stretch", vertical_alignment="distribute"):
            st.markdown(f"{icon} **{escape(recipe.title)}**  \n:small[:gray[{escape(recipe.method)} · {about}]]")
            if name == chosen:
                st.markdown(":blue[:material/check: Chosen]")
            else:
                st.button("Choose", key=f"generate.recipe.{name}", on_click=begin_from, args=(PlanDraft(recipe),))


def begin_from(now: PlanDraft) -> None:
    """Begin a plan anew: every field starts from it."""
    plan_draft.keep(now)
    st.session_state[_BASE] = now
    for key in [key for key in st.session_state if str(key).startswith(tuple(f"generate.{name}" for name in _FIELDS))]:
        del st.session_state[key]


def start() -> PlanDraft:
    """Return the draft as it was when the plan came on screen: what fields start from must not follow them."""
    if "generate.items" not in st.session_state or _BASE not in st.session_state:
        st.session_state[_BASE] = plan_draft.draft()
    begun: PlanDraft = st.session_state[_BASE]
    return begun
