"""Tell whether two formulas mean the same: they agree at fixed points, real ones of both signs."""

from __future__ import annotations

from fractions import Fraction

from engine.verification.formula.node import Formula, TooLarge, UnreadFormula, variables
from engine.verification.formula.reckoning import close, divided, value

POINTS = (Fraction(17, 13), Fraction(-29, 31), Fraction(41, 17), Fraction(7, 19), Fraction(-53, 23))


def agree(a: Formula, b: Formula) -> bool:
    """Return whether both have the same value wherever they are compared; Unread where too few points are defined."""
    names = sorted(variables(a) | variables(b))
    verdicts = []
    for shift in range(len(POINTS) if names else 1):
        spot = {name: POINTS[(place + shift) % len(POINTS)] + place for place, name in enumerate(names)}
        try:
            verdicts.append(close(value(a, spot), value(b, spot)))
        except TooLarge:
            raise
        except (UnreadFormula, ZeroDivisionError, OverflowError):
            continue
    if len(verdicts) < (3 if names else 1):
        raise UnreadFormula("no value at enough points")
    return all(verdicts)


def proportional(a: Formula, b: Formula) -> bool:
    """Return whether a = 0 and b = 0 say the same because a is a fixed multiple of b."""
    if not variables(a) or variables(a) != variables(b):
        return False
    names = sorted(variables(a))
    ratios = []
    for shift in range(len(POINTS)):
        spot = {name: POINTS[(place + shift) % len(POINTS)] + place for place, name in enumerate(names)}
        try:
            ratios.append(divided(value(a, spot), value(b, spot)))
        except (UnreadFormula, ZeroDivisionError, OverflowError):
            continue
    return len(ratios) >= 3 and ratios[0] != 0 and all(close(ratio, ratios[0]) for ratio in ratios)
