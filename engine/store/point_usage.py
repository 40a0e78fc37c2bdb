"""What rests on a point: the seeds it was read from, and the generated problems that carry one of its names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.store.connection import Cursor

Sort = Literal["seed", "problem"]

_SEEDS = """
    select s.id, s.statement, list_sort(list(distinct o.point) filter (where o.point <> i.point))
    from incidence i join seeds s on s.id = i.seed_id join incidence o on o.seed_id = i.seed_id
    where i.point = $point group by s.id, s.statement, s.rowid order by s.rowid"""
_MEANT = """
    with candidates as (
        select said from point_names where name = $point
        union select said from split_names where name = $point
        union select $point),
    said as (
        select p.id, p.statement_now, p.made_at, u.said,
            coalesce(s.name, n.name, u.said) as point
        from (select * from problem_now where list_has_any(points, (select list(said) from candidates))) p,
            unnest(p.points) as u(said)
        left join point_names n on n.said = u.said
        left join split_names s on s.problem_id = p.id and s.said = u.said)"""
_PROBLEMS = f"""{_MEANT}
    select a.id, a.statement_now, list_sort(list(distinct o.point) filter (where o.point <> a.point))
    from said a join said o on o.id = a.id
    where a.point = $point group by a.id, a.statement_now, a.made_at order by a.made_at, a.id"""


@dataclass(frozen=True, slots=True)
class PointUsage:
    """A seed or a generated problem that rests on a point, and the names of the other points that it rests on."""

    id: str
    sort: Sort
    statement: str
    others: tuple[str, ...]


def resting(cursor: Cursor, point: str) -> list[PointUsage]:
    """Return everything that rests on the point with this name of today: seeds first, each sort in its order."""
    found: list[PointUsage] = []
    sorts: tuple[tuple[Sort, str], ...] = (("seed", _SEEDS), ("problem", _PROBLEMS))
    for sort, sql in sorts:
        rows = cursor.execute(sql, {"point": point}).fetchall()
        found += [PointUsage(ident, sort, statement, tuple(others or ())) for ident, statement, others in rows]
    return found


def names_of(cursor: Cursor, point: str) -> list[tuple[str, str]]:
    """Return (problem id, name it carries) for all problems on which that name means the point."""
    rows = cursor.execute(f"{_MEANT} select id, said from said where point = $point", {"point": point}).fetchall()
    return [(ident, said) for ident, said in rows]
