"""Compute a formula: exactly as long as it is rational, else in complex floats; never a number that is too large.

Exact arithmetic (`Fraction`) tells 10^20 from 10^20 + 1; roots and functions fall back to complex numbers: Python's, or
mpmath's with some 120 digits where two formulas are compared. Work is bounded by a number of steps.
"""

from __future__ import annotations

import cmath
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from engine.verification.formula.node import RUNNING, Formula, TooLarge, UnreadFormula

Value = Fraction | complex

BITS = 40_000
"""Size of the largest exact number; 9^9^9 is refused instead of computed."""
STEPS = 20_000
"""Operations of one computation; a thousand bits of an exact number count as one more."""
PRECISION = 400
"""Bits of mpmath's numbers."""
FUNCTIONS: dict[str, Callable[[complex], complex]] = {
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "cot": lambda x: 1 / cmath.tan(x),
    "sec": lambda x: 1 / cmath.cos(x),
    "csc": lambda x: 1 / cmath.sin(x),
    "arcsin": cmath.asin,
    "arccos": cmath.acos,
    "arctan": cmath.atan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "ln": cmath.log,
    "log": cmath.log10,
    "lg": cmath.log10,
    "exp": cmath.exp,
}


SEVERAL = frozenset({"gcd", "lcm", "max", "min"})
"""Functions of several numbers."""


@dataclass(frozen=True, slots=True)
class _Field:
    """The numbers that stand in where a value is not rational: how they are made, and their functions and constants."""

    lift: Callable[[Any], Any]
    functions: Mapping[str, Callable[[Any], Any]]
    constants: Mapping[str, Any]
    finite: Callable[[Any], bool]


_FLOATS = _Field(
    lambda x: complex(float(x)) if isinstance(x, Fraction) else complex(x),
    FUNCTIONS,
    {"pi": complex(math.pi), "e": complex(math.e), "i": 1j},
    cmath.isfinite,
)
_OWN = threading.local()
"""mpmath's contexts hold their precision as a state, so each thread has its own."""


def _precise(bits: int) -> _Field:
    fields = _OWN.__dict__.setdefault("fields", {})
    if bits not in fields:
        fields[bits] = _made(bits)
    return fields[bits]  # type: ignore[no-any-return]


