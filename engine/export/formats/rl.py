"""Prompts for reinforcement learning: a question, the answer, and how a reward function compares the two.

The column `solution` holds the answer in a box, which is what TRL's own `accuracy_reward` takes as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from engine.export.formats.sft import MESSAGES, turn
from engine.export.rows import ExportRow, LeftOut

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("prompt", MESSAGES),
        ("answer", pa.string()),
        ("solution", pa.string()),
        ("verify", pa.string()),
        ("difficulty", pa.float64()),
    ]
)

ASK = r"Put the final answer in \boxed{}."
VERIFY = {
    "number": "the value in the last box equals the answer as a number",
    "choice": "the letter in the last box is the answer",
    "expression": "the last box is symbolically equal to the answer, for instance by math-verify",
}
"""What the column `verify` says, and how the answer is compared then."""
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\Z")
_CHOICE = re.compile(r"\(?[A-F]\)?\Z")


def prompt(row: ExportRow) -> Iterator[dict[str, Any]]:
    """Yield prompt and answer; rows without an answer to check against are left out."""
    answer = (row.answer or "").strip()
    if not answer:
        raise LeftOut("no answer to verify")
    asked = [turn("user", f"{row.statement.strip()}\n\n{ASK}")]
    yield {
        "id": row.id,
        "prompt": asked,
        "answer": answer,
        "solution": f"\\boxed{{{answer}}}",
        "verify": way(answer),
        "difficulty": row.difficulty,
    }


def way(answer: str) -> str:
    """Return how an answer is compared: a key of VERIFY."""
    if _NUMBER.match(answer):
        return "number"
    return "choice" if _CHOICE.match(answer) else "expression"
