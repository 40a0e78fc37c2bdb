"""What a curator does at the desk, each deed a function for `on_click`.

A deed carries the problem and the decision that the curator saw, so a key that is pressed twice, a stale tab and
another curator can never decide what nobody has looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec, TypeVar

import streamlit as st

from engine.core.errors import BadInput, DiskFull, ReadOnly, StoreGone
from engine.core.records import Act, Decision
from engine.curation.review import bulk_repair
from engine.store import Store
from engine.store.decisions import ALIKE, BLIND
from engine.store.problems import ProblemCard
from engine.store.undo import DecisionConflict
from studio import session, workspace
from studio.parts.review import counting, offer, tab
from studio.parts.review.state import Dealt, ReviewState, desk, expired, next_card, revisits
from studio.parts.review.words import clock, short

Said = ParamSpec("Said")
R = TypeVar("R")
HOLD = "review.repaired.holds"
"""Key of the box by which a curator says that the solutions of repaired statements hold."""


def _or_said(deed: Callable[Said, R]) -> Callable[Said, R | None]:
    """Have a deed that could not be saved say so on the card, which stays; nothing else has happened then."""

    @wraps(deed)
    def done(*given: Said.args, **named: Said.kwargs) -> R | None:
        try:
            return deed(*given, **named)
        except (DiskFull, ReadOnly, StoreGone) as error:
            desk().notice = str(error)
            return None

    return done


@_or_said
def decide(
    problem_id: str,
    seen: str | None,
    act: Act,
    reason: str = "",
    statement: str | None = None,
    solution: str | None = None,
) -> None:
    """Decide the card in hand and lend the next; says so where somebody else was quicker."""
    _decided(problem_id, seen, act, reason, statement, solution)


@_or_said
def save_edit(card: ProblemCard, statement: str | None, solution: str | None) -> None:
    """Save an edit of the card in hand, and look where else the same repair fits; None leaves a text as it is."""
    if _decided(card.problem.id, card.last_decision, "edit", "", statement, solution):
        desk().offer = offer.offer(workspace.store(), card, statement, solution)


@_or_said
def confirm(problem_id: str, seen: str | None) -> None:
    """Say that the solution that stands answers the edited statement, too, and lend the next card."""
    at, store = desk(), workspace.store()
    if at.lease is None or at.lease.problem_id != problem_id:
        return
    try:
        store.decisions.confirm(problem_id, session.curator(), expected=seen, queue=counting.queue_name(at))
    except (BadInput, DecisionConflict) as error:
        at.notice = str(error)
        return
    at.mode, at.notice = "read", ""
    if revisits(at):
        at.passed.add(problem_id)
    at.lease = next_card(store, at)


@_or_said
def turn(act: Literal["undo", "redo"], force: bool = False) -> None:
    """Undo or redo the curator's last act, from the log; asks first where somebody else has decided since."""
    at, store = desk(), workspace.store()
    at.notice, at.blocked, at.mode = "", None, "read"
    way = store.decisions.undo if act == "undo" else store.decisions.redo
    try:
        events = way(session.curator(), force=force)
    except DecisionConflict as conflict:
        at.notice, at.blocked = f"{said(conflict.other)} after you. {act.capitalize()} all the same?", act
        return
    if not events:
        at.notice = f"There is nothing to {act}."
    elif events[0].queue == ALIKE:
        at.done = f"{len(events):,} repairs {'taken back' if act == 'undo' else 'made again'}."
    elif act == "undo":
        _show(store, at, events[0])
    elif at.lease and any(event.problem_id == at.lease.problem_id for event in events):
        at.lease = next_card(store, at)


def leave_it() -> None:
    """Do not overrule the other curator."""
    at = desk()
    at.notice, at.blocked = "", None


def look_for_alike() -> None:
    """Show the rows that share the flaw of the last edit."""
    at = desk()
    if at.offer is None:
        return
    offer.search(workspace.store(), at.offer)
    if at.offer.open:
        at.mode, at.offer.chosen = "alike", 0
    else:
        at.offer, at.notice = None, "Nothing else has that flaw."


@_or_said
def repair_alike() -> None:
    """Repair the ticked rows as one batch."""
    at, store = desk(), workspace.store()
    if at.offer is None:
        return
    chosen, at.mode = at.offer.ticked, "read"
    try:
        done = bulk_repair.apply(store, chosen, session.curator(), holds=bool(st.session_state.get(HOLD)))
    except DecisionConflict as conflict:
        at.notice = f"{said(conflict.other)} in the meantime. Nothing was repaired: look at the rows again."
        at.offer.found.clear()
        return
    at.offer = None
    at.done = f"{len(done):,} repaired. Z takes all of it back."


def _decided(
    problem_id: str, seen: str | None, act: Act, reason: str = "", statement: str | None = None,
    solution: str | None = None,
) -> bool:  # fmt: skip
    """Decide, and return whether that was saved."""
    at, store = desk(), workspace.store()
    if at.lease is None or at.lease.problem_id != problem_id:
        return False
    at.notice = ""
    if expired(at) and store.leases.renew(problem_id, session.curator(), session=at.name) is None:
        at.notice = "Your time with this card ran out and somebody else has it now. Nothing was saved."
        return False
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
            queue=at.reading if at.reading and act != "edit" else counting.queue_name(at),
        )
    except DecisionConflict as conflict:
        at.notice = f"{said(conflict.other)} while you were reading. Nothing was overwritten: look again, then decide."
        return False
    at.mode = "read"
    if act == "edit" and solution is None:
        # Statement and solution are one thing: the card stays until the other half is given or confirmed.
        now = store.problems.get(problem_id)
        if now and now.waits:
            return True
    if revisits(at):
        at.passed.add(problem_id)
    at.lease = next_card(store, at)
    return True


def _show(store: Store, at: ReviewState, undone: Decision) -> None:
    """Put a card that was decided before into the tab's hands, unless it is in somebody else's."""
    me = session.curator()
    # The cards ahead stay where they are; only the one in hand goes back.
    lent = store.leases.take(
        [undone.problem_id], me, session=at.name, skip_decided=False, left=tab.left(me, at.name),
        keep=[dealt.ident for dealt in at.ahead],
    )  # fmt: skip
    if lent is None:
        at.notice = f"{short(undone.problem_id)} is open again, but somebody else is reading it now."
        at.lease = next_card(store, at)
        return
    at.put(Dealt(lent, next((kind for kind in BLIND if kind == undone.queue), None)))


def said(other: Decision) -> str:
    """Return in words what somebody else has decided."""
    words = {"approve": "approved", "reject": "rejected", "edit": "edited", "second-opinion": "passed on"}
    return f"{other.curator} {words.get(other.act, other.act)} {short(other.problem_id)} at {clock(other.at)}"
