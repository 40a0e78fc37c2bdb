"""From the store to a folder that trains a model: gathers the rows, writes them, and remembers what was delivered."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from engine.checks import contamination, duplicates
from engine.curation.scores import SCORES
from engine.errors import UserError
from engine.exporters import CardFacts, Exported, ExportRow, export
from engine.seeds.columns import language_of
from engine.settings import Decontamination
from engine.store import Export, Store

Only = Literal["approved", "selected"]
_WORDS = {"approved": "approve", "rejected": "reject"}


@dataclass(frozen=True, slots=True)
class Cargo:
    """The problems of an export before it is written, and what keeps some of them out."""

    only: Only
    table: pa.Table
    """Columns as in `Exports.rows`, a row per problem."""
    copies: dict[int, str]
    """Row number, and which test problem it copies, in words."""
    repeats: dict[int, str]
    """Row number, and the id of the earlier row that says the same."""

    def rows(self) -> Iterator[ExportRow]:
        """Yield the rows as exporters take them."""
        number = 0
        for batch in self.table.to_batches(max_chunksize=2_000):
            for row in batch.to_pylist():
                yield _row(row, self.copies.get(number, ""), self.repeats.get(number, ""))
                number += 1


@dataclass(frozen=True, slots=True)
class Draft:
    """An export as it would be: its counts and hash, its card, and its size in bytes."""

    exported: Exported
    readme: str
    size: int


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

    Copies of test problems and repeats of earlier rows are left out and counted. `progress` is called with the rows
    done. Raises UserError where there is nothing to export, before anything is written.
    """
    cargo = gather(store, only)
    if not cargo.table.num_rows:
        raise UserError(f"no problem is {only} yet.", where=f"export {name}", do=_instead(store, only))
    folder = out.expanduser().resolve()
    done = export(
        _counted(cargo.rows(), progress), folder, format=format, name=name, card=_facts(store, cargo, name, license),
        test_share=test_share, container=container,
    )  # fmt: skip
    ids, splits = zip(*done.ids, strict=True) if done.ids else ((), ())
    entry = store.exports.save(name, format, str(folder), done.manifest, ids, splits, by)
    return Delivered(done, entry)


def draft(
    store: Store, cargo: Cargo, name: str, *, format: str, test_share: float, container: str, license: str
) -> Draft:
    """Write the export to a folder that vanishes: the same code as the real one, so the two cannot differ.

    Raises UserError where no row is left.
    """
    with tempfile.TemporaryDirectory(prefix="lemma-draft-") as place:
        folder = Path(place) / "set"
        done = export(
            cargo.rows(), folder, format=format, name=name, card=_facts(store, cargo, name, license),
            test_share=test_share, container=container,
        )  # fmt: skip
        readme = (folder / "README.md").read_text(encoding="utf-8")
        return Draft(done, readme, sum(path.stat().st_size for path in done.files))


def gather(store: Store, only: Only) -> Cargo:
    """Return the approved or the selected problems; copies of test problems and repeats are marked.

    Every text is looked up among the test problems of today, which may have come after the run that wrote it.
    """
    table = store.exports.rows(only)
    texts = table["statement"].to_pylist()
    ids = table["id"].to_pylist()
    copies = _copies(store, texts, table["contamination"].to_pylist())
    clean = [row for row in range(len(texts)) if row not in copies]
    found = duplicates.find([texts[row] for row in clean])
    repeats = {clean[one.row]: ids[clean[one.of]] for one in (*found.exact, *found.near)}
    return Cargo(only, table, copies, repeats)


def _copies(store: Store, texts: Sequence[str], said: Sequence[float | None]) -> dict[int, str]:
    rule = Decontamination()
    index = contamination.Index(store.benchmarks.all(), contamination.Limits(rule.n, rule.share))
    found = {
        row: f"holds {share:.0%} of a test problem" for row, share in enumerate(said) if (share or 0) >= rule.share
    }
    for row, text in enumerate(texts if len(index) else ()):
        match = index.match(text)
        if match and match.copied:
            found[row] = match.reason
    return found


def _instead(store: Store, only: Only) -> str:
    other: Only = "selected" if only == "approved" else "approved"
    count = store.exports.rows(other).num_rows
    if count:
        return f"{count:,} are {other}: add --only {other}, or review them first."
    return "Select with `lemma select`, and approve on the review desk."


def _row(row: dict[str, Any], copied: str, repeats: str) -> ExportRow:
    scores = tuple((key, float(row[key])) for key in SCORES if row.get(key) is not None)
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
        contaminated=copied,
        repeats=repeats,
    )


def _counted(rows: Iterator[ExportRow], progress: Callable[[int], None] | None) -> Iterator[ExportRow]:
    last = time.monotonic()
    for number, row in enumerate(rows, start=1):
        yield row
        if progress and time.monotonic() - last > 0.2:
            last = time.monotonic()
            progress(number)


def _facts(store: Store, cargo: Cargo, name: str, license: str) -> CardFacts:
    latest = store.selections.latest()
    funnel = store.home.funnel()
    models = {value for key in ("model", "solver_model") for value in cargo.table[key].to_pylist() if value}
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
