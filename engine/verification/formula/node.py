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
    """A node: `op` with its parts, or a number, or the name of a variable, of a function or of what a sum runs over."""

    op: str
    parts: tuple[Formula, ...] = ()
    number: Fraction = Fraction(0)
    name: str = ""


def variables(formula: Formula) -> frozenset[str]:
    """Return the names of all free variables."""
    if formula.op == "variable":
        return frozenset({formula.name})
    if formula.op in RUNNING:
        body, *ends = formula.parts
        return (variables(body) - {formula.name}).union(*map(variables, ends))
    return frozenset().union(*map(variables, formula.parts))


def operations(formula: Formula) -> frozenset[str]:
    """Return the operations and the constants, by name, that a formula uses."""
    own = formula.name if formula.op == "constant" else formula.op
    return frozenset({own}).union(*map(operations, formula.parts))


def number(text: str) -> Formula:
    """Return the node of a number as it is written, whole, decimal or a fraction."""
    return Formula("number", number=Fraction(text))


def in_base(digits: str, base: str) -> int:
    """Return the number that `digits` write in a base; Unread where they do not."""
    if not base.isdigit() or not 2 <= int(base) <= 36:
        raise UnreadFormula(f"{base!r} is no base")
    try:
        return int(digits, int(base))
    except ValueError:
        raise UnreadFormula(f"{digits!r} is no number in base {base}") from None


RUNNING = frozenset({"sum", "prod"})
"""Operations over a variable of their own: parts are body, first and last value."""
ONE, MINUS, HUNDREDTH = number("1"), number("-1"), number("1/100")
DEGREE = Formula("/", (Formula("constant", name="pi"), number("180")))
"""One degree as a number."""
