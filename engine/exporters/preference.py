"""Preference pairs from people's edits: the edited text is chosen, the machine's text rejected.

An edited solution of an unchanged statement gives a pair about the solution. An edited statement gives a pair about
the problem, asked for by its knowledge points; its solutions are no pair, because they answer different questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from engine.exporters.rows import ExportRow, LeftOut
from engine.exporters.sft import MESSAGES, turn

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("about", pa.string()),
        ("prompt", MESSAGES),
        ("chosen", MESSAGES),
        ("rejected", MESSAGES),
    ]
)


def pairs(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield the pair of an edited row; rows without an edit that shows are left out."""
    if _edited(row.machine_statement, row.statement):
        yield _pair(row, "problem", _request(row), row.statement, row.machine_statement or "")
    elif _edited(row.machine_solution, row.solution):
        yield _pair(row, "solution", row.statement, row.solution or "", row.machine_solution or "")
    else:
        raise LeftOut("not edited")


def _edited(before: str | None, after: str | None) -> bool:
    return bool(before and after) and " ".join((before or "").split()) != " ".join((after or "").split())


def _request(row: ExportRow) -> str:
    if not row.points:
        raise LeftOut("edited statement without knowledge points to ask for it by")
    return f"Write one mathematics problem that needs all of these: {'; '.join(row.points)}."


def _pair(row: ExportRow, about: str, prompt: str, chosen: str, rejected: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "about": about,
        "prompt": [turn("user", prompt)],
        "chosen": [turn("assistant", chosen)],
        "rejected": [turn("assistant", rejected)],
    }
