"""Tell whether two answers mean the same: "same", "different", or "can't tell" where one side is not understood.

Both sides are read first (`reading`), so that no part of an answer ever stands for the whole of it. Work is bounded by
sizes and steps and never by time, so that a verdict is the same on every machine; a pair is compared once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from engine.verification.answers.likeness import Likeness
from engine.verification.answers.notation import squeezed
from engine.verification.answers.reading import meaning

Sameness = Literal["same", "different", "can't tell"]
_CURRENCIES = {
    "$": re.compile(r"\\\$|^\$\s?-?\d[\d,.]*$|\b(?:USD|dollars?)\b"),
    "cent": re.compile(r"¢|\bcents?\b"),
    "€": re.compile(r"€|\b(?:EUR|euros?)\b"),
    "£": re.compile(r"£|\bGBP\b"),
    "pence": re.compile(r"\b(?:pence|penny)\b"),
    "¥": re.compile(r"[¥元]|\b(?:RMB|CNY|JPY|yuan|yen)\b"),
}
_SPELLED = re.compile(r"\b(?:dollars?|cents?)\b")
LONGEST = 2000
"""Characters beyond which answers are compared as text only."""
_WORD: dict[bool | None, Sameness] = {True: "same", False: "different", None: "can't tell"}


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict over two answers, and whether a decimal counted as a rounding of four digits or more."""

    verdict: Sameness
    rounded: bool = False


def equivalent(a: str | None, b: str | None) -> bool:
    """Return whether two final answers mean the same. Symmetric; anything equals itself; never raises.

    Not equal: 5 cm and 5 m, (1, 2) and 12, (1, 2) and [1, 2], 1/3 and 0.3333. A percent equals its share and also the
    bare number, because "what percent" is answered both ways. What cannot be told is not equal here; `compare` says so.
    """
    return judged(a, b).verdict == "same"


def compare(a: str | None, b: str | None, *, rounded_from: int = 0) -> Sameness:
    """Return "same", "different" or "can't tell" for two final answers; an answer that is not there is different.

    A decimal of `rounded_from` significant digits or more equals the exact value that it rounds; 0 switches that off.
    The tail of a float, ten digits or more, always does.
    """
    return judged(a, b, rounded_from).verdict


def judged(a: str | None, b: str | None, rounded_from: int = 0) -> Judged:
    """Return the verdict over two answers, and whether rounding made it."""
    if not isinstance(a, str) or not isinstance(b, str):
        return Judged("different")
    a, b = a.strip(), b.strip()
    if not a or not b or a == b:
        return Judged("same" if a == b != "" else "different")
    return _judged(*sorted((a, b)), rounded_from)


@lru_cache(maxsize=65_536)
def _judged(a: str, b: str, rounded_from: int) -> Judged:
    if max(len(a), len(b)) > LONGEST:
        return Judged("same" if squeezed(a) == squeezed(b) else "can't tell")
    likeness = Likeness(rounded_from)
    try:
        found = likeness.of(meaning(a), meaning(b))
    except (RecursionError, ArithmeticError, LookupError, ValueError, TypeError):
        found = None
    if found and _of_two_currencies(a, b):
        found = None
    return Judged(_WORD[found], likeness.rounded)


def _of_two_currencies(a: str, b: str) -> bool:
    """Whether both name a currency, not the same one; dollars and cents in words were converted."""
    one, other = _currency(a), _currency(b)
    return bool(one and other and one != other) and not (_SPELLED.search(a) and _SPELLED.search(b))


def _currency(text: str) -> str:
    """Return the currency that an answer names, '' for none: equal numbers of two currencies are not the same."""
    return next((name for name, sign in _CURRENCIES.items() if sign.search(text)), "")
