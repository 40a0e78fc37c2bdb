"""The problems of an export as they stand at one moment, read in pieces, so that their number is not limited.

A temporary table keeps who goes out, in order, with what people and judges said; the texts, which never change, are
fetched by row number when their piece is due. What happens in the store meanwhile is not seen.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pyarrow as pa

from engine.store.connection import Cursor, Database, first
from engine.store.problems import with_answers
from engine.store.views import DECISION_WORD, HUMAN, SCORES

Only = Literal["approved", "selected", "all"]
PIECE = 10_000
# The texts of problems stay out of this query: they would pass through every join.
_CHOSEN = f"""($only = 'all' or ($only = 'approved' and {HUMAN} = 1)
    or ($only = 'selected' and coalesce(k.kept, false) and coalesce({HUMAN}, 1) = 1))"""
_ROOTS = """with recursive up(id, root) as (
        select id, parent_id from problems where parent_id is not null
        union
        select u.id, q.parent_id from up u join problems q on q.id = u.root where q.parent_id is not null),
    roots as (select u.id, u.root from up u join problems q on q.id = u.root where q.parent_id is null)"""


class Outgoing:
    """A standing view on some problems; close it, because it holds a cursor and a temporary table.

    `only` says which problems; `ids`, an Arrow table with the columns `id` and `place`, names them and their order
    instead. `pairs` also finds what preference pairs are made of: parents, requests, vetoed solutions.
    """

    def __init__(self, database: Database, only: Only, ids: pa.Table | None = None, pairs: bool = False) -> None:
        self._pairs = pairs
        self._lent = database.cursor()
        self._cursor = self._lent.__enter__()
        try:
            _fill(self._cursor, only, ids)
            if pairs:
                _join_pairs(self._cursor)
            self.count = self._number("select count(id) from outgoing")
            self.models = self._names("model", "solver_model")
            self.runs = self._names("run_id")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the cursor and its table."""
        self._lent.__exit__(None, None, None)

    def texts(self) -> Iterator[pa.Table]:
        """Yield id, family, statement and contamination of all problems, a piece at a time, in the order of rows."""
        yield from self._pieces(
            "c.id, c.family, coalesce(c.statement_edited, p.statement) as statement, c.contamination", ""
        )

    def rows(self) -> Iterator[pa.Table]:
        """Yield all columns of `Exports.rows`, and `family`; with `pairs` also better's request, parent and wrong text.

        The further columns are request, parent_statement, parent_solution and wrong_solution, null where there is none.
        """
        scores = ", ".join(f"c.{column}" for column in SCORES)
        columns = f"""c.id, p.run_id, p.item_id, coalesce(c.statement_edited, p.statement) as statement,
            coalesce(c.solution_edited, s.text) as solution,
            case when c.solution_edited is null then s.answer end as answer,
            p.statement as machine_statement, s.text as machine_solution,
            p.points, p.kind, p.distance, p.weight, p.combination_id, p.seed_id, p.parent_id, p.agent, p.model,
            p.prompt_id, p.prompt_hash, p.reply_id, p.made_at, s.model as solver_model,
            s.prompt_id as solver_prompt_id, s.prompt_hash as solver_prompt_hash, {scores},
            c.decision, c.human, c.curator, c.decision_reason, c.decided_at, c.edited, c.family"""
        joins = "left join solutions s on s.rowid = c.solution_row"
        if self._pairs:
            columns += """, i.text as request, q.statement as parent_statement, t.text as parent_solution,
                w.text as wrong_solution"""
            joins += """ left join intermediates i on i.rowid = c.request_row
                left join problems q on q.rowid = c.parent_row left join solutions t on t.rowid = c.parent_solution_row
                left join solutions w on w.rowid = c.wrong_row"""
        for piece in self._pieces(columns, joins):
            yield with_answers(piece)

    def _pieces(self, columns: str, joins: str) -> Iterator[pa.Table]:
        for start in range(0, self.count, PIECE):
            low, high = first(
                self._cursor,
                "select min(problem_row), max(problem_row) from outgoing where n >= ? and n < ?",
                [start, start + PIECE],
            ) or (0, 0)
            # The bounds let the scan skip whole row groups: problems lie in the file nearly in the order of export.
            yield self._cursor.sql(
                f"""select {columns} from outgoing c
                    join (select *, rowid as r from problems where rowid between $low and $high) p
                        on p.r = c.problem_row
                    {joins} where c.n >= $start and c.n < $stop order by c.n""",
                params={"start": start, "stop": start + PIECE, "low": low, "high": high},
            ).to_arrow_table()

    def _number(self, sql: str) -> int:
        row = first(self._cursor, sql)
        return int(row[0]) if row else 0

    def _names(self, *columns: str) -> tuple[str, ...]:
        union = " union ".join(f"select {column} as name from outgoing" for column in columns)
        rows = self._cursor.execute(f"select name from ({union}) where name <> '' order by name").fetchall()
        return tuple(str(name) for (name,) in rows)


