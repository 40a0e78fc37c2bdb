"""The road between the browser and the store: acts come in with numbers, and what became of each goes back.

A key acts in the browser at once (`desk.js`); here its act is written, once however often it is sent, and the cards
that it made room for are laid out.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any, NoReturn

import streamlit as st
from streamlit.errors import StreamlitAPIException

from engine.core.errors import UserError
from engine.core.records import REJECT_REASONS, Act
from engine.store import Store
from engine.store.decisions import BLIND
from engine.store.desk_acts import DeskAct, DeskAnswer
from studio import session, workspace
from studio.lens import modules
from studio.parts.review import actions as deeds
from studio.parts.review import counting
from studio.parts.review import state as acts
from studio.parts.review.message import DeskMessage, SentAct, message
from studio.parts.review.refusals import refusals
from studio.parts.review.spread import (
    DeskSpread,
    IssuedCard,
    arrange,
    fill,
    issued,
    missing,
    renew,
    spread,
)
from studio.parts.review.state import Dealt, ReviewState
from studio.parts.review.words import short

ROAD = "review.road"
TOP = "review.top"
AGE_S = 86_400.0
"""A decision that a browser says to be older than this is taken to be this old."""
LAPSED = "your time with this card ran out and somebody else has it now"
OPEN_AGAIN = "the studio was started anew before it was saved: the card is open again"
NOT_YOURS = "the card was laid out for somebody else, or in another project"
WAITS = "its edited statement waits for a solution, so it cannot be approved"
VIEWERS = "to decide is for curators and owners; viewers look"
_HERE = Path(__file__).parent


def slot_key(slot: int) -> str:
    """Return the key of the fragment that draws a slot."""
    return f"review.slot.{slot}"


def road(at: ReviewState, lying: DeskSpread) -> None:
    """Mount what draws nothing but the last acts, listens to the keys and speaks with the studio."""
    _component()(key=ROAD, data=_data(at, lying), on_outbox_change=_heard)


def hear(at: ReviewState, lying: DeskSpread, said: DeskMessage) -> set[int]:
    """Write what was done, and lay out what comes next; return the slots to draw."""
    store, me = workspace.store(), session.curator()
    if at.lease and at.lease.curator != me:
        at.put(None)
        at.ahead = []
    lying.bare, lying.beat, lying.told = False, said.beat, []
    stale: set[str] = set()
    for token in dict.fromkeys(one.token for one in said.acts):
        sent = [one for one in said.acts if one.token == token]
        for answer in _written(store, at, token, sent):
            lying.told.append([token, answer.number, answer.outcome, answer.words])
            _follow(store, at, lying, answer, {one.number: one for one in sent}[answer.number], stale)
    if not session.may("change"):
        # The role was taken away while the desk was open: nothing is lent any more.
        return set()
    _to_front(at, said.on)
    if at.lease is None:
        at.lease = acts.next_card(store, at)
    renew(store, at)
    fill(store, at)
    return arrange(at, lying, stale) | missing(at, lying, said.have)


def _heard() -> None:
    at, lying = acts.desk(), spread()
    noticed, drawn_for = at.notice, lying.front
    said = message(st.session_state.get(ROAD))
    changed = hear(at, lying, said)
    if not session.may("change"):
        st.rerun("app")
    if at.lease is None:
        # The end of the queue: drawn once, and then only answers are given.
        draw_again([ROAD] if drawn_for is None else [])
    front = lying.slot_of(at.lease.problem_id)
    if at.mode != lying.mode and front is not None:
        # A button was pressed in the same moment: its card is drawn as it asks for.
        changed.add(front)
    more = [TOP] if said.calm or at.notice != noticed else []
    draw_again([*map(slot_key, sorted(changed)), *more, ROAD])


def draw_again(parts: list[str]) -> NoReturn:
    """Draw these parts of the page again; the whole page for none, and where one of them has not been drawn yet."""
    try:
        st.rerun(parts or "app")
    except StreamlitAPIException:
        # Another press had cut the page short, or it was left: acts were heard, and their answers must still arrive.
        st.rerun("app")


def _written(store: Store, at: ReviewState, token: str, sent: list[SentAct]) -> list[DeskAnswer]:
    """Write the acts of one browser that were not answered before; what was refused once stays so."""
    final = refusals()
    with final.lock:
        before = final.told(token, (one.number for one in sent))
        fresh = [one for one in sent if one.number not in before]
        answers = [*before.values(), *final.keep(token, _judged(store, at, token, fresh))]
    return sorted(answers, key=lambda answer: answer.number)


def _judged(store: Store, at: ReviewState, token: str, sent: list[SentAct]) -> list[DeskAnswer]:
    """Write what can be written; what was written before is confirmed, whoever has the card by now."""
    before = store.desk_acts.told(token, [one.number for one in sent])
    answers: list[DeskAnswer] = []
    wanted: list[DeskAct] = []
    for one in sent:
        card, done = issued(one.stamp), before.get(one.number)
        why = "" if done else _unwritable(store, at, one, card)
        if why:
            answers.append(DeskAnswer(one.number, "refused", _problem(card), why))
        elif done and (card is None or not session.may("change")):
            answers.append(done)
        else:
            wanted.append(_act(at, one, card))
    try:
        return answers + store.desk_acts.write(token, session.curator(), wanted)
    except UserError as error:
        return answers + [DeskAnswer(act.number, "refused", act.problem_id, str(error)) for act in wanted]


def _unwritable(store: Store, at: ReviewState, one: SentAct, card: IssuedCard | None) -> str:
    """Return why an act cannot be written by what is known of its card; '' where it can be tried."""
    if not session.may("change"):
        return VIEWERS
    if one.act == "undo":
        return ""
    if card is None:
        return OPEN_AGAIN
    if (card.project, card.curator) != (at.project, session.curator()):
        return NOT_YOURS
    if one.act == "approve" and card.waits:
        return WAITS
    return "" if _held(store, at, card) else LAPSED


def _held(store: Store, at: ReviewState, card: IssuedCard) -> bool:
    """Whether a card is in these hands, or in nobody's: then it is taken once more."""
    now = time.time()
    if any(dealt.ident == card.problem_id and dealt.lease.until > now for dealt in at.hand):
        return True
    return store.leases.renew(card.problem_id, session.curator(), session=at.name) is not None


