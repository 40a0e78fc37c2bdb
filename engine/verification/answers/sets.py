"""Union, intersection and difference of the sets that answers name: finite ones and sets of real numbers."""

from __future__ import annotations

from engine.verification.answers import ranges
from engine.verification.answers.meaning import Meaning, Reaches, Several, Stretch, Value
from engine.verification.formula import UnreadFormula


def combined(sign: str, sets: list[Meaning]) -> Meaning:
    """Return the union, intersection or difference of sets; Unread where one of them is none that is known."""
    if all(isinstance(one, Several) and one.brackets == "{}" for one in sets):
        return Several(_members(sign, [one.items for one in sets if isinstance(one, Several)]), "{}")
    found = [_as_reaches(one) for one in sets]
    usable = [one for one in found if one]
    if len(usable) != len(found):
        raise UnreadFormula("sets that are not read")
    if sign == "∪":
        result = ranges.joined(usable)
    else:
        rest = usable if sign == "∩" else [usable[0], *(ranges.without(one) for one in usable[1:])]
        result = ranges.met([one for one in rest if one]) if all(rest) else None
    if result is None:
        raise UnreadFormula("sets that are not read")
    return result


def _members(sign: str, sets: list[tuple[Meaning, ...]]) -> tuple[Meaning, ...]:
    """Members of finite sets, by their form: {1, 2} and {2.0} share a member only where it is written alike."""
    first, *others = sets
    if sign == "∪":
        return tuple(dict.fromkeys(item for one in sets for item in one))
    return tuple(item for item in first if all((item in other) == (sign == "∩") for other in others))


def _as_reaches(one: Meaning) -> Reaches | None:
    if isinstance(one, Reaches):
        return one
    if isinstance(one, Several) and len(one.items) == 2 and one.brackets in ("()", "[]"):
        return pair_as_interval(one)
    if isinstance(one, Several) and one.brackets == "{}" and all(isinstance(item, Value) for item in one.items):
        points = [item.formula for item in one.items if isinstance(item, Value)]
        return Reaches(tuple(Stretch(point, point, (True, True)) for point in points))
    return None


def pair_as_interval(pair: Several) -> Reaches | None:
    """Return the interval that (0, 1) or [0, 1] may be; None where an end is no plain value."""
    low, high = pair.items
    if not isinstance(low, Value) or not isinstance(high, Value) or low.unit or high.unit:
        return None
    closed = pair.brackets == "[]"
    return Reaches((Stretch(low.formula, high.formula, (closed, closed)),))
