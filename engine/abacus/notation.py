"""How numbers and polynomials are written in LaTeX, and read back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

Number = int | Fraction

_TERM = re.compile(r"([+-]?)(\d*)([a-z]?)(?:\^(?:(\d)|\{(\d{1,2})\}))?")


def tex(value: Number) -> str:
    r"""Return `-\frac{3}{4}` for a fraction and plain digits for a whole number."""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    sign = "-" if exact < 0 else ""
    return rf"{sign}\frac{{{abs(exact.numerator)}}}{{{exact.denominator}}}"


def bracket(value: Number) -> str:
    """Return the number, in parentheses where it is negative."""
    return rf"({tex(value)})" if value < 0 else tex(value)


def plus(value: Number) -> str:
    """Return `+ 3` or `- 3`, to stand behind another term."""
    return f"{'-' if value < 0 else '+'} {tex(abs(Fraction(value)))}"


def coefficient(value: int) -> str:
    """Return the number as it stands before a letter: nothing for 1, a minus for -1."""
    return {1: "", -1: "-"}.get(value, str(value))


def join(values: Sequence[Number], sign: str = "+") -> str:
    """Return the values as a written sum or product; negative ones after the first stand in parentheses."""
    head, rest = values[0], values[1:]
    return f" {sign} ".join([tex(head), *(bracket(v) for v in rest)])


def times(values: Sequence[Number]) -> str:
    """Return the values as a written product."""
    return join(values, r"\cdot")


def listing(values: Sequence[Number]) -> str:
    """Return the values separated by commas."""
    return ", ".join(tex(v) for v in values)


def power(letter: str, exponent: int) -> str:
    """Return the letter with its exponent; nothing for exponent 0."""
    if exponent < 2:
        return letter * exponent
    return f"{letter}^{exponent}" if exponent < 10 else f"{letter}^{{{exponent}}}"


def polynomial(coefficients: Sequence[int], letter: str = "x") -> str:
    """Return `x^2 - 5x + 6` for (1, -5, 6): highest power first."""
    degree = len(coefficients) - 1
    shown = ""
    for index, c in enumerate(coefficients):
        if c == 0:
            continue
        symbol = power(letter, degree - index)
        size = "" if abs(c) == 1 and symbol else str(abs(c))
        lead = ("-" if c < 0 else "") if not shown else (" - " if c < 0 else " + ")
        shown += f"{lead}{size}{symbol}"
    return shown or "0"


def read_polynomial(text: str, letter: str = "x") -> tuple[int, ...] | None:
    """Return the coefficients, highest power first; None where the text is not a polynomial in its usual order."""
    found: dict[int, int] = {}
    for hit in _TERM.finditer(text.replace(" ", "")):
        if not hit[0]:
            continue
        exponent = int(hit[4] or hit[5] or 1) if hit[3] else 0
        size = int(hit[2] or 1)
        found[exponent] = -size if hit[1] == "-" else size
    if not found:
        return None
    read = tuple(found.get(e, 0) for e in range(max(found), -1, -1))
    # Only the canonical order and spacing is accepted, so that reading undoes writing exactly.
    return read if polynomial(read, letter) == text else None


def is_square(number: int) -> bool:
    """Tell whether the number is a perfect square."""
    return number >= 0 and isqrt(number) ** 2 == number


def ordinal(number: int) -> str:
    """Return `3rd` for 3."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
