"""The review desk of one browser tab: which queue lies on it, which card is in hand, and how the next one is lent."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import streamlit as st

from engine.core.errors import UserError
from engine.core.records import Act
from engine.curation.review import blind_review, queues
from engine.curation.review.queues import Queue
from engine.store import Store
from engine.store.leases import TERM, Lease
from engine.store.problems import ProblemCard
from studio import session, workspace
from studio.parts.review import tab
from studio.parts.review.offer import Offer

DESK = "review.desk"
TAKEN = "review.solving.edit"
"""Key of the solution that an edit begins with instead of the one that stands: (problem id, solution)."""
RENEW = 30.0
"""Seconds of a lease that may pass before an act writes a renewal."""

Mode = Literal["read", "reject", "edit", "alike"]


@dataclass(frozen=True, slots=True)
class Dealt:
    """A card in the tab's hands."""

    lease: Lease
    reading: blind_review.Kind | None = None
    """How it is read blind; what was decided before is not shown, and stands whatever is said now."""
    drawn: blind_review.Kind | None = None
    """What it was drawn as; None where the queue gave it."""

    @property
    def ident(self) -> str:
        """Return which problem it is."""
        return self.lease.problem_id


@dataclass
class ReviewState:
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
    done: str = ""
    """What a deed on many rows has done, said once."""
    blocked: Act | None = None
    """An undo or redo that would overrule somebody else and waits for a yes."""
    passed: set[str] = field(default_factory=set)
    """Problems skipped in this tab while the skipped ones are gone through again."""
    again: bool = False
    edits: int = 0
    """Counts editing sessions: each has text areas of its own."""
    offer: Offer | None = None
    """What the last edit could repair elsewhere."""
    reading: blind_review.Kind | None = None
    """The card in hand is read blind: what was decided before is not shown, and stands whatever is said now."""
    drawn: blind_review.Kind | None = None
    """What the card in hand was drawn as; None where the queue gave it."""
    ahead: list[Dealt] = field(default_factory=list)
    """Cards behind the one in hand, in order: lent, so that the browser can draw them before they are asked for."""

    def put(self, dealt: Dealt | None) -> None:
        """Take this card into hand, or none."""
        self.lease = dealt.lease if dealt else None
        self.reading, self.drawn = (dealt.reading, dealt.drawn) if dealt else (None, None)

    @property
    def hand(self) -> list[Dealt]:
        """Return all cards that lie here, the one to decide first."""
        return [*([Dealt(self.lease, self.reading, self.drawn)] if self.lease else []), *self.ahead]


def desk() -> ReviewState:
    """Return the desk of this tab, with the queue that the address asks for."""
    root = str(session.project().root)
    at: ReviewState | None = st.session_state.get(DESK)
    asked = tab.asked(at.asked if at else None)
    if at is None or at.project != root or at.asked != asked:
        name = at.name if at else tab.sit_down()
        at = st.session_state[DESK] = ReviewState(root, name, _queue(asked), asked)
    tab.write_address(at.asked, at.name)
    return at


def open_queue(kind: str) -> None:
    """Change to another queue under the same policy."""
    at = desk()
    _give_back(at)
    st.query_params.update({"queue": kind, "policy": at.asked[1]})
    for gone in ("ids", "run"):
        st.query_params.pop(gone, None)
    fresh = (kind, at.asked[1], "", "")
    st.session_state[DESK] = ReviewState(at.project, at.name, _queue(fresh), fresh)


def refill() -> None:
    """Make the same queue anew, with what was written in the meantime."""
    at = desk()
    st.session_state[DESK] = ReviewState(
        at.project, at.name, _queue(at.asked), at.asked, at.lease, reading=at.reading, drawn=at.drawn, ahead=at.ahead
    )


def skipped_again() -> None:
    """Go through the cards of the queue once more that this curator has skipped or passed on."""
    at = desk()
    at.again, at.passed = True, set()


def card(at: ReviewState) -> ProblemCard | None:
    """Return the card in the tab's hands, lending the next one of the queue where the hands are empty."""
    store = workspace.store()
    if at.lease and at.lease.curator != session.curator():
        _give_back(at)
        at.lease = None
    if at.lease is None:
        at.lease = next_card(store, at)
    elif not expired(at) and at.lease.until - time.time() < TERM - RENEW:
        at.lease = store.leases.renew(at.lease.problem_id, at.lease.curator, session=at.name) or at.lease
    return shown(store, at.hand[:1]).get(at.lease.problem_id) if at.lease else None