def _fill(cursor: Cursor, only: Only, ids: pa.Table | None) -> None:
    """Write who goes out to the temporary table `outgoing`, step by step: one large query would hold all at once."""
    if ids is not None:
        cursor.register("wanted_ids", ids)
    try:
        for name, select, parameters in _steps(only, ids is not None):
            cursor.execute(f"create temp table {name} as {select}", parameters)
    finally:
        if ids is not None:
            cursor.unregister("wanted_ids")
    for name in ("going", "solved", "scored"):
        cursor.execute(f"drop table {name}")


def _steps(only: Only, named: bool) -> tuple[tuple[str, str, dict[str, str]], ...]:
    """Return temporary tables, each with its query and parameters."""
    scores = ", ".join(f"c.{column}" for column in SCORES)
    order, wanted = ("w.place", "true") if named else ("p.made_at, p.id", _CHOSEN)
    source = "current_problem p join wanted_ids w on w.id = p.id" if named else "current_problem p"
    going = f"""{_ROOTS}
        select row_number() over (order by {order}) - 1 as n, p.id, o.rowid as problem_row,
            p.parent_id, p.run_id, p.model, coalesce(p.seed_id, p.combination_id, r.root, p.id) as family,
            d.statement as statement_edited, d.solution as solution_edited,
            {DECISION_WORD} as decision, {HUMAN} as human, d.curator, d.reason as decision_reason,
            d.made_at as decided_at, d.statement is not null or d.solution is not null as edited
        from {source}
        join problems o on o.id = p.id left join decision_now d on d.problem_id = p.id
        left join latest_selection k on k.problem_id = p.id
        left join roots r on r.id = p.id
        where {wanted}"""
    solved = """select f.problem_id, s.rowid as solution_row, s.model as solver_model
        from chosen_solution f join solutions s on s.id = f.id"""
    outgoing = f"""select p.*, s.solution_row, s.solver_model, {scores}
        from going p left join solved s on s.problem_id = p.id left join scored c on c.problem_id = p.id order by p.n"""
    return (
        ("going", going, {} if named else {"only": only}),
        ("solved", solved, {}),
        ("scored", f"select c.problem_id, {scores} from scores c", {}),
        ("outgoing", outgoing, {}),
    )


def _join_pairs(cursor: Cursor) -> None:
    """Add row numbers of parents, their solutions, requests, and of solutions that judges vetoed."""
    cursor.execute(
        """create or replace temp table outgoing as
            with asked as (
                select problem_id, max(rowid) as request_row from intermediates
                where name = 'request' and problem_id is not null group by problem_id),
            first_solution as (
                select problem_id, arg_min(rowid, "index") as solution_row from solutions group by problem_id),
            judged as (
                select subject_id, arg_max(value, made_at) as passed from verdicts
                where name = 'solution_veto' and subject = 'solution' group by subject_id),
            vetoed as (
                select s.problem_id, arg_min(s.rowid, s."index") as wrong_row
                from solutions s join judged j on j.subject_id = s.id where j.passed = 0 group by s.problem_id),
            passed as (select s.rowid as r from solutions s join judged j on j.subject_id = s.id where j.passed = 1)
            select c.*, a.request_row, q.rowid as parent_row, t.solution_row as parent_solution_row,
                case when g.r is not null then v.wrong_row end as wrong_row
            from outgoing c
            left join asked a on a.problem_id = c.id
            left join problems q on q.id = c.parent_id and a.request_row is not null
            left join first_solution t on t.problem_id = q.id
            left join vetoed v on v.problem_id = c.id
            left join passed g on g.r = c.solution_row
            order by c.n"""
    )
