"""Undo and redo: which act of a curator comes next either way, read from the log and from nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from engine.core.errors import UserError
from engine.core.records import Act, Decision, content_id
from engine.store.connection import Cursor, first
from engine.store.row_hashes import named
from engine.store.tables import DECISIONS

LISTING = ", ".join(f'd."{column}"' for column in DECISIONS.columns)


class DecisionConflict(UserError):
    """Somebody else has decided this problem in the meantime; `other` is what they did."""

    def __init__(self, other: Decision, do: str) -> None:
        self.other = other
        super().__init__(
            f"was decided by {other.curator} in the meantime ({other.act}).", where=other.problem_id, do=do
        )


def turn(cursor: Cursor, curator: str, act: Act, force: bool) -> list[Decision]:
    """Append the undo, or redo, of the curator's last step."""
    step = undoable(cursor, curator) if act == "undo" else redoable(cursor, curator)
    seen: dict[str, str | None] = {turned.problem_id: turned.id for turned in step}
    if not force and (other := since(cursor, seen, curator)):
        raise DecisionConflict(other, f"Force the {act} to overrule that.")
    now = time.time()
    # The same act may be undone more than once: what came before tells the undo events apart.
    (before,) = first(cursor, "select coalesce(max(seq), 0) from decisions") or (0,)
    events = [
        Decision(
            content_id("D", act, turned.id, curator, before), turned.problem_id, curator, act, now, undoes=turned.id,
            batch=turned.batch, queue=turned.queue,
        )
        for turned in step
    ]  # fmt: skip
    DECISIONS.insert(cursor, events)
    return events


def undoable(cursor: Cursor, curator: str) -> list[Decision]:
    """The curator's last standing act, with the rest of its batch."""
    sql = f"""with mine as (select d.* from standing_decisions d where d.curator = $curator),
                   last as (select * from mine order by seq desc limit 1)
              select {LISTING} from mine d, last l where d.id = l.id or d.batch = l.batch order by d.seq desc"""
    return DECISIONS.read(cursor.execute(sql, {"curator": curator}).fetchall())


def redoable(cursor: Cursor, curator: str) -> list[Decision]:
    """The curator's last undo that still stands, with the rest of its batch, unless a new act came after it."""
    sql = f"""with mine as (
                  select d.* from decisions d where d.curator = $curator and d.act = 'undo'
                    and not exists (select 1 from decisions r where r.act = 'redo' and r.undoes = d.id)
                    and d.seq > (select coalesce(max(n.seq), 0) from decisions n
                                 where n.curator = $curator and n.act not in ('undo', 'redo'))),
              last as (select * from mine order by seq desc limit 1)
              select {LISTING} from mine d, last l where d.id = l.id or d.batch = l.batch order by d.seq desc"""
    return DECISIONS.read(cursor.execute(sql, {"curator": curator}).fetchall())


def since(cursor: Cursor, seen: Mapping[str, str | None], curator: str) -> Decision | None:
    """The last of what others have decided on problems after the decision that was seen of each, and still stands."""
    sql = f"""with asked as (select unnest($problems::varchar[]) as problem_id, unnest($seen::varchar[]) as seen)
              select {LISTING} from counted_decisions d join asked a on a.problem_id = d.problem_id
              left join decisions s on s.id = a.seen
              where d.curator <> $curator and d.act <> 'skip' and d.seq > coalesce(s.seq, 0)
              order by d.seq desc limit 1"""
    if not seen:
        return None
    asked = {"problems": list(seen), "seen": list(seen.values()), "curator": curator}
    return next(iter(DECISIONS.read(cursor.execute(sql, asked).fetchall())), None)


def last(cursor: Cursor, problem_ids: Iterable[str]) -> dict[str, Decision]:
    """The last thing anybody did to each of these problems."""
    here, asked = named(problem_ids)
    sql = f"select {LISTING} from decisions d where d.problem_id in ({here}) order by d.seq"
    return {decision.problem_id: decision for decision in DECISIONS.read(cursor.execute(sql, asked).fetchall())}


def known(cursor: Cursor, ids: Iterable[str]) -> dict[str, Decision]:
    """Those of these decisions that there are."""
    here, asked = named(ids)
    sql = f"select {LISTING} from decisions d where d.id in ({here})"
    return {decision.id: decision for decision in DECISIONS.read(cursor.execute(sql, asked).fetchall())}
