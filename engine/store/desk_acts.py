"""What browsers decide at the review desk: acts with numbers, each written once however often it is sent.

A browser decides at once and sends its acts behind; after a lost connection it sends them again. Token and number name
an act (the token is the browser's, made when it opens the desk), so an act that was written before is only confirmed.
An act is written for the text that lay on the screen, and for nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from engine.core.errors import UserError
from engine.core.records import Act
from engine.store import undo as turns
from engine.store.connection import Cursor
from engine.store.decisions import BLIND, BatchDecision, decide_within
from engine.store.repository import Repository
from engine.store.row_hashes import made_texts, named, row_hash
from engine.store.undo import DecisionConflict

Outcome = Literal["saved", "refused"]
CHANGED = "was changed since you saw it"
MOVED_ON = "you have decided something else since"
NOT_SAVED = "it was not saved, so there is nothing to take back"
NOTHING = "there is nothing to undo"
OTHER = "another act was sent under this number"


@dataclass(frozen=True, slots=True)
class DeskAct:
    """One act of a browser: a decision on what lay on its screen, or an undo."""

    number: int
    act: Act
    problem_id: str = ""
    seen: str | None = None
    """The last decision on the problem that the curator saw."""
    text: str = ""
    """Hash of statement and solution as they lay on the screen (`row_hash`)."""
    reason: str = ""
    queue: str = ""
    at: float | None = None
    undoes: int | None = None
    """Number of the act that an undo takes back; None for whatever the curator did last."""


@dataclass(frozen=True, slots=True)
class DeskAnswer:
    """What became of an act: `saved` is in the file, `refused` left no trace, `words` say why."""

    number: int
    outcome: Outcome
    problem_id: str
    words: str = ""
    decision_id: str = ""
    conflict: DecisionConflict | None = None
    """What somebody else decided in between."""


class DeskActs(Repository):
    """The acts of browsers that were written."""

    def told(self, token: str, numbers: Iterable[int]) -> dict[int, DeskAnswer]:
        """Return those of these acts that were written before."""
        with self._db.cursor() as cursor:
            return {number: answer for number, (answer, _) in _known(cursor, token, numbers).items()}

    def write(self, token: str, curator: str, acts: Sequence[DeskAct]) -> list[DeskAnswer]:
        """Write acts in the order of their numbers, in one transaction; one that was written before is confirmed.

        What cannot be written is refused by itself: the others stand. Only what this curator did is ever undone.
        """
        ordered = sorted(acts, key=lambda act: act.number)

        def run(cursor: Cursor) -> list[DeskAnswer]:
            return _write(cursor, token, curator, ordered)

        return self._db.write(run, "decisions", "labels") if ordered else []


def _write(cursor: Cursor, token: str, curator: str, acts: Sequence[DeskAct]) -> list[DeskAnswer]:
    before = _known(cursor, token, [act.number for act in acts])
    texts = _texts(cursor, {act.problem_id for act in acts if act.number not in before and act.act != "undo"})
    answers: list[DeskAnswer] = []
    # Decisions of one queue that follow each other are written as one: each question is asked once for all of them.
    for _, group in groupby(acts, key=lambda act: (act.number in before, act.act == "undo", act.queue)):
        some = list(group)
        if some[0].number in before:
            answers += [_again(act, *before[act.number]) for act in some]
        elif some[0].act == "undo":
            for act in some:
                answers.append(_undo(cursor, token, curator, act))
        else:
            answers += _decisions(cursor, token, curator, some, texts)
    return answers


def _again(act: DeskAct, answer: DeskAnswer, was: str) -> DeskAnswer:
    same = was == act.act and (act.act == "undo" or answer.problem_id == act.problem_id)
    return answer if same else DeskAnswer(act.number, "refused", act.problem_id, OTHER)


def _decisions(
    cursor: Cursor, token: str, curator: str, acts: Sequence[DeskAct], texts: Mapping[str, str]
) -> list[DeskAnswer]:
    stale = {act.number for act in acts if act.text and texts.get(act.problem_id) != act.text}
    sound = [act for act in acts if act.number not in stale]
    refused = {number: CHANGED for number in stale}
    done: dict[int, DeskAnswer] = {}
    together = len({act.problem_id for act in sound}) == len(sound)
    for some in [sound] if together else [[act] for act in sound]:
        done |= _tried(cursor, token, curator, some)
    return [
        done.get(act.number) or DeskAnswer(act.number, "refused", act.problem_id, refused[act.number]) for act in acts
    ]


def _tried(cursor: Cursor, token: str, curator: str, acts: Sequence[DeskAct]) -> dict[int, DeskAnswer]:
    """Write decisions on different problems; where one of them cannot be written, each by itself."""
    if not acts:
        return {}
    try:
        made = decide_within(cursor, _choices(cursor, curator, acts), curator, acts[0].queue, None, time.time())
    except UserError as error:
        if len(acts) > 1:
            return {n: answer for act in acts for n, answer in _tried(cursor, token, curator, [act]).items()}
        conflict = error if isinstance(error, DecisionConflict) else None
        only = acts[0]
        return {only.number: DeskAnswer(only.number, "refused", only.problem_id, str(error), conflict=conflict)}
    _keep(cursor, token, curator, [(act, one.problem_id, one.id) for act, one in zip(acts, made, strict=True)])
    return {
        act.number: DeskAnswer(act.number, "saved", act.problem_id, decision_id=one.id)
        for act, one in zip(acts, made, strict=True)
    }


def _choices(cursor: Cursor, curator: str, acts: Sequence[DeskAct]) -> list[BatchDecision]:
    """Return decisions as they are written: one that follows an undo of one's own is seen to follow it."""
    turned = _turned(cursor, curator, [act.problem_id for act in acts])
    choices = []
    for act in acts:
        seen = turned.get(act.problem_id, act.seen)
        if seen != act.seen:
            # Others are asked about from what was seen; the undo tells this decision from the one it took back.
            _nobody_since(cursor, act, curator)
        choices.append(BatchDecision(act.problem_id, act.act, act.reason, expected=seen, at=act.at))
    return choices


