"""Compute a formula: exactly as long as it is rational, else in complex floats; never a number that is too large.

Exact arithmetic (`Fraction`) tells 10^20 from 10^20 + 1; roots and functions fall back to floats.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Mapping
from fractions import Fraction

from engine.verification.formula.node import Formula, TooLarge, UnreadFormula

Value = Fraction | complex

BITS = 4096
"""Size of the largest exact number; 9^9^9 is refused instead of computed."""
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


def value(formula: Formula, spot: Mapping[str, Fraction]) -> Value:
    """Compute the formula at `spot`; Unread, ZeroDivisionError or OverflowError where it has no value."""
    if formula.op == "number":
        return formula.number
    if formula.op == "variable":
        return spot[formula.name]
    if formula.op == "constant":
        return {"pi": complex(math.pi), "e": complex(math.e), "i": 1j}[formula.name]
    parts = [value(part, spot) for part in formula.parts]
    result = _OPERATIONS[formula.op](*parts) if formula.op in _OPERATIONS else FUNCTIONS[formula.op](_complex(parts[0]))
    return _bounded(result)


def close(a: Value, b: Value) -> bool:
    """Return whether two values are equal: exactly where both are exact, else to nine digits."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    x, y = _complex(a), _complex(b)
    return cmath.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)


def _bounded(result: Value) -> Value:
    if isinstance(result, Fraction):
        if result.numerator.bit_length() + result.denominator.bit_length() > BITS:
            raise TooLarge("too large")
    elif not cmath.isfinite(result):
        raise UnreadFormula("no finite value")
    return result


def _complex(x: Value) -> complex:
    return complex(float(x)) if isinstance(x, Fraction) else x


def _added(a: Value, b: Value) -> Value:
    return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else _complex(a) + _complex(b)


def _times(a: Value, b: Value) -> Value:
    return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else _complex(a) * _complex(b)


def divided(a: Value, b: Value) -> Value:
    """Return a / b, exact where both are."""
    return a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else _complex(a) / _complex(b)


def _power(a: Value, b: Value) -> Value:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        if b.denominator == 1:
            if abs(b) * (a.numerator.bit_length() + a.denominator.bit_length()) > BITS:
                raise TooLarge("too large")
            return a ** int(b)
        root = _exact_root(a, b.denominator)
        if root is not None:
            return _power(root, Fraction(b.numerator))
    return _complex(a) ** _complex(b)


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


def _factorial(a: Value) -> Value:
    if not isinstance(a, Fraction) or a.denominator != 1 or not 0 <= a <= 300:
        raise UnreadFormula("no factorial")
    return Fraction(math.factorial(int(a)))


def _choose(a: Value, b: Value) -> Value:
    if not isinstance(a, Fraction) or not isinstance(b, Fraction) or a.denominator != 1 or b.denominator != 1:
        raise UnreadFormula("no binomial")
    if not 0 <= b <= a <= 2000:
        raise UnreadFormula("no binomial")
    return Fraction(math.comb(int(a), int(b)))


def _absolute(a: Value) -> Value:
    return abs(a) if isinstance(a, Fraction) else complex(abs(a))


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "+": _added,
    "*": _times,
    "/": divided,
    "^": _power,
    "!": _factorial,
    "choose": _choose,
    "abs": _absolute,
    "logarithm": lambda base, x: cmath.log(_complex(x)) / cmath.log(_complex(base)),
}
