"""Replies held to a JSON schema, as an endpoint with structured output does: what comes out always validates.

The keywords that reply schemas use are honoured: type, properties, required, additionalProperties, enum, const,
minimum, maximum, items, minItems, maxItems, minLength, maxLength, anyOf and oneOf.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.abacus.tasks import TaskAnswer, Value
from engine.core.errors import Refused

_DEPTH = 8
_TRUE, _FALSE = {"yes", "true", "keep"}, {"no", "false"}


def conform(answer: TaskAnswer, schema: str) -> str:
    """Return `answer` as JSON text that obeys `schema`; a schema that is no JSON object raises Refused."""
    try:
        rules = json.loads(schema)
    except ValueError as broken:
        raise Refused(f"the reply schema is not JSON: {broken}") from broken
    if not isinstance(rules, dict):
        raise Refused("the reply schema must be a JSON object")
    if answer.members and set(rules.get("properties", ())) == set(answer.members):
        return json.dumps(dict(answer.members), ensure_ascii=False)
    named: dict[str, Value] = {name.lower(): value for name, value in answer.fields}
    whole: Value = answer.entries or answer.text
    return json.dumps(_value(rules, whole, named, _DEPTH), ensure_ascii=False)


def _value(rules: Mapping[str, Any], given: Value, named: Mapping[str, Value], depth: int) -> Any:
    """Build what `rules` allow and what is nearest to `given`."""
    if "const" in rules:
        return rules["const"]
    if rules.get("enum"):
        return _nearest(rules["enum"], given)
    for choice in (*rules.get("anyOf", ()), *rules.get("oneOf", ())):
        if isinstance(choice, dict) and depth:
            return _value(choice, given, named, depth - 1)
    kind = _kind(rules)
    if kind == "object":
        return _object(rules, given, named, depth)
    if kind == "array":
        return _array(rules, given, named, depth)
    return _plain(kind, rules, given)


def _kind(rules: Mapping[str, Any]) -> str:
    kind = rules.get("type", "object" if "properties" in rules else "string")
    return str(kind[0] if isinstance(kind, list) and kind else kind)


def _object(rules: Mapping[str, Any], given: Value, named: Mapping[str, Value], depth: int) -> dict[str, Any]:
    parts = rules.get("properties", {})
    if not depth:
        parts = {name: part for name, part in parts.items() if name in rules.get("required", ())}
    return {
        name: _value(part, named.get(name.lower(), given), named, max(depth - 1, 0)) for name, part in parts.items()
    }


def _array(rules: Mapping[str, Any], given: Value, named: Mapping[str, Value], depth: int) -> list[Any]:
    entries = list(given) if isinstance(given, tuple) else [given]
    entries = entries[: rules.get("maxItems", len(entries))]
    while len(entries) < rules.get("minItems", 0):
        entries.append("")
    part = rules.get("items") or {"type": "string"}
    return [_value(part, entry, named, max(depth - 1, 0)) for entry in entries]


def _plain(kind: str, rules: Mapping[str, Any], given: Value) -> Any:
    if kind == "null":
        return None
    if kind == "boolean":
        return str(given).lower() in _TRUE
    if kind in ("number", "integer"):
        low, high = rules.get("minimum", float("-inf")), rules.get("maximum", float("inf"))
        number = min(max(_number(given), low), high)
        return round(number) if kind == "integer" else number
    text = "; ".join(given) if isinstance(given, tuple) else str(given)
    text = text[: rules.get("maxLength", len(text))]
    return text.ljust(rules.get("minLength", 0), ".")


def _number(given: Value) -> float:
    if isinstance(given, (bool, float)):
        return float(given)
    try:
        return float(str(given))
    except ValueError:
        return 0.0


def _nearest(options: list[Any], given: Value) -> Any:
    said = str(given).lower()
    for option in options:
        word = str(option).lower()
        if word == said or (word in _TRUE and said in _TRUE) or (word in _FALSE and said in _FALSE):
            return option
    numbers = [option for option in options if isinstance(option, (int, float)) and not isinstance(option, bool)]
    return min(numbers, key=lambda option: abs(option - _number(given)), default=options[0])
