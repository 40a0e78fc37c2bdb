"""The right column of the review desk: scores against their limits, the decision, and the last ones taken."""

from __future__ import annotations

import streamlit as st

from engine.core.records import REJECT_REASONS, Decision
from engine.store.decisions import ALIKE
from engine.store.problems import ProblemCard
from studio import session, workspace
from studio.parts.review import actions as deeds
from studio.parts.review import counting, facts
from studio.parts.review import state as acts
from studio.parts.review.alike import alike_button
from studio.parts.review.header import lease_badge
from studio.parts.review.solving import SolvingRun, solving_buttons
from studio.parts.review.spread import Sheet
from studio.parts.review.state import Mode, ReviewState
from studio.parts.review.words import short
from studio.text.markdown import escape
from studio.ui.score_tracks import scores as score_tracks

_LOOKS = {
    "approve": ":green[:material/check_circle:]",
    "reject": ":red[:material/close:]",
    "edit": ":violet[:material/edit:]",
    "skip": ":gray[:material/skip_next:]",
    "second-opinion": ":orange[:material/group:]",
    "undo": ":gray[:material/undo:]",
    "redo": ":gray[:material/redo:]",
}


def scores_and_acts(at: ReviewState, sheet: Sheet, mode: Mode, run: SolvingRun | None) -> None:
    """Draw the column for a card, with the limits of the method that wrote it."""
    card, ident, lapsed = sheet.card, sheet.card.problem.id, acts.lapsed(sheet.dealt.lease)
    st.caption(f"Scores and limits {lease_badge(sheet.dealt.lease)}")
    if counting.hidden(at):
        st.caption(":material/visibility_off: Hidden until your verdict, so that it is your own.")
    else:
        score_tracks(
            facts.tracks(sheet.about.scores, at.queue.policy, sheet.about.method), key=f"review.scores.{ident}"
        )
    st.caption(counting.line(sheet.about.counts))
    counting.talk(at, ident)
    if lapsed:
        st.caption("The card was left alone for ten minutes and went back.")
        st.button(
            "Take it again", key=f"review.again.{ident}", type="primary", icon=":material/lock_clock:", width="stretch",
            on_click=acts.take_again,
        )  # fmt: skip
    elif mode == "reject":
        with st.container(gap="xsmall"):
            _reasons(card)
    else:
        with st.container(key=f"review.acts.{ident}"):
            _decisions(card, run, disabled=mode in ("edit", "alike"))
    if mode != "reject" and sheet.card.problem.id == (at.lease.problem_id if at.lease else ""):
        alike_button(at)


def last_decisions() -> None:
    """Draw what this curator did last, a batch as one line."""
    found = workspace.store().decisions.steps(session.curator(), 5)
    if found:
        st.caption("Last decisions")
        st.markdown("  \n".join(_line(decision, count) for decision, count in found))


def _decisions(card: ProblemCard, run: SolvingRun | None, *, disabled: bool) -> None:
    ident, seen = card.problem.id, card.last_decision
    # The problem and what was seen of it stand in the key: a second press never reaches the next card.
    tail = f"{ident}.{seen}"
    if card.waits:
        _waiting(card, run, disabled=disabled)
    st.button(
        "Approve", key=f"review.approve.{tail}", type="secondary" if card.waits else "primary",
        icon=":material/check:", shortcut="A", width="stretch",
        on_click=deeds.decide, args=(ident, seen, "approve"), disabled=disabled or card.waits,
    )  # fmt: skip
    st.button(
        "Reject with a reason", key=f"review.reject.{tail}", icon=":material/close:", shortcut="X", width="stretch",
        on_click=acts.set_mode, args=("reject",), disabled=disabled,
    )  # fmt: skip
    st.button(
        "Edit", key=f"review.edit.{tail}", icon=":material/edit:", shortcut="E", width="stretch",
        on_click=acts.set_mode, args=("edit",), disabled=disabled,
    )  # fmt: skip
    left, right = st.columns([0.8, 1.2], gap="xsmall")
    left.button(
        "Skip", key=f"review.skip.{tail}", shortcut="S", width="stretch",
        on_click=deeds.decide, args=(ident, seen, "skip"), disabled=disabled,
    )  # fmt: skip
    right.button(
        "2nd opinion", key=f"review.second.{tail}", shortcut="O",
        width="stretch",
        on_click=deeds.decide, args=(ident, seen, "second-opinion"), disabled=disabled,
    )  # fmt: skip


def _waiting(card: ProblemCard, run: SolvingRun | None, *, disabled: bool) -> None:
    """Draw the ways out for a statement that was edited: take a model's solution, or say that the old one holds."""
    st.warning(
        "An edited statement with its old solution is exported nowhere: solve it again, write a solution (E), or say "
        "that the old one holds.",
        icon=":material/rule:",
    )
    solving_buttons(card, run, disabled=disabled)
    ident, seen = card.problem.id, card.last_decision
    st.button(
        "The solution still holds", key=f"review.holds.{ident}.{seen}", icon=":material/check:",
        shortcut="H", width="stretch", on_click=deeds.confirm, args=(ident, seen),
        disabled=disabled or not (card.solution or "").strip(),
    )  # fmt: skip


def _reasons(card: ProblemCard) -> None:
    st.caption("Why reject? Press a number")
    ident, seen = card.problem.id, card.last_decision
    for number, reason in enumerate(REJECT_REASONS, start=1):
        st.button(
            reason.capitalize(), key=f"review.reason.{number}.{ident}.{seen}", shortcut=str(number), width="stretch",
            on_click=deeds.decide, args=(ident, seen, "reject", reason),
        )  # fmt: skip
    st.button("Back", key="review.back", shortcut="Esc", type="tertiary", on_click=acts.set_mode, args=("read",))


def _line(decision: Decision, count: int) -> str:
    if decision.queue == ALIKE:
        words = {"undo": "repairs undone", "redo": "repairs redone"}
        return f"{_LOOKS[decision.act]} {count:,} {escape(words.get(decision.act, 'repaired alike'))}"
    word = decision.act.replace("-", " ") + (f", {decision.reason}" if decision.reason else "")
    return f"{_LOOKS[decision.act]} :gray[{escape(short(decision.problem_id))}] {escape(word)}"
