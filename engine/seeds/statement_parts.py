"""What a statement is made of where a row keeps it in several columns: texts, tables, what is given, what is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from engine.seeds.columns import JOINED, USUAL, halves_of
from engine.seeds.names import key, tail
from engine.seeds.rows import text_of
from engine.seeds.talks import DATA, TABLES

_FIGURES = re.compile(r"\d.*[\s,;|].*\d|[=|\n]", re.DOTALL)
_FEWEST_WORDS = 4
_SENTENCES = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")
_ASKS = re.compile(
    r"(?:please\s+|then\s+|now\s+)?(?:find|compute|determine|calculate|evaluate|solve|prove|show|simplify|express|"
    r"estimate|give|state|how|what|which|who|when|where|why|is|are|does|do|can)\b|[求计试证解](?!集)",
    re.IGNORECASE,
)
_RENDERED = re.compile(r"\b(?:answer|solution|response|output|assistant)\b|答案|解答", re.IGNORECASE)


def is_part(column: str, value: Any) -> bool:
    """Whether a value belongs to a statement: a column `data` may hold figures, or only name where the row is from."""
    if tail(column) != DATA or not isinstance(value, str):
        return True
    return _FIGURES.search(value.strip()) is not None or len(value.split()) >= _FEWEST_WORDS


def part_text(column: str, value: Any) -> str | None:
    """Return one part of a statement as text: tables as lines, several paragraphs one under the other."""
    if tail(column) in TABLES or isinstance(value, Mapping):
        return table_text(value)
    if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
        return text_of("\n".join(value), column)
    return table_text(value) if isinstance(value, list) and tail(column) == DATA else text_of(value, column)


def left_half(texts: Mapping[str, str]) -> tuple[str, str]:
    """Return the column, of one that gives and one that asks, which is left out of a statement, and why.

    Both are empty where the two make one problem. One that holds the other is the whole, unless it goes on with the
    answer; of two that both ask the one that usually holds the problem is taken, because which was meant can't be told.
    """
    halves = halves_of(tuple(texts))
    if not halves:
        return "", ""
    given, asked = halves
    for whole, part in ((given, asked), (asked, given)):
        if (place := texts[whole].find(texts[part])) >= 0:
            behind = texts[whole][place + len(texts[part]) :]
            return (whole, "") if _RENDERED.search(behind) else (part, "")
    if not (asks(texts[given]) and asks(texts[asked])):
        return "", ""
    order = USUAL["statement"]
    left = max(halves, key=lambda column: order.index(key(column)))
    why = f"{given} and {asked} both ask: {left} is left out (--map 'statement={JOINED.join(halves)}' joins them)"
    return left, why


def asks(text: str) -> bool:
    """Whether a text ends by asking for something."""
    sentences = [one.strip() for one in _SENTENCES.split(text.strip()) if one.strip()]
    return bool(sentences) and (sentences[-1].endswith(("?", "？")) or _ASKS.match(sentences[-1]) is not None)


def table_text(value: Any) -> str | None:
    """Return a table as lines of cells between bars."""
    if isinstance(value, Mapping):
        small = {str(name).casefold(): held for name, held in value.items()}
        head = small.get("header", small.get("headers", small.get("columns")))
        if head is not None and "rows" in small:
            value = [head, *small["rows"]]
        elif all(isinstance(held, list) for held in value.values()):
            value = [list(value), *(list(row) for row in zip(*value.values(), strict=False))]
        else:
            value = [[name, held] for name, held in value.items()]
    if isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        value = [list(value[0]), *(list(row.values()) for row in value)]
    if isinstance(value, list):
        rows = (row if isinstance(row, list) else [row] for row in value)
        return "\n".join(" | ".join(str(cell) for cell in row) for row in rows).strip() or None
    return text_of(value, "table")
