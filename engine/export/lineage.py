"""lineage.parquet: where every exported row came from, in the order of the rows, with a hash of all that it was.

With it a set is made again from the store, and a row that changed since is found by its id (AM-26).
"""

from __future__ import annotations

from dataclasses import fields
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from engine.core.errors import BadInput
from engine.export.rows import ExportRow

NAME = "lineage.parquet"
_BATCH = 10_000
_FIELDS = (
    "seed_id",
    "combination_id",
    "parent_id",
    "run_id",
    "agent",
    "model",
    "prompt_id",
    "prompt_hash",
    "decision",
    "curator",
)
SCHEMA = pa.schema([(name, pa.string()) for name in ("id", "split", "digest", "family", *_FIELDS)])
SEVERAL = SCHEMA.append(pa.field("solution_id", pa.string()))
"""Where problems go out with several solutions."""
_PLACE = frozenset(
    (
        "contaminated",
        "warned",
        "tier",
        "test_problem",
        "test_seed",
        "repeats",
        "split",
        "root",
        "solution_id",
        "silent",
        "waits",
        "better",
    )
)
"""Fields that say what becomes of a row, not what it is."""
_HASHED = tuple(field.name for field in fields(ExportRow) if field.name not in _PLACE)


def line(row: ExportRow, split: str) -> dict[str, Any]:
    """Return the entry of a row."""
    entry = {name: getattr(row, name) for name in _FIELDS}
    told = {"id": row.id, "split": split, "digest": digest(row), "family": row.family, **entry}
    return told | {"solution_id": row.solution_id} if row.solution_id else told


def digest(row: ExportRow) -> str:
    """Return a hash of everything that is known of a row: 64 bits as hex."""
    body = orjson.dumps([getattr(row, name) for name in _HASHED])
    return blake2b(body, digest_size=8).hexdigest()


def read(path: Path, columns: tuple[str, ...] = ("id", "split")) -> pa.RecordBatchReader:
    """Return columns of a lineage file, a piece at a time; BadInput where it is none."""
    try:
        file = pq.ParquetFile(path)
        schema = pa.schema([file.schema_arrow.field(name) for name in columns])
    except (pa.ArrowException, OSError, KeyError) as error:
        do = "Keep the file beside its manifest."
        raise BadInput(f"is no lineage of an export: {error}", where=str(path), do=do) from error
    return pa.RecordBatchReader.from_batches(schema, file.iter_batches(_BATCH, columns=list(columns)))
