"""The cards that lie drawn in the browser: which in which slot of the page, under which stamp, and in which order.

A stamp names what lies on the screen: the problem, its texts, the last decision that is shown, and how it is read. The
browser sends it back with a decision, so what is decided is what was seen.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from engine.curation.review import blind_review, queues
from engine.store import Store
from engine.store.leases import TERM
from engine.store.problems import ProblemCard
from engine.store.row_hashes import row_hash
from studio import session, workspace
from studio.parts.review import counting
from studio.parts.review.state import Dealt, Mode, ReviewState, read_as, revisits, shown

SPREAD = "review.spread"
AHEAD = 10
"""So many cards lie drawn behind the one that is read."""
LENT = 8
"""So many more are lent and read at a time: to ask for many cards costs little more than to ask for one."""
BACK = 2
"""So many decided cards stay drawn, so that they are there at once when they are taken back."""
SLOTS = 1 + AHEAD + BACK
ON_ITS_WAY = 4.0
"""Seconds for which a card that was laid is taken to be on its way to the browser, which does not show it yet."""
REMEMBERED = 20_000
"""So many stamps are known at a time, of all browsers together."""


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What stands beside a card, asked for several cards at once."""

    scores: Mapping[str, float | None]
    method: str
    counts: counting.CountsFor
    """What a verdict on it counts for."""


@dataclass
class Sheet:
    """A card as it lies in a slot."""

    dealt: Dealt
    card: ProblemCard
    stamp: str
    side: int
    """Which of the two places of its slot it is drawn into; another card never inherits what is left of the last."""
    about: SheetFacts
    fresh: bool = True
    """Not drawn yet since it was read from the store."""
    spent: bool = False
    """Decided."""
    at: float = field(default_factory=time.monotonic)
    """When it was laid."""


@dataclass(frozen=True, slots=True)
class IssuedCard:
    """What a stamp stands for."""

    problem_id: str
    seen: str | None
    text: str
    reading: blind_review.Kind | None
    project: str
    curator: str
    """Whom it was given to: nobody else decides by it."""
    waits: bool
    """Whether it lay there as an edited statement without a solution."""


@dataclass
class DeskSpread:
    """The slots of one browser tab."""

    sheets: dict[int, Sheet] = field(default_factory=dict)
    sides: dict[int, int] = field(default_factory=dict)
    front: str | None = None
    """The problem that the desk was last drawn for."""
    mode: Mode = "read"
    """How the card in hand was drawn."""
    changes: bool = False
    """Whether it was drawn with the changes between versions."""
    read: dict[str, tuple[ProblemCard, SheetFacts]] = field(default_factory=dict)
    """Cards that were read and not laid yet."""
    gone: list[str] = field(default_factory=list)
    """Problems that were decided last, newest last."""
    bare: bool = True
    """Only the card in hand is laid out: the browser has not asked for the others yet."""
    beat: int = 0
    """Number of the last message that was heard."""
    told: list[list[object]] = field(default_factory=list)
    """What became of the acts of that message."""

    def slot_of(self, problem_id: str) -> int | None:
        """Return where a problem lies, None where it does not."""
        return next((slot for slot, sheet in self.sheets.items() if sheet.dealt.ident == problem_id), None)


def spread() -> DeskSpread:
    """Return the slots of this tab."""
    found: DeskSpread = st.session_state.setdefault(SPREAD, DeskSpread())
    return found


def issued(stamp: str) -> IssuedCard | None:
    """Return what a stamp stands for, None where this studio has not given it out."""
    return _stamps().get(stamp)


def begin(at: ReviewState, lying: DeskSpread, card: ProblemCard | None) -> None:
    """Lay out the card in hand alone: the page is drawn anew, and the browser asks for the others when it is."""
    lying.bare, lying.read = card is not None, {}
    before = lying.sheets.pop(0, None)
    lying.sheets.clear()
    lying.front, lying.changes = card.problem.id if card else None, at.changes
    if card is None:
        return
    sheet = _lay(at, lying, 0, at.hand[0], card, _facts([card.problem.id])[card.problem.id])
    if before and before.stamp == sheet.stamp:
        sheet.side = lying.sides[0] = before.side


