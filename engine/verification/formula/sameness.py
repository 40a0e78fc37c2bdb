"""Tell whether two formulas mean the same: by their values at fixed points, with so many digits that chance is out.

Three answers: they agree, they differ, or that cannot be told: there are too few points where both have a value.
Only real values are compared where there are any: a square root of a negative number has a sign by convention alone.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from engine.verification.formula.node import Formula, TooLarge, UnreadFormula, operations, variables
from engine.verification.formula.reckoning import PRECISION, divided, precise, value

POINTS = (
    Fraction(17, 13), Fraction(-29, 31), Fraction(41, 17), Fraction(7, 19), Fraction(-53, 23), Fraction(61, 11),
    Fraction(5, 3),
)  # fmt: skip
WHOLE = (4, 7, 9, 5, 11, 6, 8)
"""Points for what is defined for whole numbers alone."""
MANY = (1, 2, 3, 12, 13, 17, 24, 31, 50, 97)
"""More of them for what jumps: two that round may agree at a few numbers and part at the next."""
_JUMPING = frozenset({"floor", "ceil"})
_INDICES = frozenset("nmkijNMK")
_COUNTING = frozenset({"!", "choose", "arranged", "sum", "prod", "mod", "gcd", "lcm"})
_SAME, _APART, _ZERO = 1e-60, 1e-30, 1e-80


def agree(a: Formula, b: Formula) -> bool | None:
    """Return whether both have the same value wherever they are compared; None where that cannot be told."""
    if a == b:
        return True
    real: list[bool | None] = []
    other: list[bool | None] = []
    try:
        spots = _spots(a, b)
    except (UnreadFormula, ArithmeticError):
        return None
    for spot in spots:
        try:
            same = _alike(a, b, spot)
        except TooLarge:
            return None
        except (UnreadFormula, ArithmeticError, ValueError, TypeError, KeyError):
            continue
        (real if same[1] else other).append(same[0])
    found = real or other
    if False in found:
        return False
    needed = 3 if variables(a) | variables(b) else 1
    return None if len(found) < needed or None in found else True


def proportional(a: Formula, b: Formula) -> bool | None:
    """Return whether a = 0 and b = 0 say the same because a is a fixed multiple of b; None for no verdict."""
    if not variables(a) or variables(a) != variables(b):
        return None
    ratios: list[Any] = []
    for spot in _spots(a, b):
        try:
            ratios.append(divided(precise(a, spot), precise(b, spot)))
        except (UnreadFormula, ArithmeticError, ValueError, TypeError):
            continue
    if len(ratios) < 3:
        return None
    return all(_near(ratio, ratios[0]) for ratio in ratios) and ratios[0] != 0


def _spots(a: Formula, b: Formula) -> list[dict[str, Fraction]]:
    names = sorted(variables(a) | variables(b))
    if not names:
        return [{}]
    used = operations(a) | operations(b)
    if used & _JUMPING:
        # Of n, k and the like only whole numbers are meant: ceil(n/2) = floor((n+1)/2).
        return _whole(names, (*WHOLE, *MANY)) + ([] if set(names) <= _INDICES else _between(names))
    if used & _COUNTING or _alternates(a) or _alternates(b):
        # The other way round as well: d! / (d-k)! has a value only where d is the larger one.
        return _whole(names, WHOLE) + (_whole(names[::-1], WHOLE, 4) if len(names) > 1 else [])
    return _between(names)


def _whole(names: list[str], points: tuple[int, ...], apart: int = 1) -> list[dict[str, Fraction]]:
    return [
        {name: Fraction(points[(place + shift) % len(points)] + apart * place) for place, name in enumerate(names)}
        for shift in range(len(points))
    ]


def _between(names: list[str]) -> list[dict[str, Fraction]]:
    return [
        {name: POINTS[(place + shift) % len(POINTS)] + place for place, name in enumerate(names)}
        for shift in range(len(POINTS))
    ]


def _alternates(one: Formula) -> bool:
    """Whether a negative number is raised to a power that varies, which is real at whole numbers alone."""
    if one.op == "^" and variables(one.parts[1]) and not variables(one.parts[0]):
        base = value(one.parts[0], {})
        return isinstance(base, Fraction) and base < 0
    return any(map(_alternates, one.parts))


def _alike(a: Formula, b: Formula, spot: dict[str, Fraction]) -> tuple[bool | None, bool]:
    """Return whether the values are the same, and whether both are real."""
    x, y = precise(a, spot), precise(b, spot)
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x == y, True
    x, y = _lifted(x, y), _lifted(y, x)
    real = all(abs(one.imag) <= _SAME * (1 + abs(one)) for one in (x, y))
    if max(abs(x), abs(y)) < _ZERO:
        # Either both are very small or one is nothing but rounding, which more digits make smaller.
        x, y = precise(a, spot, 2 * PRECISION), precise(b, spot, 2 * PRECISION)
        if max(abs(x), abs(y)) < _ZERO**2:
            return True, real
    return _near(x, y), real


def _near(x: Any, y: Any) -> bool | None:
    if isinstance(x, Fraction) and isinstance(y, Fraction):
        return x == y
    x, y = (_lifted(one, other) for one, other in ((x, y), (y, x)))
    gap, size = abs(x - y), max(abs(x), abs(y))
    if gap <= _SAME * size:
        return True
    return False if gap > _APART * size else None


def _lifted(one: Any, other: Any) -> Any:
    if not isinstance(one, Fraction):
        return one
    return type(other)(one.numerator) / one.denominator
