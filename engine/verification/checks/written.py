"""Formulas as texts write them: read, computed, and held against rounded numbers; None wherever that is not certain."""

from __future__ import annotations

import re
from fractions import Fraction

from engine.verification import formula
from engine.verification.formula import Formula, UnreadFormula, Value

THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,|\\!,|,\\!)(?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"-?\d*(?:\.(\d+))?")
_MULTIPLIED = re.compile(r"\\(?:cdot|times|ast)(?![a-z])|[×·]")
_DIVIDED = re.compile(r"\\div(?![a-z])|÷")


def rounds(text: str, exact: Fraction, said: Fraction) -> bool:
    """Whether `said`, written as a decimal, is `exact` rounded or cut to the digits that are shown."""
    digits = _DECIMAL.fullmatch(text.strip().strip("$").rstrip("."))
    if not digits or (exact.denominator == 1 and not digits[1]):
        return False
    return abs(exact - said) <= Fraction(1, 10 ** len(digits[1] or ""))


def read(text: str) -> Formula | None:
    """Return a formula, its variables and signs of multiplication as they come; None where it is no such."""
    try:
        return formula.read(_MULTIPLIED.sub("*", _DIVIDED.sub("/", text)).strip())
    except UnreadFormula:
        return None


def number(text: str) -> Value | None:
    """Return the value of a formula without variables; None where it has none that is certain."""
    found = read(THOUSANDS.sub("", text.strip().strip("$").rstrip(".")))
    return None if found is None or formula.variables(found) else value(found, {})


def value(found: Formula, spot: dict[str, Fraction]) -> Value | None:
    """Return the value of a formula where its variables have these values; None where it has none."""
    try:
        return formula.value(found, spot)
    except (ValueError, ArithmeticError):
        return None
