"""Frozen sets and their audits: what was frozen, which rows are read in which order, and what people said of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from engine.core.records import FrozenSet, LabelVerdict, content_id
from engine.store.connection import Cursor, first
from engine.store.label_draws import LedgerMark, LedgerMoved
from engine.store.repository import Repository
from engine.store.tables import FROZEN_SETS

# Verdicts count that were given after the freeze: what was known before is no part of a fresh sample.
_READ = """select r.place, r.row_id,
        arg_max(l.verdict, l.seq) filter (where l.made_at >= $at and l.verdict <> 'skipped') as verdict,
        bool_or(l.made_at >= $at) as looked_at,
        arg_max(l.curator, l.seq) filter (where l.made_at >= $at) as curator,
        arg_max_null(l.blind, l.seq) filter (where l.made_at >= $at) as blind,
        max(l.made_at) filter (where l.made_at >= $at) as made_at,
        bool_or(l.made_at < $at) as older
    from audit_rows r left join standing_labels l
        on l.row_id = r.row_id and l.row_hash = r.row_hash and l.seq > $after and l.seq <= $until
        and l.role in ('first', 'adjudicated') and (l.provenance <> 'gold' or l.decision_id is not null)
    where r.audit_id = $audit group by r.place, r.row_id order by r.place"""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A row of an audit with the last word on its text since the freeze."""

    row_id: str
    verdict: LabelVerdict | None
    """None where nobody has looked at it since the freeze; `skipped` where somebody did, and said nothing."""
    curator: str
    blind: bool | None
    at: float
    older: bool
    """Whether there is a label of it from before the freeze that came in later, and does not count."""


@dataclass(frozen=True, slots=True)
class AuditEnd:
    """An audit that was ended by hand: labels after `labels_seen` count no more."""

    audit_id: str
    labels_seen: int
    at: float
    by: str
    reason: str


class Audits(Repository):
    """The frozen sets of a project; nothing of them is ever changed."""

    def record(self, frozen: FrozenSet, rows: pa.Table, mark: LedgerMark) -> None:
        """Keep a frozen set with the rows of its audit (row_id, row_hash, place); LedgerMoved where labels came in."""

        def run(cursor: Cursor) -> None:
            now: Any = first(
                cursor,
                """select (select coalesce(max(seq), 0) from labels), (select coalesce(max(seq), 0) from decisions),
                       (select count(id) filter (where id <> '') from frozen_sets)""",
            )
            if now != (mark.labels, mark.decisions, frozen.before):
                raise LedgerMoved("labels came in while the set was frozen.")
            FROZEN_SETS.insert(cursor, [frozen])
            cursor.register("incoming", rows)
            try:
                cursor.execute(
                    "insert into audit_rows select ?, row_id, row_hash, place from incoming order by place", [frozen.id]
                )
            finally:
                cursor.unregister("incoming")

        self._db.write(run, "audits")

    def all(self) -> list[FrozenSet]:
        """Return all frozen sets, oldest first."""
        return FROZEN_SETS.read(self._db.rows(f"select {FROZEN_SETS.listing} from frozen_sets order by seq"))

    def rows(self, audit_id: str) -> pa.Table:
        """Return row_id, row_hash, place of the rows of an audit in the order in which they are to be read."""
        sql = "select row_id, row_hash, place from audit_rows where audit_id = ? order by place"
        return self._db.arrow(sql, [audit_id])

    def read(self, frozen: FrozenSet) -> list[AuditRow]:
        """Return the rows of an audit in their order, each with what people said of it since the freeze."""
        end = self.ended(frozen.id)
        until = end.labels_seen if end else 2**62
        asked = {"audit": frozen.id, "at": frozen.at, "after": frozen.labels_seen, "until": until}
        return [
            AuditRow(row, verdict or ("skipped" if looked else None), curator or "", blind, at or 0.0, bool(older))
            for _, row, verdict, looked, curator, blind, at, older in self._db.rows(_READ, asked)
        ]

    def counting(self, ids: Iterable[str]) -> set[str]:
        """Return those of some rows that the open audit reads, whenever their turn comes."""
        rows = self._db.rows(
            """select r.row_id from audit_rows r where r.row_id in (select unnest($ids::varchar[]))
               and r.audit_id = (select arg_max(id, seq) from frozen_sets)
               and r.audit_id not in (select audit_id from audit_ends)""",
            {"ids": list(ids)},
        )
        return {str(ident) for (ident,) in rows}

    def edited(self, frozen: FrozenSet) -> set[str]:
        """Return the problems that people edited since a set was frozen, and whose edit stands."""
        rows = self._db.rows(
            """select distinct problem_id from counted_decisions
               where act = 'edit' and seq > ? and (statement is not null or solution is not null)""",
            [frozen.decisions_seen],
        )
        return {str(ident) for (ident,) in rows}

    def end(self, audit_id: str, by: str, reason: str = "") -> None:
        """End an audit: what is labelled from now on does not count for it."""
        now = time.time()

        def run(cursor: Cursor) -> None:
            cursor.execute(
                """insert into audit_ends select (select coalesce(max(seq), 0) + 1 from audit_ends), ?, ?,
                       (select coalesce(max(seq), 0) from labels), (select coalesce(max(seq), 0) from decisions),
                       ?, ?, ?""",
                [content_id("AE", audit_id, now, by), audit_id, now, by, reason],
            )

        self._db.write(run, "audits")

    def ended(self, audit_id: str) -> AuditEnd | None:
        """Return the end of an audit; None where nobody ended it."""
        row = self._db.one(
            """select audit_id, labels_seen, made_at, "by", reason from audit_ends where audit_id = ?
               order by seq limit 1""",
            [audit_id],
        )
        return AuditEnd(*row) if row else None

    def verdicts(self, rows: pa.Table) -> pa.Table:
        """Return row_id, row_hash, verdict of those of these texts (row_id, row_hash) that were found good or bad."""
        with self._db.cursor() as cursor:
            cursor.register("asked_texts", rows)
            try:
                return cursor.sql(
                    """select l.row_id, l.row_hash, l.verdict from label_now l
                       join asked_texts a on a.row_id = l.row_id and a.row_hash = l.row_hash
                       where l.verdict in ('good', 'bad') order by 1, 2"""
                ).to_arrow_table()
            finally:
                cursor.unregister("asked_texts")
