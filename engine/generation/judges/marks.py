"""Marks from 0 to 5 in several respects, as AgenticMath's evaluators give them, and how they become one (AM-03).

Evaluators may mark from 1 to 10 instead, as the raters of DS2 do; such marks are compressed to 0 to 5 (SC-16).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from engine.core import reply_parsing
from engine.core.errors import UnreadableReply
from engine.curation import compressed

HIGHEST = 5
Scale = Literal["0 to 5", "1 to 10"]
_ENDS: Mapping[Scale, tuple[int, int]] = {"0 to 5": (0, 5), "1 to 10": (1, 10)}
_NUMBER = re.compile(r"^\s*[*_`]*\s*(-?\d+(?:[.,]\d+)?)\s*(?:/\s*5\b)?")


def read(
    text: str, names: Sequence[str], closing: str, *, whole: bool = False, scale: Scale = "0 to 5"
) -> tuple[dict[str, float], str]:
    """Return the marks by name, from 0 to 5 on either scale, and the text of the field `closing`.

    A mark that is missing, out of range or, with `whole`, no whole number makes the reply unreadable: nothing is
    clipped or filled in.
    """
    found = reply_parsing.fields(text, *names, closing)
    return {name: _mark(found[name], name, whole, scale, text) for name in names}, found[closing]


def _mark(said: str, name: str, whole: bool, scale: Scale, text: str) -> float:
    hit = _NUMBER.match(said)
    if not hit:
        raise UnreadableReply(f"{name} is no number: {said[:40]!r}", raw=text)
    value = float(hit[1].replace(",", "."))
    low, high = _ENDS[scale]
    ten = scale == "1 to 10"
    whole = whole or ten
    if not low <= value <= high or (whole and value != int(value)):
        raise UnreadableReply(f"{name} is {value:g}, not a {'whole ' if whole else ''}number from {scale}", raw=text)
    return float(compressed([value])[0]) if ten else value


def aggregate(values: Sequence[float], how: str = "mean", weights: Mapping[int, float] | None = None) -> float:
    """Return one mark from several: their mean, their minimum, or their weighted mean (`weights` by place)."""
    if how == "min":
        return min(values)
    if how == "weighted":
        shares = weights or {}
        total = sum(shares.get(place, 0.0) for place in range(len(values)))
        if total <= 0:
            raise ValueError("no weight is above 0")
        return sum(shares.get(place, 0.0) * value for place, value in enumerate(values)) / total
    return sum(values) / len(values)
