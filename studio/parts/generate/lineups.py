"""The published line-up of a recipe beside the models of a plan: what a paper used, and what of it is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import streamlit as st

from engine.generation.recipes import KNOWLEDGE_ROLES
from engine.generation.recipes.lineups import LineUp, Mapped, PublishedRole, lineup, mapped, of_recipe, taken
from engine.models.model_list import OfferedModel
from studio.text.markdown import escape
from studio.ui import plan_draft
from studio.ui.plan_draft import PlanDraft, begin_from

_CHOSEN = "generate.lineup"
_ROLES = ":material/conversion_path:"
Word = Callable[[str], str]
"""A role as people say it."""


def published_lineup(start: PlanDraft, offers: tuple[OfferedModel, ...], word: Word) -> None:
    """Draw which models are published for the recipe of a plan, and take what is here with one click."""
    names = [one.name for one in of_recipe(start.recipe.name)]
    if not names:
        return
    with st.expander("As published", icon=":material/history_edu:"):
        name = names[0]
        if len(names) > 1:
            key = f"{_CHOSEN}.{start.recipe.name}"
            name = str(st.selectbox("Line-up", names, format_func=_titled, key=key, label_visibility="collapsed"))
        which = lineup(name)
        found = mapped(which, offers)
        here = {role: where for role, where in found.roles.items() if role not in KNOWLEDGE_ROLES}
        st.caption(escape(f"{which.about} {which.source}."))
        st.markdown("  \n".join(_line(one, here, word) for one in which.roles if one.role not in KNOWLEDGE_ROLES))
        _settings(which)
        _offer(start, which, here)
        _absent(found)


def _titled(name: str) -> str:
    return lineup(name).title


def _line(one: PublishedRole, here: Mapping[str, str], word: Word) -> str:
    """Return who spoke for a role, marked where an engine here lists that model."""
    if one.model is None:
        return f":small[:gray[{escape(word(one.role))} · not named]]"
    mark = " :green[:material/check:]" if one.role in here else ""
    return f":small[:gray[{escape(word(one.role))}] · {escape(one.model.printed)}{mark}]"


def _settings(which: LineUp) -> None:
    if which.settings:
        said = "  \n".join(escape(f"{key} = {text}") for key, text in which.changes.items())
        st.caption(f"{said}  \n{escape(which.settings_note)}")


def _offer(start: PlanDraft, which: LineUp, roles: Mapping[str, str]) -> None:
    models = sum(start.recipe.roles.get(role) != where for role, where in roles.items())
    words = [f"{models} models" if models > 1 else "1 model"] if models else []
    words += ["its settings"] if taken(start.recipe, which, {}) != start.recipe else []
    label = f"Take {' and '.join(words)}" if words else "Taken" if roles else "None is here"
    st.button(
        label, icon=_ROLES, key="generate.lineup.take", disabled=not words, on_click=_take, args=(which, dict(roles)),
    )  # fmt: skip


def _take(which: LineUp, roles: Mapping[str, str]) -> None:
    now = plan_draft.draft()
    begin_from(replace(now, recipe=taken(now.recipe, which, roles)))


def _absent(found: Mapped) -> None:
    names = {one.model.printed for one in found.missing if one.model and one.role not in KNOWLEDGE_ROLES}
    if names:
        st.caption(escape(f"Not here: {', '.join(sorted(names))}. The Engines page says what to serve."))
