"""The schema as an ordered list of small steps; a step is never edited once it was released.

Tables are append-only and carry no foreign keys; `Store.verify` finds orphans. Views are no migrations: they hold
nothing and are made anew whenever their text changes (engine.store.views).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.core.errors import BadInput
from engine.store.connection import Cursor

LEDGER = 8
"""The step behind which decisions have labels."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    apply: Callable[[Cursor], None]


def migrate(cursor: Cursor, steps: tuple[Migration, ...] | None = None) -> tuple[Migration, ...]:
    """Apply, within the caller's transaction, the steps that this file has not seen; return them."""
    steps = MIGRATIONS if steps is None else steps
    cursor.execute(
        """create table if not exists migrations (
            number integer not null, name varchar not null, made_at double not null)"""
    )
    known = {int(number) for (number,) in cursor.execute("select number from migrations").fetchall()}
    newest = steps[-1].number if steps else 0
    if known and max(known) > newest:
        raise BadInput(
            f"was made by a newer version of Lemma Studio (schema {max(known)}, this one knows {newest}).",
            do="Update Lemma Studio to open it.",
        )
    missing = tuple(step for step in steps if step.number not in known)
    for step in missing:
        step.apply(cursor)
        cursor.execute("insert into migrations values (?, ?, ?)", [step.number, step.name, time.time()])
    return missing


def is_current(cursor: Cursor) -> bool:
    """Whether this file has seen every step that this version knows, and no other; it may hold no table yet."""
    there = cursor.execute("select count(*) from duckdb_tables() where table_name = 'migrations'").fetchall()[0][0]
    found = cursor.execute("select number from migrations").fetchall() if there else []
    return {int(number) for (number,) in found} == {step.number for step in MIGRATIONS}


def first_schema(cursor: Cursor) -> None:
    """Create every table of the first schema."""
    for statement in _FIRST:
        cursor.execute(statement)


def lookups(cursor: Cursor) -> None:
    """Find the parts of one problem without reading whole tables."""
    for statement in _LOOKUPS:
        cursor.execute(statement)


def ways(cursor: Cursor) -> None:
    """Make room for what other methods than the graph leave behind: requests and intermediate objects."""
    for statement in _WAYS:
        cursor.execute(statement)


def sampled(cursor: Cursor) -> None:
    """Make room for how each reply was sampled."""
    for statement in _SAMPLED:
        cursor.execute(statement)


def loop(cursor: Cursor) -> None:
    """Make room for what trainings, evaluations and rounds say."""
    for statement in _LOOP:
        cursor.execute(statement)


def splits(cursor: Cursor) -> None:
    """Remember which part of a split point a generated problem went to."""
    for statement in _SPLITS:
        cursor.execute(statement)


def overlaps(cursor: Cursor) -> None:
    """Keep what models say of texts beside test problems."""
    for statement in _OVERLAPS:
        cursor.execute(statement)


def ledger(cursor: Cursor) -> None:
    """Make room for random draws and labels; the labels of earlier decisions are filled in behind it (labelling)."""
    for statement in _LEDGER:
        cursor.execute(statement)


def checked(cursor: Cursor) -> None:
    """Make room for what judges say of rows that people judged before."""
    for statement in _CHECKED:
        cursor.execute(statement)


def looked(cursor: Cursor) -> None:
    """Keep which policies were looked at beside an estimate."""
    for statement in _LOOKED:
        cursor.execute(statement)


def audited(cursor: Cursor) -> None:
    """Make room for frozen sets, the rows of their audits in random order, and audits that were ended."""
    for statement in _AUDITED:
        cursor.execute(statement)


def desks(cursor: Cursor) -> None:
    """Remember which acts of a browser were written, so that one that is sent again is not written twice."""
    for statement in _DESKS:
        cursor.execute(statement)


