"""What one browser tab does at the review desk: which queue, which card is in its hands, and each act on it.

Every act is a function for `on_click`; it carries the problem and the decision that the curator saw, so a key that
is pressed twice, a stale tab and another curator can never decide what nobody has looked at.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Literal

import streamlit as st

from engine import queues, readings
from engine.errors import UserError
from engine.queues import Queue
from engine.records import Act, Decision
from engine.store import Store
from engine.store.decisions import BLIND
from engine.store.leases import TERM, Lease
from engine.store.problems import Card
from engine.store.turns import DecisionConflict
from studio import house, session
from studio.widgets import review_seat
from studio.widgets.review_words import clock, short

DESK = "review.desk"
RENEW = 30.0
"""Seconds of a lease that may pass before an act writes a renewal."""

Mode = Literal["read", "reject", "edit"]


@dataclass
class Desk:
    """The desk of one tab."""

    project: str
    """Root of the project that the queue belongs to."""
    name: str
    """Tells this browser tab from every other one; stands in the address, so it survives a restart."""
    queue: Queue
    asked: tuple[str, ...] = ()
    """Which queue the address asked for."""
    lease: Lease | None = None
    mode: Mode = "read"
    changes: bool = False
    notice: str = ""
    """What the curator should know about the last act, as plain text."""
    blocked: Act | None = None
    """An undo or redo that would overrule somebody else and waits for a yes."""
    passed: set[str] = field(default_factory=set)
    """Problems skipped in this tab while the skipped ones are gone through again."""
    again: bool = False
    edits: int = 0
    """Counts editing sessions: each has text areas of its own."""
    reading: readings.Kind | None = None
    """The card in hand is read blind: what was decided before is not shown, and stands whatever is said now."""


def desk() -> Desk:
    """Return the desk of this tab, with the queue that the address asks for."""
    root = str(session.project().root)
    at: Desk | None = st.session_state.get(DESK)
    asked = review_seat.asked(at.asked if at else None)
    if at is None or at.project != root or at.asked != asked:
        name = at.name if at else review_seat.sit_down()
        at = st.session_state[DESK] = Desk(root, name, _queue(asked), asked)
    review_seat.write_address(at.asked, at.name)
    return at


def open_queue(kind: str) -> None:
    """Change to another queue under the same policy."""
    at = desk()
    _give_back(at)
    st.query_params.update({"queue": kind, "policy": at.asked[1]})
    for gone in ("ids", "run"):
        st.query_params.pop(gone, None)
    fresh = (kind, at.asked[1], "", "")
    st.session_state[DESK] = Desk(at.project, at.name, _queue(fresh), fresh)


def refill() -> None:
    """Make the same queue anew, with what was written in the meantime."""
    at = desk()
    st.session_state[DESK] = Desk(at.project, at.name, _queue(at.asked), at.asked, at.lease)


def skipped_again() -> None:
    """Go through the cards of the queue once more that this curator has skipped or passed on."""
    at = desk()
    at.again, at.passed = True, set()


def card(at: Desk) -> Card | None:
    """Return the card in the tab's hands, lending the next one of the queue where the hands are empty."""
    store = house.store()
    if at.lease and at.lease.curator != session.curator():
        _give_back(at)
        at.lease = None
    if at.lease is None:
        at.lease = _next(store, at)
    elif not expired(at) and at.lease.until - time.time() < TERM - RENEW:
        at.lease = store.leases.renew(at.lease.problem_id, at.lease.curator, session=at.name) or at.lease
    found = store.problems.get(at.lease.problem_id) if at.lease else None
    if found is None or at.reading is None:
        return found
    # Read blind: nobody is told what was decided before.
    return replace(found, decision="open", human=None, decisions=())


def expired(at: Desk) -> bool:
    """Whether the card in hand has lain untouched for too long."""
    return at.lease is not None and at.lease.until <= time.time()


def decide(
    problem_id: str,
    seen: str | None,
    act: Act,
    reason: str = "",
    statement: str | None = None,
    solution: str | None = None,
) -> None:
    """Decide the card in hand and lend the next; says so where somebody else was quicker."""
    at, store = desk(), house.store()
    if at.lease is None or at.lease.problem_id != problem_id:
        return
    at.notice = ""
    if expired(at) and store.leases.renew(problem_id, session.curator(), session=at.name) is None:
        at.notice = "Your time with this card ran out and somebody else has it now. Nothing was saved."
        return
    if act != "edit":
        at.mode = "read"
    try:
        store.decisions.decide(
            problem_id,
            session.curator(),
            act,
            reason=reason,
            statement=statement,
            solution=solution,
            expected=seen,
            # An edit is work, and work counts, also where the card was read blind.
            queue=at.reading if at.reading and act != "edit" else at.queue.kind,
        )
    except DecisionConflict as conflict:
        at.notice = f"{_said(conflict.other)} while you were reading. Nothing was overwritten: look again, then decide."
        return
    at.mode = "read"
    if _revisits(at):
        at.passed.add(problem_id)
    at.lease = _next(store, at)


