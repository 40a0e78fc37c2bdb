"""What judges said of rows that people judged before, and where judges and curators met in the project itself."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from engine.core.records import CheckedVerdict
from engine.store.repository import Repository
from engine.store.tables import CHECKED_VERDICTS, Added


class JudgeChecks(Repository):
    """Judges beside people."""

    def add(self, records: Iterable[CheckedVerdict]) -> Added:
        """Add what judges said of rows that people judged before."""
        return self._append(CHECKED_VERDICTS, records)

    def of(self, run_id: str) -> list[CheckedVerdict]:
        """Return what was said in one run, in the order of the rows."""
        rows = self._db.rows(
            f"select {CHECKED_VERDICTS.listing} from checked_verdicts where run_id = ? order by item_id, judge, role",
            [run_id],
        )
        return CHECKED_VERDICTS.read(rows)

    def latest(self) -> pd.DataFrame:
        """Return a row per judge, model, prompt, material and row, what was said last: without the texts.

        Columns: judge, model, version, source, item_id, good, value, limit, run_id, made_at.
        """
        return self._db.frame(
            """select judge, model, version, source, item_id, good, value, "limit", run_id, made_at
               from checked_verdicts
               qualify row_number() over (
                   partition by judge, model, version, source, item_id order by made_at desc, rowid desc) = 1
               order by judge, model, version, source, item_id"""
        )

    def misjudged(self, judge: str, model: str, version: str, source: str, most: int = 200) -> pd.DataFrame:
        """Return rows of one material on which a judge said another thing than people, or nothing readable.

        Columns: good, value, limit, statement, solution, reason. What was said last counts.
        """
        return self._db.frame(
            """with said as (
                   select * from checked_verdicts where judge = $judge and model = $model and version = $version
                       and source = $source
                   qualify row_number() over (partition by item_id order by made_at desc, rowid desc) = 1)
               select good, value, "limit", statement, solution, reason from said
               where value is null or good <> (value >= "limit")
               order by value is null, good, item_id limit $most""",
            {"judge": judge, "model": model, "version": version, "source": source, "most": most},
        )

    def reviewed(self) -> pd.DataFrame:
        """Return judges' words on problems that curators decided: name, by, model, version, problem_id, value, human.

        Judges of solutions count by the solution that the curator saw. `human` is 1 where the machine's row was
        approved as it was, 0 where it was rejected or had to be edited.
        """
        return self._db.frame(
            """select v.name, v."by", v.model, v.version, v.problem_id,
                   arg_max_null(v.value, v.made_at) as value, any_value(p.label) as human
               from verdicts v join problem_now p on p.id = v.problem_id
               left join chosen_solution c on c.problem_id = v.problem_id
               where v.name in ('judge_problem', 'judge_solution', 'solvable') and p.label is not null
                   and (v.subject <> 'solution' or v.subject_id = c.id)
               group by all order by v.name, v."by", v.model, v.version, v.problem_id"""
        )
