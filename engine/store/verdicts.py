"""What checks and judges said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
import pyarrow as pa

from engine.core.records import Verdict
from engine.store.repository import Repository
from engine.store.tables import VERDICTS, Added
from engine.verification.checks.agreement import UNSURE


@dataclass(frozen=True, slots=True)
class JudgeCount:
    """How much one judge or check has said by one version of its prompt or rule; versions measure different things."""

    name: str
    by: str
    model: str
    version: str
    verdicts: int
    unreadable: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How many solutions have their answer found in one way, and for how many of them it counts as their answer."""

    evidence: str
    """A kind of evidence, or none."""
    solutions: int
    counted: int


class Verdicts(Repository):
    """The verdicts of a project."""

    def add(self, records: Iterable[Verdict]) -> Added:
        """Add verdicts."""
        return self._append(VERDICTS, records)

    def of(self, problem_id: str) -> list[Verdict]:
        """Return all verdicts on a problem and its solutions, oldest first."""
        return VERDICTS.read(
            self._db.rows(
                # Two parts, because an index helps neither side of an "or".
                f"""with said as (
                        select *, rowid as n from verdicts where problem_id = $id
                        union all
                        select *, rowid from verdicts where problem_id is null
                            and subject_id in (select id from solutions where problem_id = $id))
                    select {VERDICTS.listing} from said order by made_at, n""",
                {"id": problem_id},
            )
        )

    def by_judge(self) -> list[JudgeCount]:
        """Return one row per judge or check, model and version."""
        rows = self._db.rows(
            """select name, "by", model, version, count(id) filter (where id <> ''),
                   count(id) filter (where value is null), avg(value)
               from verdicts group by all order by name, "by", model, version"""
        )
        return [JudgeCount(*row) for row in rows]

    def uncurated(self, run_id: str = "") -> list[str]:
        """Return in words which ratings of a run, or of all, curation could not act on, and why."""
        rows = self._db.rows(
            """select name, reason, count(distinct subject_id) from verdicts
               where name in ('seed_curated', 'joint_curated') and reason like 'as rated: %'
                   and ($run = '' or run_id = $run)
               group by all order by name desc, reason""",
            {"run": run_id},
        )
        what = {"seed_curated": "Ratings of seeds", "joint_curated": "Joint evaluations"}
        return [
            f"{what[name]} stay as given ({count:,}): {reason.removeprefix('as rated: ')}."
            for name, reason, count in rows
        ]

    def answers(self, run_id: str = "") -> list[AnswerCount]:
        """Return how the answers of machines' solutions were found in a run, or in all, the most frequent way first.

        Solutions of runs from before that was written down are not among them.
        """
        rows = self._db.rows(
            """select json_extract_string(evidence, '$.answer') as found, count(distinct subject_id),
                   count(distinct subject_id) filter (where json_extract_string(evidence, '$.counts') = 'true')
               from verdicts
               where subject = 'solution' and evidence like '{"answer"%' and ($run = '' or run_id = $run)
               group by found order by 2 desc, found""",
            {"run": run_id},
        )
        return [AnswerCount(*row) for row in rows]

    def unsure(self, run_id: str = "") -> int:
        """Return for how many problems of a run, or of all, it could not be told whether answers are equal."""
        return self._db.number(
            """select count(distinct subject_id) from verdicts
                where name in ('agreement', 'keep_majority', 'keep_strict') and contains(reason, $unsure)
                    and ($run = '' or run_id = $run)""",
            {"run": run_id, "unsure": UNSURE},
        )

    def votes(self, name: str) -> pd.DataFrame:
        """Return a frame with a row per judged subject: problem_id, subject_id, by, value, human.

        `human` is 1 where a person approved the machine's row, 0 where it was rejected or had to be edited, else null.
        """
        return self._db.frame(
            """select v.problem_id, v.subject_id, v."by", arg_max_null(v.value, v.made_at) as value,
                   any_value(p.label) as human
               from verdicts v left join problem_now p on p.id = v.problem_id
               where v.name = ? group by v.problem_id, v.subject_id, v."by" order by all""",
            [name],
        )

    def judges_of(self, about: Literal["problem", "solution"]) -> pa.Table:
        """Return what each judge said last: problem_id, by, value (null where it could not be read), model, version.

        Judges of solutions count by the solution that stands for its problem.
        """
        what = {
            "problem": """select subject_id as problem_id, * exclude problem_id from verdicts
                where name = 'judge_problem'""",
            "solution": """select c.problem_id, v.* exclude problem_id from verdicts v
                join chosen_solution c on c.id = v.subject_id where v.name = 'judge_solution'""",
        }[about]
        return self._db.arrow(
            f"""select problem_id, "by", arg_max_null(value, made_at) as value, arg_max(model, made_at) as model,
                   arg_max(version, made_at) as version
               from ({what}) group by problem_id, "by" order by "by", problem_id"""
        )

    def on_standing(self, name: str) -> pa.Table:
        """Return the last verdict of one name on each solution that stands: problem_id, value (null: can't tell)."""
        return self._db.arrow(
            """select c.problem_id, arg_max_null(v.value, v.made_at) as value
               from verdicts v join chosen_solution c on c.id = v.subject_id
               where v.name = ? group by c.problem_id order by c.problem_id""",
            [name],
        )

    def count_of(self, name: str) -> int:
        """Return how many subjects have a readable verdict of this name."""
        return self._db.number(
            "select count(distinct subject_id) from verdicts where name = ? and value is not null", [name]
        )

    def overwritten(self, curated: str) -> list[tuple[str, int, int]]:
        """Return what curation of one kind of rating did in each run: run, ratings, those that it overwrote."""
        rows = self._db.rows(
            """select run_id, count(distinct subject_id),
                   count(distinct subject_id) filter (where reason like '% overwritten, confidence %')
               from verdicts where name = ? group by run_id order by min(made_at), run_id""",
            [curated],
        )
        return [(str(run), int(count), int(changed)) for run, count, changed in rows]

    def lengths(self) -> pa.Table:
        """Return problem_id and the characters of the statement and of the solution that stands (null without one)."""
        return self._db.arrow(
            """select p.id as problem_id, length(p.statement) as statement, length(s.text) as solution
               from current_problem p left join chosen_solution c on c.problem_id = p.id
               left join solutions s on s.id = c.id order by p.id"""
        )

    def answer_sets(self) -> pa.Table:
        """Return how the solutions of each problem end, a row for each problem that was solved.

        Columns: problem_id, answers (of all solutions in their order, null where one has none), place (of the solution
        that stands among them), answer (of that one), alike (all say the same word for word, or there is one alone).
        """
        return self._db.arrow(
            """with ordered as (
                   select s.problem_id, s.answer, s.id = c.id as stands,
                       row_number() over (partition by s.problem_id order by s."index", s.made_at, s.id) - 1 as place
                   from solutions s join chosen_solution c on c.problem_id = s.problem_id)
               select problem_id, list(answer order by place) as answers,
                   any_value(place) filter (where stands) as place, any_value(answer) filter (where stands) as answer,
                   count(distinct answer) <= 1 and (count(answer) = count(*) or count(answer) = 0) as alike
               from ordered group by problem_id order by problem_id"""
        )

    def arrow(self, name: str) -> pa.Table:
        """Return the latest verdicts of one name by subject: subject_id, problem_id, by, value, reason, made_at."""
        return self._db.arrow(
            """select subject_id, problem_id, "by", value, reason, made_at from verdicts where name = ?
               qualify row_number() over (partition by subject_id, "by" order by made_at desc, rowid desc) = 1
               order by subject_id, "by" """,
            [name],
        )
