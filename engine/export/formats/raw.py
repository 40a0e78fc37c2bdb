"""Everything that is known of a row, with its lineage (GSDP-44): for analysis, and to import elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pyarrow as pa

from engine.export.rows import ExportRow

_OTHER = {
    "points": pa.list_(pa.string()),
    "distance": pa.int64(),
    "weight": pa.int64(),
    "difficulty": pa.float64(),
    "scores": pa.list_(pa.struct([("name", pa.string()), ("value", pa.float64())])),
}
_ELSEWHERE = frozenset(
    (
        "contaminated",
        "warned",
        "tier",
        "test_problem",
        "root",
        "split",
        "parent_statement",
        "parent_solution",
        "wrong_solution",
        "solution_id",
        "silent",
        "waits",
        "better",
    )
)
"""Fields that say where a row goes, or belong to preference pairs."""
_NAMES = tuple(field.name for field in fields(ExportRow) if field.name not in _ELSEWHERE)

SCHEMA = pa.schema([(name, _OTHER.get(name, pa.string())) for name in _NAMES])
FIRST_SCHEMA = pa.schema([field for field in SCHEMA if field.name != "request"])
"""Of the first edition."""


def everything(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield all fields of a row, among them the request that it answers (CL-04)."""
    whole = {name: getattr(row, name) for name in _NAMES}
    scores = [{"name": name, "value": value} for name, value in row.scores]
    yield whole | {"points": list(row.points), "scores": scores}


def of_first_edition(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield the fields that the first edition had."""
    for whole in everything(row):
        yield {name: value for name, value in whole.items() if name != "request"}