_FIRST = (
    "create table meta (key varchar not null, value varchar not null)",
    "insert into meta values ('revision', '0'), ('views', '')",
    """create table seeds (
        id varchar not null, source varchar not null, statement varchar not null, solution varchar, answer varchar,
        subject varchar, level varchar, language varchar not null, points varchar[] not null,
        origin varchar not null)""",
    """create table knowledge_points (
        id varchar not null, name varchar not null, origin varchar not null, area varchar, definition varchar)""",
    """create table point_events (
        seq bigint not null, id varchar not null, act varchar not null, point_id varchar not null,
        "by" varchar not null, made_at double not null, target_id varchar, name varchar, label varchar,
        reason varchar not null, undoes varchar)""",
    """create table seed_points (
        id varchar not null, seed_id varchar not null, point_id varchar not null, "by" varchar not null)""",
    """create table same_verdicts (
        id varchar not null, left_id varchar not null, right_id varchar not null, cosine double not null,
        same boolean not null, reason varchar not null, reply_id varchar)""",
    """create table combinations (
        id varchar not null, kind varchar not null, points varchar[] not null, distance bigint not null,
        weight bigint not null)""",
    """create table runs (
        id varchar not null, kind varchar not null, recipe varchar not null, title varchar not null,
        total bigint not null, dry boolean not null, made_at double not null, directory varchar not null,
        plan varchar not null)""",
    """create table run_events (
        seq bigint not null, id varchar not null, run_id varchar not null, made_at double not null,
        state varchar not null, detail varchar not null)""",
    """create table replies (
        id varchar not null, run_id varchar not null, item_id varchar not null, role varchar not null,
        model varchar not null, prompt_id varchar not null, prompt_hash varchar not null, request varchar not null,
        text varchar not null, finish varchar not null, tokens_in bigint not null, tokens_out bigint not null,
        seconds double not null, cost double not null, made_at double not null, attempt bigint not null,
        aside varchar not null)""",
    """create table problems (
        id varchar not null, run_id varchar not null, item_id varchar not null, statement varchar not null,
        agent varchar not null, points varchar[] not null, kind varchar, distance bigint, weight bigint,
        combination_id varchar, seed_id varchar, parent_id varchar, answer varchar, model varchar not null,
        prompt_id varchar not null, prompt_hash varchar not null, reply_id varchar, made_at double not null)""",
    """create table solutions (
        id varchar not null, problem_id varchar not null, run_id varchar not null, "index" bigint not null,
        text varchar not null, answer varchar, agent varchar not null, model varchar not null,
        prompt_id varchar not null, prompt_hash varchar not null, reply_id varchar, made_at double not null)""",
    """create table verdicts (
        id varchar not null, run_id varchar not null, subject varchar not null, subject_id varchar not null,
        problem_id varchar, name varchar not null, "by" varchar not null, value double, reason varchar not null,
        kind varchar not null, model varchar not null, version varchar not null, evidence varchar not null,
        reply_id varchar, made_at double not null)""",
    """create table failures (
        id varchar not null, run_id varchar not null, item_id varchar not null, stage varchar not null,
        boundary varchar not null, message varchar not null, raw varchar not null, subject_id varchar,
        made_at double not null)""",
    """create table items (
        seq bigint not null, id varchar not null, run_id varchar not null, item_id varchar not null,
        outcome varchar not null, made_at double not null)""",
    """create table ingest_offsets (
        run_id varchar not null, file varchar not null, position bigint not null, lines bigint not null,
        made_at double not null)""",
    """create table embeddings (
        id varchar not null, subject_id varchar not null, embedder varchar not null, "values" float[] not null)""",
    """create table projections (
        id varchar not null, subject_id varchar not null, map_id varchar not null, x float not null, y float not null,
        placed boolean not null)""",
    """create table policies (
        seq bigint not null, id varchar not null, name varchar not null, rules varchar not null, size bigint,
        made_at double not null, "by" varchar not null)""",
    """create table selections (
        seq bigint not null, id varchar not null, policy_id varchar not null, made_at double not null,
        "by" varchar not null, total bigint not null, kept bigint not null)""",
    """create table selection_items (
        selection_id varchar not null, problem_id varchar not null, kept boolean not null, reason varchar not null)""",
    """create table decisions (
        seq bigint not null, id varchar not null, problem_id varchar not null, curator varchar not null,
        act varchar not null, made_at double not null, reason varchar not null, statement varchar, solution varchar,
        undoes varchar, batch varchar, queue varchar not null)""",
    """create table leases (
        seq bigint not null, problem_id varchar not null, curator varchar not null, session varchar not null,
        act varchar not null, made_at double not null, until double not null)""",
    """create table exports (
        seq bigint not null, id varchar not null, name varchar not null, format varchar not null,
        directory varchar not null, rows bigint not null, manifest varchar not null, made_at double not null,
        "by" varchar not null)""",
    """create table export_items (
        export_id varchar not null, problem_id varchar not null, split varchar not null)""",
    """create table benchmark_items (
        id varchar not null, benchmark varchar not null, statement varchar not null, answer varchar)""",
)

_LOOKUPS = (
    "create index problems_by_id on problems (id)",
    "create index solutions_by_problem on solutions (problem_id)",
    "create index verdicts_by_problem on verdicts (problem_id)",
    "create index replies_by_id on replies (id)",
)

_WAYS = (
    """create table requests (
        id varchar not null, type varchar not null, points varchar[] not null, difficulty double not null)""",
    """create table intermediates (
        id varchar not null, run_id varchar not null, item_id varchar not null, problem_id varchar,
        agent varchar not null, name varchar not null, text varchar not null, model varchar not null,
        prompt_id varchar not null, prompt_hash varchar not null, reply_id varchar, made_at double not null)""",
    "create index intermediates_by_problem on intermediates (problem_id)",
)

