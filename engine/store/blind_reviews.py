"""Blind readings: one problem decided twice, so that it can be said how far people agree with others and themselves.

A reading stands in the log of decisions, under a queue of its own, so undo and redo reach it. What it says counts
for agreement alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.records import Act
from engine.store.decisions import DOUBLE, REPEAT
from engine.store.repository import Repository

# The decision that stood when the reading was made: the last counted one before it.
_PAIRS = """with readings as (
        select problem_id, curator, act, seq, queue from standing_decisions
        where queue in ('double', 'repeat') and act in ('approve', 'reject', 'edit')),
    pairs as (
        select r.problem_id, r.curator, r.seq, r.queue, r.act, arg_max(d.curator, d.seq) as before_by,
            arg_max(d.act, d.seq) as before
        from readings r join counted_decisions d on d.problem_id = r.problem_id and d.seq < r.seq
        where d.act in ('approve', 'reject', 'edit') and d.queue <> 'alike'
        group by all)"""
# Open to a reading: approved or rejected as the machine wrote it.
_PLAIN = """d.problem_id in (select unnest($ids::varchar[])) and d.act in ('approve', 'reject')
    and d.statement is null and d.solution is null"""


@dataclass(frozen=True, slots=True)
class ReaderAgreement:
    """Counts of pairs of labels on the same problem, the first against the blind second."""

    both_good: int = 0
    only_first: int = 0
    """Good at first, bad at the second look."""
    only_second: int = 0
    both_bad: int = 0

    @property
    def pairs(self) -> int:
        """How many problems were read twice."""
        return self.both_good + self.only_first + self.only_second + self.both_bad

    @property
    def agreed(self) -> int:
        """How many were decided alike."""
        return self.both_good + self.both_bad

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa (Cohen 1960); None where it has no value: no pairs, or one label throughout."""
        if not self.pairs:
            return None
        first, second = self.both_good + self.only_first, self.both_good + self.only_second
        chance = (first * second + (self.pairs - first) * (self.pairs - second)) / self.pairs**2
        return None if chance == 1 else (self.agreed / self.pairs - chance) / (1 - chance)


@dataclass(frozen=True, slots=True)
class Differing:
    """A problem whose two readings differ, and that nobody has looked at again."""

    problem_id: str
    first: str
    first_act: Act
    second: str
    second_act: Act


class BlindReviews(Repository):
    """Who read what twice."""

    def agreement(self) -> ReaderAgreement:
        """Return how far different people agree where a second one read blind."""
        return self._counted("queue = 'double'", {})

    def self_agreement(self, curator: str) -> ReaderAgreement:
        """Return how far a curator agrees with their own earlier decisions where a card came back unseen."""
        return self._counted("queue = 'repeat' and curator = $curator", {"curator": curator})

    def differing(self) -> list[Differing]:
        """Return problems whose second reader differs with what stands, oldest first."""
        rows = self._db.rows(
            f"""{_PAIRS}
                select problem_id, before_by, before, curator, act from pairs p
                where queue = 'double' and (before = 'reject') <> (act = 'reject')
                  and not exists (select 1 from counted_decisions d
                                  where d.problem_id = p.problem_id and d.seq > p.seq and d.act <> 'skip')
                order by seq"""
        )
        return [Differing(*row) for row in rows]

    def for_another(self, ids: Iterable[str], curator: str) -> list[str]:
        """Return those of the problems that somebody else decided, unedited, and nobody has read a second time."""
        rows = self._db.rows(
            f"""select d.problem_id from decision_now d where {_PLAIN} and d.curator <> $curator
                  and d.problem_id not in (
                    select problem_id from standing_decisions where queue = '{DOUBLE}' or curator = $curator)
                order by d.made_at, d.problem_id""",
            {"ids": list(ids), "curator": curator},
        )
        return [ident for (ident,) in rows]

    def for_again(self, ids: Iterable[str], curator: str, gap: int) -> list[str]:
        """Return those of the problems that this curator decided, unedited, at least `gap` acts ago and only once."""
        rows = self._db.rows(
            f"""with mine as (
                    select problem_id, queue, count(id) over (order by seq desc) - 1 as later
                    from standing_decisions where curator = $curator)
                select d.problem_id from decision_now d
                join mine m on m.problem_id = d.problem_id and m.queue not in ('double', 'repeat')
                where {_PLAIN} and d.curator = $curator
                  and d.problem_id not in (select problem_id from mine where queue = '{REPEAT}')
                group by d.problem_id having min(m.later) >= $gap order by 1""",
            {"ids": list(ids), "curator": curator, "gap": gap},
        )
        return [ident for (ident,) in rows]

    def _counted(self, where: str, asked: dict[str, str]) -> ReaderAgreement:
        row = self._db.one(
            f"""{_PAIRS}
                select count(problem_id) filter (where before <> 'reject' and act <> 'reject'),
                    count(problem_id) filter (where before <> 'reject' and act = 'reject'),
                    count(problem_id) filter (where before = 'reject' and act <> 'reject'),
                    count(problem_id) filter (where before = 'reject' and act = 'reject')
                from pairs where {where}""",
            asked,
        )
        return ReaderAgreement(*row) if row else ReaderAgreement()
