"""Write an export for good, or as a draft that nobody keeps; both by the same code, so the two cannot differ."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from engine.core.errors import BadSetting, UserError
from engine.core.out_folder import require_apart
from engine.export import lineage, strategy_sets
from engine.export.card_facts import Licenses, facts
from engine.export.dedup import DedupResult
from engine.export.graph_parts import of_graph
from engine.export.mixture import DatasetMixture, lacking, left_outside, mix
from engine.export.quality import rate
from engine.export.rows import CardFacts, Exported, ExportRow
from engine.export.rows_to_export import RowsToExport, gather
from engine.export.shape import FileShape
from engine.export.writer import export, usable
from engine.store import Export, Store
from engine.store.export_cursor import Only

Progress = Callable[[int, str], None]
"""Called with the rows done and what is being done."""


@dataclass(frozen=True, slots=True)
class ExportDraft:
    """An export as it would be: its counts and hash, its card with the pictures by path, and its size in bytes."""

    exported: Exported
    readme: str
    size: int
    pictures: Mapping[str, str] = field(default_factory=dict)
    lacking: str = ""
    """What a data set has too few of; '' where nothing is lacking."""
    outside: str = ""
    """What a data set leaves out because it was not chosen; '' where nothing is."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was written and how the store remembers it."""

    exported: Exported
    entry: Export
    lacking: str = ""
    """What a data set has too few of; '' where nothing is lacking."""
    outside: str = ""
    """What a data set leaves out because it was not chosen; '' where nothing is."""
    tests: int = 0
    """Test problems that rows and seeds were compared with; of none, copies are not known."""


def deliver(
    store: Store,
    name: str,
    out: Path,
    *,
    only: Only = "approved",
    licenses: Licenses | None = None,
    by: str = "",
    progress: Progress | None = None,
    shape: FileShape | None = None,
    **more: Any,
) -> Delivered:
    """Write the approved, or the selected, problems as a training set into `out`.

    Test problems, also with other numbers, what was written from one, and repeats of earlier rows are left out and
    counted; `shape.tiers` says which test problems are looked for, and what only warns. A shape with `best` takes the
    seeds and the best synthesised problems: of the selected ones as published (AM-20), of the approved ones, or of all
    that people did not reject.

    Args:
        store: the project's store.
        name: name of the set.
        out: folder to write into.
        only: which problems.
        licenses: that of the set, `other` by default, and those that are stated for seed sets.
        by: who asked for it.
        progress: called with the rows done and what is being done.
        shape: how the files look; `more` are fields of it, where no shape is given.
        more: fields of Shape: format, container, test_share, seed, shards, balance, pairs.

    Raises:
        UserError: there is nothing to export, or the folder is occupied; nothing was written.
    """
    asked = shape or FileShape(**more)
    if not asked.several and not store.exports.count(only):
        raise UserError(f"no problem is {only} yet.", where=f"export {name}", do=_instead(store, only))
    require_apart(out.expanduser(), Path(store.path).parent)
    folder = out.expanduser().resolve()
    with hold(store, only, asked, progress) as outgoing_rows:
        card = facts(store, outgoing_rows, name, licenses or Licenses())
        done = export(
            _Counted(outgoing_rows, progress),
            folder,
            name=name,
            card=card,
            shape=asked,
            rate=partial(rate, store, only),
        )
    gone = lineage.read(done.lineage)
    entry = store.exports.save(name, asked.format, str(folder), done.manifest, gone, by=by)
    tests = sum(card.benchmarks.values())
    short = lacking(outgoing_rows.parts, asked.best)
    return Delivered(done, entry, short, left_outside(outgoing_rows.outside, only), tests)


def hold(
    store: Store, only: Only, shape: FileShape, progress: Progress | None = None, known: DedupResult | None = None
) -> RowsToExport:
    """Return the problems that an export of this shape needs, as `gather` does; the caller closes them."""
    if only == "all" and not shape.several:
        raise BadSetting("a set holds approved or selected problems.", where="only", do="Use approved or selected.")
    mixture = _mixture(store, only, shape, progress)
    return gather(store, only, shape, progress=progress, known=known, mixture=mixture)


def _mixture(store: Store, only: Only, shape: FileShape, progress: Progress | None) -> DatasetMixture | None:
    """Return which rows go out, where it is not simply the problems that `only` means."""
    if shape.best:
        return mix(store, only, shape)
    if shape.components:
        return of_graph(store, only, shape)
    if not shape.strategies:
        return None
    kept = strategy_sets.kept(store, only)
    if shape.strategies == "own":
        return kept.whole()
    # What cannot go out is put aside before sets are made equal, or they would not be equal in the files.
    with gather(store, only, FileShape(tiers=shape.tiers), progress=progress, mixture=kept.whole()) as rows:
        fit = {(row.split, row.id) for row in usable(rows, shape)}
    return kept.equal(fit, shape.seed)


def draft(
    store: Store,
    outgoing_rows: RowsToExport,
    name: str,
    *,
    licenses: Licenses | None = None,
    progress: Progress | None = None,
    shape: FileShape | None = None,
    **more: Any,
) -> ExportDraft:
    """Write the export to a folder that vanishes; UserError where no row is left."""
    card: CardFacts = facts(store, outgoing_rows, name, licenses or Licenses())
    with tempfile.TemporaryDirectory(prefix="lemma-draft-") as place:
        folder = Path(place) / "set"
        try:
            done = export(
                _Counted(outgoing_rows, progress), folder, name=name, card=card, shape=shape or FileShape(**more),
                rate=partial(rate, store, outgoing_rows.only),
            )  # fmt: skip
        except UserError as error:
            # The folder of a draft says nothing to a person.
            raise UserError(error.what, where=f"export {name}", do=error.do) from error
        drawn = sorted(folder.glob("pictures/*.svg"))
        return ExportDraft(
            done,
            (folder / "README.md").read_text(encoding="utf-8"),
            sum(path.stat().st_size for path in done.files),
            {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in drawn},
            lacking(outgoing_rows.parts, (shape or FileShape(**more)).best),
            left_outside(outgoing_rows.outside, outgoing_rows.only),
        )


def _instead(store: Store, only: Only) -> str:
    other: Only = "selected" if only == "approved" else "approved"
    if waiting := len(store.decisions.waiting()):
        return f"{waiting:,} edited statements wait for their solution: give or confirm it on the review desk."
    count = store.exports.count(other)
    if count:
        return f"{count:,} are {other}: add --only {other}, or review them first."
    return "Select with `lemma select`, and approve on the review desk."


class _Counted:
    """Rows that tell how far they are, each time they are gone through."""

    def __init__(self, outgoing_rows: RowsToExport, progress: Progress | None) -> None:
        self._cargo, self._progress = outgoing_rows, progress

    def __iter__(self) -> Iterator[ExportRow]:
        last = time.monotonic()
        for number, row in enumerate(self._cargo.rows(), start=1):
            yield row
            if self._progress and time.monotonic() - last > 0.2:
                last = time.monotonic()
                self._progress(number, "writing")
