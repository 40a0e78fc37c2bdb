"""Rows that stand in something: `{"data": [...]}`, rows by id, splits, columns of lists, pandas and the hub's viewer.

A mapping that holds texts of a problem itself is a row, whatever lists it has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.seeds.names import key
from engine.seeds.splits import split_of

_NAMES = "data rows examples items records instances problems questions samples entries dataset results"
_ROWS = frozenset(_NAMES.split())
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


def entries(value: Any, split: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the split and the fields of each row within a value of JSON; the value itself where it is one row.

    The split is train, validation or test where the rows stand under such a name, else ''.
    """
    if isinstance(value, list):
        for one in value:
            yield split, opened(one)
    elif isinstance(value, Mapping) and (inner := _inner(value)) is not None:
        for name, held in inner:
            for one in held:
                yield from entries(one, name or split) if isinstance(one, list) else [(name or split, opened(one))]
    else:
        yield split, opened(value)


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


_Parts = list[tuple[str, list[Any]]]
"""Rows, each list with the split that it stands under, '' for none."""


def _inner(value: Mapping[str, Any]) -> _Parts | None:
    """Return the rows that a mapping holds; None where it is a row."""
    columns = _of_columns(value)
    if columns is not None:
        return [("", columns)]
    if _is_row(value):
        return None
    parts = [(split_of(name), held) for name, held in value.items() if _is_rows(held) and _names_rows(str(name))]
    parts += _of_splits(value)
    if parts:
        return parts
    if value and all(isinstance(held, Mapping) for held in value.values()):
        inner = [part for held in value.values() for part in _inner(held) or ()]
        if inner:
            return inner
        return [("", list(value.values()))] if len(value) > 1 else None
    lists = [held for held in value.values() if _is_rows(held)]
    nested = [rows for held in value.values() if isinstance(held, Mapping) and (rows := _inner(held)) is not None]
    return [("", lists[0])] if len(lists) == 1 else nested[0] if len(nested) == 1 and not lists else None


def _names_rows(name: str) -> bool:
    return key(name) in _ROWS or bool(split_of(name))


def _of_splits(value: Mapping[str, Any]) -> _Parts:
    """Return the rows of mappings that stand under the names of splits, such as columns of lists."""
    held = [(split, one) for name, one in value.items() if isinstance(one, Mapping) and (split := split_of(name))]
    return [(split, rows) for split, one in held for _, rows in _inner(one) or ()]


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
