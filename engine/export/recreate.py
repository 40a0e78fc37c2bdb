"""An export made again from its manifest: the same bytes, or a word about which row or file differs (AM-26).

The manifest keeps the settings and what the card says; lineage.parquet beside it names the rows in their order. The
texts come from the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import file_digest
from pathlib import Path

import numpy as np
import pyarrow as pa

from engine.core.errors import BadInput, UserError
from engine.export import lineage as traces
from engine.export import manifest as manifests
from engine.export.manifest import Told
from engine.export.rows import Exported, ExportRow
from engine.export.rows_to_export import records, row_of
from engine.export.writer import Again, export
from engine.store import ExportCursor, Store

NAMED = 5
"""Rows that a message names at most."""
_BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Recreated:
    """An export that was made again; every file has the hash that its manifest tells."""

    name: str
    exported: Exported


def recreate(store: Store, manifest: Path, out: Path, progress: Callable[[int, str], None] | None = None) -> Recreated:
    """Write the export that `manifest` tells of into the folder `out`, byte for byte.

    Raises:
        BadInput: the file is no manifest, or its lineage is missing or was changed.
        UserError: the store has changed; names the rows, or the files, that differ. Nothing is written then.
    """
    told = manifests.read(manifest)
    shape = told.shape
    ids = _places(_wanted(store, manifest, told), told)
    source = store.exports.outgoing("all", ids, shape.format == "preference", shape.requests)
    try:
        rows = _Rows(source, _wanted(store, manifest, told), progress, shape.edition)
        again = Again(
            told.left_out,
            told.warned,
            told.cap,
            bool(told.turn_marks),
            lambda folder, text: _check(folder, text, told),
        )
        done = export(rows, out.expanduser().resolve(), name=told.name, card=told.card, shape=told.shape, again=again)
    finally:
        source.close()
    return Recreated(told.name, done)


def _wanted(store: Store, manifest: Path, told: Told) -> pa.RecordBatchReader:
    """Return id, split, digest and family of the rows; what only the lineage knows is null where it is gone."""
    path = manifest.with_name(traces.NAME)
    if path.is_file():
        with path.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != told.hashes.get(traces.NAME):
                raise BadInput("is not the lineage of this manifest.", where=str(path), do="Restore it from a copy.")
        several = ("solution_id",) if told.shape.several else ()
        return traces.read(path, ("id", "split", "digest", "family", *several))
    entry = next((one for one in store.exports.list() if one.manifest == told.text), None)
    if entry is None or told.shape.several:
        what = "solutions" if entry else "export"
        do = f"Keep {traces.NAME} beside the manifest: this project does not know the {what}."
        raise BadInput("is not there.", where=str(path), do=do)
    items = store.exports.items(entry.id)
    nothing = pa.nulls(items.num_rows, pa.string())
    known = {"id": items["problem_id"], "split": items["split"], "digest": nothing, "family": nothing}
    return pa.table(known).to_reader(_BATCH)


def _places(wanted: pa.RecordBatchReader, told: Told) -> pa.RecordBatchReader:
    """Return id and place of the rows, and which solution where problems have several."""
    names = ("id", "solution_id") if told.shape.several else ("id",)

    def numbered() -> Iterator[pa.RecordBatch]:
        start = 0
        for batch in wanted:
            places = pa.array(np.arange(start, start + batch.num_rows))
            yield pa.record_batch([*(batch[name] for name in names), places], schema=schema)
            start += batch.num_rows

    schema = pa.schema([*((name, pa.string()) for name in names), ("place", pa.int64())])
    return pa.RecordBatchReader.from_batches(schema, numbered())


class _Rows:
    """The wanted rows in their order; the end is an error where some are gone or not what they were."""

    def __init__(
        self,
        source: ExportCursor,
        wanted: pa.RecordBatchReader,
        progress: Callable[[int, str], None] | None,
        edition: int,
    ) -> None:
        self._source, self._wanted, self._progress = source, wanted, progress
        self._as_written = _widened if edition == 1 else _as_given

    def __iter__(self) -> Iterator[ExportRow]:
        gone, changed, waiting = _Named(), _Named(), _Named()
        wanted = (line for batch in self._wanted for line in batch.to_pylist())
        done = 0
        for piece in self._source.rows():
            for found in records(piece):
                line = next(wanted)
                while line["id"] != found["id"]:
                    gone.add(line["id"])
                    line = next(wanted)
                row = self._as_written(row_of(found, split=line["split"], root=line["family"] or found["family"]))
                if line["digest"] not in (None, traces.digest(row)):
                    changed.add(row.id)
                elif row.waits:
                    waiting.add(row.id)
                yield row
            done += piece.num_rows
            if self._progress:
                self._progress(done, "writing")
        for line in wanted:
            gone.add(line["id"])
        if waiting.count:
            raise UserError(
                f"{waiting.count:,} rows hold an edited statement with the solution of the old one ({waiting}). "
                "Nothing was written.",
                where="export",
                do="Give or confirm their solutions on the review desk, and export anew.",
            )
        if gone.count or changed.count:
            raise _moved_on(gone, changed)


def _as_given(row: ExportRow) -> ExportRow:
    return row


def _widened(row: ExportRow) -> ExportRow:
    """Return a row with its scores as the first edition wrote them: 32-bit numbers in 64 bits."""
    difficulty = None if row.difficulty is None else float(np.float32(row.difficulty))
    scores = tuple((name, float(np.float32(value))) for name, value in row.scores)
    return replace(row, difficulty=difficulty, scores=scores)


@dataclass(slots=True)
class _Named:
    """How many rows there are, and the ids of the first."""

    count: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, ident: str) -> None:
        """Count a row."""
        self.count += 1
        if self.count <= NAMED:
            self.ids.append(ident)

    def __str__(self) -> str:
        return ", ".join(self.ids) + (", …" if self.count > NAMED else "")


def _moved_on(gone: _Named, changed: _Named) -> UserError:
    said = []
    if gone.count:
        said.append(f"{gone.count:,} rows are gone or have a newer version ({gone})")
    if changed.count:
        said.append(f"{changed.count:,} rows have another text, score or decision now ({changed})")
    return UserError(
        f"the project has changed since this export: {'; '.join(said)}. Nothing was written.",
        where="export",
        do="Use a copy of the project from that time, or export anew.",
    )


def _check(folder: Path, text: str, told: Told) -> None:
    """Compare every file with the manifest; UserError names those that differ, and the likely reason."""
    if text == told.text:
        return
    here = manifests.read(folder / manifests.NAME)
    differ = [path for path in {**told.hashes, **here.hashes} if told.hashes.get(path) != here.hashes.get(path)]
    versions = [name for name, version in told.versions.items() if here.versions.get(name) != version]
    was = ", ".join(f"{name} {told.versions[name]} then, {here.versions.get(name, 'none')} now" for name in versions)
    raise UserError(
        f"{', '.join(differ) or manifests.NAME} would differ from the export{f' ({was})' if was else ''}. "
        "Nothing was written.",
        where="export",
        do="Install the versions that the manifest names." if was else "Was the manifest edited?",
    )
