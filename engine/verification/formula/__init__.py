"""Formulas of final answers: read them, compute them, tell whether two mean the same.

Nothing here can run away: length, nesting and the size of numbers are bounded.
"""

from engine.verification.formula.node import (
    DEEPEST,
    DEGREE,
    HUNDREDTH,
    LONGEST,
    MINUS,
    Formula,
    TooLarge,
    UnreadFormula,
    in_base,
    number,
    operations,
    variables,
)
from engine.verification.formula.reader import read
from engine.verification.formula.reckoning import BITS, Value, close, precise, value
from engine.verification.formula.sameness import POINTS, agree, proportional

__all__ = [
    "BITS",
    "DEEPEST",
    "DEGREE",
    "HUNDREDTH",
    "LONGEST",
    "MINUS",
    "POINTS",
    "Formula",
    "TooLarge",
    "UnreadFormula",
    "Value",
    "agree",
    "close",
    "in_base",
    "number",
    "operations",
    "precise",
    "proportional",
    "read",
    "value",
    "variables",
]
