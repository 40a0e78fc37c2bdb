"""Seeds: the trusted problems that everything starts from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from engine.core.records import Seed
from engine.store.connection import Cursor, first
from engine.store.repository import Repository
from engine.store.tables import SEEDS, Added


@dataclass(frozen=True, slots=True)
class SeedPage:
    """Some seeds, and how many there are in all under the same search."""

    rows: list[Seed]
    total: int


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How many seeds come from a source, or lie in a subject."""

    name: str
    seeds: int
    with_solution: int


@dataclass(frozen=True, slots=True)
class RepeatedSeed:
    """A statement that several seeds of different sources share."""

    statement: str
    seed_ids: tuple[str, ...]


_EMPTY = {
    "solution": "coalesce({}, '') = ''",
    "answer": "coalesce({}, '') = ''",
    "subject": "coalesce({}, '') = ''",
    "level": "coalesce({}, '') = ''",
    "points": "len({}) = 0",
}
"""Fields of a seed that a later import may fill, and when each is empty."""


_LACKS = {
    field: f"""{empty.format(f's."{field}"')} and not ({empty.format(f'i."{field}"')})"""
    for field, empty in _EMPTY.items()
}
"""When a seed `s` lacks what the record `i` of the same id holds, by field."""


def _fill(cursor: Cursor) -> dict[str, int]:
    """Fill all fields at once: each look at the seeds reads the whole table."""
    counted = ", ".join(f"count(*) filter (where {lacks})" for lacks in _LACKS.values())
    found = first(cursor, f"select {counted} from seeds s join incoming i on i.id = s.id") or ()
    filled = {field: int(count) for field, count in zip(_LACKS, found, strict=True) if count}
    if filled:
        chosen = ", ".join(
            f'"{field}" = case when {_LACKS[field]} then i."{field}" else s."{field}" end' for field in filled
        )
        lacking = " or ".join(f"({_LACKS[field]})" for field in filled)
        cursor.execute(f"update seeds s set {chosen} from incoming i where i.id = s.id and ({lacking})")
    return filled


def _filled(cursor: Cursor, rows: pa.Table) -> dict[str, int]:
    cursor.register("incoming", rows)
    try:
        return _fill(cursor)
    finally:
        cursor.unregister("incoming")


