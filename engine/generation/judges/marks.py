"""Marks from 0 to 5 in several respects, as AgenticMath's evaluators give them, and how they become one (AM-03).

Evaluators may mark from 1 to 10 instead, as the raters of DS2 do; such marks are compressed to 0 to 5 (SC-16).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from engine.core import forms
from engine.core.errors import UnreadableReply
from engine.curation import compressed

HIGHEST = 5
Scale = Literal["0 to 5", "1 to 10"]
_ENDS: Mapping[Scale, tuple[int, int]] = {"0 to 5": (0, 5), "1 to 10": (1, 10)}
_NUMBER = re.compile(r"^\s*[*_`]*\s*(-?\d+(?:[.,]\d+)?)\s*(?:/\s*5\b)?")


def form(names: Sequence[str], closing: forms.ReplyPart, *, whole: bool = False) -> Mapping[Scale, forms.LabelledForm]:
    """Return the form of a reply with these marks and the free words `closing`, for each scale.

    A mark that is missing, out of range or, with `whole`, no whole number makes the reply unreadable: nothing is
    clipped or filled in. Marks from 1 to 10 are whole.
    """
    return {
        scale: forms.LabelledForm.of(*(_part(name, scale, whole or scale == "1 to 10") for name in names), closing)
        for scale in _ENDS
    }


def read(text: str, form: forms.LabelledForm) -> tuple[dict[str, float], str]:
    """Return the marks by name, from 0 to 5 on either scale, and the words that close the reply."""
    *marked, closing = (part.label for part in form.parts)
    found = form.read(text)
    return {name: found[name] for name in marked}, found[closing]


def _part(name: str, scale: Scale, whole: bool) -> forms.ReplyPart:
    low, high = _ENDS[scale]
    steps = range(low, high + 1) if whole else [place / 2 for place in range(2 * low, 2 * high + 1)]
    rule = {"type": "integer" if whole else "number", "enum": list(steps)}
    return forms.ReplyPart(
        name, scale, rule, lambda said: _mark(said, name, whole, scale), spoken=lambda mark: f"{mark:g}"
    )


def _mark(said: str, name: str, whole: bool, scale: Scale) -> float:
    hit = _NUMBER.match(said)
    if not hit:
        raise UnreadableReply(f"{name} is no number: {said[:40]!r}", raw=said)
    value = float(hit[1].replace(",", "."))
    low, high = _ENDS[scale]
    if not low <= value <= high or (whole and value != int(value)):
        raise UnreadableReply(f"{name} is {value:g}, not a {'whole ' if whole else ''}number from {scale}", raw=said)
    return float(compressed([value])[0]) if scale == "1 to 10" else value


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
