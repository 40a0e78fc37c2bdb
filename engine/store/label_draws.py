"""Random draws of rows to label, and the frames that they were drawn from.

A frame is the list of rows of a moment with the hashes of their texts. Frames are kept as what changed since the one
before, so a project of millions of rows may draw as often as it likes. What a row could not be drawn for (it had a
verdict, or was drawn before) is read back from the log as it stood, and needs no list of its own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from engine.core.errors import LemmaError
from engine.core.records import LabelDraw, content_id
from engine.store.connection import Cursor, Database, first
from engine.store.repository import Repository
from engine.store.row_hashes import made_sql, named
from engine.store.tables import LABEL_DRAWS

_STATE = """select row_id, arg_max(row_hash, frame_seq) as row_hash, max(frame_seq) as part
    from label_frame_rows where frame_seq <= $frame
    group by row_id having arg_max(row_hash, frame_seq) <> ''"""
# The rows with a verdict as the log stood at a moment: whatever was taken back later stood then.
_KNOWN = """select distinct l.row_id, l.row_hash from labels l
    where l.seq <= $labels and l.verdict in ('good', 'bad') and l.provenance <> 'gold'
      and l.role in ('first', 'adjudicated')
      and not exists (
        select 1 from decisions u where u.act = 'undo' and u.undoes = l.decision_id and u.seq <= $decisions
          and not exists (
            select 1 from decisions r where r.act = 'redo' and r.undoes = u.id and r.seq <= $decisions))"""
_DRAWN = """select r.row_id, r.row_hash from label_draw_rows r join label_draws d on d.id = r.draw_id
    where d.seq <= $draws"""
_ROWS = "select row_id, row_hash, pi, place, second from label_draw_rows where draw_id = ? order by place"


class LedgerMoved(LemmaError):
    """Somebody labelled or drew while a draw was made: it has to be made anew."""


@dataclass(frozen=True, slots=True)
class LedgerMark:
    """How far the logs had come when rows were looked at."""

    frame: int
    labels: int
    decisions: int
    draws: int

    @property
    def asked(self) -> dict[str, int]:
        """As parameters of a query."""
        return {"frame": self.frame, "labels": self.labels, "decisions": self.decisions, "draws": self.draws}


@dataclass(frozen=True, slots=True)
class LabelFrame:
    """The rows of a moment; `seq` counts frames from 1."""

    seq: int
    id: str
    rows: int
    at: float


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A drawn row without a verdict, in the order in which it is to be read."""

    row_id: str
    row_hash: str
    draw_id: str
    second: bool
    """Whether the draw wants a second reader for it."""


