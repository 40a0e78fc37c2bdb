"""Problems as they are now, and everything that was said about one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.answers import extract_answer
from engine.records import Decision, Failure, Intermediate, Problem, ReplyRow, Solution, Verdict
from engine.store.connection import Database
from engine.store.family import Family
from engine.store.replies import Replies
from engine.store.tables import DECISIONS, FAILURES, INTERMEDIATES, PROBLEMS, SOLUTIONS, Added
from engine.store.verdicts import Verdicts
from engine.store.views import DECISION_WORD, HUMAN

Order = Literal["newest", "oldest", "best", "worst", "hardest", "easiest"]
_ORDERS: dict[Order, tuple[str, str]] = {
    "newest": ("p.made_at desc, p.id", ""),
    "oldest": ("p.made_at, p.id", ""),
    "best": ("o.value desc nulls last, p.id", "problem_score"),
    "worst": ("o.value nulls last, p.id", "problem_score"),
    "hardest": ("o.value desc nulls last, p.id", "difficulty"),
    "easiest": ("o.value nulls last, p.id", "difficulty"),
}
_PAGE = """p.id, p.run_id, p.item_id, p.kind, p.points, p.agent, p.statement_now as statement, p.made_at, p.decision,
    p.human, p.edited, p.curator, p.decision_reason"""


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """Which problems to show; None and '' mean all."""

    run_id: str | None = None
    kind: str | None = None
    point: str | None = None
    """A live point, or the name a problem carries."""
    decision: Literal["open", "approved", "rejected", "second opinion"] | None = None
    edited: bool | None = None
    selected: bool | None = None
    """Kept or dropped by the latest selection."""
    agent: str | None = None
    search: str = ""
    ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """Some problems, and how many there are in all under the same filter."""

    rows: pd.DataFrame
    """id, run_id, item_id, kind, points, agent, statement, made_at, decision, human, edited, curator,
    decision_reason, then one column per score."""
    total: int


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
class Card:
    """Everything about one problem."""

    problem: Problem
    """As the machine wrote it."""
    statement: str
    """As it stands after edits."""
    solution: str | None
    """The current solution after edits; None where there is none."""
    answer: str | None
    decision: str
    """open, approved, rejected or second opinion."""
    human: int | None
    edited: bool
    last_decision: str | None
    """Id of the last thing anybody did here: what `decide(expected=...)` wants to know."""
    solutions: tuple[Solution, ...]
    verdicts: tuple[Verdict, ...]
    trace: tuple[ReplyRow, ...]
    decisions: tuple[Decision, ...]
    failures: tuple[Failure, ...]
    lineage: Lineage
    notes: tuple[Intermediate, ...] = ()
    """Intermediate objects of all its versions, in the order of their making."""


class Problems(Family):
    """The problems and solutions of a project."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._replies, self._verdicts = Replies(database), Verdicts(database)
        self._board: tuple[int, pa.Table] | None = None
        self._decided: tuple[int, pa.Table] | None = None
        self._board_guard = threading.Lock()

    def add(self, records: Iterable[Problem]) -> Added:
        """Add problems."""
        return self._append(PROBLEMS, records)

    def add_solutions(self, records: Iterable[Solution]) -> Added:
        """Add solutions."""
        return self._append(SOLUTIONS, records)

    def count(self, wanted: ProblemFilter | None = None) -> int:
        """Return how many current problems there are under a filter."""
        wanted = wanted or ProblemFilter()
        where, asked = _conditions(wanted)
        return self._db.number(f"select count(p.id) filter (where p.id <> '') from {_source(wanted)} p {where}", asked)

    def page(
        self, wanted: ProblemFilter | None = None, order: Order = "newest", offset: int = 0, limit: int = 200
    ) -> ProblemPage:
        """Return some current problems with their scores."""
        wanted = wanted or ProblemFilter()
        where, asked = _conditions(wanted)
        by, score = _ORDERS[order]
        join = (
            f"""left join (select problem_id, arg_max_null(value, made_at) as value from verdicts
                where name = '{score}' group by problem_id) o on o.problem_id = p.id"""
            if score
            else ""
        )
        # Which rows first, what is in them second: texts are read for one page, not for the whole table.
        found = self._db.rows(
            f"select p.id from {_source(wanted)} p {join} {where} order by {by} limit $limit offset $offset",
            asked | {"limit": limit, "offset": offset},
        )
        ids = [ident for (ident,) in found]
        return ProblemPage(self._rows(ids).merge(self.scores(ids), on="id", how="left"), self.count(wanted))

    def _rows(self, ids: list[str]) -> pd.DataFrame:
        """Return the columns of a page, without scores, in the order of `ids`."""
        rows = self._db.frame(
            f"""with p as (
                    select p.*, coalesce(d.statement, p.statement) as statement_now,
                        d.statement is not null or d.solution is not null as edited, d.curator,
                        d.reason as decision_reason, {DECISION_WORD} as decision, {HUMAN} as human
                    from problems p left join decision_now d on d.problem_id = p.id where p.id in ({_holes(ids)}))
                select {_PAGE} from p""",
            ids,
        )
        return rows.set_index("id").loc[ids].reset_index()

    def scores(self, ids: Iterable[str]) -> pd.DataFrame:
        """Return id and one column per score for these problems, in their order."""
        wanted = list(ids)
        # Listed one by one, the ids reach the index through the view.
        scores = self._db.frame(
            f"select problem_id as id, * exclude (problem_id) from scores where problem_id in ({_holes(wanted)})",
            wanted,
        )
        return pd.DataFrame({"id": pd.Series(wanted, dtype=scores["id"].dtype)}).merge(scores, on="id", how="left")

    def get(self, problem_id: str) -> Card | None:
        """Return everything about one problem, None where there is none."""
        problem = self._one(problem_id)
        if problem is None:
            return None
        solutions = self.solutions(problem_id)
        verdicts = self._verdicts.of(problem_id)
        decisions = DECISIONS.read(
            self._db.rows(f"select {DECISIONS.listing} from decisions where problem_id = ? order by seq", [problem_id])
        )
        now = self._db.one(
            """select act, statement, solution from decision_now where problem_id = ?""",
            [problem_id],
        ) or (None, None, None)
        act, statement, solution = now
        said_by = [problem.reply_id, *(s.reply_id for s in solutions), *(v.reply_id for v in verdicts)]
        chosen = self._chosen(problem_id, solutions)
        return Card(
            problem=problem,
            statement=statement or problem.statement,
            solution=solution or (chosen.text if chosen else None),
            answer=extract_answer(solution) if solution else (chosen.answer if chosen else None),
            decision=_WORDS.get(act, "open"),
            human=_HUMAN.get(act),
            edited=bool(statement or solution),
            last_decision=decisions[-1].id if decisions else None,
            solutions=tuple(solutions),
            verdicts=tuple(verdicts),
            trace=tuple(self._replies.of_item(problem.run_id, problem.item_id, said_by)),
            decisions=tuple(decisions),
            failures=tuple(self._failures(problem)),
            lineage=(line := self.lineage(problem)),
            notes=tuple(self.notes(version.id for version in line.versions)),
        )

    def notes(self, problem_ids: Iterable[str]) -> list[Intermediate]:
        """Return the intermediate objects that led to these problems (FL-14)."""
        return INTERMEDIATES.read(
            self._db.rows(
                f"""select {INTERMEDIATES.listing} from intermediates
                    where problem_id in (select unnest(?::varchar[])) order by made_at, rowid""",
                [list(problem_ids)],
            )
        )

    def solutions(self, problem_id: str) -> list[Solution]:
        """Return the machine's solutions of a problem, first one first."""
        return SOLUTIONS.read(
            self._db.rows(
                f'select {SOLUTIONS.listing} from solutions where problem_id = ? order by "index", made_at, id',
                [problem_id],
            )
        )

    def _chosen(self, problem_id: str, solutions: Sequence[Solution]) -> Solution | None:
        """Return the solution that stands for the problem: the first that passed, else the first."""
        row = self._db.one("select id from chosen_solution where problem_id = ?", [problem_id])
        return next((solution for solution in solutions if row and solution.id == row[0]), None)

    def lineage(self, problem: Problem) -> Lineage:
        """Return where a problem came from and where it went."""
        versions = [problem]
        # One look-up per version is quicker than a recursive query, which would read the whole table.
        while (parent := versions[0].parent_id) and (earlier := self._one(parent)) and earlier not in versions:
            versions.insert(0, earlier)
        exports = self._db.rows(
            """select distinct e.name from export_items i join exports e on e.id = i.export_id
               where i.problem_id = ? order by 1""",
            [problem.id],
        )
        return Lineage(
            problem.seed_id,
            problem.combination_id,
            problem.points,
            tuple(versions),
            tuple(name for (name,) in exports),
        )

    def scoreboard(self) -> pa.Table:
        """Return one row per current problem, in the order of their making; the same table until something changes.

        Columns: id, run_id, kind, points (list), concept (live name of the first point), statement (160 characters),
        made_at; judge_score, solution_pass, agreement, difficulty, rarity, seed_similarity, nearest_twin,
        contamination (float32, null where nobody said); x, y on the latest map (float32); truth_flaw ('' none, else
        its name, null unknown) and truth_correct, which only the embedded engine knows; human (1 approved,
        0 rejected, null).
        """
        with self._board_guard:
            now = self._db.revision("problems", "verdicts", "maps", "points", "replies")
            if self._board is None or self._board[0] != now:
                self._board = (now, self._db.arrow("select * from scoreboard order by made_at, id"))
                self._decided = None
            decisions = self._db.revision("decisions")
            if self._decided is None or self._decided[0] != decisions:
                self._decided = (decisions, self._with_decisions(self._board[1]))
            return self._decided[1]

    def _with_decisions(self, board: pa.Table) -> pa.Table:
        """Lay what people said over what machines said; decisions are few, so a new one does not cost a new board."""
        said = self._db.arrow(
            f"""select d.problem_id as id, {HUMAN} as human, left(d.statement, 160) as statement
                from decision_now d order by 1"""
        )
        at = pc.index_in(board["id"], value_set=said["id"].combine_chunks())
        statement = pc.coalesce(pc.take(said["statement"], at), board["statement"])
        board = board.set_column(board.column_names.index("statement"), "statement", statement)
        return board.append_column("human", pc.take(said["human"], at))

    def texts(self, ids: Iterable[str]) -> pa.Table:
        """Return id, statement, solution, answer, points as they stand now, for the inputs of a run or an export."""
        found = self._db.arrow(
            """select p.id, p.statement_now as statement, coalesce(p.solution_edited, s.text) as solution,
                   case when p.solution_edited is null then s.answer end as answer, p.points
               from problem_now p
               left join chosen_solution f on f.problem_id = p.id left join solutions s on s.id = f.id
               where p.id in (select unnest(?::varchar[])) order by p.made_at, p.id""",
            [list(ids)],
        )
        return with_answers(found)

    def _one(self, problem_id: str) -> Problem | None:
        rows = self._db.rows(f"select {PROBLEMS.listing} from problems where id = ?", [problem_id])
        return next(iter(PROBLEMS.read(rows)), None)

    def _failures(self, problem: Problem) -> list[Failure]:
        rows = self._db.rows(
            f"select {FAILURES.listing} from failures where run_id = ? and item_id = ? order by made_at",
            [problem.run_id, problem.item_id],
        )
        return FAILURES.read(rows)


