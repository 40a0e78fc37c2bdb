"""The base of all settings: frozen, strict about names, bounds in the type, a sentence and a source at each field.

`published(...)` marks a default that a paper gives: its source and its grade are shown beside the field
(S stated, R read in a repository, P read in the paper, N third-party note, I inferred).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.core.errors import BadSetting


def published(default: Any, source: str, grade: str = "S", **bounds: Any) -> Any:
    """Field whose default comes from a paper; `source` names paper and section."""
    return Field(default, json_schema_extra={"source": source, "grade": grade}, **bounds)


def chosen(default: Any, **bounds: Any) -> Any:
    """Field whose default is our own choice, because no paper gives one."""
    return Field(default, json_schema_extra={"source": "", "grade": "I"}, **bounds)


class Settings(BaseModel):
    """Base of all settings: frozen, strict about names, documented by attribute docstrings."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def explain(error: ValidationError, where: str = "") -> BadSetting:
    """Turn pydantic's errors into one clear line: key, value and what is allowed."""
    first = error.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"]) or "settings"
    given = "" if first["type"] == "missing" else f" (got {first['input']!r})"
    more = len(error.errors()) - 1
    rest = f" and {more} more" if more else ""
    message = "is not a known setting" if first["type"] == "extra_forbidden" else first["msg"]
    return BadSetting(f"{key}: {message}{given}{rest}", where=where)
