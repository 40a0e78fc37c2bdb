"""Forms drawn from settings classes: one field each, with its sentence, its bounds and where its default comes from."""

from __future__ import annotations

import shlex
import types
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

import streamlit as st
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from engine.core.settings import Settings
from studio.text.markdown import escape

_CAPITALS = frozenset(("api", "url", "usd", "id", "gpu"))

S = TypeVar("S", bound=Settings)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Inclusive bounds of a number; None where there is none. Exclusive ones are moved by a step."""

    low: float | None
    high: float | None


def settings_form(
    kind: type[S],
    now: S | None = None,
    *,
    key: str,
    columns: int = 2,
    only: tuple[str, ...] | None = None,
    locked: bool = False,
    labels: Mapping[str, str] = MappingProxyType({}),
) -> S | ValidationError:
    """Draw one input per field of `kind` and return the settings they say, or why they do not hold together.

    `now` gives the values to start from, `only` the fields to draw (the others stay as they are), `labels` what a field
    is called here where that is not its name; fields that are settings themselves are drawn as a block of their own.
    """
    start = now if now is not None else kind.model_construct()
    said: dict[str, Any] = {name: getattr(start, name) for name in kind.model_fields}
    drawn = [name for name in kind.model_fields if only is None or name in only]
    for start_of_row in range(0, len(drawn), columns):
        # A row of its own for each line of fields, so that neighbours stand level.
        for cell, name in zip(st.columns(columns), drawn[start_of_row : start_of_row + columns], strict=False):
            with cell:
                label = escape(labels.get(name) or label_of(name))
                said[name] = _field(kind.model_fields[name], label, said[name], f"{key}.{name}", locked)
    try:
        return kind.model_validate({name: _bare(value) for name, value in said.items()})
    except ValidationError as error:
        return error


def label_of(name: str) -> str:
    """Return a field name as people say it: merge_at becomes Merge at."""
    words = [word.upper() if word in _CAPITALS else word for word in name.split("_")]
    return " ".join((words[0][:1].upper() + words[0][1:], *words[1:]))


def remark_of(field: FieldInfo) -> str:
    """Return the sentence under a field, with the source of its default where a paper gives one."""
    extra: Mapping[str, Any] = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    sentence = (field.description or "").strip()
    source = extra.get("source")
    used = ("this" if field.default else "no such step") if isinstance(field.default, bool) else field.default
    return f"{sentence} The method used {used} ({source})." if source else sentence


def bounds_of(field: FieldInfo) -> Bounds:
    """Return the bounds that the type of `field` sets."""
    low = high = None
    for mark in field.metadata:
        low = next((getattr(mark, name) for name in ("ge", "gt") if getattr(mark, name, None) is not None), low)
        high = next((getattr(mark, name) for name in ("le", "lt") if getattr(mark, name, None) is not None), high)
    return Bounds(low, high)


def _field(field: FieldInfo, label: str, value: Any, key: str, locked: bool) -> Any:
    kind, optional = _without_none(field.annotation)
    text = remark_of(field)
    # A value of the wrong type, e.g. from an older recipe, must not break the form.
    value = None if value is None and optional else field.get_default() if not _fits(kind, value) else value
    if get_origin(kind) is Literal:
        options = list(get_args(kind))
        answer: Any = st.selectbox(label, options, options.index(value), key=key, disabled=locked)
    elif kind is bool:
        answer = st.toggle(label, bool(value), key=key, disabled=locked)
    elif kind in (int, float):
        answer = _number(field, kind, label, value, key, locked)
    elif get_origin(kind) is dict:
        answer = _table(label, value or {}, key, locked)
    elif get_origin(kind) is tuple:
        answer = _words(st.text_input(label, shlex.join(value), key=key, disabled=locked))
    else:
        answer = st.text_input(label, "" if value is None else str(value), key=key, disabled=locked)
        answer = None if optional and not answer else answer
    if text:
        # Our own sentences, written as Markdown beside the field.
        st.caption(text)
    return answer


def _number(field: FieldInfo, kind: type, label: str, value: Any, key: str, locked: bool) -> Any:
    bounds = bounds_of(field)
    if kind is int:
        low = None if bounds.low is None else int(bounds.low)
        high = None if bounds.high is None else int(bounds.high)
        return st.number_input(label, low, high, value, step=1, key=key, disabled=locked, placeholder="no limit")
    low_f = None if bounds.low is None else float(bounds.low)
    high_f = None if bounds.high is None else float(bounds.high)
    step = 0.01 if high_f is not None and high_f <= 2 else 0.1 if high_f is not None and high_f <= 10 else 1.0
    start = None if value is None else float(value)
    small = start is not None and 0 < abs(start) < step / 2
    # A learning rate of 0.00001 must not be shown as 0.00.
    shape = {"step": (start or 0.0) / 10, "format": "%.2e"} if small else {"step": step}
    return st.number_input(label, low_f, high_f, start, key=key, disabled=locked, placeholder="no limit", **shape)  # type: ignore[arg-type]


def _table(label: str, value: Mapping[str, Any], key: str, locked: bool) -> dict[str, float]:
    """Draw a small table of names and numbers."""
    st.markdown(f":small[{label}]")
    rows = [{"name": name, "value": float(number)} for name, number in value.items()]
    shown = st.data_editor(rows, key=key, hide_index=True, num_rows="dynamic", disabled=locked)
    return {
        str(row["name"]): float(str(row["value"])) for row in shown if row.get("name") and row.get("value") is not None
    }


def _words(line: str) -> tuple[str, ...] | str:
    """Split a line as a shell would; one whose quotes do not close is left as it is, for the setting to complain of."""
    try:
        return tuple(shlex.split(line))
    except ValueError:
        return line


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [part for part in get_args(annotation) if part is not type(None)]
        return rest[0], len(rest) < len(get_args(annotation))
    return annotation, False


def _fits(kind: Any, value: Any) -> bool:
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if kind is float:
        return isinstance(value, (int, float))
    return isinstance(value, get_origin(kind) or kind)


def _bare(value: Any) -> Any:
    return value.model_dump() if isinstance(value, BaseModel) else value
