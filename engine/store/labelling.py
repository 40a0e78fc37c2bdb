"""Labels of decisions: what an act at the review desk says of the text that was read, and of the text as it was made.

An approval is a good label, a rejection a bad one. Whoever edits a row, or decides an edited one, says of the text
that the machine made that it was not good as made; what is said of the edited text is a label of another text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.core.records import Act, Label, LabelVerdict, Provenance, ReaderRole
from engine.store.connection import Cursor
from engine.store.row_hashes import hash_sql, made_sql
from engine.store.tables import LABELS, Added
from engine.store.views import HOLDS

DRAW: Final = "draw"
"""Queue of a random draw, judges' scores hidden until the verdict."""
DRAW_SHOWN: Final = "draw, scores shown"
"""Queue of a random draw whose cards show the judges' scores."""
_VERDICTS: dict[Act, LabelVerdict] = {
    "approve": "good",
    "reject": "bad",
    "edit": "bad",
    "skip": "skipped",
    "second-opinion": "unsure",
}
NOT_AS_MADE: Final = "not good as made"
"""Reason of the label of a machine's text when people decide on an edited one."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A decision, and what lay before the curator."""

    decision_id: str
    row_id: str
    curator: str
    act: Act
    at: float
    reason: str
    queue: str
    made_hash: str
    read_hash: str
    draw_id: str | None
    gold: bool
    read_before: bool
    """Whether this curator had labelled the row before."""


# Edits carry texts of their own; what stood when somebody decided is the last of each before it. A carried-over repair
# and a word that an old solution holds are no verdict on what was read.
_READ = f"""
    with asked as (
        select * from decisions where id in (select unnest($ids::varchar[]))
            and act not in ('undo', 'redo') and queue <> 'alike' and reason <> '{HOLDS}'),
    edits as (
        select * from counted_decisions where act = 'edit' and problem_id in (select problem_id from asked)),
    edited as (
        select a.id, arg_max(e.statement, e.seq) filter (where e.statement is not null) as statement,
            arg_max(e.solution, e.seq) filter (where e.solution is not null) as solution
        from asked a join edits e on e.problem_id = a.problem_id and e.seq < a.seq group by a.id),
    made as materialized ({made_sql("select problem_id from asked", texts=True)})
    select a.id, a.problem_id, a.curator, a.act, a.made_at, a.reason, a.queue, m.row_hash,
        case when e.id is null then m.row_hash
            else {hash_sql("coalesce(e.statement, m.statement)", "coalesce(e.solution, m.solution)")} end,
        (select max(r.draw_id) from label_draw_rows r join label_draws d on d.id = r.draw_id
            where r.row_id = a.problem_id and r.row_hash = m.row_hash and d.decisions_seen < a.seq),
        exists (select 1 from labels g where g.provenance = 'gold' and g.row_id = a.problem_id
            and g.row_hash = m.row_hash and g.decision_id is null),
        exists (select 1 from counted_decisions o where o.problem_id = a.problem_id and o.curator = a.curator
            and o.seq < a.seq and o.act <> 'skip')
            or exists (select 1 from standing_decisions o where o.problem_id = a.problem_id and o.curator = a.curator
            and o.seq < a.seq and o.queue in ('double', 'repeat'))
    from asked a join made m on m.row_id = a.problem_id
    left join edited e on e.id = a.id order by a.seq"""


def label(cursor: Cursor, decision_ids: Iterable[str]) -> Added:
    """Append the labels that these decisions are, within the writer's transaction."""
    rows = cursor.execute(_READ, {"ids": list(decision_ids)}).fetchall()
    return LABELS.insert(cursor, [label for row in rows for label in _labels(_Read(*row))])


def label_all(cursor: Cursor) -> Added:
    """Append the labels of decisions that were made before there were labels."""
    known = cursor.execute("select id from decisions order by seq").fetchall()
    return label(cursor, [ident for (ident,) in known])


def _labels(read: _Read) -> Iterator[Label]:
    if read.act == "edit":
        yield _label(read, read.made_hash, "bad", read.reason or NOT_AS_MADE)
        return
    yield _label(read, read.read_hash, _VERDICTS[read.act], read.reason)
    if read.read_hash != read.made_hash and read.act in ("approve", "reject"):
        yield _label(read, read.made_hash, "bad", NOT_AS_MADE)


def _label(read: _Read, row_hash: str, verdict: LabelVerdict, reason: str) -> Label:
    as_made = row_hash == read.made_hash
    drawn = read.draw_id if as_made else None
    provenance: Provenance = "draw" if drawn else "gold" if read.gold and as_made else "convenience"
    return Label(
        Label.ident(read.row_id, row_hash, read.decision_id), read.row_id, row_hash, read.curator, verdict, read.at,
        reason, provenance, drawn, _role(read), _blind(read.queue), read.decision_id,
    )  # fmt: skip


def _role(read: _Read) -> ReaderRole:
    """What a reading is for; whoever settles what two others saw differently is a third person."""
    if read.queue == "double":
        return "second"
    if read.queue == "repeat":
        return "repeat"
    return "adjudicated" if read.queue == "differ" and not read.read_before else "first"


def _blind(queue: str) -> bool | None:
    """Whether judges' scores were hidden; of the command line and of readings by lot nobody knows."""
    if queue in ("", "double", "repeat"):
        return None
    return queue == DRAW
