"""Seeds: the trusted problems that everything starts from."""

from __future__ import annotations

from collections.abc import Iterable
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


def _fill(cursor: Cursor, field: str, empty: str) -> int:
    told = f"""from incoming i where i.id = s.id and {empty.format(f's."{field}"')}
               and not ({empty.format(f'i."{field}"')})"""
    row = first(cursor, f"""select count(*) from seeds s where exists (select 1 {told})""")
    filled = int(row[0]) if row else 0
    if filled:
        cursor.execute(f"""update seeds s set "{field}" = i."{field}" {told}""")
    return filled


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

        def run(cursor: Cursor) -> dict[str, int]:
            cursor.register("incoming", rows)
            try:
                return {field: filled for field, empty in _EMPTY.items() if (filled := _fill(cursor, field, empty))}
            finally:
                cursor.unregister("incoming")

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