def turn(act: Literal["undo", "redo"], force: bool = False) -> None:
    """Undo or redo the curator's last act, from the log; asks first where somebody else has decided since."""
    at, store = desk(), house.store()
    at.notice, at.blocked, at.mode = "", None, "read"
    way = store.decisions.undo if act == "undo" else store.decisions.redo
    try:
        events = way(session.curator(), force=force)
    except DecisionConflict as conflict:
        at.notice, at.blocked = f"{_said(conflict.other)} after you. {act.capitalize()} all the same?", act
        return
    if not events:
        at.notice = f"There is nothing to {act}."
    elif act == "undo":
        _show(store, at, events[0])
    elif at.lease and any(event.problem_id == at.lease.problem_id for event in events):
        at.lease = _next(store, at)


def leave_it() -> None:
    """Do not overrule the other curator."""
    at = desk()
    at.notice, at.blocked = "", None


def set_mode(mode: Mode) -> None:
    """Change between reading, choosing a reason and editing."""
    at = desk()
    at.mode, at.notice = mode, ""
    at.edits += mode == "edit"


def flip_changes() -> None:
    """Show or hide what changed between versions."""
    at = desk()
    at.changes = not at.changes


def take_again() -> None:
    """Take the card whose time ran out again, or the next one where somebody else has it now."""
    at, store = desk(), house.store()
    if at.lease is None:
        return
    again = store.leases.renew(at.lease.problem_id, session.curator(), session=at.name)
    if again is None:
        holder = store.leases.holder(at.lease.problem_id)
        at.notice = f"{holder.curator if holder else 'Somebody'} has that card now. Here is the next one."
    at.lease = again or _next(store, at)


def _show(store: Store, at: Desk, undone: Decision) -> None:
    """Put a card that was decided before into the tab's hands, unless it is in somebody else's."""
    lent = store.leases.take([undone.problem_id], session.curator(), session=at.name, skip_decided=False)
    if lent is None:
        at.notice = f"{short(undone.problem_id)} is open again, but somebody else is reading it now."
        at.lease = _next(store, at)
        return
    at.lease = lent
    at.reading = next((kind for kind in BLIND if kind == undone.queue), None)


def _next(store: Store, at: Desk) -> Lease | None:
    """Lend the next card; now and then one that is read blind, and at the end those that are left for this person."""
    me, measured = session.curator(), readings.measured(at.queue)
    how = readings.load(session.project()) if measured else readings.Reviewing()
    drawn = readings.draw(store, at.queue, me, how) if measured else None
    if drawn and (lease := _lend_blind(store, at, drawn)):
        return lease
    one = at.queue.kind == "ids" and len(at.queue.ids) == 1
    ids = [ident for ident in (at.queue.ids if one else queues.waiting(store, at.queue)) if ident not in at.passed]
    at.reading = None
    lease = store.leases.take(ids, me, session=at.name, skip_decided=not _revisits(at))
    rest = readings.left(store, at.queue, me, how) if measured and lease is None else None
    return _lend_blind(store, at, rest) if rest else lease


def _lend_blind(store: Store, at: Desk, drawn: readings.Drawn) -> Lease | None:
    lease = store.leases.take(drawn.ids, session.curator(), session=at.name, skip_decided=False)
    at.reading = drawn.kind if lease else None
    return lease


def _revisits(at: Desk) -> bool:
    """Whether decided cards come: skipped ones on request, a single one that was asked for, differing readings."""
    return at.again or at.queue.kind == "differ" or (at.queue.kind == "ids" and len(at.queue.ids) == 1)


def _give_back(at: Desk) -> None:
    if at.lease is not None:
        house.store().leases.release(at.lease.problem_id, at.lease.curator, session=at.name)


def _said(other: Decision) -> str:
    words = {"approve": "approved", "reject": "rejected", "edit": "edited", "second-opinion": "passed on"}
    return f"{other.curator} {words.get(other.act, other.act)} {short(other.problem_id)} at {clock(other.at)}"


def _queue(asked: tuple[str, ...]) -> Queue:
    kind, policy, run, ids = asked
    if kind not in queues.KINDS:
        raise UserError(f"there is no queue {kind!r}.", where="Review desk", do="Choose one from the list.")
    store = house.store()
    limits = queues.policy_for(store, policy)
    wanted = [ident.strip() for ident in ids.split(",") if ident.strip()]
    return queues.make(store, kind, limits, session.curator(), run_id=run, ids=wanted)
