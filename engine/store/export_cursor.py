"""The problems of an export as they stand at one moment, read in pieces, so that their number is not limited.

A temporary table keeps who goes out, in order, with what people and judges said; the texts, which never change, are
fetched by row number when their piece is due. What happens in the store meanwhile is not seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import Literal

import pyarrow as pa

from engine.core.records import EXAMPLE
from engine.store.connection import Cursor, Database, first
from engine.store.memory_limit import frugal
from engine.store.problems import with_answers
from engine.store.views import DECISION_WORD, HUMAN, SCORES

Only = Literal["approved", "selected", "all"]
PIECE = 5_000
# The texts of problems stay out of this query: they would pass through every join.
_CHOSEN = f"""($only = 'all' or ($only = 'approved' and {HUMAN} = 1)
    or ($only = 'selected' and coalesce(k.kept, false) and coalesce({HUMAN}, 1) = 1))"""
# By item, because a problem that was revised since is another one than that whose examples were written down.
_SHOWN = f"""select p.id as problem_id, i.text as seed_id from outgoing c join problems p on p.rowid = c.problem_row
    join intermediates i on i.name = '{EXAMPLE}' and i.run_id = p.run_id and i.item_id = p.item_id"""
_ROOTS = """with recursive up(id, root) as (
        select id, parent_id from problems where parent_id is not null
        union
        select u.id, q.parent_id from up u join problems q on q.id = u.root where q.parent_id is not null),
    roots as (select u.id, u.root from up u join problems q on q.id = u.root where q.parent_id is null)"""


class ExportCursor:
    """A standing view on some problems; close it, because it holds a cursor and a temporary table.

    `only` says which problems; `ids`, batches with the columns `id` and `place`, names them and their order
    instead. A third column `solution_id` says which solution goes out; a problem may then come several times.
    `pairs` also finds what preference pairs are made of: parents, requests, vetoed solutions.
    """

    def __init__(
        self, database: Database, only: Only, ids: pa.RecordBatchReader | None = None, pairs: bool = False
    ) -> None:
        self._pairs = pairs
        self._several = ids is not None and "solution_id" in ids.schema.names
        self._held = ExitStack()
        try:
            self._held.enter_context(frugal(database))
            self._cursor = self._held.enter_context(database.cursor())
            if ids is not None:
                _keep(self._cursor, ids)
            _fill(self._cursor, _gathered(ids is not None, self._several), only, pairs)
            self.count = self._number("select count(id) from outgoing")
            self.models = self._names("model", "solver_model")
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the cursor and its table."""
        self._held.close()

    def texts(self) -> Iterator[pa.Table]:
        """Yield id, family, statement, contamination and seed_id of all problems, in the order of rows, in pieces."""
        yield from self._pieces(
            "c.id, c.family, coalesce(c.statement_edited, p.statement) as statement, c.contamination, p.seed_id", ""
        )

    def seeds(self) -> Iterator[tuple[str, str]]:
        """Yield id and statement of every seed that one of the problems was written from, or that it was shown."""
        found = self._cursor.execute(
            f"""select id, statement from seeds where id in (
                   select p.seed_id from outgoing c join problems p on p.rowid = c.problem_row
                   where p.seed_id is not null
                   union select seed_id from ({_SHOWN}))
               order by id"""
        )
        while rows := found.fetchmany(PIECE):
            yield from rows

    def examples(self) -> Iterator[tuple[str, str]]:
        """Yield the id of a problem and that of a seed that it was shown as one of several examples, in order."""
        found = self._cursor.execute(f"select problem_id, seed_id from ({_SHOWN}) order by all")
        while rows := found.fetchmany(PIECE):
            yield from rows

    def unnamed(self) -> int:
        """Return of how many problems it is not known which examples they were shown beside the first."""
        return self._number(
            f"""select count(distinct p.id) from outgoing c join problems p on p.rowid = c.problem_row
                join problems f on f.agent = 'few_shot' and f.run_id = p.run_id and f.item_id = p.item_id
                where p.id not in (select problem_id from ({_SHOWN}))"""
        )

    def rows(self) -> Iterator[pa.Table]:
        """Yield all columns of `Exports.rows`, and `family`; with `pairs` also better's request, parent and wrong text.

        The further columns are request, parent_statement, parent_solution and wrong_solution, null where there is none.
        """
        scores = ", ".join(f"c.{column}" for column in SCORES)
        # A number in the prose of a machine's solution is no answer: the solver was asked for a box (GSDP-23).
        columns = f"""c.solution_edited is null and s.answer is null and not contains(s.text, '\\boxed') as unread,
            c.id, p.run_id, p.item_id, coalesce(c.statement_edited, p.statement) as statement,
            coalesce(c.solution_edited, s.text) as solution,
            case when c.solution_edited is null then s.answer end as answer,
            p.statement as machine_statement, s.text as machine_solution,
            p.points, p.kind, p.distance, p.weight, p.combination_id, p.seed_id, p.parent_id, p.agent, p.model,
            p.prompt_id, p.prompt_hash, p.reply_id, p.made_at, s.model as solver_model,
            s.prompt_id as solver_prompt_id, s.prompt_hash as solver_prompt_hash, {scores},
            c.decision, c.human, c.curator, c.decision_reason, c.decided_at, c.edited, c.family"""
        columns += ", c.solution_id" if self._several else ""
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


