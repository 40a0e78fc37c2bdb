"""Combinations of knowledge points that problems were, or can be, written from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from engine.core.records import Combination
from engine.store.repository import Repository
from engine.store.tables import COMBINATIONS, Added


@dataclass(frozen=True, slots=True)
class KindCount:
    """Combinations of one kind: how many are known, and how many have a problem."""

    kind: str
    known: int
    used: int
    problems: int


class Combinations(Repository):
    """The combinations of a project."""

    def add(self, records: Iterable[Combination]) -> Added:
        """Add combinations."""
        return self._append(COMBINATIONS, records)

    def get(self, combination_id: str) -> Combination | None:
        """Return one combination, None where there is none."""
        rows = self._db.rows(f"select {COMBINATIONS.listing} from combinations where id = ?", [combination_id])
        found = COMBINATIONS.read(rows)
        return found[0] if found else None

    def counts(self) -> list[KindCount]:
        """Return the counts per kind."""
        rows = self._db.rows(
            """with used as (
                   select combination_id as id, count(id) filter (where id <> '') as problems
                   from problem_now where combination_id is not null group by combination_id)
               select c.kind, count(c.id) filter (where c.id <> ''), count(u.id) filter (where u.id <> ''),
                   cast(coalesce(sum(u.problems), 0) as bigint)
               from combinations c left join used u on u.id = c.id group by c.kind order by c.kind"""
        )
        return [KindCount(*row) for row in rows]

    def outdated(self) -> dict[str, int]:
        """Return per kind how many drawn combinations name a point that is not in use under that name today."""
        rows = self._db.rows(
            """with gone as (
                   select distinct c.id, c.kind from combinations c, unnest(c.points) as u(point)
                   where u.point not in (select name from point_now where live))
               select kind, count(*) filter (where id <> '') from gone group by kind order by kind"""
        )
        return {kind: int(count) for kind, count in rows}

    def with_point(self, point: str, limit: int = 200) -> pd.DataFrame:
        """Return a frame: id, kind, points, distance, weight, problems, human_approved."""
        return self._db.frame(
            """select c.id, c.kind, c.points, c.distance, c.weight,
                   count(p.id) filter (where p.id <> '') as problems,
                   count(p.id) filter (where p.label = 1) as human_approved
               from combinations c left join problem_now p on p.combination_id = c.id
               where list_contains(c.points, ?) group by all order by c.kind, c.weight desc, c.id limit ?""",
            [point, limit],
        )
