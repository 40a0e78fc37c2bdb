"""What people decided, as a log that is only ever appended to.

An act stands until an undo turns it, an undo until a redo turns that. Undo and redo read this log and not a
session, so they survive restarts and work from every tab; each curator has an order of their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from engine.core.errors import BadInput
from engine.core.records import ACTS, Act, Decision, content_id
from engine.store import labelling
from engine.store import undo as turns
from engine.store.connection import Cursor
from engine.store.repository import Repository
from engine.store.row_hashes import named
from engine.store.tables import DECISIONS
from engine.store.undo import DecisionConflict
from engine.store.views import HOLDS

UNSEEN: Final = "unseen"
"""The caller did not look at earlier decisions, so nothing can contradict what it saw."""
DOUBLE: Final = "double"
"""Queue of a blind second reading by another curator."""
REPEAT: Final = "repeat"
"""Queue of a card that came back to the same curator, who was not told."""
BLIND: Final = (DOUBLE, REPEAT)
"""Readings that measure agreement; they never change what stands."""
ALIKE: Final = "alike"
"""Queue of edits that carry a repair over from another problem: they bring a text, but are no yes to the problem."""


@dataclass(frozen=True, slots=True)
class BatchDecision:
    """One decision of a batch. `expected` is the last decision on the problem that the curator saw, None for none."""

    problem_id: str
    act: Act
    reason: str = ""
    statement: str | None = None
    solution: str | None = None
    expected: str | None = UNSEEN
    at: float | None = None
    """When it was taken, where that is not the moment of writing."""


@dataclass(frozen=True, slots=True)
class ReviewPace:
    """How fast a curator works."""

    decided: int
    """Decisions that stand; skips, blind readings and carried-over repairs left out."""
    median_seconds: float | None
    """Median time from one act to the next among the last 200; breaks of ten minutes and more do not count."""


class Decisions(Repository):
    """The decisions of a project."""

    def decide(
        self,
        problem_id: str,
        curator: str,
        act: Act,
        *,
        reason: str = "",
        statement: str | None = None,
        solution: str | None = None,
        expected: str | None = UNSEEN,
        queue: str = "",
    ) -> Decision:
        """Decide one problem; the same call twice decides once.

        `act` is approve, reject, edit, skip or second-opinion; an edit approves the new text and leaves the
        machine's as it was. Statement and solution are one thing: an edit of the statement alone waits, and leaves the
        project by no road, until a solution is given for it or `confirm` says that the old one holds.
        DecisionConflict where somebody else has decided since `expected`.
        """
        choice = BatchDecision(problem_id, act, reason, statement, solution, expected)
        return self._write([choice], curator, queue, None, None)[0]

    def decide_all(
        self,
        choices: Iterable[BatchDecision],
        curator: str,
        *,
        queue: str = "",
        batch: str | None = None,
        at: float | None = None,
    ) -> list[Decision]:
        """Decide several problems as one batch, all or none; one undo takes all of it back. `at` is now by default."""
        chosen = list(choices)
        name = batch or content_id("B", curator, time.time(), [choice.problem_id for choice in chosen])
        return self._write(chosen, curator, queue, name, at) if chosen else []

    def confirm(self, problem_id: str, curator: str, *, expected: str | None = UNSEEN, queue: str = "") -> Decision:
        """Say that the solution that stands answers the edited statement, too: an edit that keeps both texts.

        BadInput where nothing waits, or where there is no solution.
        """
        row = self._db.one(
            """select p.statement_now, coalesce(p.solution_edited, s.text), p.waits from problem_now p
               left join chosen_solution f on f.problem_id = p.id left join solutions s on s.id = f.id
               where p.id = ?""",
            [problem_id],
        )
        if not row or not row[2]:
            raise BadInput("no statement waits for its solution.", where=problem_id)
        if not (row[1] or "").strip():
            raise BadInput("there is no solution that could hold.", where=problem_id, do="Write one: --solution.")
        choice = BatchDecision(problem_id, "edit", HOLDS, row[0], row[1], expected)
        return self._write([choice], curator, queue, None, None)[0]

    def waiting(self) -> tuple[str, ...]:
        """Return the problems that wait for the solution of an edited statement, oldest first; no rejected ones."""
        rows = self._db.rows(
            "select id from problem_now where waits and act is distinct from 'reject' order by made_at, id"
        )
        return tuple(ident for (ident,) in rows)

    def undo(self, curator: str, *, force: bool = False) -> list[Decision]:
        """Take back the curator's last act or batch; return the undo events, an empty list where nothing is left.

        DecisionConflict where another curator has decided one of the problems since; `force` goes on regardless.
        """
        return self._db.write(lambda cursor: turns.turn(cursor, curator, "undo", force), "decisions", "labels")

    def redo(self, curator: str, *, force: bool = False) -> list[Decision]:
        """Do again what the last undo took back; an empty list where there is nothing, or a new act came between."""
        return self._db.write(lambda cursor: turns.turn(cursor, curator, "redo", force), "decisions", "labels")

    def can_undo(self, curator: str) -> Decision | None:
        """Return the act that undo would take back."""
        with self._db.cursor() as cursor:
            return next(iter(turns.undoable(cursor, curator)), None)

    def can_redo(self, curator: str) -> Decision | None:
        """Return the act that redo would do again."""
        with self._db.cursor() as cursor:
            undone = next(iter(turns.redoable(cursor, curator)), None)
            return turns.known(cursor, [undone.undoes]).get(undone.undoes) if undone and undone.undoes else None

    def count(self, curator: str) -> int:
        """Return how often a curator has acted, undo and redo included."""
        return self._db.number("select count(id) filter (where id <> '') from decisions where curator = ?", [curator])

    def get(self, decision_id: str) -> Decision | None:
        """Return one decision, None where there is none."""
        with self._db.cursor() as cursor:
            return turns.known(cursor, [decision_id]).get(decision_id)

    def of(self, problem_id: str) -> list[Decision]:
        """Return everything that was done to a problem, oldest first."""
        sql = f"select {DECISIONS.listing} from decisions where problem_id = ? order by seq"
        return DECISIONS.read(self._db.rows(sql, [problem_id]))

    def history(self, curator: str | None = None, n: int = 20) -> list[Decision]:
        """Return the last `n` acts of a curator, or of all, newest first; undo and redo included."""
        sql = f"""select {DECISIONS.listing} from decisions where ($curator is null or curator = $curator)
                  order by seq desc limit $n"""
        return DECISIONS.read(self._db.rows(sql, {"curator": curator, "n": n}))

    def steps(self, curator: str, n: int = 5) -> list[tuple[Decision, int]]:
        """Return a curator's last steps, newest first: one act, or the last act of a batch with how many it holds."""
        listing = DECISIONS.listing
        rows = self._db.rows(
            f"""with mine as (select * from decisions where curator = $curator order by seq desc limit 5000),
                steps as (
                    select *, count(id) over step as acts, row_number() over (step order by seq desc) as turn
                    from mine window step as (partition by act, coalesce(batch, id), made_at))
                select {listing}, acts from steps where turn = 1 order by seq desc limit $n""",
            {"curator": curator, "n": n},
        )
        return [(decision, row[-1]) for decision, row in zip(DECISIONS.read([r[:-1] for r in rows]), rows, strict=True)]

    def reasons(self, run_id: str | None = None) -> pd.DataFrame:
        """Return a frame of the rejections that stand: reason, problems; most frequent first."""
        return self._db.frame(
            """select decision_reason as reason, count(id) filter (where id <> '') as problems from problem_now
               where decision = 'rejected' and ($run is null or run_id = $run)
               group by 1 order by 2 desc, 1""",
            {"run": run_id},
        )

    def pace(self, curator: str) -> ReviewPace:
        """Return how fast a curator works."""
        row = self._db.one(
            """with acts as (
                   select made_at, lag(made_at) over (order by seq) as before, seq from decisions
                   where curator = $curator and act not in ('undo', 'redo') and queue <> 'alike')
               select (select count(id) filter (where act <> 'skip' and queue <> 'alike')
                       from counted_decisions where curator = $curator),
                   (select median(gap) from (
                       select made_at - before as gap from acts where before is not null and made_at - before < 600
                       order by seq desc limit 200))""",
            {"curator": curator},
        )
        return ReviewPace(*row) if row else ReviewPace(0, None)

    def hands(self, run_id: str) -> list[tuple[str, Act, str | None, str | None]]:
        """Return what people decided on the problems of a run: id, act, statement, solution.

        The act is approve, reject, edit, or second-opinion for a statement that waits for its solution.
        """
        rows = self._db.rows(
            """select id, case when decision = 'rejected' then 'reject' when waits then 'second-opinion'
                       when edited then 'edit' else 'approve' end,
                   case when edited then statement_now end, solution_edited
               from problem_now where run_id = ? and (waits or decision in ('approved', 'rejected')) order by id""",
            [run_id],
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]

    def edits(self) -> pd.DataFrame:
        """Return a frame of the problems that people edited, with the machine's texts and theirs.

        Columns: problem_id, curator, made_at, statement_before, statement_after, solution_before, solution_after.
        """
        return self._db.frame(
            """with edited as (
                   select problem_id, arg_max(curator, seq) as curator, max(made_at) as made_at
                   from counted_decisions where act = 'edit' group by problem_id)
               select p.id as problem_id, e.curator, e.made_at, p.statement as statement_before,
                   p.statement_now as statement_after, s.text as solution_before,
                   coalesce(p.solution_edited, s.text) as solution_after
               from problem_now p join edited e on e.problem_id = p.id
               left join chosen_solution f on f.problem_id = p.id left join solutions s on s.id = f.id
               order by e.made_at, p.id"""
        )

    def _write(
        self, choices: Sequence[BatchDecision], curator: str, queue: str, batch: str | None, at: float | None
    ) -> list[Decision]:
        if not curator.strip():
            raise BadInput("a decision needs the name of a curator.", do="Choose who you are in the settings.")
        for choice in choices:
            _check(choice)
        moment = time.time() if at is None else at

        def run(cursor: Cursor) -> list[Decision]:
            return decide_within(cursor, choices, curator, queue, batch, moment)

        return self._db.write(run, "decisions", "labels")


