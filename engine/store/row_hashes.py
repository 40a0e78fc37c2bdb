"""The hash of a row's texts, the same from SQL and from Python: what tells a row that changed from one that did not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

from engine.store.connection import Cursor
from engine.store.texts_by_id import MOST, holes
from engine.store.views import chosen

DIGITS = 16


def hash_sql(statement: str, solution: str) -> str:
    """Return SQL for the hash of a statement and a solution; no solution and an empty one are the same."""
    # The length keeps texts apart that only differ in where one ends and the other begins.
    text = f"strlen({statement})::varchar || ':' || {statement} || coalesce({solution}, '')"
    return f"left(sha256({text}), {DIGITS})"


def row_hash(statement: str, solution: str | None) -> str:
    """Return the hash of a statement and a solution."""
    first = statement.encode()
    return hashlib.sha256(b"%d:" % len(first) + first + (solution or "").encode()).hexdigest()[:DIGITS]


def made_sql(ids: str = "", texts: bool = False) -> str:
    """Return the query for row_id and row_hash of problems as the machine made them, with the solution that stands.

    Of all current problems, or of those that `ids` names, later versions or not. With `texts` also statement
    and solution.
    """
    problems = f"(select * from problems where id in ({ids}))" if ids else "current_problem"
    standing = f"({chosen(_solutions(ids), _verdicts(ids))})" if ids else "chosen_solution"
    return f"""
        select p.id as row_id, {hash_sql("p.statement", "s.text")} as row_hash
            {", p.statement, s.text as solution" if texts else ""}
        from {problems} p left join {standing} f on f.problem_id = p.id left join solutions s on s.id = f.id"""


def made_texts(cursor: Cursor, ids: Sequence[str]) -> list[tuple[str, str, str, str | None]]:
    """Return row_id, row_hash, statement, solution of some problems as the machine made them.

    Which of several solutions stands is a long question; it is asked only where there are several.
    """
    if len(ids) > MOST:
        return cursor.execute(made_sql("select unnest($ids::varchar[])", texts=True), {"ids": list(ids)}).fetchall()
    here = holes(ids)
    rows = cursor.execute(
        f"""select p.id, p.statement, s.text from problems p left join solutions s on s.problem_id = p.id
            where p.id in ({here})""",
        list(ids),
    ).fetchall()
    found = Counter(row for row, *_ in rows)
    single = [(row, row_hash(statement, text), statement, text) for row, statement, text in rows if found[row] == 1]
    several = [row for row, count in found.items() if count > 1]
    if not several:
        return single
    return single + cursor.execute(made_sql(holes(several), texts=True), several).fetchall()


def _solutions(ids: str) -> str:
    return f"(select * from solutions where problem_id in ({ids}))"


def _verdicts(ids: str) -> str:
    return f"(select * from verdicts where problem_id in ({ids}))"


def named(ids: Iterable[str]) -> tuple[str, list[str] | dict[str, list[str]]]:
    """Return SQL that stands for these ids within `in (...)`, and the parameters for it.

    A few are written out, so that an index finds them and no table is read whole.
    """
    given = list(ids)
    if len(given) <= MOST:
        return holes(given), given
    return "select unnest($ids::varchar[])", {"ids": given}
