"""The first row of the review desk: queue, progress with pace, lease, undo and redo; below it what just happened."""

from __future__ import annotations

import streamlit as st

from engine.curation.review import queues
from engine.store.leases import Lease
from studio import session, workspace
from studio.parts.review import actions as deeds
from studio.parts.review import state as acts
from studio.parts.review.draws import drawn_for, outlook_line
from studio.parts.review.state import ReviewState
from studio.parts.review.words import clock, span
from studio.text.markdown import escape


def header(at: ReviewState) -> None:
    """Draw the row and, where there is one, the notice about the last act."""
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown("## Review desk", anchors=False, width="content")
    with row.container(width=210):
        _picker(at)
    with row.container(width="stretch"):
        _progress(at)
    store, me = workspace.store(), session.curator()
    busy = at.mode in ("edit", "alike")
    row.button(
        "Undo", key="review.undo", icon=":material/undo:", shortcut="Z", on_click=deeds.turn,
        args=("undo",), disabled=busy or store.decisions.can_undo(me) is None,
    )  # fmt: skip
    row.button(
        "Redo", key="review.redo", icon=":material/redo:", shortcut="Y", on_click=deeds.turn,
        args=("redo",), disabled=busy or store.decisions.can_redo(me) is None,
    )  # fmt: skip
    _notice(at)
    if at.queue.kind == "draw":
        outlook_line(at)


def _picker(at: ReviewState) -> None:
    named = at.queue.policy.name
    labels = {
        kind: f"{named}, {label}" if kind in ("borderline", "kept", "review") else label
        for kind, label in queues.LABELS.items()
        if kind != "ids" or at.queue.kind == "ids"
    }
    key = f"review.queue.{at.queue.kind}"

    def chosen() -> None:
        acts.open_queue(st.session_state[key])

    st.selectbox(
        "Queue", list(labels), list(labels).index(at.queue.kind), format_func=lambda kind: labels[kind], key=key,
        on_change=chosen, label_visibility="collapsed", disabled=at.mode in ("edit", "alike"),
    )  # fmt: skip


def _progress(at: ReviewState) -> None:
    total = len(at.queue.ids)
    left = len(queues.waiting(workspace.store(), at.queue))
    pace = workspace.store().decisions.pace(session.curator()).median_seconds
    said = f"{drawn_for(at)}{total - left:,} of {total:,} decided" + (
        f" in {at.queue.run_id}" if at.queue.run_id else ""
    )
    if pace is not None:
        said += f" · {span(pace)} a card"
    if pace is not None and left:
        said += f" · about {span(pace * left)} left"
    if not left and at.reading == "double":
        said += " · now second readings"
    st.progress((total - left) / total if total else 0.0, text=escape(said))


def lease_badge(lease: Lease) -> str:
    """Return until when a card is in these hands, as Markdown."""
    if acts.lapsed(lease):
        return ":yellow-badge[:material/lock_clock: Lease ended]"
    return f":gray-badge[:material/lock_clock: Yours until {clock(lease.until)}]"


def _notice(at: ReviewState) -> None:
    if at.done:
        st.toast(escape(at.done), icon=":material/find_replace:")
        at.done = ""
    if not at.notice:
        return
    st.warning(escape(at.notice), icon=":material/group:")
    if at.blocked:
        with st.container(horizontal=True):
            word = f"{escape(at.blocked.capitalize())} all the same"
            st.button(word, key="review.force", on_click=deeds.turn, args=(at.blocked, True))
            st.button("Leave it", key="review.leave", on_click=deeds.leave_it)
