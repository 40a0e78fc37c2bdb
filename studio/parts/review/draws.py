"""Random draws at the desk: which one lies here, what its labels will have told, and the next one at a press."""

from __future__ import annotations

import streamlit as st

from engine.core.errors import LemmaError
from engine.core.settings.trust import TrustSettings
from engine.curation.review import batches, blind_review
from engine.curation.review.batches import BatchStanding
from engine.curation.trust import drawing
from engine.curation.trust.from_ledger import FAMILIES
from studio import session, workspace
from studio.parts.review import state as acts
from studio.parts.review.state import ReviewState
from studio.text.markdown import escape

HELD = "review.standing"
_STOPS = {"proven": ":material/verified:", "out_of_reach": ":material/block:", "known": ":material/check_circle:"}


def standing(at: ReviewState) -> BatchStanding | None:
    """Return where labels stand by the draws that are finished; None where that was not asked before a draw was begun.

    A draw that is half read is not judged: its unread rows could be anything, and a number that moves at each key is
    watched until it pleases.
    """
    store, how = workspace.store(), blind_review.load(session.project())
    asked, now = (at.project, at.queue.policy, how), store.revision_of(*FAMILIES)
    held: tuple[object, int, BatchStanding] | None = st.session_state.get(HELD)
    if held is not None and held[0] != asked:
        held = None
    if store.draws.open():
        return held[2] if held else None
    if held is None or held[1] != now:
        held = st.session_state[HELD] = (asked, now, batches.batch_standing(store, at.queue.policy, how))
    return held[2]


def drawn_for(at: ReviewState) -> str:
    """Return which draw lies on the desk and for which limits it was made: draw 2 for gsdp."""
    if at.queue.kind != "draw" or not at.queue.ids:
        return ""
    store = workspace.store()
    draw = store.draws.counting(at.queue.ids[-1:]).get(at.queue.ids[-1])
    made = store.draws.get(draw) if draw else None
    if made is None:
        return ""
    policy = store.policies.get(made.policy_id)
    return f"Draw {batches.place_of(store, made.id)} for {policy.name if policy else made.policy_id}: "


def outlook_line(at: ReviewState) -> None:
    """Draw in one line what is known and how far it is, as it stood before this draw."""
    if not workspace.store().draws.open():
        return
    found = standing(at)
    if found is None:
        st.caption(":material/straighten: What the labels tell is said when this draw is finished.")
        return
    words = " ".join(found.outlook.sentences())
    icon = _STOPS.get(found.outlook.stop, ":material/straighten:")
    st.caption(f"{icon} {escape(f'Before this draw: {words}')}")


def outlook_block(at: ReviewState) -> None:
    """Draw at the end of a draw what is known now, whether one may stop, and the meter where rows count for it."""
    held = standing(at)
    if held is None:
        st.markdown(":gray[What the labels tell is said when this draw is finished.]")
        return
    found = held.outlook
    first, *others = found.sentences() or ("",)
    st.markdown(f"{_STOPS.get(found.stop, ':material/straighten:')} **{escape(first)}**")
    for line in others:
        st.markdown(escape(line))
    meter = None if found.whole else found.meter
    if meter and not meter.refused:
        words = f"meter towards {meter.target:.0%}: {meter.good:,} of {meter.labels:,} good, in the order of the draw"
        st.progress(meter.filled, text=words)
    elif meter:
        st.caption(f"No meter: {escape(meter.refused)}")


def draw_button(at: ReviewState, *, primary: bool = True) -> None:
    """Offer the next draw with its reason and what it will bring; drawn rows that wait come first."""
    store = workspace.store()
    if waiting := len(store.draws.open()):
        if at.queue.kind != "draw":
            st.button(
                f"Label {waiting:,} drawn rows", key="review.drawn", icon=":material/casino:",
                on_click=acts.open_queue, args=("draw",),
            )  # fmt: skip
        else:
            st.button(
                f"Close this draw: {waiting:,} rows stay undecided", key="review.close", icon=":material/inventory:",
                on_click=close, help="They count as undecided, and are never drawn again.",
            )  # fmt: skip
        return
    found = standing(at)
    if found is None or found.outlook.whole:
        st.caption("Every kept row was read: a draw would add nothing.")
        return
    proposed = found.proposed
    st.button(
        f"Draw about {proposed.size:,} rows", key="review.draw", icon=":material/casino:",
        type="primary" if primary else "secondary", on_click=draw,
    )  # fmt: skip
    st.caption(f"{escape(proposed.why)} {escape(proposed.gain)}")


def make_countable(key: str) -> None:
    """Offer a draw where there are labels of picked rows alone: they help their rows, and say nothing of the others."""
    store = workspace.store()
    picked = batches.only_picked(store)
    if not picked:
        return
    rows = min(TrustSettings().first_batch, store.problems.count())
    labels = "1 label is" if picked == 1 else f"{picked:,} labels are"
    st.caption(f":material/person: {labels} of rows that somebody picked: no share of the kept set follows from them.")
    st.button(
        f"Make this countable: draw {rows} random rows", key=key, icon=":material/casino:", on_click=draw,
        help="Every row has the same chance. What was labelled so far counts as known from then on.",
    )  # fmt: skip


def draw() -> None:
    """Draw what should come next, and open it."""
    at = acts.desk()
    try:
        how = blind_review.load(session.project())
        batches.draw_next(workspace.store(), at.queue.policy, how, session.curator())
    except LemmaError as error:
        at.notice = str(error)
        return
    acts.open_queue("draw")


def close() -> None:
    """Leave the rest of a draw undecided."""
    drawing.close(workspace.store(), session.curator())
    acts.refill()
