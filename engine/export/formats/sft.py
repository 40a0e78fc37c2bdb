"""Supervised fine-tuning: the statement is asked, the solution answered; as messages or as prompt and completion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from engine.export.rows import ExportRow, solution_of

MESSAGES = pa.list_(pa.struct([("role", pa.string()), ("content", pa.string())]))

CONVERSATION = pa.schema([("id", pa.string()), ("messages", MESSAGES)])
PAIR = pa.schema([("id", pa.string()), ("prompt", pa.string()), ("completion", pa.string())])


def conversation(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield one conversation of two turns; rows without a solution are left out."""
    yield {"id": row.id, "messages": [turn("user", row.statement), turn("assistant", solution_of(row))]}


def pair(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield prompt and completion as plain text; rows without a solution are left out.

    TRL puts the two together as they are, so the completion brings the space between them.
    """
    yield {"id": row.id, "prompt": row.statement.rstrip(), "completion": f" {solution_of(row).lstrip()}"}


def turn(role: str, content: str) -> dict[str, str]:
    """Return one turn of a conversation."""
    return {"role": role, "content": content}
