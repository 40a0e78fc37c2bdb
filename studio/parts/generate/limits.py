"""Where in the graph a run writes, and what stops it before it is done."""

from __future__ import annotations

from typing import Any

import streamlit as st

from engine.store import Store
from studio.text.markdown import plain
from studio.ui.plan_draft import PlanDraft


def where(store: Store, start: PlanDraft) -> str:
    """Draw the choice of one concept; return it, '' for the whole graph."""
    st.caption("4 · Where")
    names = _points(store, store.path, store.revision_of("points"))
    now = st.session_state.setdefault("generate.point", start.point)
    options = ["", *names, *([start.point] if start.point and start.point not in names else [])]
    point = st.selectbox(
        "Where",
        options,
        options.index(now) if now in options else 0,
        format_func=lambda name: plain(name) if name else "Whole graph",
        key="generate.point",
        label_visibility="collapsed",
        help="Only combinations with one concept, or all of them.",
    )
    return point


@st.cache_data(show_spinner=False, max_entries=4)
def _points(_store: Store, where: str, revision: int) -> list[str]:
    return sorted(str(name) for name in _store.points.live()["name"])


def stop_when(start: PlanDraft, number: int) -> dict[str, Any]:
    """Draw the budgets as step `number` of the plan; return them by their names in the settings."""
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
