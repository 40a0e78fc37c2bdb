"""Prompts for reinforcement learning: a question and the answer that a reward function checks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from engine.exporters.rows import ExportRow, LeftOut
from engine.exporters.sft import MESSAGES, turn

SCHEMA = pa.schema([("id", pa.string()), ("prompt", MESSAGES), ("answer", pa.string()), ("difficulty", pa.float64())])

ASK = r"Put the final answer in \boxed{}."


def prompt(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield prompt and answer; rows without an answer to check against are left out."""
    if not (row.answer and row.answer.strip()):
        raise LeftOut("no answer to verify")
    asked = [turn("user", f"{row.statement.strip()}\n\n{ASK}")]
    yield {"id": row.id, "prompt": asked, "answer": row.answer.strip(), "difficulty": row.difficulty}
