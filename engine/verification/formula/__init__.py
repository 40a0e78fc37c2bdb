"""Formulas of final answers: read them, compute them, tell whether two mean the same.

Nothing here can run away: length, nesting and the size of numbers are bounded.
"""

from engine.verification.formula.node import (
    DEEPEST,
    HUNDREDTH,
    LONGEST,
    MINUS,
    Formula,
    TooLarge,
    UnreadFormula,
    number,
    operations,
    variables,
)
from engine.verification.formula.reader import in_base, read
from engine.verification.formula.reckoning import BITS, Value, close, precise, value
from engine.verification.formula.sameness import POINTS, agree, proportional

__all__ = [
    "BITS",
    "DEEPEST",
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
