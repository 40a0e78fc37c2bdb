"""Everything about a problem on one card; of several problems each question is asked once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from engine.core.records import EXAMPLE, Decision, Failure, Intermediate, Problem, ReplyRow, Solution, Verdict
from engine.store.repository import Repository
from engine.store.tables import DECISIONS, FAILURES, INTERMEDIATES, PROBLEMS, REPLIES, SOLUTIONS, VERDICTS, RecordTable
from engine.store.texts_by_id import holes
from engine.store.views import chosen
from engine.verification.answers import extract_answer

R = TypeVar("R")
_WORDS: dict[str | None, str] = {
    "approve": "approved",
    "edit": "approved",
    "reject": "rejected",
    "second-opinion": "second opinion",
}
_HUMAN: dict[str | None, int] = {"approve": 1, "edit": 1, "reject": 0}


@dataclass(frozen=True, slots=True)
class Lineage:
    """Where a problem came from and where it went."""

    seed_id: str | None
    combination_id: str | None
    points: tuple[str, ...]
    versions: tuple[Problem, ...]
    """From the first version to this one."""
    exports: tuple[str, ...]
    """Names of the exports that hold it."""


@dataclass(frozen=True, slots=True)
class ProblemCard:
    """Everything about one problem."""

    problem: Problem
    """As the machine wrote it."""
    statement: str
    """As it stands after edits."""
    solution: str | None
    """The current solution after edits; None where there is none."""
    answer: str | None
    decision: str
    """open, approved, rejected, second opinion, or waiting for a solution."""
    human: int | None
    edited: bool
    waits: bool
    """Whether its statement was edited and nobody has given, or confirmed, a solution for it."""
    last_decision: str | None
    """Id of the last thing anybody did here: what `decide(expected=...)` wants to know."""
    solutions: tuple[Solution, ...]
    chosen: Solution | None
    """That of the machine's solutions which stands for the problem."""
    verdicts: tuple[Verdict, ...]
    trace: tuple[ReplyRow, ...]
    decisions: tuple[Decision, ...]
    failures: tuple[Failure, ...]
    lineage: Lineage
    notes: tuple[Intermediate, ...] = ()
    """Intermediate objects of all its versions, in the order of their making."""