def _turned(cursor: Cursor, curator: str, ids: Sequence[str]) -> dict[str, str]:
    """Return the undo, or redo, that was the last thing the curator did to a problem, where it was one."""
    here, asked = named(ids)
    rows = cursor.execute(
        f"select problem_id, curator, act, id from decisions where problem_id in ({here}) order by seq", asked
    ).fetchall()
    own = {problem: (act, ident) for problem, by, act, ident in rows if by == curator}
    return {problem: ident for problem, (act, ident) in own.items() if act in ("undo", "redo")}


def _nobody_since(cursor: Cursor, act: DeskAct, curator: str) -> None:
    other = None if act.queue in BLIND else turns.since(cursor, {act.problem_id: act.seen}, curator)
    if other:
        raise DecisionConflict(other, "Look at the problem again, then decide.")


def _undo(cursor: Cursor, token: str, curator: str, act: DeskAct) -> DeskAnswer:
    step = turns.undoable(cursor, curator)
    if not step:
        return DeskAnswer(act.number, "refused", act.problem_id, NOTHING)
    if act.undoes is not None:
        meant = _known(cursor, token, [act.undoes]).get(act.undoes)
        if meant is None:
            return DeskAnswer(act.number, "refused", act.problem_id, NOT_SAVED)
        if [one.id for one in step] != [meant[0].decision_id]:
            return DeskAnswer(act.number, "refused", act.problem_id, MOVED_ON)
    try:
        events = turns.turn(cursor, curator, "undo", False)
    except DecisionConflict as conflict:
        return DeskAnswer(act.number, "refused", step[0].problem_id, str(conflict), conflict=conflict)
    _keep(cursor, token, curator, [(act, events[0].problem_id, events[0].id)])
    return DeskAnswer(act.number, "saved", events[0].problem_id, decision_id=events[0].id)


def _keep(cursor: Cursor, token: str, curator: str, written: Iterable[tuple[DeskAct, str, str]]) -> None:
    now = time.time()
    rows = [[token, act.number, curator, act.act, problem, decision, now] for act, problem, decision in written]
    cursor.executemany("insert into desk_acts values (?, ?, ?, ?, ?, ?, ?)", rows)


def _known(cursor: Cursor, token: str, numbers: Iterable[int]) -> dict[int, tuple[DeskAnswer, str]]:
    """Return what was written of a browser's acts, and which act each was."""
    rows = cursor.execute(
        """select number, problem_id, decision_id, act from desk_acts
           where token = ? and list_contains(?::bigint[], number)""",
        [token, list(numbers)],
    ).fetchall()
    return {
        number: (DeskAnswer(number, "saved", problem, decision_id=decision), act)
        for number, problem, decision, act in rows
    }


def _texts(cursor: Cursor, ids: Iterable[str]) -> dict[str, str]:
    """Return the hash of each problem's texts as they stand, edits of people included."""
    asked = sorted(ids)
    if not asked:
        return {}
    here, parameters = named(asked)
    edited = {
        ident: (statement, solution)
        for ident, statement, solution in cursor.execute(
            f"select problem_id, statement, solution from decision_now where problem_id in ({here})", parameters
        ).fetchall()
    }
    found = {}
    for ident, made, statement, solution in made_texts(cursor, asked):
        new = edited.get(ident, (None, None))
        found[ident] = row_hash(new[0] or statement, new[1] or solution) if any(new) else made
    return found
