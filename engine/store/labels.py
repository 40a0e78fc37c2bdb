"""What people said of rows, label by label, as a log that is only ever appended to."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from engine.core.records import Label
from engine.store.repository import Repository
from engine.store.row_hashes import made_sql, named
from engine.store.tables import LABELS, Added

_ASKED = "select unnest($ids::varchar[])"
_DECIDED = "verdict in ('good', 'bad')"


class Labels(Repository):
    """The labels of a project. Those that came with a decision are written by `Decisions`."""

    def add(self, records: Iterable[Label]) -> Added:
        """Append labels, all or none; one that is there already is not doubled."""
        return self._append(LABELS, records)

    def all(self) -> list[Label]:
        """Return every label, those of decisions that were taken back included, oldest first."""
        return LABELS.read(self._db.rows(f"select {LABELS.listing} from labels order by seq"))

    def standing(self, draw_id: str = "", limit: int | None = None) -> list[Label]:
        """Return the labels that stand, of one draw or of all, oldest first; at most `limit`, the newest."""
        rows = self._db.rows(
            f"""with last as (
                    select * from standing_labels where ($draw = '' or draw_id = $draw) order by seq desc limit $limit)
                select {LABELS.listing} from last order by seq""",
            {"draw": draw_id, "limit": 2**62 if limit is None else limit},
        )
        return LABELS.read(rows)

    def of_rows(self, ids: Iterable[str]) -> list[Label]:
        """Return the labels of some rows that stand, oldest first."""
        sql = f"select {LABELS.listing} from standing_labels where row_id in ({_ASKED}) order by seq"
        return LABELS.read(self._db.rows(sql, {"ids": list(ids)}))

    def now(self) -> pa.Table:
        """Return what holds of each text that was read first or settled, by row.

        Columns: row_id, row_hash, verdict, curator, made_at, blind, imported.
        """
        return self._db.arrow(
            "select row_id, row_hash, verdict, curator, made_at, blind, imported from label_now order by all"
        )

    def texts(self, ids: Iterable[str]) -> dict[str, tuple[str, str, str | None]]:
        """Return the hash of the texts as made, statement and solution of those of these rows that exist."""
        here, asked = named(ids)
        rows = self._db.rows(made_sql(here, texts=True), asked)
        return {ident: (made, statement, solution) for ident, made, statement, solution in rows}

    def edited(self, ids: Iterable[str]) -> list[tuple[str, float, str | None, str | None]]:
        """Return the standing edits of some rows, oldest first: row, time, statement, solution."""
        return self._db.rows(
            f"""select problem_id, made_at, statement, solution from counted_decisions
                where act = 'edit' and problem_id in ({_ASKED}) order by seq""",
            {"ids": list(ids)},
        )

    def counts(self) -> dict[str, int]:
        """Return how many first readings stand, by provenance; second readings and repeats by their role."""
        rows = self._db.rows(
            f"""select case when role in ('second', 'repeat') then role else provenance end,
                    count(id) filter (where id <> '')
                from standing_labels where {_DECIDED} group by 1 order by 1"""
        )
        return {str(name): int(count) for name, count in rows}