class ProblemCards(Repository):
    """The cards of a project's problems."""

    def of(self, ids: Sequence[str]) -> dict[str, ProblemCard]:
        """Return the cards of those of these problems that there are."""
        here = holes(ids)
        problems = self._records(PROBLEMS, f"select {PROBLEMS.listing} from problems where id in ({here})", ids)
        if not problems:
            return {}
        solutions = self._grouped(
            SOLUTIONS,
            f"""select {SOLUTIONS.listing} from solutions where problem_id in ({here})
                order by "index", made_at, id""",
            ids,
        )
        decisions = self._grouped(
            DECISIONS, f"select {DECISIONS.listing} from decisions where problem_id in ({here}) order by seq", ids
        )
        now = {row[0]: row[1:] for row in self._db.rows(
            f"select problem_id, act, statement, solution, waits from decision_now where problem_id in ({here})", ids
        )}  # fmt: skip
        verdicts = self._verdicts(ids, solutions)
        stands = self._stands(solutions)
        lines = self._lineages(problems)
        replies, failures = self._traces(problems, solutions, verdicts)
        return {
            one.id: _card(
                one, solutions.get(one.id, []), stands.get(one.id), verdicts.get(one.id, []),
                decisions.get(one.id, []), now.get(one.id, (None, None, None, False)),
                (replies[one.id], failures[one.id], lines[one.id], self.notes(v.id for v in lines[one.id].versions)),
            )
            for one in problems
        }  # fmt: skip

    def notes(self, problem_ids: Iterable[str]) -> list[Intermediate]:
        """Return the intermediate objects that led to these problems (FL-14); examples with their statements."""
        ids = list(problem_ids)
        found = self._records(
            INTERMEDIATES,
            f"""select {INTERMEDIATES.listing} from intermediates where problem_id in ({holes(ids)})
                order by made_at, rowid""",
            ids,
        )
        shown = [note.text for note in found if note.name == EXAMPLE]
        if not shown:
            return found
        seeds = dict(
            self._db.rows("select id, statement from seeds where id in (select unnest(?::varchar[]))", [shown])
        )
        return [replace(note, text=seeds[note.text]) if note.text in seeds else note for note in found]

    def lineage(self, problem: Problem) -> Lineage:
        """Return where a problem came from and where it went."""
        return self._lineages([problem])[problem.id]

    def _lineages(self, problems: Sequence[Problem]) -> dict[str, Lineage]:
        ids = [one.id for one in problems]
        names: dict[str, list[str]] = defaultdict(list)
        for ident, name in self._db.rows(
            f"""select distinct i.problem_id, e.name from export_items i join exports e on e.id = i.export_id
                where i.problem_id in ({holes(ids)}) order by 1, 2""",
            ids,
        ):
            names[ident].append(name)
        return {
            one.id: Lineage(
                one.seed_id, one.combination_id, one.points, tuple(self._versions(one)), tuple(names[one.id])
            )
            for one in problems
        }

    def _versions(self, problem: Problem) -> list[Problem]:
        versions = [problem]
        # One look-up per version is quicker than a recursive query, which would read the whole table.
        while (parent := versions[0].parent_id) and (earlier := self._one(parent)) and earlier not in versions:
            versions.insert(0, earlier)
        return versions

    def _one(self, problem_id: str) -> Problem | None:
        found = self._records(PROBLEMS, f"select {PROBLEMS.listing} from problems where id = ?", [problem_id])
        return next(iter(found), None)

    def _verdicts(self, ids: Sequence[str], solutions: dict[str, list[Solution]]) -> dict[str, list[Verdict]]:
        """Return all verdicts on each problem and its solutions, oldest first."""
        owner = {solution.id: problem for problem, some in solutions.items() for solution in some}
        here, theirs = holes(ids), holes(list(owner))
        found = self._records(
            VERDICTS,
            # Two parts, because an index helps neither side of an "or".
            f"""with said as (
                    select *, rowid as n from verdicts where problem_id in ({here})
                    union all
                    select *, rowid from verdicts where problem_id is null
                        and subject_id in ({_after(theirs, len(ids))}))
                select {VERDICTS.listing} from said order by made_at, n""",
            [*ids, *owner],
        )
        of: dict[str, list[Verdict]] = defaultdict(list)
        for verdict in found:
            of[verdict.problem_id or owner[verdict.subject_id]].append(verdict)
        return of

    def _stands(self, solutions: dict[str, list[Solution]]) -> dict[str, Solution]:
        """Return the solution that stands for each problem; it is a question only where there are several."""
        found = {problem: some[0] for problem, some in solutions.items() if len(some) == 1}
        several = [problem for problem, some in solutions.items() if len(some) > 1]
        if several:
            here = holes(several)
            rows = self._db.rows(
                f"""with s as (select * from solutions where problem_id in ({here})),
                        v as (select * from verdicts where problem_id in ({here}))
                    select problem_id, id from ({chosen("s", "v")})""",
                several,
            )
            for problem, ident in rows:
                found[problem] = next(one for one in solutions[problem] if one.id == ident)
        return found

    def _traces(
        self,
        problems: Sequence[Problem],
        solutions: dict[str, list[Solution]],
        verdicts: dict[str, list[Verdict]],
    ) -> tuple[dict[str, list[ReplyRow]], dict[str, list[Failure]]]:
        """Return the replies behind each problem in order, with those taken from other runs, and what failed."""
        also = {
            one.id: {
                one.reply_id,
                *(solution.reply_id for solution in solutions.get(one.id, [])),
                *(verdict.reply_id for verdict in verdicts.get(one.id, [])),
            }
            for one in problems
        }
        asked = {
            "runs": [one.run_id for one in problems],
            "items": [one.item_id for one in problems],
        }
        item = "(run_id, item_id) in (select unnest($runs::varchar[]), unnest($items::varchar[]))"
        extra = sorted({reply for some in also.values() for reply in some if reply})
        replies = self._records(
            REPLIES,
            f"""select {REPLIES.listing} from replies where {item}
                union select {REPLIES.listing} from replies where id in (select unnest($extra::varchar[]))
                order by made_at, attempt, id""",
            asked | {"extra": extra},
        )
        failures = self._records(
            FAILURES, f"select {FAILURES.listing} from failures where {item} order by made_at", asked
        )
        trace = {
            one.id: [
                reply for reply in replies
                if (reply.run_id, reply.item_id) == (one.run_id, one.item_id) or reply.id in also[one.id]
            ]
            for one in problems
        }  # fmt: skip
        failed = {
            one.id: [each for each in failures if (each.run_id, each.item_id) == (one.run_id, one.item_id)]
            for one in problems
        }
        return trace, failed

    def _records(self, table: RecordTable[R], sql: str, asked: Sequence[Any] | dict[str, Any]) -> list[R]:
        return table.read(self._db.rows(sql, asked))

    def _grouped(self, table: RecordTable[R], sql: str, ids: Sequence[str]) -> dict[str, list[R]]:
        found: dict[str, list[R]] = defaultdict(list)
        for record in self._records(table, sql, ids):
            found[record.problem_id].append(record)  # type: ignore[attr-defined]
        return found


def _after(marks: str, count: int) -> str:
    """Return numbered parameter marks as they are behind `count` others."""
    numbers = [int(mark[1:]) + count for mark in marks.split(", ") if mark.startswith("$")]
    return ", ".join(f"${number}" for number in numbers) or "null"


def _card(
    problem: Problem,
    solutions: list[Solution],
    stands: Solution | None,
    verdicts: list[Verdict],
    decisions: list[Decision],
    now: tuple[Any, ...],
    around: tuple[list[ReplyRow], list[Failure], Lineage, list[Intermediate]],
) -> ProblemCard:
    act, statement, solution, waits = now
    trace, failures, line, notes = around
    return ProblemCard(
        problem=problem,
        statement=statement or problem.statement,
        solution=solution or (stands.text if stands else None),
        answer=extract_answer(solution) if solution else (stands.answer if stands else None),
        decision="waiting" if waits and _HUMAN.get(act) else _WORDS.get(act, "open"),
        human=None if waits and _HUMAN.get(act) else _HUMAN.get(act),
        edited=bool(statement or solution),
        waits=bool(waits),
        last_decision=decisions[-1].id if decisions else None,
        solutions=tuple(solutions),
        chosen=stands,
        verdicts=tuple(verdicts),
        trace=tuple(trace),
        decisions=tuple(decisions),
        failures=tuple(failures),
        lineage=line,
        notes=tuple(notes),
    )
