"""What passes between the files and the shapes: a row with its place, or why a row was refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.core.records import Seed

MAX_CHARS = 100_000
"""Longest text of one field; longer ones are a file in the wrong format, not a problem."""

SHOWN_CHARS = 2_000
"""How much of a refused row is kept for a person to look at."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One record of a file. `line` counts from 1 as an editor does; in Parquet and Arrow it is the record's number."""

    line: int
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be a seed, with its place, a short reason to count by and a sentence to read."""

    file: str
    line: int
    reason: str
    detail: str
    field: str = ""
    text: str = ""

    @property
    def where(self) -> str:
        """File, line and field in one word."""
        return f"{self.file}, line {self.line}" + (f", field {self.field}" if self.field else "")


@dataclass(frozen=True, slots=True)
class TakenRow:
    """The seed of a row, and what a person should know of how the row was read."""

    seed: Seed
    notes: tuple[str, ...] = ()


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


def statement_of(fields: Mapping[str, Any], field: str) -> str:
    """Return the statement; RowProblem where the field is missing, null, empty or unusable."""
    if field not in fields:
        raise RowProblem("missing field", f"the row has no {field}", field)
    text = text_of(fields[field], field)
    if text is None:
        raise RowProblem("no statement", f"{field} is {'null' if fields[field] is None else 'empty'}", field)
    return text


def text_of(value: Any, field: str) -> str | None:
    """Return a field as stripped text; numbers become text, lists of texts are joined, None and '' are None.

    Raises RowProblem where the value is no text, is too long or holds a NUL character.
    """
    text = _as_text(value, field)
    if not text:
        return None
    if len(text) > MAX_CHARS:
        raise RowProblem("too long", f"{field} has {len(text):,} characters, {MAX_CHARS:,} is the most", field)
    if "\0" in text:
        raise RowProblem("not text", f"{field} holds a NUL character", field)
    return text


def _as_text(value: Any, field: str) -> str | None:
    if isinstance(value, str):
        return value.strip()
    if value is None or value != value:  # NaN, which tables use for an empty cell, is not equal to itself
        return None
    if isinstance(value, bool | int | float | Decimal):
        return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    if isinstance(value, list | tuple) and all(isinstance(part, str | int | float) for part in value):
        return ", ".join(_as_text(part, field) or "" for part in value).strip()
    raise RowProblem("not text", f"{field} is a {type(value).__name__}, not text", field)
