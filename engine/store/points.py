"""Knowledge points: what was extracted, and what filters and curators made of it.

Acts of a curator are events. Events of one act share author and moment, and are undone and redone together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from engine.core.errors import BadInput
from engine.core.records import KnowledgePoint, PointEvent, ProblemPoint, SameVerdict, Seed, SeedPoint, content_id
from engine.store.connection import Cursor, first
from engine.store.point_usage import PointUsage, names_of, resting
from engine.store.repository import Repository
from engine.store.tables import POINT_EVENTS, POINTS, PROBLEM_POINTS, SAME_VERDICTS, SEED_POINTS, SEEDS, Added

LONGEST_NAME = 200
_EVENT = ", ".join(f'e."{column}"' for column in POINT_EVENTS.columns)


@dataclass(frozen=True, slots=True)
class _Live:
    """A point that is in use: its own id, and its name of today."""

    id: str
    name: str
    area: str | None


class Points(Repository):
    """The knowledge points of a project. A point is named by its id or by its name of today."""

    def add(self, records: Iterable[KnowledgePoint]) -> Added:
        """Add points as they were found."""
        return self._append(POINTS, records)

    def link(self, records: Iterable[SeedPoint]) -> Added:
        """Add incidences of seeds and points (GSDP-04)."""
        return self._append(SEED_POINTS, records)

    def events(self, records: Iterable[PointEvent]) -> Added:
        """Add what filters said about points."""
        return self._append(POINT_EVENTS, records)

    def add_same(self, records: Iterable[SameVerdict]) -> Added:
        """Add verdicts of the grey band (GSDP-07)."""
        return self._append(SAME_VERDICTS, records)

    def live(self, search: str = "") -> pd.DataFrame:
        """Return a frame of the points in use: id, name, area, definition, origin, seeds, problems, kept, approved."""
        return self._db.frame(
            """with met as (
                   select point_id, count(distinct seed_id) as seeds from incidence group by point_id)
               select p.id, p.name, p.area, p.definition, p.origin, coalesce(m.seeds, 0) as seeds,
                   coalesce(c.problems, 0) as problems, coalesce(c.kept, 0) as kept,
                   coalesce(c.approved, 0) as approved
               from point_now p left join met m on m.point_id = p.id left join coverage c on c.point = p.name
               where p.live and p.id = p.into_id and ($search = '' or contains(lower(p.name), lower($search)))
               order by seeds desc, p.name""",
            {"search": search},
        )

    def all(self) -> pd.DataFrame:
        """Return a frame of every point ever found, with what became of it.

        Columns: id, first_name, name, into_id, area, origin, live, gone_by, label, reason.
        """
        return self._db.frame(
            """select id, first_name, name, into_id, area, origin, live, gone_by, label, reason
               from point_now order by first_name"""
        )

    def count(self) -> int:
        """Return how many points are in use."""
        return self._db.number("select count(distinct into_id) filter (where live) from point_now")

    def incidence(self) -> pa.Table:
        """Return seed_id and point (its name of today), after drops, merges and renames, each pair once (GSDP-10)."""
        return self._db.arrow("select distinct seed_id, point from incidence order by seed_id, point")

    def members(self, point: str) -> list[str]:
        """Return the names that were merged into a point, its own first name among them (GSDP-08)."""
        rows = self._db.rows(
            "select first_name from point_now where into_id = $p or name = $p order by id <> into_id, first_name",
            {"p": point},
        )
        return [name for (name,) in rows]

    def seeds_of(self, point: str, limit: int = 20) -> list[Seed]:
        """Return seeds that rest on a point."""
        rows = self._db.rows(
            f"""select {SEEDS.listing} from seeds
                where id in (select seed_id from incidence where point_id = $p or point = $p)
                order by rowid limit $limit""",
            {"p": point, "limit": limit},
        )
        return SEEDS.read(rows)

    def grey_pairs(self, same: bool | None = False) -> pd.DataFrame:
        """Return a frame of pairs of the grey band that are still apart: left, right, cosine, same, reason."""
        return self._db.frame(
            """select a.name as left, b.name as right, v.cosine, v.same, v.reason
               from same_verdicts v join point_now a on a.id = v.left_id join point_now b on b.id = v.right_id
               where a.live and b.live and a.into_id <> b.into_id and ($same is null or v.same = $same)
               order by v.cosine desc, 1, 2""",
            {"same": same},
        )

    def contested(self) -> pd.DataFrame:
        """Return a frame of pairs that were judged different, yet ended in one class (GSDP-08).

        Columns: point, left, right, cosine, reason.
        """
        return self._db.frame(
            """select a.name as point, a.first_name as left, b.first_name as right, v.cosine, v.reason
               from same_verdicts v join point_now a on a.id = v.left_id join point_now b on b.id = v.right_id
               where a.live and a.into_id = b.into_id and not v.same order by 1, v.cosine"""
        )

    def oversized(self, least: int) -> pd.DataFrame:
        """Return a frame of the points that `least` names and more stand for, largest first (GSDP-08).

        Columns: point, names, members (their names, in a list).
        """
        return self._db.frame(
            """select name as point, count(id) filter (where id <> '') as names,
                   list(first_name order by first_name) as members
               from point_now where live group by into_id, name having names >= ? order by names desc, point""",
            [least],
        )

    def create(self, name: str, by: str, *, area: str | None = None, definition: str | None = None) -> KnowledgePoint:
        """Add a point by hand; a point that was dropped or deleted before comes back."""
        made = KnowledgePoint.make(_name(name), origin="curator", area=area, definition=definition)

        def run(cursor: Cursor) -> None:
            _free(cursor, made.name)
            POINTS.insert(cursor, [made])
            _say(cursor, _event("add", made.id, by))

        self._db.write(run, "points")
        return made

    def rename(self, point: str, name: str, by: str, reason: str = "") -> PointEvent:
        """Give a point another name; BadInput where another point has it."""
        wanted = _name(name)

        def act(cursor: Cursor, live: _Live) -> PointEvent:
            _free(cursor, wanted, but=live.id)
            return _event("rename", live.id, by, name=wanted, reason=reason)

        return self._act(point, act)

    def merge(self, point: str, into: str, by: str, reason: str = "") -> PointEvent:
        """Make one point part of another; the other keeps its name."""

        def act(cursor: Cursor, live: _Live) -> PointEvent:
            target = _find(cursor, into)
            if target.id == live.id:
                raise BadInput("is one point already.", where=live.name)
            return _event("merge", live.id, by, target_id=target.id, reason=reason)

        return self._act(point, act)

    def delete(self, point: str, by: str, reason: str = "") -> PointEvent:
        """Take a point out of use, with everything that was merged into it."""
        return self._act(point, lambda cursor, live: _event("delete", live.id, by, reason=reason))

    def resting(self, point: str) -> list[PointUsage]:
        """Return the seeds and the generated problems that rest on a point, given by its name of today."""
        with self._db.cursor() as cursor:
            return resting(cursor, point)

    def split(
        self,
        point: str,
        seeds: Mapping[str, Iterable[str]],
        by: str,
        reason: str = "",
        problems: Mapping[str, Iterable[str]] | None = None,
    ) -> list[PointEvent]:
        """Put two or more points in the place of one.

        `seeds` maps each new name to the ids of its seeds, `problems` to those of the generated problems that count
        for it from now on.
        """
        names = [_name(name) for name in seeds]
        moved = {_name(name): set(ids) for name, ids in (problems or {}).items()}
        if len(set(names)) < 2:
            raise BadInput("a split needs two different names.", where=point)

        def run(cursor: Cursor) -> list[PointEvent]:
            live = _find(cursor, point)
            now, events, carried = time.time(), [], names_of(cursor, live.name)
            for name, ids in zip(names, seeds.values(), strict=True):
                _free(cursor, name)
                part = KnowledgePoint.make(name, origin="curator", area=live.area)
                event = _event("split", live.id, by, target_id=part.id, reason=reason, at=now)
                POINTS.insert(cursor, [part])
                SEED_POINTS.insert(cursor, [SeedPoint(seed, part.id, event.id) for seed in ids])
                mine = moved.get(name, set())
                PROBLEM_POINTS.insert(
                    cursor, [ProblemPoint(ident, said, part.id, event.id) for ident, said in carried if ident in mine]
                )
                events.append(event)
            POINT_EVENTS.insert(cursor, events)
            return events

        return self._db.write(run, "points")

    def undo(self, by: str) -> list[PointEvent]:
        """Take back the last act of a curator; return what was taken back, an empty list where nothing is left."""
        return self._turn(by, _undoable)

    def redo(self, by: str) -> list[PointEvent]:
        """Do again what the last undo took back; an empty list where there is nothing, or a new act came between."""
        return self._turn(by, _redoable)

    def history(self, by: str | None = None, n: int = 50) -> list[PointEvent]:
        """Return the last events, of one author or of all, newest first."""
        rows = self._db.rows(
            f"""select {_EVENT} from point_events e where ($by is null or e."by" = $by) order by e.seq desc limit $n""",
            {"by": by, "n": n},
        )
        return POINT_EVENTS.read(rows)

    def _act(self, point: str, act: Callable[[Cursor, _Live], PointEvent]) -> PointEvent:
        def run(cursor: Cursor) -> PointEvent:
            event = act(cursor, _find(cursor, point))
            _say(cursor, event)
            return event

        return self._db.write(run, "points")

    def _turn(self, by: str, step: Callable[[Cursor, str], list[PointEvent]]) -> list[PointEvent]:
        def run(cursor: Cursor) -> list[PointEvent]:
            turned, now = step(cursor, by), time.time()
            POINT_EVENTS.insert(
                cursor, [_event("undo", event.point_id, by, undoes=event.id, at=now) for event in turned]
            )
            return turned

        return self._db.write(run, "points")


def _name(name: str) -> str:
    """Return a name that a page and a prompt can show on one line."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME:
        raise BadInput(f"a concept needs a name of 1 to {LONGEST_NAME} characters.", where=tidy[:40])
    return tidy


