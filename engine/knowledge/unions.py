"""The data sets that graph-based data can be cut into, and their unions (GSDP 3.7, figure 4).

One and One-Base are built from the same pairs: One writes a pair as often as its edge weighs, One-Base once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.core.errors import BadInput, BadSetting
from engine.core.records import RANDOM

COMPONENTS: Mapping[str, str] = {
    "One": "one-hop",
    "One-Base": "one-hop",
    "Two": "two-hop",
    "Three": "three-hop",
    "Community": "community",
}
"""Kind of combination behind each component."""
BY_LOT = "Random"
"""The set of problems from random pairs, beside those of the graph and in no union with them (GSDP-43)."""
PARTS: Mapping[str, str] = {**COMPONENTS, BY_LOT: RANDOM}
"""Every set that can go out by itself, with the kind behind it."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A problem with the kind and the id of its combination; both None where it was written another way."""

    id: str
    kind: str | None
    combination_id: str | None


def named(said: str) -> tuple[str, ...]:
    """Return the components of `One+Two`, `one-hop+two-hop` or `GSDP-One-Base`, none twice; BadSetting for others.

    Random pairs are there to compare with, so they go out alone.
    """
    known = {kind: name for name, kind in list(PARTS.items())[::-1]} | {name.lower(): name for name in PARTS}
    words = [word.strip() for word in said.split("+") if word.strip()]
    found = [known.get(word.lower().removeprefix("gsdp-")) for word in words]
    for word, name in zip(words, found, strict=True):
        if name is None:
            raise BadSetting(
                f"{word!r} is no part of graph-based data.",
                where="part",
                do=f"Join with +: {', '.join(COMPONENTS)}; or {BY_LOT}.",
            )
    if BY_LOT in found and len(set(found)) > 1:
        do = "Export the two sets one after the other."
        raise BadSetting("random pairs are compared with the graph, never joined to it.", where="part", do=do)
    return tuple(name for name in PARTS if name in found)


def component(items: Iterable[Tagged], name: str) -> tuple[str, ...]:
    """Return the ids of one component in the order given; One-Base takes the first problem of each pair.

    Raises BadInput for a name that is no component.
    """
    if name not in PARTS:
        raise BadInput(f"{name!r} is no component.", do=f"Choose from {', '.join(PARTS)}.")
    mine = [item for item in items if item.kind == PARTS[name]]
    if name != "One-Base":
        return tuple(item.id for item in mine)
    first: dict[str | None, str] = {}
    for item in mine:
        first.setdefault(item.combination_id, item.id)
    return tuple(first.values())


def union(items: Iterable[Tagged], names: Iterable[str]) -> tuple[str, ...]:
    """Return the ids of several components, none twice, in the order given (GSDP-37)."""
    known = list(items)
    wanted = {ident for name in names for ident in component(known, name)}
    return tuple(item.id for item in known if item.id in wanted)
