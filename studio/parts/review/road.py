"""The road between the browser and the store: acts come in with numbers, and what became of each goes back.

A key acts in the browser at once (`desk.js`); here its act is written, once however often it is sent, and the cards
that it made room for are laid out.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

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
MOST = 500
"""So many acts of one message are heard; the browser sends the others again."""
LAPSED = "your time with this card ran out and somebody else has it now"
OPEN_AGAIN = "the studio was started anew before it was saved: the card is open again"
Kind = Literal["approve", "reject", "skip", "second-opinion", "undo"]
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class SentAct:
    """An act as the browser says it."""

    token: str
    number: int
    stamp: str
    act: Kind
    reason: str
    age: float
    undoes: int | None


@dataclass(frozen=True, slots=True)
class DeskMessage:
    """What the browser says: acts that it has no answer to, and what it shows."""

    beat: int = 0
    acts: tuple[SentAct, ...] = ()
    have: Mapping[int, str] = field(default_factory=dict)
    """Slots that are drawn, each with the stamp in it."""
    on: str = ""
    """Stamp of the card that lies there now."""
    calm: bool = False
    """Nobody has pressed a key for a moment: there is time to draw the head of the page."""


def slot_key(slot: int) -> str:
    """Return the key of the fragment that draws a slot."""
    return f"review.slot.{slot}"


def road(at: ReviewState, lying: DeskSpread) -> None:
    """Mount what draws nothing but the last acts, listens to the keys and speaks with the studio."""
    _component()(key=ROAD, data=_data(at, lying), on_outbox_change=_heard)


def message(said: Any) -> DeskMessage:
    """Read what the browser sent; what has a wrong shape counts as not said."""
    told = said.get("outbox") if isinstance(said, Mapping) else None
    if not isinstance(told, Mapping):
        return DeskMessage()
    found = [one for one in map(_sent, _list(told.get("acts"))[:MOST]) if one is not None]
    have = told.get("have")
    drawn = {int(slot): str(stamp) for slot, stamp in have.items() if str(slot).isdigit()} if isinstance(
        have, Mapping
    ) else {}  # fmt: skip
    return DeskMessage(
        _whole(told.get("beat")) or 0, tuple(found), drawn, str(told.get("on") or ""), bool(told.get("calm"))
    )


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
    """Write the acts of one browser; what was written before is confirmed, whoever has the card by now."""
    before = store.desk_acts.told(token, [one.number for one in sent])
    answers: list[DeskAnswer] = []
    wanted: list[DeskAct] = []
    for one in sent:
        card, done = issued(one.stamp), before.get(one.number)
        if card is None and one.act != "undo":
            answers.append(done or DeskAnswer(one.number, "refused", "", OPEN_AGAIN))
        elif done or card is None or one.act == "undo" or _held(store, at, card):
            wanted.append(_act(at, one, card))
        else:
            answers.append(DeskAnswer(one.number, "refused", card.problem_id, LAPSED))
    try:
        answers += store.desk_acts.write(token, session.curator(), wanted)
    except UserError as error:
        answers += [DeskAnswer(act.number, "refused", act.problem_id, str(error)) for act in wanted]
    return sorted(answers, key=lambda answer: answer.number)


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


def _sent(said: Any) -> SentAct | None:
    if not isinstance(said, Mapping):
        return None
    number, act = _whole(said.get("n")), said.get("act")
    reason, undoes = str(said.get("reason") or ""), _whole(said.get("of"))
    if number is None or act not in get_args(Kind) or (reason and reason not in REJECT_REASONS):
        return None
    age = said.get("age")
    return SentAct(
        str(said.get("t"))[:64], number, str(said.get("stamp") or ""), act, reason,
        float(age) / 1000 if isinstance(age, (int, float)) else 0.0, undoes,
    )  # fmt: skip


def _list(said: Any) -> list[Any]:
    return list(said) if isinstance(said, (list, tuple)) else []


def _whole(said: Any) -> int | None:
    return int(said) if isinstance(said, (int, float)) and not isinstance(said, bool) else None


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    read = {name: (_HERE / name).read_text(encoding="utf-8") for name in ("desk.css", "desk.html")}
    return st.components.v2.component(
        "lemma_desk", html=read["desk.html"], css=read["desk.css"], js=modules.script("desk.js", folder=_HERE)
    )