class Seeds(Repository):
    """The seeds of a project."""

    def add(self, records: Iterable[Seed]) -> Added:
        """Add seeds, all or none; those that are there already are counted as duplicates."""
        return self._append(SEEDS, records)

    def fill(self, records: Iterable[Seed]) -> dict[str, int]:
        """Fill what is empty in seeds that are there from records of the same ids; return field to how many it filled.

        Nothing that a seed holds is changed: the file said more this time, as when another column is mapped.
        """
        rows = SEEDS.arrow(list(records))

        return self._db.write(lambda cursor: _filled(cursor, rows), "seeds")

    def bring(self, batches: Iterable[Sequence[Seed]]) -> tuple[Added, dict[str, int]]:
        """Add and fill batch after batch in one transaction: all or none, however many there are.

        Returns what was new, and field to how many seeds that were there already it filled.
        """

        def run(cursor: Cursor) -> tuple[Added, dict[str, int]]:
            added, filled = Added(0, 0), Counter[str]()
            for batch in batches:
                rows = SEEDS.arrow(batch)
                done = SEEDS.put(cursor, rows)
                added += done
                if done.duplicates:
                    filled.update(_filled(cursor, rows))
            return added, dict(filled)

        return self._db.write(run, "seeds")

    def page(
        self,
        search: str = "",
        source: str | None = None,
        subject: str | None = None,
        offset: int = 0,
        limit: int = 200,
    ) -> SeedPage:
        """Return seeds in the order of their import."""
        where = """where ($search = '' or contains(lower(statement), lower($search)))
            and ($source is null or source = $source) and ($subject is null or coalesce(subject, '') = $subject)"""
        asked = {"search": search, "source": source, "subject": subject}
        total = self._db.number(f"select count(id) filter (where id <> '') from seeds {where}", asked)
        rows = self._db.rows(
            f"select {SEEDS.listing} from seeds {where} order by rowid limit $limit offset $offset",
            asked | {"limit": limit, "offset": offset},
        )
        return SeedPage(SEEDS.read(rows), total)

    def count(self) -> int:
        """Return the number of seeds."""
        # A bare count(*) may show rows that another transaction has not committed; a filtered one does not.
        return self._db.number("select count(id) filter (where id <> '') from seeds")

    def sources(self) -> list[SourceCount]:
        """Return the sources, largest first."""
        rows = self._db.rows(
            """select source, count(id) filter (where id <> ''), count(solution) filter (where solution <> '')
               from seeds group by source order by 2 desc, 1"""
        )
        return [SourceCount(*row) for row in rows]

    def subjects(self) -> list[SourceCount]:
        """Return the subjects, largest first; seeds without one count under ''."""
        rows = self._db.rows(
            """select coalesce(subject, ''), count(id) filter (where id <> ''),
                   count(solution) filter (where solution <> '')
               from seeds group by 1 order by 2 desc, 1"""
        )
        return [SourceCount(*row) for row in rows]

    def get(self, seed_id: str) -> Seed | None:
        """Return one seed, None where there is none."""
        found = SEEDS.read(self._db.rows(f"select {SEEDS.listing} from seeds where id = ?", [seed_id]))
        return found[0] if found else None

    def many(self, ids: Iterable[str]) -> list[Seed]:
        """Return the seeds with these ids, in the order of their import."""
        return SEEDS.read(
            self._db.rows(
                f"select {SEEDS.listing} from seeds where id in (select unnest(?::varchar[])) order by rowid",
                [list(ids)],
            )
        )

    def records(self) -> list[Seed]:
        """Return every seed, in the order of import."""
        return SEEDS.read(self._db.rows(f"select {SEEDS.listing} from seeds order by rowid"))

    def arrow(self, source: str | None = None, limit: int | None = None) -> pa.Table:
        """Return all seeds, one Arrow column per field, for the inputs of a run."""
        return self._db.arrow(
            f"""select {SEEDS.listing} from seeds where ($source is null or source = $source)
                order by rowid limit coalesce($limit, 9223372036854775807)""",
            {"source": source, "limit": limit},
        )

    def scores(self) -> pd.DataFrame:
        """Return what rated seeds were given: seed_id, subject, rated (0 to 5), score (what a limit is held against).

        The marks that a rating was made of are complexity, information and clarity, NaN where there are none. The
        latest rating of each counts; where neighbours overwrote it, the score is their whole number.
        """
        return self._db.frame(
            """with said as (
                   select subject_id, arg_max(value, made_at) filter (where name = 'seed_rating') as rated,
                       arg_max(value, made_at) filter (where name = 'seed_curated') as curated,
                       arg_max(value, made_at) filter (where name = 'seed_complexity') as complexity,
                       arg_max(value, made_at) filter (where name = 'seed_information') as information,
                       arg_max(value, made_at) filter (where name = 'seed_clarity') as clarity
                   from verdicts where subject = 'seed' group by subject_id)
               select s.id as seed_id, coalesce(s.subject, '') as subject, v.rated,
                   coalesce(v.curated, v.rated) as score,
                   v.complexity, v.information, v.clarity
               from said v join seeds s on s.id = v.subject_id where v.rated is not null order by s.rowid"""
        )

    def duplicates(self, limit: int = 200) -> list[RepeatedSeed]:
        """Return statements that stand in several seeds, apart from case and white space."""
        rows = self._db.rows(
            """select arg_min(statement, rowid), list(id order by rowid) from seeds
               group by lower(regexp_replace(trim(statement), '\\s+', ' ', 'g'))
               having count(distinct id) > 1 order by min(rowid) limit ?""",
            [limit],
        )
        return [RepeatedSeed(statement, tuple(ids)) for statement, ids in rows]
