"""The shape of MATH: problem, `Level n`, type, with a worked solution or with the answer alone (GSDP-01).

Rows without an answer stay: a solver can still find one. `Level ?` is no level.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.records import Seed
from engine.seeds.rows import statement_of, text_of
from engine.verification.answers import extract_answer

SOURCE = "math"
USES = frozenset(["problem", "solution", "answer", "type", "level"])


def matches(fields: Mapping[str, Any]) -> bool:
    """Whether a row looks like it."""
    level = fields.get("level")
    return "problem" in fields and "type" in fields and isinstance(level, str) and level.startswith("Level ")


def seed(fields: Mapping[str, Any], source: str, origin: str) -> Seed:
    """Return the seed; without an `answer` field the solution gives it."""
    statement = statement_of(fields, "problem")
    solution = text_of(fields.get("solution"), "solution", reply=True)
    answer = text_of(fields.get("answer"), "answer", reply=True) or extract_answer(solution or "")
    level = text_of(fields.get("level"), "level")
    return Seed.make(
        source,
        statement,
        solution=solution,
        answer=answer,
        subject=text_of(fields.get("type"), "type"),
        level=None if level == "Level ?" else level,
        language="en",
        origin=origin,
    )
