"""Reads about a few problems that are named one by one, so that indexes answer and no table is read whole."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa

from engine.store.connection import Database
from engine.store.views import DECISION_WORD, HUMAN, SCORES, chosen, given

MOST = 500
"""Names from which reading whole tables is quicker."""

_COLUMNS = """p.id, p.run_id, p.item_id, p.kind, p.points, p.agent, p.statement_now as statement, p.made_at, p.decision,
    p.human, p.edited, p.curator, p.decision_reason"""
_SCORES = ", ".join(f"{given(column)} as {column}" for column in SCORES)


class TextsById:
    """What is known of at most `MOST` problems."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def rows(self, ids: Sequence[str]) -> pd.DataFrame:
        """Return the columns of a page, without scores, in the order of `ids`; each must be there."""
        here = holes(ids)
        found = self._db.frame(
            f"""with p as (
                    select p.*, coalesce(d.statement, p.statement) as statement_now,
                        d.statement is not null or d.solution is not null as edited, d.curator,
                        d.reason as decision_reason, {DECISION_WORD} as decision, {HUMAN} as human
                    from problems p
                    left join (select * from decision_now where problem_id in ({here})) d on d.problem_id = p.id
                    where p.id in ({here}))
                select {_COLUMNS} from p""",
            list(ids),
        )
        return found.set_index("id").loc[list(ids)].reset_index()

    def scores(self, ids: Sequence[str]) -> pd.DataFrame:
        """Return id and one column per score for these problems, in their order."""
        found = self._db.frame(
            f"select problem_id as id, {_SCORES} from scores where problem_id in ({holes(ids)})",
            list(ids),
        )
        return pd.DataFrame({"id": pd.Series(list(ids), dtype=found["id"].dtype)}).merge(found, on="id", how="left")

    def statements(self, ids: Sequence[str]) -> list[str]:
        """Return the statements as they stand now, in the order of `ids`; each must be there."""
        here = holes(ids)
        found = self._db.rows(
            f"""select p.id, coalesce(d.statement, p.statement) from problems p
                left join (select problem_id, statement from decision_now where problem_id in ({here})) d
                    on d.problem_id = p.id
                where p.id in ({here})""",
            list(ids),
        )
        texts = dict(found)
        return [texts[ident] for ident in ids]

    def texts(self, ids: Sequence[str]) -> pa.Table:
        """Return id, statement, solution, answer, points of those that are current, in the order of their making.

        `answer` is null where a curator wrote the solution.
        """
        here = holes(ids)
        return self._db.arrow(
            f"""with s as (select * from solutions where problem_id in ({here})),
                    v as (select * from verdicts where problem_id in ({here})),
                    f as ({chosen("s", "v")})
                select p.id, coalesce(d.statement, p.statement) as statement, coalesce(d.solution, s.text) as solution,
                    case when d.solution is null then s.answer end as answer, p.points
                from problems p
                left join (select * from decision_now where problem_id in ({here})) d on d.problem_id = p.id
                left join f on f.problem_id = p.id left join s on s.id = f.id
                where p.id in ({here}) and p.id not in (select parent_id from problems where parent_id in ({here}))
                order by p.made_at, p.id""",
            list(ids),
        )

    def chosen(self, problem_id: str) -> str | None:
        """Return the id of the solution that stands for a problem; None where there is none."""
        here = holes([problem_id])
        row = self._db.one(
            f"""with s as (select * from solutions where problem_id = {here}),
                    v as (select * from verdicts where problem_id = {here})
                select id from ({chosen("s", "v")})""",
            [problem_id],
        )
        return row[0] if row else None


def holes(ids: Sequence[str]) -> str:
    """Return numbered parameter marks, which may stand in several places; what nothing is in where there are none."""
    return ", ".join(f"${number}" for number in range(1, len(ids) + 1)) or "null"
