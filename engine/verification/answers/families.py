"""Values for every whole number, `x = 30° + k·360°`: one set, however its letter is called and where it begins."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from engine.verification import formula
from engine.verification.answers.meaning import ManyFold, Meaning, Named, Several, Value
from engine.verification.formula import DEGREE, Formula, UnreadFormula

_DOMAIN = r"(⟪[ZNQ]⟫(?:\^?\{?[+*]\}?|_\{?\+\}?)?|[ZN])"
_EACH = r"(?:any|all|every|each|some|an?|任意)\s*"
_FAMILY = re.compile(
    rf"^(?P<body>.+?)\s*[,;(]?\s*(?:\b(?:where|for|with)\b\s*)?(?:{_EACH})?\(?\s*(?:"
    rf"(?P<a>[a-zA-Z])\s*(?:∈\s*(?P<domain>{_DOMAIN})|(?:is\s+)?(?:any\s+|an?\s+)?(?:arbitrary\s+)?(?:integers?|整数)"
    r"|(?:是|为)\s*(?:任意)?(?:的)?整数)"
    r"|(?:integers?|整数)\s*(?P<b>[a-zA-Z]))\s*\)?$"
)
_WHOLE_LETTERS = frozenset("knml")
"""Letters that run through the whole numbers where nothing else is said and a period of an angle stands with them."""
_FUNCTION = re.compile(r"^([a-zA-Z](?:_\w)?)\(([a-z])\)$")
_TRIED = 12
_LONGEST_CYCLE = 4
_MOST = 240
"""Values of a family within the common period of two."""
_NEAR = Fraction(1, 2**200)
_BITS = 300

Progression = tuple[Fraction, Fraction]
"""First value and period."""


def written_family(text: str) -> tuple[str, str, str] | None:
    r"""Return the value, its letter and the numbers it runs through, of `2k\pi, k∈Z`; None for anything else."""
    hit = _FAMILY.match(text)
    if not hit:
        return None
    name = hit["a"] or hit["b"]
    if not re.search(rf"(?<![a-zA-Z\\]){name}(?![a-zA-Z])|\d{name}", hit["body"]):
        return None
    return hit["body"].rstrip(" ,;("), name, re.sub(r"[⟪⟫{}^_ ]", "", hit["domain"] or "Z")


def same_families(a: ManyFold, b: ManyFold) -> bool | None:
    """Return whether two families over the integers hold the same values; None where they are no progressions."""
    if a.domain != b.domain:
        return None
    left, right = (_progressions(one.value, one.name) if one.domain == "Z" else None for one in (a, b))
    return _same_values(left, right) if left and right else None


def same_as_unsaid(a: ManyFold, b: Meaning) -> bool | None:
    """Return True where b is the same family without the words that its letter is any integer, else None."""
    names = _letters(b)
    if a.domain != "Z" or names != {a.name}:
        return None
    right = _progressions(b, a.name)
    left = _progressions(a.value, a.name)
    return True if left and right and _same_values(left, right) else None


def both_unsaid(a: Meaning, b: Meaning) -> bool:
    """Return whether both are families of angles in the same letter, neither saying that it is an integer."""
    names = _letters(a)
    if len(names) != 1 or names != _letters(b) or not names <= _WHOLE_LETTERS:
        return False
    if not all(_of_angles(one) for one in (a, b)):
        return False
    left, right = (_progressions(one, next(iter(names))) for one in (a, b))
    return bool(left and right and _same_values(left, right))


def renamed(one: Meaning, old: str, new: str) -> Meaning:
    """Return the meaning with another letter for a variable."""
    if isinstance(one, Several):
        return Several(tuple(renamed(item, old, new) for item in one.items), one.brackets)
    if isinstance(one, Value):
        return Value(_with(one.formula, old, new), one.unit, one.percent)
    return Named(one.name, renamed(one.value, old, new)) if isinstance(one, Named) else one


def as_called(a: Named, b: Named) -> Named:
    """Return b with the argument of a: `f(y) = y` is the function `f(x) = x`."""
    one, other = _FUNCTION.match(a.name), _FUNCTION.match(b.name)
    if not one or not other or one[1] != other[1] or one[2] == other[2] or _letters(b.value) - {other[2]}:
        return b
    return Named(a.name, renamed(b.value, other[2], one[2]))


def _with(one: Formula, old: str, new: str) -> Formula:
    name = new if one.op == "variable" and one.name == old else one.name
    return Formula(one.op, tuple(_with(part, old, new) for part in one.parts), one.number, name)


def _items(one: Meaning) -> Sequence[Meaning]:
    if isinstance(one, Named):
        return _items(one.value)
    return [inner for item in one.items for inner in _items(item)] if isinstance(one, Several) else [one]


def _letters(one: Meaning) -> frozenset[str]:
    found = [formula.variables(item.formula) for item in _items(one) if isinstance(item, Value)]
    return frozenset().union(*found)


def _of_angles(one: Meaning) -> bool:
    return all(
        isinstance(item, Value) and (item.unit == "deg" or "pi" in formula.operations(item.formula))
        for item in _items(one)
    )


def _progressions(one: Meaning, name: str) -> list[Progression] | None:
    """Return the progressions that a family runs through; None where one part of it is none."""
    found: list[Progression] = []
    for item in _items(one):
        if not isinstance(item, Value) or item.unit not in ("", "deg") or item.percent:
            return None
        size = Formula("*", (item.formula, DEGREE)) if item.unit == "deg" else item.formula
        some = _cycle([_at(size, name, place) for place in range(_TRIED)])
        if some is None:
            return None
        found += some
    return found


def _at(one: Formula, name: str, place: int) -> Fraction | None:
    """Return a real value as a fraction that is as good as exact."""
    try:
        number: Any = formula.precise(one, {name: Fraction(place)})
    except (UnreadFormula, ArithmeticError, ValueError, TypeError, KeyError):
        return None
    if isinstance(number, Fraction):
        return number
    return Fraction(int(number.real * 2**_BITS), 2**_BITS) if abs(number.imag) < 1e-60 else None


def _cycle(values: list[Fraction | None]) -> list[Progression] | None:
    """Return the progressions that values run through in turn, as (-1)^k π/6 + kπ does through two."""
    known = [one for one in values if one is not None]
    if len(known) < len(values):
        return None
    for length in range(1, _LONGEST_CYCLE + 1):
        steps = [b - a for a, b in zip(known, known[length:], strict=False)]
        if abs(steps[0]) > _NEAR and all(abs(step - steps[0]) < _NEAR for step in steps):
            return [(first, abs(steps[0])) for first in known[:length]]
    return None


def _same_values(left: list[Progression], right: list[Progression]) -> bool | None:
    whole = left[0][1]
    ratios = [(period / whole).limit_denominator(_MOST) for _, period in (*left, *right)]
    if any(abs(ratio * whole - one[1]) > _NEAR for ratio, one in zip(ratios, (*left, *right), strict=True)):
        return None
    common = Fraction(math.lcm(*(one.numerator for one in ratios)), math.gcd(*(one.denominator for one in ratios)))
    if any(common / ratio > _MOST for ratio in ratios):
        return None
    a, b = (_within(some, common * whole) for some in (left, right))
    return len(a) == len(b) and all(abs(x - y) < _NEAR for x, y in zip(a, b, strict=True))


def _within(some: list[Progression], period: Fraction) -> list[Fraction]:
    """Return the values within one period, as shares of it, in their order and each once."""
    shares = []
    for first, step in some:
        for place in range(round(period / step)):
            share = (first + place * step) / period % 1
            shares.append(Fraction(0) if 1 - share < _NEAR else share)
    found: list[Fraction] = []
    for share in sorted(shares):
        if not found or share - found[-1] > _NEAR:
            found.append(share)
    return found
