"""Rows that stand in something: `{"data": [...]}`, rows by id, splits, columns of lists, pandas and the hub's viewer.

A mapping that holds texts of a problem itself is a row, whatever lists it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.seeds.names import key

_NAMES = "data rows examples items records instances problems questions samples entries dataset results train test dev"
_ROWS = frozenset((*_NAMES.split(), "validation"))
_OF_A_ROW = frozenset(
    [
        "question",
        "problem",
        "statement",
        "prompt",
        "instruction",
        "query",
        "input",
        "context",
        "passage",
        "body",
        "answer",
        "messages",
        "conversations",
        "solution",
        "text",
        "options",
        "choices",
        "题目",
        "问题",
    ]
)
_VIEWER = frozenset(("row", "row_idx", "row_index", "truncated_cells"))


def entries(value: Any) -> Iterator[Any]:
    """Yield the rows within a value of JSON; the value itself where it is one row, or no row at all."""
    if isinstance(value, list):
        yield from map(opened, value)
    elif isinstance(value, Mapping) and (inner := _inner(value)) is not None:
        for one in inner:
            yield from entries(one) if isinstance(one, list) else [opened(one)]
    else:
        yield opened(value)


def is_wrapping(value: Any) -> bool:
    """Whether a value of JSON is no row but holds rows."""
    return isinstance(value, Mapping) and _inner(value) is not None


def opened(row: Any) -> Any:
    """Return the fields of a row under one name, such as {"Problem_7": {...}} or the hub's {"row": {...}}."""
    if isinstance(row, Mapping):
        if isinstance(row.get("row"), Mapping) and set(row) <= _VIEWER:
            return row["row"]
        only = next(iter(row.values())) if len(row) == 1 else None
        if isinstance(only, Mapping) and not _is_row(row):
            return only
    return row


def _is_row(value: Mapping[str, Any]) -> bool:
    """Whether a mapping has a field of a problem that holds no rows of its own."""
    return any(key(str(name)) in _OF_A_ROW and not _is_rows(held) for name, held in value.items())


def _is_rows(value: Any) -> bool:
    """Whether a list holds rows; the turns of a conversation are none."""
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(one, Mapping) and not {"role", "from"} & set(one) for one in value)


def _inner(value: Mapping[str, Any]) -> list[Any] | None:
    """Return the rows that a mapping holds; None where it is a row."""
    columns = _of_columns(value)
    if columns is not None:
        return columns
    if _is_row(value):
        return None
    named = [held for name, held in value.items() if key(str(name)) in _ROWS and _is_rows(held)]
    if named:
        return [row for held in named for row in held]
    if value and all(isinstance(held, Mapping) for held in value.values()):
        inner = [one for held in value.values() if (one := _inner(held)) is not None]
        if inner:
            return [row for rows in inner for row in rows]
        return list(value.values()) if len(value) > 1 else None
    lists = [held for held in value.values() if _is_rows(held)]
    nested = [rows for held in value.values() if isinstance(held, Mapping) and (rows := _inner(held)) is not None]
    return lists[0] if len(lists) == 1 else nested[0] if len(nested) == 1 and not lists else None


def _of_columns(value: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the rows of a table that stands column by column, or as pandas splits it."""
    names, data = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, names), row, strict=False)) for row in data]
    known = [held for name, held in value.items() if key(str(name)) in _OF_A_ROW]
    if len(value) < 2 or len(known) < 2:
        return None
    held = list(value.values())
    if all(isinstance(one, list) for one in held) and len({len(one) for one in held}) == 1 and _are_texts(known):
        return [dict(zip(value, row, strict=True)) for row in zip(*held, strict=True)]
    if all(isinstance(one, Mapping) for one in held) and all(map(str.isdigit, (str(n) for one in held for n in one))):
        numbers = dict.fromkeys(number for one in held for number in one)
        return [{name: one.get(number) for name, one in value.items()} for number in numbers]
    return None


def _are_texts(columns: list[Any]) -> bool:
    return any(len(column) > 1 and all(isinstance(one, str) for one in column) for column in columns)
