"""Formulas of final answers: read them, compute them, tell whether two mean the same.

Nothing here can run away: length, nesting and the size of numbers are bounded.
"""

from engine.answers.formula.node import DEEPEST, HUNDREDTH, LONGEST, MINUS, Formula, TooLarge, Unread, variables
from engine.answers.formula.reader import read
from engine.answers.formula.reckoning import BITS, Value, close, value
from engine.answers.formula.sameness import POINTS, agree, proportional

__all__ = [
    "BITS",
    "DEEPEST",
    "HUNDREDTH",
    "LONGEST",
    "MINUS",
    "POINTS",
    "Formula",
    "TooLarge",
    "Unread",
    "Value",
    "agree",
    "close",
    "proportional",
    "read",
    "value",
    "variables",
]
