"""Recipes: small TOML files that name a method, its roles and the settings that differ from the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.core import toml
from engine.core.errors import BadInput, BadSetting
from engine.core.settings import Recipe, explain
from engine.similarity import embedder

FOLDER = Path(__file__).parent
KNOWLEDGE_ROLES = ("extractor", "filter")
"""Roles that build the graph and have no part in writing problems."""
_ORDER = ("gsdp", "agenticmath", "flames", "continual", "house")
_TOP = ("items", "seed", "title", "way")
_BESIDE = ("lineups",)
"""Files of this folder that are no recipes."""


def names() -> tuple[str, ...]:
    """Return the names of the shipped recipes, the graph's first and the blend of all last."""
    stems = {path.stem for path in FOLDER.glob("*.toml")}
    return tuple(sorted(stems - set(_BESIDE), key=_ORDER.index))


def load(
    name: str,
    changes: Mapping[str, str] | None = None,
    engines: Mapping[str, str] | None = None,
    standing: Mapping[str, str] | None = None,
) -> Recipe:
    """Return a shipped recipe, or the one in the file `name`, with changes applied.

    Args:
        name: a shipped name, or a path that ends in .toml.
        changes: dotted keys and their values as text, as in `judging.keep_at=0.9`.
        engines: roles and their `BACKEND:MODEL`; the role `*` stands for all of them.
        standing: who speaks for a role in this project, where `engines` does not say.

    Raises:
        BadInput: where the file cannot be read or is no TOML.
        BadSetting: for an unknown recipe, key or role, or a value out of range; names key, value and what is allowed.
    """
    table = _read(name)
    for key, text in (changes or {}).items():
        _put(table, key, value(text))
    table["roles"] = _engines({**table.get("roles", {}), **_shared(table, standing or {})}, engines or {})
    table.setdefault("settings", {}).setdefault("filter", {}).setdefault("embedder", embedder.standing())
    try:
        return Recipe.model_validate({"name": Path(name).stem, **table})
    except ValidationError as error:
        raise explain(error, where=f"recipe {name}") from error


def _read(name: str) -> dict[str, Any]:
    path = Path(name) if name.endswith(".toml") else FOLDER / f"{name}.toml"
    if not path.exists():
        raise BadSetting(f"there is no recipe {name!r}.", do=f"Known recipes: {', '.join(names())}.")
    return toml.read(path)


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key; everything that is not a field of the recipe itself lies under `settings`."""
    parts = key.split(".")
    place = table if parts[0] in (*_TOP, "settings") else table.setdefault("settings", {})
    for part in parts[:-1]:
        place = place.setdefault(part, {})
        if not isinstance(place, dict):
            raise BadSetting(f"{key}: {part} is a value, not a section.")
    place[parts[-1]] = value


def value(text: str) -> Any:
    """Read `text` as a TOML value; what is none is a string."""
    try:
        return toml.parse(f"value = {text}", "value")["value"]
    except BadInput:
        return text


def _shared(table: Mapping[str, Any], standing: Mapping[str, str]) -> dict[str, str]:
    return {role: where for role, where in standing.items() if role in table.get("roles", {})}


def _engines(roles: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(given.keys() - roles.keys() - {"*"})
    if unknown:
        raise BadSetting(f"this recipe has no role {unknown[0]!r}.", do=f"Its roles: {', '.join(sorted(roles))}.")
    everywhere = given.get("*")
    return {role: given.get(role, everywhere or model) for role, model in roles.items()}
