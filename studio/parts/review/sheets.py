"""The slots of the desk: each draws one card with all that belongs to it, the one to decide or one that comes after it.

Each slot is a fragment of its own: when a card was decided, its slot alone is drawn anew, behind the reader.
"""

from __future__ import annotations

import streamlit as st

from studio import workspace
from studio.parts.review import counting, facts, history
from studio.parts.review import state as acts
from studio.parts.review.alike import alike_list
from studio.parts.review.card import reading_card
from studio.parts.review.decision_column import scores_and_acts
from studio.parts.review.edit import edit_form
from studio.parts.review.ladder import ladder
from studio.parts.review.road import slot_key
from studio.parts.review.solving import run_of
from studio.parts.review.spread import SLOTS, DeskSpread, Sheet, looked_again, spread
from studio.parts.review.state import Mode, ReviewState

HEIGHT = 660


def slots() -> None:
    """Draw all slots; those ahead are empty until the browser asks for them."""
    with st.container(key="review.slots", gap=None):
        for number in range(SLOTS):
            st.fragment(_slot, key=slot_key(number))(number)


def moved(at: ReviewState, lying: DeskSpread) -> bool:
    """Whether another card is in hand than the one that the desk was drawn for, or cards look otherwise now."""
    return (at.lease.problem_id if at.lease else None) != lying.front or at.changes != lying.changes


def _slot(number: int) -> None:
    at, lying = acts.desk(), spread()
    if moved(at, lying):
        st.rerun()
    sheet, told = looked_again(at, lying, number)
    if not told:
        # Another text, or another decision, than the browser knows by its stamp.
        st.rerun()
    with st.container(key=f"review.place.{number}", gap=None):
        for side in (0, 1):
            if sheet is None or side != sheet.side:
                # Another card is drawn into the other place, so nothing of this one can be left in it.
                st.empty()
                continue
            with st.container(key=f"review.sheet.{number}.{side}"):
                _sheet(at, sheet)
        if sheet is not None:
            # Drawn last: where it stands, the whole card does.
            with st.container(key=f"review.ready.{sheet.stamp}"):
                st.space(1)


def _sheet(at: ReviewState, sheet: Sheet) -> None:
    """Draw a card with everything that is known of it."""
    store, card = workspace.store(), sheet.card
    ident = card.problem.id
    front = at.lease is not None and at.lease.problem_id == ident
    mode: Mode = at.mode if front else "read"
    if front:
        spread().mode = mode
    scores, method = sheet.about.scores, sheet.about.method
    earlier = [
        history.Earlier(each, store.problems.chosen_solution(each.id), store.verdicts.of(each.id))
        for each in card.lineage.versions[:-1]
    ]
    steps = counting.shown(at, history.steps(card, earlier))
    # Looked at once: it may end between two looks, and half of the desk would know.
    run = run_of(card)
    written, middle, decision = st.columns([0.8, 2.55, 1.2], gap="medium")
    with written:
        chosen = ladder(at, card, steps, earlier, mode)
    with middle, st.container(border=True, height=HEIGHT, key=f"review.card.{ident}"):
        if mode == "edit":
            edit_form(at, card)
        elif mode == "alike" and at.offer is not None:
            alike_list(at, at.offer)
        else:
            reading_card(at, card, steps, chosen, facts.reason_here(at.queue, ident, scores, method), run)
    with decision:
        scores_and_acts(at, sheet, mode, run)