def looked_again(at: ReviewState, lying: DeskSpread, slot: int) -> tuple[Sheet | None, bool]:
    """Return what lies in a slot as it is now, and whether it is what the browser was told of.

    A card that was just laid is not read twice.
    """
    sheet = lying.sheets.get(slot)
    if sheet is None:
        return None, True
    told = sheet.stamp
    if not sheet.fresh and not sheet.spent:
        ident = sheet.dealt.ident
        card = shown(workspace.store(), [sheet.dealt]).get(ident)
        if card is None:
            return None, True
        sheet.card, sheet.stamp, sheet.about = card, _stamp(at, sheet.dealt, card), _facts([ident])[ident]
    sheet.fresh = False
    return sheet, sheet.stamp == told


def arrange(at: ReviewState, lying: DeskSpread, stale: set[str]) -> set[int]:
    """Lay the hand out; return the slots to draw. What lies there stays, but for `stale` problems."""
    hand = at.hand[: 1 + AHEAD]
    wanted, fresh = {dealt.ident for dealt in hand}, []
    for dealt in hand:
        slot = lying.slot_of(dealt.ident)
        sheet = None if slot is None else lying.sheets[slot]
        if sheet and not sheet.spent and dealt.ident not in stale and sheet.dealt.reading == dealt.reading:
            sheet.dealt = dealt
        else:
            fresh.append(dealt)
    changed: set[int] = set()
    for dealt in fresh:
        card, about = _read(at, lying, dealt) if dealt.ident not in stale else _read_anew(lying, dealt)
        if card is not None and about is not None:
            slot = lying.slot_of(dealt.ident)
            slot = _free_slot(lying, wanted) if slot is None else slot
            _lay(at, lying, slot, dealt, card, about)
            changed.add(slot)
    lying.front = at.lease.problem_id if at.lease else None
    return changed


def _read(at: ReviewState, lying: DeskSpread, dealt: Dealt) -> tuple[ProblemCard | None, SheetFacts | None]:
    """Return a card as it may be read and what stands beside it; those behind it are read with it."""
    if dealt.ident not in lying.read:
        laid = {sheet.dealt.ident for sheet in lying.sheets.values() if not sheet.spent}
        some = [one for one in at.hand if one.ident not in laid or one.ident == dealt.ident]
        cards = shown(workspace.store(), some)
        about = _facts(list(cards))
        lying.read = {ident: (cards[ident], about[ident]) for ident in cards}
    return lying.read.pop(dealt.ident, (None, None))


def _read_anew(lying: DeskSpread, dealt: Dealt) -> tuple[ProblemCard | None, SheetFacts | None]:
    lying.read.pop(dealt.ident, None)
    card = shown(workspace.store(), [dealt]).get(dealt.ident)
    return card, _facts([dealt.ident])[dealt.ident] if card else None


def missing(at: ReviewState, lying: DeskSpread, have: Mapping[int, str]) -> set[int]:
    """Return the slots whose cards the browser does not have, though they had the time to arrive."""
    hand, now = {dealt.ident for dealt in at.hand}, time.monotonic()
    return {
        slot for slot, sheet in lying.sheets.items()
        if sheet.dealt.ident in hand and not sheet.spent and have.get(slot) != sheet.stamp
        and now - sheet.at > ON_ITS_WAY
    }  # fmt: skip


def _lay(at: ReviewState, lying: DeskSpread, slot: int, dealt: Dealt, card: ProblemCard, about: SheetFacts) -> Sheet:
    side = lying.sides[slot] = 1 - lying.sides.get(slot, 1)
    sheet = lying.sheets[slot] = Sheet(dealt, card, _stamp(at, dealt, card), side, about)
    return sheet


def _facts(ids: list[str]) -> dict[str, SheetFacts]:
    if not ids:
        return {}
    store = workspace.store()
    scores: dict[Any, Any] = store.problems.scores(ids).set_index("id").to_dict("index")
    methods, counts = store.problems.methods(ids), counting.kinds(ids)
    return {ident: SheetFacts(scores[ident], methods.get(ident, ""), counts[ident]) for ident in ids}