class LabelDraws(Repository):
    """The draws of a project."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._frame: tuple[int, LabelFrame] | None = None

    def frame(self) -> LabelFrame:
        """Return the frame of the rows as they are now; a new one only where something changed."""
        now = self._db.revision("problems", "verdicts")
        if self._frame is None or self._frame[0] != now:
            # No family: a frame changes nothing that a page shows, and pages ask for it.
            self._frame = (now, self._db.write(_take_frame))
        return self._frame[1]

    def mark(self, frame: LabelFrame) -> LedgerMark:
        """Return how far the logs have come."""
        with self._db.cursor() as cursor:
            return _mark(cursor, frame.seq)

    def mark_of(self, draw: LabelDraw) -> LedgerMark | None:
        """Return how far the logs had come when a draw was made; None where its frame is gone."""
        frame = self._db.one("select seq from label_frames where id = ?", [draw.frame_id])
        before = self._db.one("select seq - 1 from label_draws where id = ?", [draw.id])
        if not frame or not before:
            return None
        return LedgerMark(frame[0], draw.labels_seen, draw.decisions_seen, before[0])

    def eligible(self, mark: LedgerMark) -> pa.Table:
        """Return row_id, row_hash, part of the rows that could be drawn at a moment, by row_id.

        They are those of the frame that had no verdict and were in no draw. `part` is the frame in which a text first
        stood: rows that were made after a draw are a part of their own.
        """
        return self._db.arrow(
            f"""select s.row_id, s.row_hash, s.part from ({_STATE}) s
                where not exists (select 1 from ({_KNOWN}) k where k.row_id = s.row_id and k.row_hash = s.row_hash)
                  and not exists (select 1 from ({_DRAWN}) d where d.row_id = s.row_id and d.row_hash = s.row_hash)
                order by s.row_id""",
            mark.asked,
        )

    def state(self, frame_seq: int) -> pa.Table:
        """Return row_id, row_hash, part of all rows of a frame, by row_id."""
        return self._db.arrow(f"{_STATE} order by row_id", {"frame": frame_seq})

    def parts(self, frame_seq: int) -> dict[int, int]:
        """Return how many rows of a frame first stood in which frame."""
        rows = self._db.rows(
            f"select part, count(row_id) filter (where row_id <> '') from ({_STATE}) group by 1 order by 1",
            {"frame": frame_seq},
        )
        return {int(part): int(count) for part, count in rows}

    def said(self, frame_seq: int) -> pa.Table:
        """Return the rows of a frame that were drawn or labelled, by row_id.

        Columns: row_id, row_hash, part; verdict, curator, blind, imported (null where nobody said anything of this
        text); draw_id, pi (null where it was not drawn).
        """
        return self._db.arrow(
            f"""select s.row_id, s.row_hash, s.part, n.verdict, n.curator, n.blind, n.imported, r.draw_id, r.pi
                from ({_STATE}) s
                left join label_now n on n.row_id = s.row_id and n.row_hash = s.row_hash
                left join label_draw_rows r on r.row_id = s.row_id and r.row_hash = s.row_hash
                where n.row_id is not null or r.draw_id is not null order by s.row_id, r.draw_id""",
            {"frame": frame_seq},
        )

    def lost(self, frame_seq: int) -> int:
        """Return how many labelled rows of a frame have no label of the text that stands there now."""
        return self._db.number(
            f"""select count(distinct s.row_id) from ({_STATE}) s join label_now n on n.row_id = s.row_id
                where s.row_id not in (
                    select n.row_id from label_now n join ({_STATE}) s
                        on s.row_id = n.row_id and s.row_hash = n.row_hash)""",
            {"frame": frame_seq},
        )

    def intact(self, frame_seq: int) -> bool:
        """Return whether the rows of a frame are those that it was made of."""
        kept = self._db.one("select digest from label_frames where seq = ?", [frame_seq])
        with self._db.cursor() as cursor:
            return kept is not None and _digest(cursor, frame_seq)[1] == kept[0]

    def known(self, mark: LedgerMark) -> pa.Table:
        """Return row_id, row_hash of the rows that had a verdict at a moment."""
        asked = {"labels": mark.labels, "decisions": mark.decisions}
        return self._db.arrow(f"{_KNOWN} order by all", asked)

    def record(self, draw: LabelDraw, rows: pa.Table, mark: LedgerMark) -> None:
        """Keep a draw with its rows (row_id, row_hash, pi, place, second); LedgerMoved where `mark` has passed."""

        def run(cursor: Cursor) -> None:
            if _mark(cursor, mark.frame) != mark:
                raise LedgerMoved("the ledger has moved since the rows were looked at.")
            LABEL_DRAWS.insert(cursor, [draw])
            cursor.register("incoming", rows)
            try:
                cursor.execute(
                    "insert into label_draw_rows select ?, row_id, row_hash, pi, place, second from incoming", [draw.id]
                )
            finally:
                cursor.unregister("incoming")

        self._db.write(run, "draws")

    def all(self) -> list[LabelDraw]:
        """Return all draws, oldest first."""
        return LABEL_DRAWS.read(self._db.rows(f"select {LABEL_DRAWS.listing} from label_draws order by seq"))

    def get(self, draw_id: str) -> LabelDraw | None:
        """Return one draw, None where there is none."""
        return next((draw for draw in self.all() if draw.id == draw_id), None)

    def rows(self, draw_id: str) -> pa.Table:
        """Return row_id, row_hash, pi, place, second of a draw in the order in which they are to be read."""
        return self._db.arrow(_ROWS, [draw_id])

    def drawn(self) -> pa.Table:
        """Return row_id, row_hash, draw_id, pi of all rows that were ever drawn, by row_id."""
        return self._db.arrow("select row_id, row_hash, draw_id, pi from label_draw_rows order by row_id, draw_id")

    def decided(self, mark: LedgerMark) -> pa.Array:
        """Return the ids of the rows that had been drawn and found good or bad at a moment."""
        asked = {name: value for name, value in mark.asked.items() if name != "frame"}
        found = self._db.arrow(
            f"""select d.row_id from ({_DRAWN}) d join ({_KNOWN}) k on k.row_id = d.row_id and k.row_hash = d.row_hash
                order by 1""",
            asked,
        )
        return found["row_id"].combine_chunks()

    def open(self) -> list[OpenRow]:
        """Return the drawn rows that nobody has said anything of, the oldest draw first, each in its random order.

        Rows whose texts have changed since they were drawn are none: nobody can read what was drawn.
        """
        rows = self._db.rows(
            """select r.row_id, r.row_hash, r.draw_id, r.second
               from label_draw_rows r join label_draws d on d.id = r.draw_id
               where not exists (select 1 from label_now l where l.row_id = r.row_id and l.row_hash = r.row_hash)
               order by d.seq, r.place"""
        )
        now = self._hashes(row for row, *_ in rows)
        return [OpenRow(*row) for row in rows if now.get(row[0]) == row[1]]

    def undecided(self) -> dict[str, int]:
        """Return by draw how many of its rows were read, or closed, and found neither good nor bad."""
        rows = self._db.rows(
            """select r.draw_id, count(r.row_id) from label_draw_rows r
               join label_now n on n.row_id = r.row_id and n.row_hash = r.row_hash
               where n.verdict not in ('good', 'bad') and r.row_id <> '' group by 1"""
        )
        return {str(draw): int(count) for draw, count in rows}

    def counting(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the draw in which each of these rows was drawn, of those that were, and read as they were drawn."""
        here, asked = named(ids)
        rows = self._db.rows(f"select row_id, row_hash, draw_id from label_draw_rows where row_id in ({here})", asked)
        now = self._hashes(row for row, *_ in rows)
        return {str(row): str(draw) for row, made, draw in rows if now.get(row) == made}

    def _hashes(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the hashes of some rows as the machine's texts are now."""
        here, asked = named(dict.fromkeys(ids))
        return dict(self._db.rows(made_sql(here), asked))

    def answered(self, ids: Iterable[str]) -> set[str]:
        """Return those of some drawn rows that were found good or bad as they were drawn."""
        rows = self._db.rows(
            """select r.row_id from label_draw_rows r
               join label_now n on n.row_id = r.row_id and n.row_hash = r.row_hash
               where n.verdict in ('good', 'bad') and r.row_id in (select unnest($ids::varchar[]))""",
            {"ids": list(ids)},
        )
        return {str(ident) for (ident,) in rows}

    def for_second(self, ids: Iterable[str]) -> list[str]:
        """Return those of some rows that their draw wants read by a second person."""
        rows = self._db.rows(
            """select distinct row_id from label_draw_rows
               where second and row_id in (select unnest($ids::varchar[])) order by 1""",
            {"ids": list(ids)},
        )
        return [str(ident) for (ident,) in rows]

    def missing(self) -> Sequence[str]:
        """Return draws that labels or drawn rows name and of which there is no record."""
        rows = self._db.rows(
            """select draw_id from labels where draw_id is not null union select draw_id from label_draw_rows
               except select id from label_draws order by 1"""
        )
        return [str(ident) for (ident,) in rows]


def _mark(cursor: Cursor, frame: int) -> LedgerMark:
    row: Any = first(
        cursor,
        """select (select coalesce(max(seq), 0) from labels), (select coalesce(max(seq), 0) from decisions),
               (select coalesce(max(seq), 0) from label_draws)""",
    )
    return LedgerMark(frame, *row)


def _take_frame(cursor: Cursor) -> LabelFrame:
    last: Any = first(cursor, "select seq, id, rows, made_at from label_frames order by seq desc limit 1")
    seen = last[0] if last else 0
    cursor.execute(
        f"""create or replace temp table frame_changes as
            with before as ({_STATE}), made as ({made_sql()})
            select coalesce(m.row_id, b.row_id) as row_id, coalesce(m.row_hash, '') as row_hash
            from made m full join before b on b.row_id = m.row_id
            where m.row_hash is distinct from b.row_hash""",
        {"frame": seen},
    )
    changed: Any = first(cursor, "select count(row_id) filter (where row_id <> '') from frame_changes")
    if last and not changed[0]:
        return LabelFrame(*last)
    seq, now = seen + 1, time.time()
    cursor.execute("insert into label_frame_rows select ?, row_id, row_hash from frame_changes order by 2", [seq])
    cursor.execute("drop table frame_changes")
    rows, digest = _digest(cursor, seq)
    made = LabelFrame(seq, content_id("FR", last[1] if last else "", digest), rows, now)
    cursor.execute("insert into label_frames values (?, ?, ?, ?, ?)", [made.seq, made.id, rows, digest, now])
    return made


def _digest(cursor: Cursor, seq: int) -> tuple[int, str]:
    row: Any = first(
        cursor,
        f"""select count(row_id) filter (where row_id <> ''),
               coalesce(md5(string_agg(row_id || row_hash, ',' order by row_id)), '') from ({_STATE})""",
        {"frame": seq},
    )
    return int(row[0]), str(row[1])