def _check(choice: BatchDecision) -> None:
    """Refuse what no undo could repair."""
    if choice.act not in ACTS or choice.act in ("undo", "redo"):
        raise BadInput(f"{choice.act!r} is no decision.", do="Use approve, reject, edit, skip or second-opinion.")
    texts = (choice.statement, choice.solution)
    if choice.act == "edit" and not any(text is not None for text in texts):
        raise BadInput("an edit needs a new statement or a new solution.", where=choice.problem_id)
    if any(text is not None and not text.strip() for text in texts):
        raise BadInput("an edit cannot leave a text empty.", where=choice.problem_id, do="Reject the problem instead.")
    if choice.act != "edit" and any(text is not None for text in texts):
        raise BadInput(f"only an edit carries texts, not {choice.act}.", where=choice.problem_id)


def decide_within(
    cursor: Cursor, choices: Sequence[BatchDecision], curator: str, queue: str, batch: str | None, moment: float
) -> list[Decision]:
    """Append decisions within the writer's transaction; one that says what stands already is that one.

    Every question is asked once for all of them: a batch of thousands must not take minutes.
    """
    _all_there(cursor, [choice.problem_id for choice in choices])
    choices = _whole(cursor, choices, queue)
    last = turns.last(cursor, [choice.problem_id for choice in choices])
    made: list[Decision] = []
    fresh: dict[str, BatchDecision] = {}
    for choice in choices:
        before = last.get(choice.problem_id)
        wanted = Decision(
            "", choice.problem_id, curator, choice.act, moment if choice.at is None else choice.at, choice.reason,
            choice.statement, choice.solution, None, batch, queue,
        )  # fmt: skip
        if choice.expected == UNSEEN and before and _same(before, wanted):
            made.append(before)
            continue
        seen = (before.id if before else None) if choice.expected == UNSEEN else choice.expected
        ident = content_id(
            "D", choice.problem_id, curator, choice.act, choice.reason, choice.statement, choice.solution, seen
        )
        made.append(replace(wanted, id=ident))
        fresh[ident] = choice
    known = turns.known(cursor, fresh)
    asks = {} if queue in BLIND else {c.problem_id: c.expected for i, c in fresh.items() if i not in known}
    looked = {problem: seen for problem, seen in asks.items() if seen != UNSEEN}
    if other := turns.since(cursor, looked, curator):
        raise DecisionConflict(other, "Look at the problem again, then decide.")
    new = [decision for decision in made if decision.id in fresh and decision.id not in known]
    DECISIONS.insert(cursor, new)
    labelling.label(cursor, [(decision.id, decision.problem_id) for decision in new])
    return [known.get(decision.id, decision) for decision in made]


