"""The left column of the review desk: how the text came to be, step by step, and where the problem came from."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.store.problems import ProblemCard
from studio.parts.review import counting, history
from studio.parts.review import state as acts
from studio.parts.review.history import Earlier, TextVersion
from studio.parts.review.state import Mode, ReviewState
from studio.parts.review.trial import trial_box
from studio.text.markdown import code, escape, rich
from studio.ui.problem_card import trace_ladder


def ladder(at: ReviewState, card: ProblemCard, steps: list[TextVersion], earlier: Sequence[Earlier], mode: Mode) -> int:
    """Draw the versions, the keys to walk them and the lineage; return the index of the version to read."""
    # The number of versions is part of the key: an edit makes the newest one the chosen one.
    key = f"review.version.{card.problem.id}.{len(steps)}"
    chosen = trace_ladder([step.version for step in steps], key=key)
    several = len(steps) > 1
    if several:
        with st.container(horizontal=True, gap="small"):
            _walk("Earlier", "K", key, chosen, -1, len(steps))
            _walk("Later", "J", key, chosen, 1, len(steps))
    st.button(
        "Hide changes" if at.changes else "Show changes", key=f"review.changes.{card.problem.id}", shortcut="D",
        type="tertiary",
        icon=":material/toggle_on:" if at.changes else ":material/toggle_off:", on_click=acts.flip_changes,
        disabled=not several, help=None if several else "There is only one version so far.",
    )  # fmt: skip
    trial_box(card, disabled=mode in ("edit", "alike"))
    on_the_way = [] if counting.hidden(at) else history.made_on_the_way(card, earlier)
    if on_the_way:
        opened = st.expander(
            f"Made on the way · {len(on_the_way)}", key=f"review.way.{card.problem.id}", icon=":material/route:"
        )
        with opened:
            for name, text in on_the_way:
                st.caption(escape(name))
                st.markdown(rich(text[:2_000]))
    lines = "  \n".join(f"{icon} {escape(line)}" for icon, line in history.lineage(card))
    names = "  \n".join(code(name) for name in history.prompts(card))
    st.caption(f"**Lineage**\n\n{lines}\n\n{names}")
    return chosen


def _walk(word: str, shortcut: str, key: str, chosen: int, step: int, count: int) -> None:
    def move() -> None:
        st.session_state[key] = chosen + step

    inside = 0 <= chosen + step < count
    st.button(word, key=f"{key}.{word}", shortcut=shortcut, type="tertiary", on_click=move, disabled=not inside)
