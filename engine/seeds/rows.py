"""What passes between the files and the shapes: a row with its place, or why a row was refused."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.core import turn_marks
from engine.core.reasoning_marks import without_reasoning
from engine.core.records import Seed

MAX_CHARS = 100_000
_HALF_SIGN = re.compile("[\ud800-\udfff]")
"""Longest text of one field; longer ones are a file in the wrong format, not a problem."""

_DEEPEST = 5
"""Levels of a row in which marks of turns are looked for."""

SHOWN_CHARS = 2_000
"""How much of a refused row is kept for a person to look at."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One record of a file. `line` counts from 1 as an editor does; in Parquet and Arrow it is the record's number."""

    line: int
    fields: Mapping[str, Any]
    split: str = ""
    """train, validation or test where the file says so by where the row stands."""
    in_doubt: bool = False
    """Whether the JSON around it has escapes of which it can't be told whether a command lost its backslash."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be a seed, with its place, a short reason to count by and a sentence to read."""

    file: str
    line: int
    reason: str
    detail: str
    field: str = ""
    text: str = ""
    ends: bool = False
    """Nothing behind it can be read."""

    @property
    def where(self) -> str:
        """File, line and field in one word."""
        return f"{self.file}, line {self.line}" + (f", field {self.field}" if self.field else "")


@dataclass(frozen=True, slots=True)
class TakenRow:
    """The seed of a row, and what a person should know of how the row was read."""

    seed: Seed
    notes: tuple[str, ...] = ()
    found: str = ""
    """How its answer was found; '' where nobody looked."""


class RowProblem(Exception):
    """A row cannot be used; becomes a `RefusedRow` where file and line are known."""

    def __init__(self, reason: str, detail: str, field: str = "") -> None:
        """`reason` is one of a few words that reports count by."""
        self.reason, self.detail, self.field = reason, detail, field
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not even be taken apart."""

    line: int
    reason: str
    detail: str
    text: str = ""
    ends: bool = False
    """Nothing behind it can be read."""


@dataclass(frozen=True, slots=True)
class Outsized:
    """Stands in a row where a cell is larger than any text of a problem; the cell itself was not read."""

    size: int
    """In bytes."""


def statement_of(fields: Mapping[str, Any], field: str) -> str:
    """Return the statement; RowProblem where the field is missing, null, empty or unusable."""
    if field not in fields:
        raise RowProblem("missing field", f"the row has no {field}", field)
    text = text_of(fields[field], field)
    if text is None:
        raise RowProblem("no statement", f"{field} is {'null' if fields[field] is None else 'empty'}", field)
    return text


def text_of(value: Any, field: str, *, reply: bool = False) -> str | None:
    """Return a field as stripped text; numbers become text, lists of texts are joined, None and '' are None.

    Marks with which chat templates end a turn are cut, and what follows them with them; `marked` tells of them. What a
    model thought aloud is left out of a `reply`; `thought` tells of that.

    Raises RowProblem where the value is no text, is too long or holds a NUL character.
    """
    text = _as_text(value, field)
    text = without_reasoning(text) if text and reply else text
    text = turn_marks.without_marks(text) if text else text
    if not text:
        return None
    if len(text) > MAX_CHARS:
        raise RowProblem("too long", f"{field} has {len(text):,} characters, {MAX_CHARS:,} is the most", field)
    if "\0" in text:
        raise RowProblem("not text", f"{field} holds a NUL character", field)
    if _HALF_SIGN.search(text):
        raise RowProblem("not text", f"{field} holds half a sign, as when an emoji is cut in two", field)
    return text


def thought(values: Iterable[Any]) -> tuple[str, ...]:
    """Return a note where a reply among these values holds what a model thought aloud."""
    texts = [value.strip() for value in values if isinstance(value, str)]
    said = [without_reasoning(text) for text in texts]
    if all(one == text for one, text in zip(said, texts, strict=True)):
        return ()
    empty = any(text and not one.strip() for one, text in zip(said, texts, strict=True))
    return (
        "the model only thought aloud: nothing of it is taken" if empty else "what a model thought aloud is left out",
    )


def unreal(value: Any) -> str:
    """Return NaN, Infinity or -Infinity for a value, or an entry of a list, that is a number and none; else ''."""
    if isinstance(value, list | tuple):
        return next((found for one in value if (found := unreal(one))), "")
    if not isinstance(value, float | Decimal) or math.isfinite(value):
        return ""
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def marked(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a note for each mark of a turn that the texts of a row hold."""
    found = dict.fromkeys(mark for text in texts_of(list(fields.values())) for mark in turn_marks.marks(text))
    return tuple(f"the mark {mark} of a turn, and what follows it, is cut" for mark in found)


def texts_of(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield the texts within a value, to a few levels."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | Mapping) and depth < _DEEPEST:
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from texts_of(one, depth + 1)


def _as_text(value: Any, field: str) -> str | None:
    if isinstance(value, str):
        return value.strip()
    if value is None or unreal(value):  # Tables use NaN for an empty cell, and no text says what a number is not.
        return None
    if isinstance(value, bool | int | float | Decimal):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, Outsized):
        raise RowProblem("too long", f"{field} has {value.size:,} bytes, {MAX_CHARS:,} characters is the most", field)
    if isinstance(value, list | tuple) and all(isinstance(part, str | int | float | None) for part in value):
        return ", ".join(text for part in value if (text := _as_text(part, field))).strip()
    raise RowProblem("not text", f"{field} is a {type(value).__name__}, not text", field)
