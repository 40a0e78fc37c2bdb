"""The figures of the whole project: the funnel, the pace, what changed last, what is thin."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from engine.store.repository import Repository

THIN = 30
"""A concept with fewer kept problems than this is thin."""


@dataclass(frozen=True, slots=True)
class ProjectFunnel:
    """How far things have come in the project."""

    seeds: int
    written: int
    judged: int
    selected: int
    approved: int
    exported: int


class Dashboard(Repository):
    """What the first page asks."""

    def funnel(self) -> ProjectFunnel:
        """Return how many seeds there are and how many current problems reached each stage."""
        row = self._db.one(
            """select (select count(id) filter (where id <> '') from seeds),
                   cast(coalesce(sum(written), 0) as bigint), cast(coalesce(sum(judged), 0) as bigint),
                   cast(coalesce(sum(selected), 0) as bigint), cast(coalesce(sum(approved), 0) as bigint),
                   cast(coalesce(sum(exported), 0) as bigint)
               from funnel"""
        )
        return ProjectFunnel(*row) if row else ProjectFunnel(0, 0, 0, 0, 0, 0)

    def per_day(self, days: int = 30) -> pd.DataFrame:
        """Return a frame of the last days with work: day (UTC), written, decided."""
        return self._db.frame(
            """with made as (
                   select cast(make_timestamp(cast(made_at * 1e6 as bigint)) as date) as day, 1 as written, 0 as decided
                   from problems
                   union all
                   select cast(make_timestamp(cast(made_at * 1e6 as bigint)) as date), 0, 1
                   from decisions
                   where act not in ('undo', 'redo', 'skip') and queue not in ('double', 'repeat', 'alike'))
               select * from (
                   select day, cast(sum(written) as bigint) as written, cast(sum(decided) as bigint) as decided
                   from made group by day order by day desc limit ?) order by day""",
            [days],
        )

    def changes(self, n: int = 12) -> pd.DataFrame:
        """Return a frame of what happened last, newest first: made_at, what, who, subject, detail."""
        return self._db.frame(
            """select * from (
                   select made_at, act as what, curator as who, problem_id as subject, reason as detail from decisions
                   union all
                   select made_at, 'run ' || state, '', run_id, detail from run_events where state <> 'journal'
                   union all
                   select made_at, 'selection', "by", policy_id, kept || ' of ' || total || ' kept' from selections
                   union all
                   select made_at, 'export', "by", name, rows || ' rows as ' || format from exports
                   union all
                   select made_at, 'policy', "by", name, '' from policies
                   union all
                   select e.made_at, 'concept ' || e.act, e."by", coalesce(k.name, e.point_id),
                       coalesce('into ' || string_agg(t.name, ' and ' order by e.seq), max(e.name), max(e.reason))
                   from point_events e
                   left join knowledge_points k on k.id = e.point_id
                   left join knowledge_points t on t.id = e.target_id
                   where e."by" not in (select id from runs) and e.act <> 'drop'
                   group by e.made_at, e.act, e."by", k.name, e.point_id)
               order by made_at desc limit ?""",
            [n],
        )

    def thin(self, limit: int = 50, below: int = THIN) -> pd.DataFrame:
        """Return a frame of live concepts with fewer kept problems than `below`: point, problems, kept, approved."""
        return self._db.frame(
            """select p.name as point, coalesce(c.problems, 0) as problems, coalesce(c.kept, 0) as kept,
                   coalesce(c.approved, 0) as approved
               from (select distinct name from point_now where live) p left join coverage c on c.point = p.name
               where coalesce(c.kept, 0) < $below order by 3, 2, 1 limit $limit""",
            {"below": below, "limit": limit},
        )

    def coverage(self) -> pd.DataFrame:
        """Return a frame of concepts that problems carry: point, problems, kept, approved."""
        return self._db.frame("select point, problems, kept, approved from coverage order by problems desc, point")
