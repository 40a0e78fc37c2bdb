"""Review desk: is this problem good enough to learn from? One problem at a time, by keyboard."""

import time

import streamlit as st

from studio import navigation, session, workspace
from studio.parts.review import counting, facts, history
from studio.parts.review import state as acts
from studio.parts.review.alike import alike_list
from studio.parts.review.card import reading_card
from studio.parts.review.decision_column import scores_and_acts
from studio.parts.review.edit import edit_form
from studio.parts.review.end import end_of_queue
from studio.parts.review.header import header
from studio.parts.review.ladder import ladder
from studio.parts.review.people import people_expander
from studio.parts.review.solving import run_of
from studio.ui.blocks import empty, title_row

HEIGHT = 660
store = workspace.store()
if not session.may("change"):
    title_row("Review desk")
    st.caption(
        "The desk hands each problem to one person, who decides. Viewers find what was decided on Tune and Report."
    )
    st.stop()


if store.read_only:
    title_row("Review desk")
    st.caption("The desk hands out problems to decide, and no decision can be saved in a project that is read-only.")
    st.stop()


@st.fragment(run_every="3s")
def wait_for_the_first() -> None:
    """Draw the page again as soon as a run has written something."""
    if store.problems.count():
        st.rerun()


if not store.problems.count():
    title_row("Review desk")
    if st.session_state.pop("review.go", False):
        navigation.go("generate")
    empty(
        "Problems to review",
        "Nothing has been written yet. A run writes problems, has them solved and judged, and they come here.",
        "Plan a run",
        lambda: st.session_state.update({"review.go": True}),
        key="review.empty",
        icon=":material/auto_awesome:",
    )
    wait_for_the_first()
    st.stop()


@st.fragment
def desk() -> None:
    """One card with everything that is known of it; a decision draws the next one in the same run."""
    at = acts.desk()
    card = acts.card(at)
    header(at)
    if card is None:
        end_of_queue(at)
        people_expander(at)
        return
    scores = store.problems.scores([card.problem.id]).drop(columns="id").iloc[0].to_dict()
    method = store.problems.methods([card.problem.id]).get(card.problem.id, "")
    earlier = [
        history.Earlier(each, store.problems.chosen_solution(each.id), store.verdicts.of(each.id))
        for each in card.lineage.versions[:-1]
    ]
    steps = counting.shown(at, history.steps(card, earlier))
    # Looked at once: it may end between two looks, and half of the desk would know.
    run = run_of(card)
    written, middle, decision = st.columns([0.8, 2.55, 1.2], gap="medium")
    with written:
        chosen = ladder(at, card, steps, earlier)
    # A key of its own for each card, so that the next one is not found scrolled to where the last one was left.
    frame = middle.container(key="review.card")
    with frame, st.container(border=True, height=HEIGHT, key=f"review.card.{card.problem.id}"):
        if at.mode == "edit":
            edit_form(at, card)
        elif at.mode == "alike" and at.offer is not None:
            alike_list(at, at.offer)
        else:
            reading_card(at, card, steps, chosen, facts.reason_here(at.queue, card.problem.id, scores, method), run)
    with decision:
        scores_and_acts(at, card, scores, method, run)
    people_expander(at)


@st.fragment(run_every="20s")
def watch_the_lease() -> None:
    """Draw the desk again when the card's time has run out, so that its buttons say so. Never while somebody edits."""
    at = st.session_state.get(acts.DESK)
    lapsed = at.lease.until if at and at.mode != "edit" and acts.expired(at) else 0.0
    if lapsed and st.session_state.get("review.lapsed") != lapsed and lapsed < time.time():
        st.session_state["review.lapsed"] = lapsed
        st.rerun()


desk()
watch_the_lease()