_LOOP = (
    """create table training_metrics (
        id varchar not null, run_id varchar not null, step bigint not null, name varchar not null,
        value double not null, made_at double not null)""",
    """create table answers (
        id varchar not null, run_id varchar not null, benchmark varchar not null, item_id varchar not null,
        sample bigint not null, question varchar not null, expected varchar not null, text varchar not null,
        answer varchar, "right" boolean not null, model varchar not null, level varchar not null,
        subject varchar not null, reply_id varchar, made_at double not null)""",
    """create table round_events (
        seq bigint not null, id varchar not null, run_id varchar not null, number bigint not null,
        act varchar not null, model varchar not null, detail varchar not null, "by" varchar not null,
        made_at double not null)""",
)

_SPLITS = (
    """create table problem_points (
        id varchar not null, problem_id varchar not null, said varchar not null, point_id varchar not null,
        "by" varchar not null)""",
)

_OVERLAPS = (
    """create table overlap_verdicts (
        id varchar not null, text_id varchar not null, item_id varchar not null, cosine double not null,
        same boolean not null, reason varchar not null, model varchar not null, reply_id varchar)""",
)

_LEDGER = (
    """create table label_frames (
        seq bigint not null, id varchar not null, rows bigint not null, digest varchar not null,
        made_at double not null)""",
    # What changed since the frame before; a row without a hash has left.
    """create table label_frame_rows (
        frame_seq bigint not null, row_id varchar not null, row_hash varchar not null)""",
    """create table label_draws (
        seq bigint not null, id varchar not null, frame_id varchar not null, policy_id varchar not null,
        size bigint not null, salt varchar not null, recipe varchar not null, model varchar not null,
        constants varchar not null, drawn bigint not null, labels_seen bigint not null,
        decisions_seen bigint not null, made_at double not null, "by" varchar not null)""",
    """create table label_draw_rows (
        draw_id varchar not null, row_id varchar not null, row_hash varchar not null, pi double not null,
        place bigint not null, second boolean not null)""",
    """create table labels (
        seq bigint not null, id varchar not null, row_id varchar not null, row_hash varchar not null,
        curator varchar not null, verdict varchar not null, made_at double not null, reason varchar not null,
        provenance varchar not null, draw_id varchar, role varchar not null, blind boolean, decision_id varchar,
        source varchar not null)""",
)

_SAMPLED = ("alter table replies add column sampling varchar default ''",)

_CHECKED = (
    """create table checked_verdicts (
        id varchar not null, run_id varchar not null, source varchar not null, item_id varchar not null,
        judge varchar not null, role varchar not null, statement varchar not null, solution varchar not null,
        good boolean not null, value double, "limit" double not null, reason varchar not null,
        model varchar not null, version varchar not null, reply_id varchar, made_at double not null)""",
)

_LOOKED = ('create table policy_looks (look varchar not null, made_at double not null, "by" varchar not null)',)

_AUDITED = (
    """create table frozen_sets (
        seq bigint not null, id varchar not null, policy_id varchar not null, frame_id varchar not null,
        digest varchar not null, kept bigint not null, known bigint not null, known_good bigint not null,
        target double not null, error double not null, plan varchar not null, bad bigint not null,
        size bigint not null, salt varchar not null, "before" bigint not null, labels_seen bigint not null,
        decisions_seen bigint not null, made_at double not null, "by" varchar not null)""",
    """create table audit_rows (
        audit_id varchar not null, row_id varchar not null, row_hash varchar not null, place bigint not null)""",
    """create table audit_ends (
        seq bigint not null, id varchar not null, audit_id varchar not null, labels_seen bigint not null,
        decisions_seen bigint not null, made_at double not null, "by" varchar not null, reason varchar not null)""",
)

_DESKS = (
    """create table desk_acts (
        token varchar not null, number bigint not null, curator varchar not null, act varchar not null,
        problem_id varchar not null, decision_id varchar not null, made_at double not null)""",
    "create index desk_acts_by_token on desk_acts (token)",
)

MIGRATIONS: tuple[Migration, ...] = (
    Migration(1, "first schema", first_schema),
    Migration(2, "lookups", lookups),
    Migration(3, "requests and intermediate objects", ways),
    Migration(4, "how replies were sampled", sampled),
    Migration(5, "trainings, evaluations, rounds", loop),
    Migration(6, "problems of split points", splits),
    Migration(7, "what models say of texts beside test problems", overlaps),
    Migration(LEDGER, "random draws and labels", ledger),
    Migration(9, "what judges say of rows that people judged", checked),
    Migration(10, "policies that were looked at", looked),
    Migration(11, "frozen sets and their audits", audited),
    Migration(12, "acts of the review desk's browsers", desks),
)
