"""Marks with which chat templates end a turn are in no file: they are cut, and counted by name.

What follows such a mark is another turn, and goes with it. A model that learned one as text would write it as text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from engine.core.turn_marks import marks, without_marks
from engine.export.rows import ExportRow

TEXTS = (
    "statement",
    "solution",
    "answer",
    "machine_statement",
    "machine_solution",
    "request",
    "parent_statement",
    "parent_solution",
    "wrong_solution",
)
"""Fields of a row that go out as text."""


def without_turn_marks(row: ExportRow, counts: Counter[str]) -> ExportRow:
    """Return a row without marks of turns, the same row where it has none; `counts` takes the texts by mark."""
    fresh: dict[str, Any] = {}
    for name in TEXTS:
        text = getattr(row, name)
        # Both signs are rare in mathematics, and every mark has one.
        if text and ("<" in text or "[" in text) and (found := marks(text)):
            counts.update(found)
            fresh[name] = without_marks(text)
    return replace(row, **fresh) if fresh else row