def fill(store: Store, at: ReviewState) -> None:
    """Lend the cards behind the one in hand, some of them to be read blind, as they would come one by one."""
    missing = AHEAD + LENT - len(at.ahead)
    if len(at.ahead) >= AHEAD or (at.queue.kind == "ids" and len(at.queue.ids) == 1):
        return
    measured = blind_review.measured(at.queue)
    how = blind_review.load(session.project()) if measured else blind_review.Reviewing()
    lent = store.leases.take_ahead(
        _candidates(store, at), session.curator(), missing, session=at.name, skip_decided=not revisits(at)
    )
    for lease in lent:
        if measured:
            before = tuple(dealt.drawn for dealt in at.hand)
            _lend_blind(store, at, blind_review.draw(store, at.queue, session.curator(), how, before), 1)
        at.ahead.append(Dealt(lease))
    if measured and len(lent) < missing:
        rest = blind_review.left(store, at.queue, session.curator(), how)
        _lend_blind(store, at, rest, missing - len(lent))


def renew(store: Store, at: ReviewState) -> None:
    """Lend all cards of the hand for longer once half of the time is over."""
    now = time.time()
    for place, dealt in enumerate(at.hand):
        if now < dealt.lease.until < now + TERM / 2:
            longer = store.leases.renew(dealt.ident, dealt.lease.curator, session=at.name)
            again = Dealt(longer or dealt.lease, dealt.reading, dealt.drawn)
            if place:
                at.ahead[place - 1] = again
            else:
                at.put(again)
    at.ahead = [dealt for dealt in at.ahead if dealt.lease.until > now]


def _lend_blind(store: Store, at: ReviewState, drawn: blind_review.BlindDraw | None, count: int) -> None:
    if drawn is None:
        return
    held = {dealt.ident for dealt in at.hand}
    free = [ident for ident in drawn.ids if ident not in held]
    for lease in store.leases.take_ahead(free, session.curator(), count, session=at.name, skip_decided=False):
        at.ahead.append(Dealt(lease, read_as(drawn, lease.problem_id), drawn.kind))


def _candidates(store: Store, at: ReviewState) -> list[str]:
    """Return the cards that could come next, in order."""
    out = at.passed | {dealt.ident for dealt in at.hand}
    # Decided cards are passed over where they are lent; only these queues leave out others as well.
    several = revisits(at) or at.queue.kind in ("differ", "draw", "audit")
    ids = queues.waiting(store, at.queue) if several else at.queue.ids
    return [ident for ident in ids if ident not in out]


def _free_slot(lying: DeskSpread, wanted: set[str]) -> int:
    """Return a slot for another card: an empty one, else that of the card that was decided longest ago."""
    empty = [slot for slot in range(SLOTS) if slot not in lying.sheets]
    if empty:
        return empty[0]
    order = {ident: place for place, ident in enumerate(lying.gone)}
    left = [(order.get(sheet.dealt.ident, -1), slot) for slot, sheet in lying.sheets.items()
            if sheet.dealt.ident not in wanted]  # fmt: skip
    return min(left)[1]


def _stamp(at: ReviewState, dealt: Dealt, card: ProblemCard) -> str:
    what = IssuedCard(
        card.problem.id, card.last_decision, row_hash(card.statement, card.solution), dealt.reading, at.project,
        dealt.lease.curator, card.waits,
    )  # fmt: skip
    stamp = hashlib.blake2b(repr(what).encode(), digest_size=8).hexdigest()
    known = _stamps()
    known[stamp] = what
    known.move_to_end(stamp)
    while len(known) > REMEMBERED:
        known.popitem(last=False)
    return stamp


@st.cache_resource(show_spinner=False)
def _stamps() -> OrderedDict[str, IssuedCard]:
    """Which stamps this studio has given out: a page that was loaded anew may still have acts to send."""
    return OrderedDict()
