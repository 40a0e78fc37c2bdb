"""Finds problems by a pattern in their texts, as they stand after edits."""

from __future__ import annotations

from dataclasses import dataclass

from engine.store.repository import Repository


@dataclass(frozen=True, slots=True)
class Standing:
    """A problem's texts as they stand, and what a decision about it must have seen."""

    problem_id: str
    statement: str
    solution: str | None
    decision: str
    """open, approved or second opinion."""
    last_decision: str | None


class TextSearch(Repository):
    """Problems whose text holds something."""

    def holding(self, pattern: str, limit: int = 2_000) -> list[Standing]:
        """Return problems that nobody rejected and whose statement or solution matches an RE2 pattern, oldest first."""
        ids = self._db.rows(
            """select id from current_problem where regexp_matches(statement, $pattern)
               union select problem_id from solutions where regexp_matches(text, $pattern)
               union select problem_id from decision_now
                   where regexp_matches(statement, $pattern) or regexp_matches(solution, $pattern)
               order by 1 limit $limit""",
            {"pattern": pattern, "limit": limit},
        )
        if not ids:
            return []
        rows = self._db.rows(
            f"""with last as (select problem_id, arg_max(id, seq) as id from decisions group by problem_id)
                select p.id, p.statement_now, coalesce(p.solution_edited, s.text), p.decision, l.id
                from problem_now p
                left join chosen_solution f on f.problem_id = p.id left join solutions s on s.id = f.id
                left join last l on l.problem_id = p.id
                where p.id in ({", ".join("?" * len(ids))}) and p.decision <> 'rejected' order by p.made_at, p.id""",
            [ident for (ident,) in ids],
        )
        return [Standing(*row) for row in rows]
