"""Compare two single values: units, percent signs, decimals that round, numbers in a base."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from engine.verification import formula
from engine.verification.answers.meaning import Value
from engine.verification.answers.quantity import ANY_UNIT
from engine.verification.formula import Formula, UnreadFormula

FLOAT_TAIL = 10
"""Significant digits from which a decimal is what a computer printed of an exact value."""
_DOUBLE = 15
"""Significant digits from which it is a double, whose last digits are noise."""
_NOISE = Fraction(1, 10**15)
SCALE: dict[str, tuple[str, Fraction | int]] = {
    "mm": ("m", 1000), "cm": ("m", 100), "dm": ("m", 10), "m": ("m", 1), "km": ("m", Fraction(1, 1000)),
    "mg": ("g", 1000), "g": ("g", 1), "kg": ("g", Fraction(1, 1000)), "ml": ("l", 1000), "l": ("l", 1),
    "s": ("s", 1), "min": ("s", Fraction(1, 60)), "h": ("s", Fraction(1, 3600)), "d": ("s", Fraction(1, 86_400)),
    "week": ("s", Fraction(1, 604_800)), "month": ("month", 1), "year": ("month", Fraction(1, 12)),
    "in": ("in", 1), "ft": ("in", Fraction(1, 12)), "yd": ("in", Fraction(1, 36)), "mi": ("in", Fraction(1, 63_360)),
    "oz": ("oz", 1), "lb": ("oz", Fraction(1, 16)), "cent": ("dollar", 100), "dollar": ("dollar", 1),
}  # fmt: skip
"""Units that count the same thing, and how many of each make one."""


class Values:
    """Rules for two values; `rounded` tells whether a rounding of few digits was let pass."""

    def __init__(self, rounded_from: int = 0) -> None:
        self._rounded_from = rounded_from
        self.rounded = False

    def alike(self, a: Value, b: Value) -> bool | None:
        """Return whether two values are the same."""
        if a.base[0] or b.base[0]:
            return _in_bases(a, b)
        if a.letter is not None and b.letter is None and formula.variables(b.formula):
            return formula.agree(a.letter, b.formula)
        if b.letter is not None and a.letter is None and formula.variables(a.formula):
            return formula.agree(a.formula, b.letter)
        if a.unit and b.unit and a.unit != b.unit and not _as_good(a.unit, b.unit):
            return self._converted(a, b)
        found = self._numbers(a, b) or self._in_the_largest(a, b)
        if found and not _of_one_kind(a, b):
            return None
        if found is False and "deg" in (a.unit, b.unit) and a.unit != b.unit:
            degrees, other = (a, b) if a.unit == "deg" else (b, a)
            if "pi" in formula.operations(other.formula):
                return formula.agree(Formula("*", (degrees.formula, formula.DEGREE)), other.formula)
        return found

    def _converted(self, a: Value, b: Value) -> bool | None:
        (one, power), (other, same) = _powered(a.unit), _powered(b.unit)
        if power != same or one not in SCALE or other not in SCALE or SCALE[one][0] != SCALE[other][0]:
            return False
        scales = (Fraction(SCALE[unit][1]) ** power for unit in (one, other))
        x, y = (
            Formula("/", (one.formula, Formula("number", number=scale)))
            for one, scale in zip((a, b), scales, strict=True)
        )
        return formula.agree(x, y)

    def _in_the_largest(self, a: Value, b: Value) -> bool | None:
        """Compare the largest unit of `1 hour 30 minutes` with a bare number; False where neither has several."""
        one, other = (a, b) if a.also else (b, a)
        return one.also is not None and not other.unit and formula.agree(one.also, other.formula)

    def _numbers(self, a: Value, b: Value) -> bool | None:
        x, y = a.formula, b.formula
        if x.op == y.op == "number":
            found: bool | None = x.number == y.number
        else:
            found = formula.agree(x, y)
        if not found and (a.decimal or b.decimal):
            found = self._rounds(a, b) or found
        if not found and a.percent != b.percent:
            share, number = (x, y) if a.percent else (y, x)
            found = formula.agree(Formula("*", (share, formula.HUNDREDTH)), number) or found
        return found

    def _rounds(self, a: Value, b: Value) -> bool:
        """Whether one is a decimal that rounds, or cuts off, the exact value of the other."""
        for one, other in ((a, b), (b, a)):
            digits = len(one.decimal.lstrip("+-").replace(".", "").lstrip("0"))
            few = bool(self._rounded_from) and digits >= self._rounded_from
            if not one.decimal or not (few or digits >= FLOAT_TAIL) or formula.variables(other.formula):
                continue
            exact = _exact(other.formula)
            if exact is None:
                continue
            if digits >= _DOUBLE and _nearly(one.formula.number, exact):
                return True
            if not other.decimal and not _ends(exact) and _shown(one, exact, digits):
                self.rounded |= digits < FLOAT_TAIL
                return True
        return False


def _powered(unit: str) -> tuple[str, int]:
    """Return a unit and its power: cm2 is cm to the second."""
    return (unit[:-1], int(unit[-1])) if unit[-1:] in ("2", "3") else (unit, 1)


def _as_good(one: str, other: str) -> bool:
    """Whether a unit that is only called so, `5 square units`, may be the other one, and has its power."""
    powers = {unit[-1:] if unit[-1:].isdigit() else "" for unit in (one, other)}
    return len(powers) == 1 and (one.startswith(ANY_UNIT) or other.startswith(ANY_UNIT))


def _of_one_kind(a: Value, b: Value) -> bool:
    """Whether nothing speaks against both values counting the same: 5 apples may be 5, and are not 5 oranges."""
    units = [unit for unit in (a.unit, b.unit) if unit and not unit.startswith(ANY_UNIT)]
    if units and (a.thing or b.thing):
        return False
    one, other = (frozenset(word.rstrip("s") for word in value.thing.casefold().split()) for value in (a, b))
    return not one or not other or one <= other or other <= one or a.thing in b.thing or b.thing in a.thing


def _in_bases(a: Value, b: Value) -> bool | None:
    if a.base[0] and b.base[0]:
        return a.base == b.base if a.base[1] == b.base[1] else a.formula.number == b.formula.number
    based, plain = (a, b) if a.base[0] else (b, a)
    if plain.formula.op != "number":
        return None
    # The number without its base may be meant in the base that was asked for.
    return None if str(plain.formula.number) in (based.base[0], str(based.formula.number)) else False


def _exact(one: Formula) -> Fraction | None:
    try:
        number: Any = formula.precise(one, {})
    except (UnreadFormula, ArithmeticError, ValueError, TypeError, KeyError):
        return None
    if isinstance(number, Fraction):
        return number
    if abs(number.imag) > 1e-60 or not 1e-30 < abs(number.real) < 1e30:
        return None
    return Fraction(int(number.real * 2**300), 2**300)


def _nearly(a: Fraction, b: Fraction) -> bool:
    return abs(a - b) <= _NOISE * max(abs(a), abs(b))


def _ends(number: Fraction) -> bool:
    """Whether the decimal of a fraction ends by itself, so that nothing has to be rounded."""
    rest = number.denominator
    if rest.bit_length() > 250:
        return False
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def _shown(one: Value, exact: Fraction, digits: int) -> bool:
    places = len(one.decimal.split(".")[1])
    scaled = abs(exact) * 10**places
    written = abs(one.formula.number) * 10**places
    if (one.formula.number < 0) != (exact < 0):
        return False
    cut: bool = digits >= FLOAT_TAIL and written == math.floor(scaled)
    return cut or abs(written - scaled) <= Fraction(1, 2)