def _find(cursor: Cursor, point: str) -> _Live:
    row = first(
        cursor,
        """select p.into_id, p.name, p.area from point_now p
           where p.live and (p.name = $point or p.id = $point) order by p.id <> p.into_id limit 1""",
        {"point": point},
    )
    if row is None:
        raise BadInput(
            "there is no such concept in use.", where=point, do="It may have been renamed, merged or deleted."
        )
    return _Live(*row)


def _free(cursor: Cursor, name: str, but: str = "") -> None:
    """Refuse a name that another live point has."""
    if first(
        cursor, "select id from point_now where live and name = $name and into_id <> $but", {"name": name, "but": but}
    ):
        raise BadInput("another concept has this name.", where=name, do="Merge the two instead.")


def _event(act: str, point_id: str, by: str, *, at: float | None = None, **more: str | None) -> PointEvent:
    moment = time.time() if at is None else at
    ident = content_id("PE", act, point_id, by, moment, more)
    bare = PointEvent(ident, act, point_id, by, moment)  # type: ignore[arg-type]
    return replace(bare, **more)  # type: ignore[arg-type]


def _say(cursor: Cursor, event: PointEvent) -> None:
    POINT_EVENTS.insert(cursor, [event])


def _undoable(cursor: Cursor, by: str) -> list[PointEvent]:
    """The last standing act of an author: all events of its moment."""
    sql = f"""with mine as (select * from standing_point_events where "by" = ?),
                   last as (select made_at from mine order by seq desc limit 1)
              select {_EVENT} from mine e join last l on l.made_at = e.made_at order by e.seq desc"""
    return POINT_EVENTS.read(cursor.execute(sql, [by]).fetchall())


def _redoable(cursor: Cursor, by: str) -> list[PointEvent]:
    """The undo events of an author's last undo, unless it was redone or a new act came after it."""
    sql = f"""with mine as (
                  select u.* from point_events u
                  where u."by" = $by and u.act = 'undo'
                    and u.undoes in (select id from point_events where act <> 'undo')
                    and not exists (select 1 from point_events r where r.act = 'undo' and r.undoes = u.id)
                    and u.seq > (select coalesce(max(n.seq), 0) from point_events n
                                 where n."by" = $by and n.act <> 'undo')),
              last as (select made_at from mine order by seq desc limit 1)
              select {_EVENT} from mine e join last l on l.made_at = e.made_at order by e.seq desc"""
    return POINT_EVENTS.read(cursor.execute(sql, {"by": by}).fetchall())
