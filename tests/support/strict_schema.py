"""Whether a value obeys a schema of ours; only the keywords that reply forms use."""

from __future__ import annotations

from typing import Any


def obeys(value: Any, rule: dict[str, Any]) -> bool:
    if "enum" in rule:
        return value in rule["enum"]
    if rule["type"] == "object":
        names = rule["properties"]
        return set(value) == set(names) and all(obeys(value[name], part) for name, part in names.items())
    if rule["type"] == "array":
        return rule["minItems"] <= len(value) <= rule["maxItems"] and all(obeys(each, rule["items"]) for each in value)
    return isinstance(value, str) and rule["minLength"] <= len(value) <= rule["maxLength"]
