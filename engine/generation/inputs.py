"""What a run reads: records as Parquet files in `inputs/`, written when the run is planned, streamed by the worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import TypeVar, get_type_hints

import pyarrow as pa
import pyarrow.parquet as pq

from engine.core.records import BenchmarkItem, Seed
from engine.generation.work_item import WorkItem
from engine.runs.plan import Plan
from engine.similarity import Embedder, contamination, embedder

R = TypeVar("R")
_BATCH = 2_000
NO_TESTS = "No benchmark is imported: nothing is compared with test problems. Add one with: lemma benchmarks add FILE"
"""What a run says that cannot tell a copy of a test problem (GSDP-24, FL-18)."""


def save(path: Path, kind: type[R], records: Iterable[R]) -> int:
    """Write records of one dataclass to `path`; return how many. An empty file keeps its columns."""
    schema = _schema(kind)
    path.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with pq.ParquetWriter(path, schema) as writer:
        source = iter(records)
        while batch := tuple(islice(source, _BATCH)):
            columns = {name: [getattr(record, name) for record in batch] for name in schema.names}
            writer.write_table(pa.table(columns, schema=schema))
            written += len(batch)
    return written


def stream(path: Path, kind: type[R]) -> Iterator[R]:
    """Yield the records of `path`, a batch in memory at a time; nothing where there is no file."""
    if not path.exists():
        return
    listed = {name for name, column in _columns(kind).items() if pa.types.is_list(column)}
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH):
            for row in batch.to_pylist():
                yield kind(**{name: tuple(value) if name in listed else value for name, value in row.items()})


def work_items(directory: Path) -> Iterator[WorkItem]:
    """Yield the work items of a run, in the order of its plan."""
    return stream(directory / "inputs" / "orders.parquet", WorkItem)


def seeds(directory: Path, wanted: Iterable[str]) -> dict[str, Seed]:
    """Return the seeds of a run that `wanted` names, by id."""
    asked = set(wanted)
    return {seed.id: seed for seed in stream(directory / "inputs" / "seeds.parquet", Seed) if seed.id in asked}


def points_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the knowledge points of each seed from pairs of seed id and point, in the order of the pairs."""
    found: dict[str, list[str]] = {}
    for seed_id, point in pairs:
        found.setdefault(seed_id, []).append(point)
    return found


def untested(directory: Path) -> str:
    """Say that a run compares nothing with test problems, '' where it does, or where nobody knows any more."""
    path = directory / "inputs" / "benchmarks.parquet"
    return NO_TESTS if path.exists() and not count(path) else ""


def tests(plan: Plan, directory: Path) -> contamination.NgramIndex:
    """Return the test problems of a run, ready to be compared with (GSDP-24, FL-18)."""
    limits = plan.recipe.settings.decontamination
    found = stream(directory / "inputs" / "benchmarks.parquet", BenchmarkItem)
    return contamination.NgramIndex(found, contamination.Limits(limits.n, limits.share))


def embedder_of(plan: Plan, directory: Path, texts: Sequence[str]) -> Embedder:
    """Return the embedder of a run for `texts`; runs that lie beside each other share the vectors that were made."""
    return embedder.choose(plan.recipe.settings.filter.embedder, texts, directory.parent / ".embeddings")


def count(path: Path) -> int:
    """Return how many records `path` holds; 0 where there is no file."""
    return int(pq.read_metadata(path).num_rows) if path.exists() else 0


_ARROW = {
    "str": pa.string(),
    "int": pa.int64(),
    "float": pa.float64(),
    "bool": pa.bool_(),
    "tuple": pa.list_(pa.string()),
}


def _columns(kind: type[R]) -> dict[str, pa.DataType]:
    hints = get_type_hints(kind)
    return {field.name: _arrow(hints[field.name]) for field in fields(kind)}  # type: ignore[arg-type]


def _schema(kind: type[R]) -> pa.Schema:
    return pa.schema(list(_columns(kind).items()))


def _arrow(hint: object) -> pa.DataType:
    """Arrow type of a field; literals are strings, optional fields are nullable columns of their type."""
    text = str(getattr(hint, "__name__", hint) if isinstance(hint, type) else hint)
    for name in ("tuple", "Literal", "str", "float", "int", "bool"):
        if name in text:
            return _ARROW["str" if name == "Literal" else name]
    raise TypeError(f"no column type for {hint}")