def _act(at: ReviewState, one: SentAct, card: IssuedCard | None) -> DeskAct:
    moment = time.time() - min(max(one.age, 0.0), AGE_S)
    if one.act == "undo":
        return DeskAct(one.number, "undo", _problem(card), undoes=one.undoes, at=moment)
    if card is None:
        raise ValueError("an act on no card")
    queue = card.reading or counting.queue_name(at, card.problem_id)
    act: Act = one.act
    return DeskAct(one.number, act, card.problem_id, card.seen, card.text, one.reason, queue, moment)


def _problem(card: IssuedCard | None) -> str:
    return card.problem_id if card else ""


def _follow(
    store: Store, at: ReviewState, lying: DeskSpread, answer: DeskAnswer, sent: SentAct, stale: set[str]
) -> None:  # fmt: skip
    """Do at the desk what an answer makes of the cards: the decided one goes, one that is open again comes back."""
    ident, slot = answer.problem_id, lying.slot_of(answer.problem_id)
    if answer.outcome == "refused":
        if answer.conflict:
            _say(at, sent, answer)
        stale.add(ident)
        return
    if sent.act == "undo":
        _take_back(store, at, answer)
        if slot is not None:
            lying.sheets[slot].spent = False
        lying.gone = [one for one in lying.gone if one != ident]
        return
    at.notice = ""
    if at.lease and at.lease.problem_id == ident:
        at.put(at.ahead.pop(0) if at.ahead else None)
    at.ahead = [dealt for dealt in at.ahead if dealt.ident != ident]
    at.mode = "read"
    if acts.revisits(at):
        at.passed.add(ident)
    lying.gone = [*(one for one in lying.gone if one != ident), ident][-50:]
    if slot is not None:
        lying.sheets[slot].spent = True


def _say(at: ReviewState, sent: SentAct, answer: DeskAnswer) -> None:
    """Tell in the head of the page who was quicker, and ask before an undo overrules them."""
    if answer.conflict is None:
        return
    who = deeds.said(answer.conflict.other)
    if sent.act == "undo":
        at.notice, at.blocked = f"{who} after you. Undo all the same?", "undo"
    else:
        at.notice = f"{who} while you were reading. Nothing was overwritten: look again, then decide."


def _take_back(store: Store, at: ReviewState, answer: DeskAnswer) -> None:
    """Put a card that is open again in front, unless it is in somebody else's hands."""
    me = session.curator()
    undone = store.decisions.get(answer.decision_id)
    at.passed.discard(answer.problem_id)
    lent = store.leases.renew(answer.problem_id, me, session=at.name)
    if lent is None:
        at.notice = f"{short(answer.problem_id)} is open again, but somebody else is reading it now."
        return
    reading = next((kind for kind in BLIND if undone and kind == undone.queue), None)
    at.ahead = [dealt for dealt in at.hand if dealt.ident != answer.problem_id]
    at.put(Dealt(lent, reading))


def _to_front(at: ReviewState, stamp: str) -> None:
    """Take the card that lies on the screen into hand."""
    card = issued(stamp)
    ahead = next((dealt for dealt in at.ahead if card and dealt.ident == card.problem_id), None)
    if ahead is None or at.mode != "read":
        return
    at.ahead = [dealt for dealt in at.hand if dealt is not ahead and dealt.ident != ahead.ident]
    at.put(ahead)


def _data(at: ReviewState, lying: DeskSpread) -> dict[str, Any]:
    """Return what the browser is told: answers, the order of the cards, and the last acts for its line."""
    order = []
    for dealt in at.hand:
        slot = lying.slot_of(dealt.ident)
        if slot is not None and not lying.sheets[slot].spent:
            sheet = lying.sheets[slot]
            order.append([slot, sheet.stamp, not sheet.card.waits, short(dealt.ident)])
    steps = workspace.store().decisions.steps(session.curator(), 6)
    return {
        "beat": lying.beat,
        "bare": lying.bare,
        "told": lying.told,
        "order": order,
        "last": [[one.act, short(one.problem_id), one.reason, count] for one, count in steps],
        "reasons": list(REJECT_REASONS),
        "project": hashlib.blake2b(at.project.encode(), digest_size=8).hexdigest(),
    }


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    read = {name: (_HERE / name).read_text(encoding="utf-8") for name in ("desk.css", "desk.html")}
    return st.components.v2.component(
        "lemma_desk", html=read["desk.html"], css=read["desk.css"], js=modules.script("desk.js", folder=_HERE)
    )