def with_answers(found: pa.Table) -> pa.Table:
    """Fill `answer` from `solution` where it is null: a curator's solution brings its own answer."""
    place = found.column_names.index("answer")
    answers = [
        extract_answer(solution) if answer is None and solution else answer
        for answer, solution in zip(found["answer"].to_pylist(), found["solution"].to_pylist(), strict=True)
    ]
    return found.set_column(place, "answer", pa.array(answers, pa.string()))


_WORDS: dict[str | None, str] = {
    "approve": "approved",
    "edit": "approved",
    "reject": "rejected",
    "second-opinion": "second opinion",
}
_HUMAN: dict[str | None, int] = {"approve": 1, "edit": 1, "reject": 0}


def _source(wanted: ProblemFilter) -> str:
    """Return the leanest view that knows what the filter asks."""
    asks = wanted.decision is not None or wanted.edited is not None or bool(wanted.search)
    return "problem_now" if asks else "current_problem"


def _holes(values: list[str]) -> str:
    """Return parameter marks for a list of values; a list that nothing is in where there are none."""
    return ", ".join("?" * len(values)) or "null"


def _conditions(wanted: ProblemFilter) -> tuple[str, dict[str, object]]:
    """Return the where clause and parameters of the fields that are set."""
    asked: dict[str, object] = {}
    terms: list[str] = []
    for field in fields(wanted):
        value = getattr(wanted, field.name)
        if value is not None and value != "":
            terms.append(_TERMS[field.name])
            asked[field.name] = list(value) if isinstance(value, tuple) else value
    return (f"where {' and '.join(terms)}" if terms else ""), asked


_TERMS: dict[str, str] = {
    "run_id": "p.run_id = $run_id",
    "kind": "p.kind = $kind",
    "point": """exists (select 1 from (select unnest(p.points) as said) u left join point_names n on n.said = u.said
        where u.said = $point or n.name = $point)""",
    "decision": "p.decision = $decision",
    "edited": "p.edited = $edited",
    "selected": "p.id in (select problem_id from latest_selection where kept = $selected)",
    "agent": "p.agent = $agent",
    "search": "contains(lower(p.statement_now), lower($search))",
    "ids": "p.id in (select unnest($ids::varchar[]))",
}
