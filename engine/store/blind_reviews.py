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


@dataclass(frozen=True, slots=True)
class TimesTested:
    """How often somebody met a card for the second time, or one whose truth is known, among all acts."""

    acts: int
    repeats: int
    gold: int


class BlindReviews(Repository):
    """Who read what twice."""

    def agreement(self) -> ReaderAgreement:
        """Return how far different people agree where a second one read blind."""
        return self._counted("queue = 'double'", {})

    def self_agreement(self, curator: str) -> ReaderAgreement:
        """Return how far a curator agrees with their own earlier decisions where a card came back unseen."""
        return self._counted("queue = 'repeat' and curator = $curator", {"curator": curator})

    def differing(self) -> list[Differing]:
        """Return rows of which a second reader differs with what stood, and that nobody has settled; oldest first.

        Labels of files are readings, too. What is said of a row afterwards settles it, by a third or after a talk.
        """
        rows = self._db.rows(
            """with said as (
                    select * from standing_labels where verdict in ('good', 'bad') and provenance <> 'gold'),
                seconds as (
                    select s.row_id, s.row_hash, s.curator, s.verdict, s.seq, arg_max(f.curator, f.seq) as before_by,
                        arg_max(f.verdict, f.seq) as before
                    from said s join said f on f.row_id = s.row_id and f.row_hash = s.row_hash and f.seq < s.seq
                    where s.role = 'second' and f.role in ('first', 'adjudicated') and f.curator <> s.curator
                    group by all)
                select row_id, before_by, before, curator, verdict from seconds s
                where before <> verdict and not exists (
                    select 1 from standing_labels l where l.row_id = s.row_id and l.seq > s.seq
                      and l.role in ('first', 'adjudicated') and l.verdict <> 'skipped')
                order by seq"""
        )
        act: dict[str, Act] = {"good": "approve", "bad": "reject"}
        found = {row: Differing(row, first, act[said], second, act[other]) for row, first, said, second, other in rows}
        return list(found.values())

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

    def for_again(self, ids: Iterable[str], curator: str, gap: int) -> dict[str, float]:
        """Return those of the problems that this curator decided, unedited, at least `gap` acts ago and only once.

        Each with the time of the decision.
        """
        rows = self._db.rows(
            f"""with mine as (
                    select problem_id, queue, count(id) over (order by seq desc) - 1 as later
                    from standing_decisions where curator = $curator)
                select d.problem_id, max(d.made_at) from decision_now d
                join mine m on m.problem_id = d.problem_id and m.queue not in ('double', 'repeat')
                where {_PLAIN} and d.curator = $curator
                  and d.problem_id not in (select problem_id from mine where queue = '{REPEAT}')
                group by d.problem_id having min(m.later) >= $gap order by 1""",
            {"ids": list(ids), "curator": curator, "gap": gap},
        )
        return {str(ident): float(at) for ident, at in rows}

    def for_gold(self, curator: str) -> dict[str, bool]:
        """Return rows whose truth is known and that this curator has not read, and whether others decided them.

        Nobody is tested with a truth of their own, or with a text that has changed since.
        """
        rows = self._db.rows(
            """select distinct l.row_id, d.act in ('approve', 'reject') from labels l
               left join decision_now d on d.problem_id = l.row_id
               where l.provenance = 'gold' and l.decision_id is null and l.verdict in ('good', 'bad')
                 and d.statement is null and d.solution is null
                 and l.row_id not in (select row_id from standing_labels where curator = $curator)
               order by 1""",
            {"curator": curator},
        )
        return {str(ident): bool(decided) for ident, decided in rows}

    def tested(self, curator: str) -> TimesTested:
        """Return how often a curator was tested, among how many acts."""
        row = self._db.one(
            """select count(id) filter (where id <> ''), count(id) filter (where queue = 'repeat'),
                   count(id) filter (where problem_id in (
                       select row_id from labels where provenance = 'gold' and decision_id is null))
               from standing_decisions where curator = $curator and act <> 'skip'""",
            {"curator": curator},
        )
        return TimesTested(*row) if row else TimesTested(0, 0, 0)

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
