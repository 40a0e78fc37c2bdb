"""What the texts of a data set hold, in one pass: repeats, boxes, languages, pairs of equals."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.learning.training.datasets import COLUMNS, Row, TrainingData, checked

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]")
_FORMULA = re.compile(r"\$[^$]*\$|\\[A-Za-z]+")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class DataContents:
    """Counts of rows; the `_at` lists name the first few rows by their number from 1."""

    repeats: int = 0
    equal: int = 0
    equal_at: tuple[str, ...] = ()
    boxed: int = 0
    unboxed_at: tuple[str, ...] = ()
    several: int = 0
    languages: Mapping[str, int] = field(default_factory=dict)


def examine(data: TrainingData) -> DataContents:
    """Read the training rows once; memory grows by eight bytes a row."""
    seen: set[bytes] = set()
    counts: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    equal_at: list[str] = []
    unboxed_at: list[str] = []
    number = 0
    for file in data.train:
        for row in checked(file, data.form):
            number += 1
            answer = answer_of(row)
            digest = hashlib.blake2b(_packed(row, data), digest_size=8).digest()
            counts["repeats"] += digest in seen
            seen.add(digest)
            languages[language(answer)] += 1
            _note(r"\boxed" not in answer, number, unboxed_at, counts, "unboxed")
            _note("rejected" in row and _said(row["rejected"]) == answer, number, equal_at, counts, "equal")
            counts["several"] += "messages" in row and sum(t["role"] == "assistant" for t in row["messages"]) > 1
    return DataContents(
        repeats=counts["repeats"],
        equal=counts["equal"],
        equal_at=tuple(equal_at),
        boxed=number - counts["unboxed"],
        unboxed_at=tuple(unboxed_at),
        several=counts["several"],
        languages=dict(languages),
    )


def answer_of(row: Row) -> str:
    """Return what is learnt from a row."""
    for name in ("chosen", "completion", "messages", "text"):
        if name in row:
            return _said(row[name])
    return ""


def language(text: str) -> str:
    """Return zh where more than a tenth of the letters are Chinese, en otherwise; formulas do not count."""
    bare = _FORMULA.sub("", text)
    chinese = len(_CHINESE.findall(bare))
    return "zh" if chinese > 0.1 * max(1, len(_LETTERS.findall(bare))) else "en"


def _note(holds: bool, number: int, shown: list[str], counts: Counter[str], name: str) -> None:
    counts[name] += holds
    if holds and len(shown) < _SHOWN:
        shown.append(f"row {number}")


def _said(value: Any) -> str:
    """Return text, or the last turn of a conversation."""
    return value if isinstance(value, str) else str(value[-1]["content"])


def _packed(row: Row, data: TrainingData) -> bytes:
    """Return the words of a row, without regard to blanks and case."""
    parts = [row[name] for name in COLUMNS[data.form]]
    texts = [part if isinstance(part, str) else " ".join(t["content"] for t in part) for part in parts]
    return "\0".join(" ".join(text.lower().split()) for text in texts).encode()
