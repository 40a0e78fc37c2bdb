"""Leases: a card is lent to one curator in one browser at a time and comes back when it is left alone.

All changes go through the one writer, so two browsers, which are two threads, never hold the same card.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from engine.store.connection import Cursor, first
from engine.store.repository import Repository

TERM = 600.0
"""Seconds that a card is lent for."""
COMPACT_EVERY = 1_000
"""After so many changes the log of leases is made small again; unlike decisions, it is no history that anybody asks."""
KEPT = 30 * 86_400.0
"""Seconds for which an ended lease is remembered."""

_CURRENT = """select problem_id, arg_max(curator, seq) as curator, arg_max(session, seq) as session,
        arg_max(act, seq) as act, arg_max(until, seq) as until
    from leases group by problem_id"""
_OUT = f"select problem_id, curator, until, session from ({_CURRENT}) where act <> 'release' and until > $now"


@dataclass(frozen=True, slots=True)
class Lease:
    """A card in somebody's hands until a moment (Unix time)."""

    problem_id: str
    curator: str
    until: float
    session: str = ""
    """Which browser of the curator; two open browsers of one person do not share a card."""

    def held_by(self, curator: str, session: str) -> bool:
        """Whether these are the hands."""
        return (self.curator, self.session) == (curator, session)


class Leases(Repository):
    """Who holds which card."""

    def take(
        self,
        queue: Iterable[str],
        curator: str,
        *,
        session: str = "",
        seconds: float = TERM,
        skip_decided: bool = True,
        at: float | None = None,
        left: Collection[str] = (),
        keep: Collection[str] = (),
    ) -> Lease | None:
        """Lend the first free card of a queue of problem ids; None where none is free.

        Cards in other hands are passed over, and with `skip_decided` also those that are approved, rejected or
        edited, or that this curator has skipped or passed on. A card in these very hands is lent on; others that
        they hold go back, but for `keep`. `left` names the browsers of this curator that are closed: what they hold is
        in these hands.
        """
        ids, now = list(queue), _now(at)
        own = {session, *left}

        def run(cursor: Cursor) -> Lease | None:
            chosen = next(iter(_free(cursor, ids, Lease("", curator, now, session), skip_decided, own, 1)), None)
            _append(
                cursor, "release", now,
                [Lease(lease.problem_id, curator, now, lease.session) for lease in _out(cursor, now)
                 if lease.curator == curator and lease.session in own and lease.problem_id not in (chosen, *keep)],
            )  # fmt: skip
            if chosen is None:
                return None
            lent = Lease(chosen, curator, now + seconds, session)
            _append(cursor, "take", now, [lent])
            return lent

        return self._db.write(run)

    def take_ahead(
        self, queue: Iterable[str], curator: str, count: int, *, session: str = "", skip_decided: bool = True,
        at: float | None = None,
    ) -> list[Lease]:  # fmt: skip
        """Lend the first `count` free cards of a queue beside those that these hands hold already, for `TERM`."""
        ids, now = list(queue), _now(at)

        def run(cursor: Cursor) -> list[Lease]:
            hands = Lease("", curator, now, session)
            chosen = _free(cursor, ids, hands, skip_decided, {session}, count) if ids and count > 0 else []
            lent = [Lease(ident, curator, now + TERM, session) for ident in chosen]
            _append(cursor, "take", now, lent)
            return lent

        return self._db.write(run)

    def renew(
        self, problem_id: str, curator: str, *, session: str = "", seconds: float = TERM, at: float | None = None
    ) -> Lease | None:
        """Lend a card for longer, also after the term while nobody else took it; None where somebody else has it."""
        now = _now(at)

        def run(cursor: Cursor) -> Lease | None:
            holder = _holder(cursor, problem_id, now)
            if holder and not holder.held_by(curator, session):
                return None
            longer = Lease(problem_id, curator, now + seconds, session)
            _append(cursor, "renew", now, [longer])
            return longer

        return self._db.write(run)

    def release(self, problem_id: str, curator: str, *, session: str = "", at: float | None = None) -> bool:
        """Give a card back; False where these hands do not hold it."""
        now = _now(at)

        def run(cursor: Cursor) -> bool:
            holder = _holder(cursor, problem_id, now)
            if not holder or not holder.held_by(curator, session):
                return False
            _append(cursor, "release", now, [Lease(problem_id, curator, now, session)])
            return True

        return self._db.write(run)

    def holder(self, problem_id: str, at: float | None = None) -> Lease | None:
        """Return who has a card, None where it is free."""
        with self._db.cursor() as cursor:
            return _holder(cursor, problem_id, _now(at))

    def held(self, at: float | None = None) -> list[Lease]:
        """Return all cards that are in somebody's hands, the one that ends first at the top."""
        with self._db.cursor() as cursor:
            return _out(cursor, _now(at))


def _now(at: float | None) -> float:
    return time.time() if at is None else at


def _out(cursor: Cursor, now: float) -> list[Lease]:
    rows = cursor.execute(f"{_OUT} order by until, problem_id", {"now": now}).fetchall()
    return [Lease(*row) for row in rows]


def _free(
    cursor: Cursor, ids: list[str], hands: Lease, skip_decided: bool, own: Collection[str], count: int
) -> list[str]:
    """Return the first `count` cards of a queue that lie in no other hands."""
    rows = cursor.execute(
        f"""with asked as (select unnest($ids::varchar[]) as id, generate_subscripts($ids::varchar[], 1) as place),
            taken as (select problem_id from ({_OUT}) where curator <> $curator
                      or not list_contains($own::varchar[], session)),
            decided as (select problem_id from counted_decisions where $skip and queue <> 'alike'
                        and (act in ('approve', 'reject', 'edit') or curator = $curator))
            select id from asked where id not in (select problem_id from taken)
              and id not in (select problem_id from decided) order by place limit $count""",
        {
            "ids": ids, "now": hands.until, "curator": hands.curator, "own": list(own), "skip": skip_decided,
            "count": count,
        },
    ).fetchall()  # fmt: skip
    return [ident for (ident,) in rows]


def _holder(cursor: Cursor, problem_id: str, now: float) -> Lease | None:
    return next((lease for lease in _out(cursor, now) if lease.problem_id == problem_id), None)


def _append(cursor: Cursor, act: str, now: float, leases: Sequence[Lease]) -> None:
    """Write down what happens to leases; of many at once, because everybody else waits meanwhile."""
    if not leases:
        return
    (last,) = first(cursor, "select coalesce(max(seq), 0) from leases") or (0,)
    rows = [
        (last + place, lease.problem_id, lease.curator, lease.session, act, now, lease.until)
        for place, lease in enumerate(leases, start=1)
    ]
    cursor.execute(
        f"insert into leases values {', '.join(['(?, ?, ?, ?, ?, ?, ?)'] * len(rows))}",
        [value for row in rows for value in row],
    )
    if last // COMPACT_EVERY < rows[-1][0] // COMPACT_EVERY:
        _compact(cursor, now)


def _compact(cursor: Cursor, now: float) -> None:
    """Drop what says nothing any more: all but the last word on each card, and last words that ended long ago.

    The newest row stays, because the next number is counted up from it.
    """
    cursor.execute(
        f"""delete from leases where seq < (select max(seq) from leases) and (
                until <= $now - {KEPT} or seq not in (select max(seq) from leases group by problem_id))""",
        {"now": now},
    )