def _fill(cursor: Cursor, gathered: Iterable[tuple[str, str]], only: Only, pairs: bool) -> None:
    """Write who goes out to the temporary table `outgoing`.

    Step by step, each with one join or one sum: in little memory a query with several of them would not end.
    """
    for name, select in (*gathered, *(_PAIRED if pairs else ()), ("outgoing", "select * from going order by n")):
        parameters = {"only": only} if "$only" in select else {}
        cursor.execute(f"create or replace temp table {name} as {select}", parameters)
    for name in ("going", "found", "aside", "wanted_ids"):
        cursor.execute(f"drop table if exists {name}")


def _keep(cursor: Cursor, ids: pa.RecordBatchReader) -> None:
    """Write who is wanted to the temporary table `wanted_ids`."""
    cursor.register("coming", ids)
    try:
        cursor.execute("create or replace temp table wanted_ids as select * from coming")
    finally:
        cursor.unregister("coming")


def _gathered(named: bool, several: bool) -> tuple[tuple[str, str], ...]:
    """Return temporary tables and their queries: `going`, and what is `found` for it and joined to it."""
    order, wanted = ("w.place", "true") if named else ("p.made_at, p.id", _CHOSEN)
    which = "w.solution_id," if several else ""
    source = "current_problem p join wanted_ids w on w.id = p.id" if named else "current_problem p"
    going = f"""{_ROOTS}
        select row_number() over (order by {order}) - 1 as n, p.id, {which} o.rowid as problem_row,
            p.parent_id, p.run_id, p.model, coalesce(p.seed_id, p.combination_id, r.root, p.id) as family,
            d.statement as statement_edited, d.solution as solution_edited,
            {DECISION_WORD} as decision, {HUMAN} as human, d.curator, d.reason as decision_reason,
            d.made_at as decided_at, d.statement is not null or d.solution is not null as edited
        from {source}
        join problems o on o.id = p.id left join decision_now d on d.problem_id = p.id
        left join latest_selection k on k.problem_id = p.id
        left join roots r on r.id = p.id
        where {wanted}"""
    scores = ", ".join(SCORES)
    return (
        ("going", going),
        *(_NAMED_SOLUTIONS if several else _CHOSEN_SOLUTIONS),
        ("found", f"select problem_id as id, {scores} from scores"),
        ("going", _joined(scores)),
    )


def _joined(columns: str, on: str = "id") -> str:
    """Return the query that joins columns of `found` to `going`."""
    return f"select g.*, {columns} from going g left join (select {on}, {columns} from found) f using ({on})"


_CHOSEN_SOLUTIONS = (
    ("found", "select problem_id, id as solution_id from chosen_solution"),
    (
        "found",
        """select f.problem_id as id, s.rowid as solution_row, s.model as solver_model
            from found f join solutions s on s.id = f.solution_id""",
    ),
    ("going", _joined("solution_row, solver_model")),
)
_NAMED_SOLUTIONS = (
    ("found", "select id as solution_id, rowid as solution_row, model as solver_model from solutions"),
    ("going", _joined("solution_row, solver_model", "solution_id")),
)
# Row numbers of requests, of the parents that were mended by one, of the parents' solutions, and of solutions that
# judges vetoed where the chosen one passed.
_PAIRED = (
    (
        "found",
        """select problem_id as id, max(rowid) as request_row from intermediates
            where name = 'request' and problem_id is not null group by problem_id""",
    ),
    ("going", _joined("request_row")),
    (
        "found",
        """select g.id, q.rowid as parent_row from going g join problems q on q.id = g.parent_id
            where g.request_row is not null""",
    ),
    ("going", _joined("parent_row")),
    ("aside", """select problem_id, arg_min(rowid, "index") as solution_row from solutions group by problem_id"""),
    (
        "found",
        """select g.id, a.solution_row as parent_solution_row from going g join aside a on a.problem_id = g.parent_id
            where g.parent_row is not null""",
    ),
    ("going", _joined("parent_solution_row")),
    (
        "aside",
        """select subject_id as id, arg_max(value, made_at) as passed from verdicts
            where name = 'solution_veto' and subject = 'solution' group by subject_id""",
    ),
    (
        "found",
        """select s.problem_id as id, arg_min(s.rowid, s."index") as vetoed_row
            from solutions s join aside a on a.id = s.id where a.passed = 0 group by s.problem_id""",
    ),
    ("going", _joined("vetoed_row")),
    (
        "found",
        "select s.rowid as solution_row, true as fit from solutions s join aside a using (id) where a.passed = 1",
    ),
    ("going", _joined("fit", "solution_row")),
    ("going", "select * exclude (fit, vetoed_row), case when fit then vetoed_row end as wrong_row from going"),
)
