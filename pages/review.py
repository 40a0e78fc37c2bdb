"""Review desk: is this problem good enough to learn from? One problem at a time, by keyboard."""

import time

import streamlit as st

from studio import navigation, session, workspace
from studio.parts.review import state as acts
from studio.parts.review.end import end_of_queue
from studio.parts.review.header import header
from studio.parts.review.people import people_expander
from studio.parts.review.road import ROAD, TOP, road
from studio.parts.review.sheets import moved, slots
from studio.parts.review.spread import begin, spread
from studio.ui.blocks import empty, title_row

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


@st.fragment(key=TOP)
def top() -> None:
    """The first row; undo and redo bring another card, and the page is drawn for it."""
    at = acts.desk()
    if moved(at, spread()):
        st.rerun()
    header(at)


@st.fragment(key=ROAD)
def the_road() -> None:
    """What listens to the keys."""
    road(acts.desk(), spread())


@st.fragment(run_every="20s")
def watch_the_lease() -> None:
    """Draw the desk again when the card's time has run out, so that its buttons say so. Never while somebody edits."""
    at = st.session_state.get(acts.DESK)
    lapsed = at.lease.until if at and at.mode != "edit" and acts.expired(at) else 0.0
    if lapsed and st.session_state.get("review.lapsed") != lapsed and lapsed < time.time():
        st.session_state["review.lapsed"] = lapsed
        st.rerun()


at, lying = acts.desk(), spread()
card = acts.card(at)
begin(at, lying, card)
top()
the_road()
if card is None:
    end_of_queue(at)
else:
    slots()
people_expander(at)
watch_the_lease()
