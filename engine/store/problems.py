"""Problems as they are now, and everything that was said about one of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from engine.core.records import Intermediate, Problem, Solution
from engine.store.connection import Database
from engine.store.problem_cards import Lineage, ProblemCard, ProblemCards
from engine.store.problem_filter import ProblemFilter
from engine.store.repository import Repository
from engine.store.tables import PROBLEMS, SOLUTIONS, Added
from engine.store.texts_by_id import MOST, TextsById
from engine.store.views import BOARD, HUMAN, LABEL, METHOD, WAYS
from engine.verification.answers import extract_answer

__all__ = ["Lineage", "Order", "ProblemCard", "ProblemPage", "Problems", "with_answers"]
Order = Literal["newest", "oldest"]
_ORDERS: dict[Order, str] = {"newest": "made_at desc, id", "oldest": "made_at, id"}
_SUPERSEDED = "p.id in (select parent_id from problems where parent_id is not null)"


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """Some problems, and how many there are in all under the same filter."""

    rows: pd.DataFrame
    """id, run_id, item_id, kind, points, agent, statement, made_at, decision, human, edited, curator,
    decision_reason, then one column per score."""
    total: int


class Problems(Repository):
    """The problems and solutions of a project."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._cards, self._named = ProblemCards(database), TextsById(database)
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
        where, asked = wanted.conditions()
        if wanted.asks_people:
            return self._db.number(f"select count(p.id) filter (where p.id <> '') from problem_now p {where}", asked)
        # All versions without those that have a later one: to look each row up among the later ones costs far more.
        counted = "select count(p.rowid) filter (where p.rowid >= 0) from problems p"
        return self._db.number(
            f"select ({counted} {where}) - ({counted} {where or 'where true'} and {_SUPERSEDED})", asked
        )

    def page(
        self, wanted: ProblemFilter | None = None, order: Order = "newest", offset: int = 0, limit: int = 200
    ) -> ProblemPage:
        """Return some current problems with their scores."""
        wanted = wanted or ProblemFilter()
        # Which rows first, what is in them second: texts are read for one page, not for the whole table.
        look = self._ids_of_decided if wanted.asks_people else self._ids
        ids = look(wanted, _ORDERS[order], offset, limit)
        return ProblemPage(self._named.rows(ids).merge(self.scores(ids), on="id", how="left"), self.count(wanted))

    def _ids_of_decided(self, wanted: ProblemFilter, by: str, offset: int, limit: int) -> list[str]:
        where, asked = wanted.conditions()
        found = self._db.rows(
            f"select p.id from problem_now p {where} order by {by} limit $limit offset $offset",
            asked | {"limit": limit, "offset": offset},
        )
        return [ident for (ident,) in found]

    def _ids(self, wanted: ProblemFilter, by: str, offset: int, limit: int) -> list[str]:
        """Return the ids of a page: the first rows of all versions, of which those with a later version are left out.

        To ask every row for a later version first would cost more than the rest of the page.
        """
        where, asked = wanted.conditions()
        reach = offset + limit
        while True:
            found = self._db.rows(
                f"""with p as materialized (select id, made_at from problems p {where} order by {by} limit $reach)
                    select id, {_SUPERSEDED} from p order by {by}""",
                asked | {"reach": reach},
            )
            ids = [ident for ident, superseded in found if not superseded]
            if len(ids) >= offset + limit or len(found) < reach:
                return ids[offset : offset + limit]
            reach *= 2

    def scores(self, ids: Iterable[str]) -> pd.DataFrame:
        """Return id and one column per score for these problems, in their order."""
        return self._named.scores(list(ids))

    def statements(self, ids: Iterable[str]) -> list[str]:
        """Return the statements of some problems as they stand now, in the order of `ids`; each must be there."""
        return self._named.statements(list(ids))

    def get(self, problem_id: str) -> ProblemCard | None:
        """Return everything about one problem, None where there is none."""
        return self.cards([problem_id]).get(problem_id)

    def cards(self, ids: Iterable[str]) -> dict[str, ProblemCard]:
        """Return everything about those of these problems that there are."""
        return self._cards.of(list(dict.fromkeys(ids)))

    def notes(self, problem_ids: Iterable[str]) -> list[Intermediate]:
        """Return the intermediate objects that led to these problems (FL-14); examples with their statements."""
        return self._cards.notes(problem_ids)

    def solutions(self, problem_id: str) -> list[Solution]:
        """Return the machine's solutions of a problem, first one first."""
        return SOLUTIONS.read(
            self._db.rows(
                f'select {SOLUTIONS.listing} from solutions where problem_id = ? order by "index", made_at, id',
                [problem_id],
            )
        )

    def chosen_solution(self, problem_id: str) -> Solution | None:
        """Return the machine's solution that stands for a problem, None where there is no solution."""
        return self._chosen(problem_id, self.solutions(problem_id))

    def _chosen(self, problem_id: str, solutions: Iterable[Solution]) -> Solution | None:
        ident = self._named.chosen(problem_id)
        return next((solution for solution in solutions if solution.id == ident), None)

    def lineage(self, problem: Problem) -> Lineage:
        """Return where a problem came from and where it went."""
        return self._cards.lineage(problem)

    def scoreboard(self) -> pa.Table:
        """Return one row per current problem, in the order of their making; the same table until something changes.

        Columns: id, run_id, kind, points (list), concept (live name of the first point), statement (160 characters),
        made_at; judge_score, solution_pass, agreement, difficulty, rarity, seed_similarity, nearest_twin,
        contamination (float32, null where nobody said); x, y on the latest map (float32); truth_flaw ('' none, else
        its name, null unknown) and truth_correct, which only the embedded engine knows; human (1 approved,
        0 rejected, null), label (1 where a person approved what the machine made, 0 where it was rejected or edited),
        waits (an edited statement has no solution of its own yet). And who made it: method, a key of
        `engine.curation.methods.METHODS`; answered, whether the solution that stands ends in an answer (1; 0 also where
        nobody solved it); curated, the joint score after curation (null where none).
        """
        with self._board_guard:
            now = self._db.revision("problems", "verdicts", "maps", "points", "replies")
            if self._board is None or self._board[0] != now:
                self._board = (now, self._db.arrow(BOARD))
                self._decided = None
            decisions = self._db.revision("decisions")
            if self._decided is None or self._decided[0] != decisions:
                self._decided = (decisions, self._with_decisions(self._board[1]))
            return self._decided[1]

    def methods(self, ids: Iterable[str]) -> dict[str, str]:
        """Return by which method's rules these problems are judged, see `engine.curation.methods`."""
        rows = self._db.rows(
            f"""select p.id, {METHOD} from problems p left join ({WAYS}) r on r.id = p.run_id
                where p.id in (select unnest(?::varchar[]))""",
            [list(ids)],
        )
        return {str(ident): str(method) for ident, method in rows}

    def _with_decisions(self, board: pa.Table) -> pa.Table:
        """Lay what people said over what machines said; decisions are few, so a new one does not cost a new board."""
        said = self._db.arrow(
            f"""select d.problem_id as id, {HUMAN} as human, {LABEL} as label,
                    coalesce(d.waits, false) and d.act is distinct from 'reject' as waits,
                    left(d.statement, 160) as statement, d.solution
                from decision_now d order by 1"""
        )
        at = pc.index_in(board["id"], value_set=said["id"].combine_chunks())
        written = [None if text is None else extract_answer(text) is not None for text in said["solution"].to_pylist()]
        for name, value in (
            ("statement", said["statement"]),
            ("answered", pa.array(written, pa.bool_()).cast(pa.int8())),
        ):
            now = pc.coalesce(pc.take(value, at), board[name])
            board = board.set_column(board.column_names.index(name), name, now)
        for column in ("human", "label", "waits"):
            board = board.append_column(column, pc.take(said[column], at))
        return board

    def texts(self, ids: Iterable[str]) -> pa.Table:
        """Return id, statement, solution, answer, points as they stand now, for the inputs of a run or an export."""
        wanted = list(ids)
        if len(wanted) <= MOST:
            return with_answers(self._named.texts(wanted))
        found = self._db.arrow(
            """select p.id, p.statement_now as statement, coalesce(p.solution_edited, s.text) as solution,
                   case when p.solution_edited is null then s.answer end as answer, p.points
               from problem_now p
               left join chosen_solution f on f.problem_id = p.id left join solutions s on s.id = f.id
               where p.id in (select unnest(?::varchar[])) order by p.made_at, p.id""",
            [wanted],
        )
        return with_answers(found)


def with_answers(found: pa.Table) -> pa.Table:
    """Fill `answer` from `solution` where it is null: a curator's solution brings its own answer."""
    place = found.column_names.index("answer")
    answers = [
        extract_answer(solution) if answer is None and solution else answer
        for answer, solution in zip(found["answer"].to_pylist(), found["solution"].to_pylist(), strict=True)
    ]
    return found.set_column(place, "answer", pa.array(answers, pa.string()))
