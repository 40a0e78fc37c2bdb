r"""Calculations that end with their value, `\frac{10}{5} = 2`: where every equality holds, they are that value."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from engine.verification import formula
from engine.verification.answers.meaning import Meaning, Value
from engine.verification.answers.single import one_value
from engine.verification.formula import UnreadFormula

_LITERAL = re.compile(r"[+-]?\d+(?:\.\d+)?")
_MOST = 6


def value_of_chain(sides: Sequence[str], signs: Sequence[str]) -> Value | None:
    """Return the last exact side of equal sides; None where one is no value or does not equal the one before.

    Behind ≈ stands a rounding, which nobody checks and which is not the value.
    """
    if not 1 < len(sides) <= _MOST or any(not side for side in sides):
        return None
    exact = next((at for at, sign in enumerate(signs) if sign == "≈"), len(signs))
    found = [_value(side) for side in sides[: exact + 1]]
    values = [one for one in found if isinstance(one, Value)]
    if len(values) < len(found) or _says_nothing(sides[: exact + 1]):
        return None
    if any(not formula.agree(a.formula, b.formula) for a, b in itertools.pairwise(values)):
        return None
    return values[-1]


def _says_nothing(sides: Sequence[str]) -> bool:
    """Whether `5 = 5` is said: a statement, and no calculation."""
    return len(sides) > 1 and all(_LITERAL.fullmatch(side.strip()) for side in sides)


def _value(side: str) -> Meaning | None:
    try:
        return one_value(side)
    except UnreadFormula:
        return None
