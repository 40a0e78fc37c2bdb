"""The published line-up of a recipe beside the models of a plan: what a paper used, and what of it is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from engine.generation.recipes.lineups import LineUp, Mapped, lineup, mapped, of_recipe, remarks, taken
from engine.models.independence import role_name
from engine.models.model_list import OfferedModel
from studio.text.markdown import escape
from studio.ui import plan_draft
from studio.ui.plan_draft import PlanDraft, begin_from

_CHOSEN = "generate.lineup"


def published_lineup(start: PlanDraft, offers: tuple[OfferedModel, ...]) -> None:
    """Draw which models are published for the recipe of a plan, and take what is here with one click."""
    names = [one.name for one in of_recipe(start.recipe.name)]
    if not names:
        return
    with st.expander("As published", icon=":material/history_edu:"):
        name = names[0]
        if len(names) > 1:
            name = str(st.selectbox("Line-up", names, format_func=_titled, key=f"{_CHOSEN}.{start.recipe.name}"))
        which = lineup(name)
        found = mapped(which, offers)
        st.caption(escape(f"{which.about} {which.source}."))
        st.markdown("  \n".join(f":small[{line}]" for line in _lines(which, found)))
        for key, text in which.changes.items():
            st.caption(escape(f"{key} = {text}"))
        if which.settings_note:
            st.caption(escape(which.settings_note))
        _offer(start, which, found.roles)
        for sentence in remarks(which, found):
            st.caption(escape(sentence))


def _titled(name: str) -> str:
    return lineup(name).title


def _lines(which: LineUp, found: Mapped) -> list[str]:
    """Return a line for each role: who spoke for it, and where that model is here."""
    said = []
    for one in which.roles:
        model = escape(one.model.printed) if one.model else ":gray[not named]"
        here = f" :green[· {escape(found.roles[one.role])}]" if one.role in found.roles else ""
        said.append(
            f"{escape(role_name(one.role))}: **{model}**{here}" if one.model else f"{role_name(one.role)}: {model}"
        )
    return said


def _offer(start: PlanDraft, which: LineUp, roles: Mapping[str, str]) -> None:
    models = sum(start.recipe.roles.get(role) != where for role, where in roles.items())
    settings = taken(start.recipe, which, {}) != start.recipe
    words = [
        *([f"{models} models" if models > 1 else "1 model"] if models else []),
        *(["the settings"] if settings else []),
    ]
    label = f"Take {' and '.join(words)}" if words else "Taken" if roles else "No such model here"
    st.button(
        label, icon=":material/conversion_path:", key="generate.lineup.take", disabled=not words, on_click=_take,
        args=(which, dict(roles)),
    )  # fmt: skip


def _take(which: LineUp, roles: Mapping[str, str]) -> None:
    now = plan_draft.draft()
    begin_from(replace(now, recipe=taken(now.recipe, which, roles)))
