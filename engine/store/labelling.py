"""Labels of decisions: what an act at the review desk says of the text that was read, and of the text as it was made.

An approval is a good label, a rejection a bad one. Whoever edits a row, or decides an edited one, says of the text
that the machine made that it was not good as made; what is said of the edited text is a label of another text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from engine.core.records import Act, Decision, Label, LabelVerdict, Provenance, ReaderRole
from engine.store.connection import Cursor
from engine.store.row_hashes import made_texts, named, row_hash
from engine.store.tables import DECISIONS, LABELS, Added
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
DIFFER: Final = "differ"
"""Queue of rows of which two people say different things."""
TALKED: Final = "differ, talked"
"""The same where both readers talked about the row: what one of them says then is the word of both."""
NOT_AS_MADE: Final = "not good as made"
"""Reason of the label of a machine's text when people decide on an edited one."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A decision, and what lay before the curator."""

    decision: Decision
    made_hash: str
    read_hash: str
    draw_id: str | None
    gold: bool
    read_before: bool
    """Whether this curator had read the row before."""


@dataclass(frozen=True, slots=True)
class _Row:
    """What is known of a row whose decisions become labels."""

    made_hash: str
    statement: str
    solution: str | None
    draws: tuple[tuple[str, int], ...]
    """Draws of this very text, each with the last decision before it."""
    gold: bool
    readers: frozenset[str]
    """Who labelled the row in a file."""


def label(cursor: Cursor, decided: Iterable[tuple[str, str]]) -> Added:
    """Append the labels that some decisions are, each given as its id and its row, within the writer's transaction."""
    row_of = dict(decided)
    if not row_of:
        return Added(0, 0)
    wanted, log = row_of.keys(), _log(cursor, set(row_of.values()))
    rows = _rows(cursor, sorted({decision.problem_id for _, decision in log}))
    made: list[tuple[int, Label]] = []
    for ident, events in groupby(log, key=lambda event: event[1].problem_id):
        if ident in rows:
            made += [
                (seq, label) for seq, read in _readings(list(events), rows[ident], wanted) for label in _labels(read)
            ]
    return LABELS.insert(cursor, [label for _, label in sorted(made, key=lambda pair: pair[0])])


def label_all(cursor: Cursor) -> Added:
    """Append the labels of decisions that were made before there were labels."""
    return label(cursor, cursor.execute("select id, problem_id from decisions").fetchall())


def _log(cursor: Cursor, row_ids: Iterable[str]) -> list[tuple[int, Decision]]:
    """Return everything that was done to some rows, row by row, oldest first, with its number."""
    here, asked = named(row_ids)
    found = cursor.execute(
        f"select seq, {DECISIONS.listing} from decisions where problem_id in ({here}) order by problem_id, seq", asked
    ).fetchall()
    return list(zip([row[0] for row in found], DECISIONS.read([row[1:] for row in found]), strict=True))


def _rows(cursor: Cursor, ids: list[str]) -> dict[str, _Row]:
    here, asked = named(ids)
    drawn = _draws(cursor, ids)
    gold: set[tuple[str, str]] = set()
    readers: dict[str, set[str]] = defaultdict(set)
    for ident, made, provenance, curator in cursor.execute(
        f"""select row_id, row_hash, provenance, curator from labels
            where decision_id is null and row_id in ({here})""",
        asked,
    ).fetchall():
        if provenance == "gold":
            gold.add((ident, made))
        else:
            readers[ident].add(curator)
    return {
        ident: _Row(
            made, statement, solution, tuple(drawn[ident, made]), (ident, made) in gold, frozenset(readers[ident])
        )
        for ident, made, statement, solution in made_texts(cursor, ids)
    }


def _draws(cursor: Cursor, ids: list[str]) -> dict[tuple[str, str], list[tuple[str, int]]]:
    """Return the draws of each row and text, oldest first, each with the last decision before it."""
    here, asked = named(ids)
    drawn: dict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    rows = f"(select row_id, row_hash, draw_id from label_draw_rows where row_id in ({here}))"
    # Most rows were never drawn: a join is planned for the others alone.
    if not cursor.execute(f"select 1 from {rows} limit 1", asked).fetchall():
        return drawn
    for ident, made, draw, seen in cursor.execute(
        f"""select r.row_id, r.row_hash, r.draw_id, d.decisions_seen from {rows} r
            join label_draws d on d.id = r.draw_id order by d.seq""",
        asked,
    ).fetchall():
        drawn[ident, made].append((draw, seen))
    return drawn


def _readings(events: list[tuple[int, Decision]], row: _Row, wanted: Container[str]) -> Iterator[tuple[int, _Read]]:
    """Yield the decisions of a row that are labels: edits carry texts of their own, and what stood is the last of each.

    A carried-over repair, and the word that an old solution holds, are no verdict on what was read.
    """
    turned = _turned(events)
    statement, solution, edited = row.statement, row.solution, False
    readers = set(row.readers)
    for seq, decision in events:
        if decision.act in ("undo", "redo"):
            continue
        if decision.id in wanted and decision.queue != "alike" and decision.reason != HOLDS:
            read = row_hash(statement, solution) if edited else row.made_hash
            draw = next((draw for draw, seen in reversed(row.draws) if seen < seq), None)
            yield seq, _Read(decision, row.made_hash, read, draw, row.gold, decision.curator in readers)
        if decision.id in turned:
            continue
        if decision.act != "skip":
            readers.add(decision.curator)
        if decision.act == "edit" and decision.queue not in ("double", "repeat"):
            edited = True
            statement = statement if decision.statement is None else decision.statement
            solution = solution if decision.solution is None else decision.solution


def _turned(events: Iterable[tuple[int, Decision]]) -> set[str]:
    """Return the acts that an undo has taken back, and no redo has done again."""
    redone = {decision.undoes for _, decision in events if decision.act == "redo"}
    return {
        decision.undoes for _, decision in events
        if decision.act == "undo" and decision.undoes and decision.id not in redone
    }  # fmt: skip


def _labels(read: _Read) -> Iterator[Label]:
    act, reason = read.decision.act, read.decision.reason
    if act == "edit":
        yield _label(read, read.made_hash, "bad", reason or NOT_AS_MADE)
        return
    yield _label(read, read.read_hash, _VERDICTS[act], reason)
    if read.read_hash != read.made_hash and act in ("approve", "reject"):
        yield _label(read, read.made_hash, "bad", NOT_AS_MADE)


def _label(read: _Read, text: str, verdict: LabelVerdict, reason: str) -> Label:
    as_made = text == read.made_hash
    drawn = read.draw_id if as_made else None
    provenance: Provenance = "draw" if drawn else "gold" if read.gold and as_made else "convenience"
    by = read.decision
    return Label(
        Label.ident(by.problem_id, text, by.id), by.problem_id, text, by.curator, verdict, by.at, reason,
        provenance, drawn, _role(read), _blind(by.queue), by.id,
    )  # fmt: skip


def _role(read: _Read) -> ReaderRole:
    """What a reading is for; whoever settles what two people saw differently is a third, or one after a talk."""
    queue = read.decision.queue
    if queue in ("double", "repeat"):
        return "second" if queue == "double" else "repeat"
    third = queue == DIFFER and not read.read_before
    return "adjudicated" if third or queue == TALKED else "first"


def _blind(queue: str) -> bool | None:
    """Whether judges' scores were hidden; of the command line and of readings by lot nobody knows."""
    if queue in ("", "double", "repeat"):
        return None
    return queue == DRAW