def shown(store: Store, hand: Sequence[Dealt]) -> dict[str, ProblemCard]:
    """Return cards as they may be read."""
    blind = {dealt.ident for dealt in hand if dealt.reading is not None}
    # Read blind: nobody is told what was decided before.
    return {
        ident: replace(card, decision="open", human=None, decisions=()) if ident in blind else card
        for ident, card in store.problems.cards(dealt.ident for dealt in hand).items()
    }


def expired(at: ReviewState) -> bool:
    """Whether the card in hand has lain untouched for too long."""
    return at.lease is not None and lapsed(at.lease)


def lapsed(lease: Lease) -> bool:
    """Whether a card has lain untouched for too long."""
    return lease.until <= time.time()


def set_mode(mode: Mode) -> None:
    """Change between reading, choosing a reason and editing; an edit begins with the texts as they stand."""
    at = desk()
    st.session_state.pop(TAKEN, None)
    at.mode, at.notice = mode, ""
    at.edits += mode == "edit"


def flip_changes() -> None:
    """Show or hide what changed between versions."""
    at = desk()
    at.changes = not at.changes


def take_again() -> None:
    """Take the card whose time ran out again, or the next one where somebody else has it now."""
    at, store = desk(), workspace.store()
    if at.lease is None:
        return
    again = store.leases.renew(at.lease.problem_id, session.curator(), session=at.name)
    if again is None:
        holder = store.leases.holder(at.lease.problem_id)
        at.notice = f"{holder.curator if holder else 'Somebody'} has that card now. Here is the next one."
    at.lease = again or next_card(store, at)


def next_card(store: Store, at: ReviewState) -> Lease | None:
    """Lend the next card; now and then one that is read blind, and at the end those that are left for this person."""
    now = time.time()
    while at.ahead:
        dealt = at.ahead.pop(0)
        if dealt.lease.until > now:
            at.put(dealt)
            return dealt.lease
    me, measured = session.curator(), blind_review.measured(at.queue)
    how = blind_review.load(session.project()) if measured else blind_review.Reviewing()
    drawn = blind_review.draw(store, at.queue, me, how) if measured else None
    if drawn and (lease := _lend_blind(store, at, drawn)):
        return lease
    one = at.queue.kind == "ids" and len(at.queue.ids) == 1
    ids = [ident for ident in (at.queue.ids if one else queues.waiting(store, at.queue)) if ident not in at.passed]
    at.reading = at.drawn = None
    lease = store.leases.take(ids, me, session=at.name, skip_decided=not revisits(at), left=tab.left(me, at.name))
    rest = blind_review.left(store, at.queue, me, how) if measured and lease is None else None
    return _lend_blind(store, at, rest) if rest else lease


def read_as(drawn: blind_review.BlindDraw, ident: str) -> blind_review.Kind | None:
    """Return how a drawn card is read.

    What somebody decided stands; a gold card that nobody decided is a card like any other.
    """
    return ("double" if ident in drawn.decided else None) if drawn.kind == "gold" else drawn.kind


def _lend_blind(store: Store, at: ReviewState, drawn: blind_review.BlindDraw) -> Lease | None:
    me = session.curator()
    lease = store.leases.take(drawn.ids, me, session=at.name, skip_decided=False, left=tab.left(me, at.name))
    at.drawn = drawn.kind if lease else None
    at.reading = read_as(drawn, lease.problem_id) if lease else None
    return lease


def revisits(at: ReviewState) -> bool:
    """Whether decided cards come: skipped ones on request, a single one that was asked for, differing readings."""
    return at.again or at.queue.kind == "differ" or (at.queue.kind == "ids" and len(at.queue.ids) == 1)


def _give_back(at: ReviewState) -> None:
    for dealt in at.hand:
        workspace.store().leases.release(dealt.ident, dealt.lease.curator, session=at.name)
    at.ahead = []


def _queue(asked: tuple[str, ...]) -> Queue:
    kind, policy, run, ids = asked
    if kind not in queues.KINDS:
        raise UserError(f"there is no queue {kind!r}.", where="Review desk", do="Choose one from the list.")
    store = workspace.store()
    limits = queues.policy_for(store, policy)
    wanted = [ident.strip() for ident in ids.split(",") if ident.strip()]
    return queues.make(store, kind, limits, session.curator(), run_id=run, ids=wanted)