def _made(bits: int) -> _Field:
    import mpmath

    own = mpmath.MPContext()
    own.prec = bits
    alike = {"arcsin": own.asin, "arccos": own.acos, "arctan": own.atan, "lg": own.log10, "log": own.log10}
    names = ("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "exp")
    functions = alike | {name: getattr(own, name) for name in names} | {"ln": own.log}

    def lift(x: Any) -> Any:
        return own.mpc(own.mpf(x.numerator) / x.denominator) if isinstance(x, Fraction) else own.mpc(x)

    constants = {"pi": own.mpc(own.pi), "e": own.mpc(own.e), "i": own.mpc(0, 1)}
    return _Field(lift, functions, constants, own.isfinite)


def value(formula: Formula, spot: Mapping[str, Fraction]) -> Value:
    """Compute the formula at `spot`; Unread, ZeroDivisionError or OverflowError where it has no value."""
    return _Reckoning(_FLOATS).of(formula, spot)  # type: ignore[no-any-return]


def precise(formula: Formula, spot: Mapping[str, Fraction], bits: int = PRECISION) -> Any:
    """Compute as `value` does, with mpmath's complex numbers of so many bits instead of floats."""
    return _Reckoning(_precise(bits)).of(formula, spot)


class _Reckoning:
    """One computation in one field, held to its steps."""

    def __init__(self, field: _Field) -> None:
        self._field = field
        self._left = STEPS

    def of(self, formula: Formula, spot: Mapping[str, Fraction]) -> Any:
        if formula.op == "number":
            return formula.number
        if formula.op == "variable":
            return spot[formula.name]
        if formula.op == "constant":
            return self._field.constants[formula.name]
        if formula.op in RUNNING:
            return self._run(formula, spot)
        parts = [self.of(part, spot) for part in formula.parts]
        return self._bounded(self._applied(formula, parts))

    def _applied(self, formula: Formula, parts: list[Any]) -> Any:
        op = formula.op
        if op in _EXACT_ONLY:
            return _EXACT_ONLY[op](*[_real(part) for part in parts])
        if op == "called":
            return self._called(formula.name, parts)
        exact = all(isinstance(part, Fraction) for part in parts)
        if op == "^":
            return self._power(*parts)
        if op == "abs":
            return abs(parts[0]) if exact else self._field.lift(abs(parts[0]))
        if op in _ARITHMETIC:
            return _ARITHMETIC[op](*(parts if exact else map(self._field.lift, parts)))
        lifted = [self._field.lift(part) for part in parts]
        if op == "logarithm":
            return self._field.functions["ln"](lifted[1]) / self._field.functions["ln"](lifted[0])
        return self._field.functions[op](lifted[0])

    def _called(self, name: str, parts: list[Any]) -> Any:
        """A function that nobody defined: any smooth one will do, as long as every name has its own."""
        total = self._field.lift(Fraction(sum(map(ord, name)), 97))
        for place, part in enumerate(parts, 2):
            total = self._field.functions["sin"](total * place + self._field.lift(part))
        return total

    def _power(self, a: Any, b: Any) -> Any:
        if isinstance(a, Fraction) and isinstance(b, Fraction):
            if b.denominator == 1:
                if abs(b) * (a.numerator.bit_length() + a.denominator.bit_length()) > BITS:
                    raise TooLarge("too large")
                return a ** int(b)
            root = _exact_root(a, b.denominator)
            if root is not None:
                return self._power(root, Fraction(b.numerator))
        if isinstance(b, Fraction) and b.denominator > 1 and b.denominator % 2 and self._is_negative(a):
            # The real root, as for numbers whose root is rational.
            size = self._field.lift(-a) ** self._field.lift(b)
            return -size if b.numerator % 2 else size
        return self._field.lift(a) ** self._field.lift(b)

    @staticmethod
    def _is_negative(a: Any) -> bool:
        """Whether a number is real and below zero, as far as its digits tell."""
        if isinstance(a, Fraction):
            return a < 0
        return bool(a.real < 0 and abs(a.imag) <= 1e-12 * abs(a.real))

    def _run(self, formula: Formula, spot: Mapping[str, Fraction]) -> Any:
        body, *ends = formula.parts
        first, last = (self.of(end, spot) for end in ends)
        if not all(isinstance(end, Fraction) and end.denominator == 1 for end in (first, last)):
            raise UnreadFormula("no whole numbers to run over")
        if last < first - 1 or last - first > STEPS:
            raise TooLarge("too many terms")
        op = "+" if formula.op == "sum" else "*"
        total: Any = Fraction(0 if op == "+" else 1)
        for each in range(int(first), int(last) + 1):
            term = self.of(body, {**spot, formula.name: Fraction(each)})
            total = self._bounded(self._applied(Formula(op), [total, term]))
        return total

    def _bounded(self, result: Any) -> Any:
        self._left -= 1
        if isinstance(result, Fraction):
            bits = result.numerator.bit_length() + result.denominator.bit_length()
            self._left -= bits // 1000
            if bits > BITS:
                raise TooLarge("too large")
        elif not self._field.finite(result):
            raise UnreadFormula("no finite value")
        if self._left < 0:
            raise TooLarge("too many steps")
        return result


def close(a: Value, b: Value) -> bool:
    """Return whether two values are equal: exactly where both are exact, else to nine digits."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    x, y = _complex(a), _complex(b)
    return cmath.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)


def _complex(x: Value) -> complex:
    return complex(float(x)) if isinstance(x, Fraction) else x


def divided(a: Any, b: Any) -> Any:
    """Return a / b, exact where both are."""
    return a / b


def _real(x: Any) -> Fraction:
    """Return the exact value of a real number; of one with a tail of rounding, the one that it is near."""
    if isinstance(x, Fraction):
        return x
    if abs(x.imag) > 1e-12 * (1 + abs(x.real)):
        raise UnreadFormula("no real number")
    near = Fraction(round(x.real))
    return near if abs(x.real - round(x.real)) < 1e-9 else Fraction(float(x.real))


@cache
def _exact_root(a: Fraction, degree: int) -> Fraction | None:
    """Return the real root where it is rational, also of negatives for odd degrees."""
    if degree > 64 or (a < 0 and degree % 2 == 0):
        return None
    top, bottom = _whole_root(abs(a.numerator), degree), _whole_root(a.denominator, degree)
    if top is None or bottom is None:
        return None
    return Fraction(top if a >= 0 else -top, bottom)


def _whole_root(n: int, degree: int) -> int | None:
    if n.bit_length() > 900:
        return None
    near = math.isqrt(n) if degree == 2 else round(n ** (1 / degree))
    return next((root for root in (near - 1, near, near + 1) if root >= 0 and root**degree == n), None)


def _whole(*found: Fraction, most: int) -> list[int]:
    if any(one.denominator != 1 or not 0 <= one <= most for one in found):
        raise (TooLarge if all(one.denominator == 1 and one > 0 for one in found) else UnreadFormula)("no small number")
    return [int(one) for one in found]


@cache
def _factorial(a: Fraction) -> Fraction:
    return Fraction(math.factorial(*_whole(a, most=3000)))


def _choose(a: Fraction, b: Fraction) -> Fraction:
    return Fraction(math.comb(*_whole(a, b, most=3000)))


def _arranged(a: Fraction, b: Fraction) -> Fraction:
    return Fraction(math.perm(*_whole(a, b, most=3000)))


def _over(function: Callable[..., int]) -> Callable[..., Fraction]:
    return lambda *found: Fraction(function(*_whole(*map(abs, found), most=10**40)))


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "*": lambda a, b: a * b,
    "/": divided,
}
_EXACT_ONLY: dict[str, Callable[..., Fraction]] = {
    "!": _factorial,
    "choose": _choose,
    "arranged": _arranged,
    "floor": lambda x: Fraction(math.floor(x)),
    "ceil": lambda x: Fraction(math.ceil(x)),
    "mod": lambda a, b: a % b,
    "gcd": _over(math.gcd),
    "lcm": _over(math.lcm),
    "max": max,
    "min": min,
}
"""What is computed of rational numbers alone."""
