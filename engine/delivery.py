"""From the store to a folder that trains a model: gathers the rows, writes them, and remembers what was delivered."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from engine.curation.scores import SCORES
from engine.errors import UserError
from engine.exporters import CardFacts, Exported, ExportRow, export
from engine.seeds.columns import language_of
from engine.settings import Decontamination
from engine.store import Export, Store

Only = Literal["approved", "selected"]
_WORDS = {"approved": "approve", "rejected": "reject"}


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was written and how the store remembers it."""

    exported: Exported
    entry: Export


def deliver(
    store: Store,
    name: str,
    out: Path,
    *,
    format: str = "sft",
    only: Only = "approved",
    test_share: float = 0.0,
    container: str = "jsonl",
    license: str = "other",
    by: str = "",
    progress: Callable[[int], None] | None = None,
) -> Delivered:
    """Write the approved, or the selected, problems as a training set into `out`.

    Copies of test problems are left out and counted. Raises UserError where there is nothing to export, before
    anything is written.
    """
    table = store.exports.rows(only)
    if not table.num_rows:
        raise UserError(f"no problem is {only} yet.", where=f"export {name}", do=_instead(store, only))
    rows = _counted(_rows(table), progress)
    done = export(
        rows, out, format=format, name=name, card=_facts(store, table, name, license),
        test_share=test_share, container=container,
    )  # fmt: skip
    ids, splits = zip(*done.ids, strict=True) if done.ids else ((), ())
    entry = store.exports.save(name, format, str(out), done.manifest, ids, splits, by)
    return Delivered(done, entry)


def _instead(store: Store, only: Only) -> str:
    other: Only = "selected" if only == "approved" else "approved"
    count = store.exports.rows(other).num_rows
    if count:
        return f"{count:,} are {other}: add --only {other}, or review them first."
    return "Select with `lemma select`, and approve on the review desk."


def _rows(table: pa.Table) -> Iterator[ExportRow]:
    limit = Decontamination().share
    for batch in table.to_batches(max_chunksize=2_000):
        for row in batch.to_pylist():
            yield _row(row, limit)


def _row(row: dict[str, Any], limit: float) -> ExportRow:
    scores = tuple((key, float(row[key])) for key in SCORES if row.get(key) is not None)
    copied = row.get("contamination")
    return ExportRow(
        id=row["id"],
        statement=row["statement"],
        solution=row["solution"],
        answer=row["answer"],
        machine_statement=row["machine_statement"] if row["edited"] else None,
        machine_solution=row["machine_solution"] if row["edited"] else None,
        points=tuple(row["points"] or ()),
        kind=row["kind"],
        distance=row["distance"],
        weight=row["weight"],
        difficulty=row.get("difficulty"),
        scores=scores,
        seed_id=row["seed_id"],
        combination_id=row["combination_id"],
        parent_id=row["parent_id"],
        run_id=row["run_id"],
        agent=row["agent"],
        model=row["model"] or "",
        prompt_id=row["prompt_id"] or "",
        prompt_hash=row["prompt_hash"] or "",
        language=language_of(row["statement"]),
        decision="edit" if row["edited"] else _WORDS.get(row["decision"]),
        curator=row["curator"] or "",
        contaminated=f"a test problem ({copied:.0%} of its n-grams)" if copied is not None and copied >= limit else "",
    )


def _counted(rows: Iterator[ExportRow], progress: Callable[[int], None] | None) -> Iterator[ExportRow]:
    last = time.monotonic()
    for number, row in enumerate(rows, start=1):
        yield row
        if progress and time.monotonic() - last > 0.2:
            last = time.monotonic()
            progress(number)


def _facts(store: Store, table: pa.Table, name: str, license: str) -> CardFacts:
    latest = store.selections.latest()
    funnel = store.home.funnel()
    models = {value for key in ("model", "solver_model") for value in table[key].to_pylist() if value}
    return CardFacts(
        title=name,
        about="Mathematics problems written from combinations of knowledge points, judged, selected and reviewed.",
        license=license,
        sources=tuple(source.name for source in store.seeds.sources()),
        models=tuple(sorted(models)),
        policy=store.policies.get(latest.policy_id) if latest else None,
        funnel={
            "seeds": funnel.seeds,
            "written": funnel.written,
            "judged": funnel.judged,
            "selected": funnel.selected,
            "approved": funnel.approved,
        },
    )
