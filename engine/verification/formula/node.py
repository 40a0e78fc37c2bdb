"""What a formula is: a tree of operations over numbers, variables and constants, bounded in length and depth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

LONGEST, DEEPEST = 400, 40
"""Characters and nesting that are read at all."""


class UnreadFormula(ValueError):
    """The text is no formula that we read, or has no value."""


class TooLarge(UnreadFormula):
    """The formula has a value, but not one that is worth computing."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A node: `op` with its parts, or a number, or the name of a variable."""

    op: str
    parts: tuple[Formula, ...] = ()
    number: Fraction = Fraction(0)
    name: str = ""


def variables(formula: Formula) -> frozenset[str]:
    """Return the names of all variables."""
    own = frozenset({formula.name}) if formula.op == "variable" else frozenset()
    return own.union(*(variables(part) for part in formula.parts))


def number(text: str) -> Formula:
    """Return the node of a number as it is written, whole, decimal or a fraction."""
    return Formula("number", number=Fraction(text))


ONE, MINUS, HUNDREDTH = number("1"), number("-1"), number("1/100")
