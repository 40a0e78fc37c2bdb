"""Text for continued pre-training: two labelled sections, problem and solution, with a blank line between (GSDP-39)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from engine.export.rows import ExportRow, solution_of

SCHEMA = pa.schema([("id", pa.string()), ("text", pa.string())])


def text(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield the text of a row; rows without a solution are left out."""
    yield {"id": row.id, "text": f"Problem:\n{row.statement.strip()}\n\nSolution:\n{solution_of(row).strip()}"}