def _all_there(cursor: Cursor, ids: Sequence[str]) -> None:
    """Refuse problems that do not exist, and a batch that names one twice."""
    here, asked = named(ids)
    found = cursor.execute(f"select id from problems where id in ({here})", asked).fetchall()
    there = {ident for (ident,) in found}
    for place, ident in enumerate(ids):
        if ident not in there:
            raise BadInput("there is no such problem.", where=ident)
        if len(ids) > len(there) and ident in ids[:place]:
            raise BadInput("stands twice in one batch.", where=ident, do="Decide it once.")


def _whole(cursor: Cursor, choices: Sequence[BatchDecision], queue: str) -> Sequence[BatchDecision]:
    """Have every solution by a person name the statement that it was written for, so that an undo parts no pair."""
    bare = [one.problem_id for one in choices if one.solution is not None and one.statement is None]
    if not bare or queue == ALIKE:
        return choices
    rows = cursor.execute(
        """select p.id, coalesce(d.statement, p.statement) from problems p 
           left join decision_now d on d.problem_id = p.id where p.id in (select unnest(?::varchar[]))""",
        [bare],
    ).fetchall()
    texts = dict(rows)
    return [
        replace(one, statement=texts[one.problem_id]) if one.statement is None and one.solution is not None else one
        for one in choices
    ]


def _same(last: Decision, fresh: Decision) -> bool:
    """Whether the last decision on the problem says what the new one would."""
    return replace(last, id="", at=fresh.at, batch=fresh.batch, queue=fresh.queue) == fresh
