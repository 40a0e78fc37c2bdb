"""Sets of real numbers: intervals, inequalities in one variable, unions, intersections and differences of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import pairwise

from engine.verification import formula
from engine.verification.answers.meaning import Reaches, Stretch
from engine.verification.formula import Formula, UnreadFormula

EVERYTHING = Reaches((Stretch(None, None, (False, False)),))
_RELATION = re.compile(r"([<>≤≥≠])")
_FLIPPED = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "≠": "≠"}
_NAME = re.compile(r"(?:[a-zA-Z]|\\[a-z]+)(?:_\w|_\{\w+\})?'?")
_BARRED = re.compile(r"^\|([^|]+)\|$")
_PAIR = re.compile(r"^([(\[\]])([^,;]+)[,;]([^,;]+)([)\[\]])$")


def end(text: str) -> Formula | None:
    """Return the end of an interval, None for infinity; Unread where it is none."""
    bare = text.strip()
    return None if bare in ("∞", "+∞", "-∞", "+ ∞", "- ∞") else formula.read(bare)


def interval(text: str) -> Reaches | None:
    """Return the interval between brackets; a bracket that looks outward is open: ]0,1[. None where it is no pair."""
    hit = _PAIR.match(text)
    if not hit:
        return None
    low, high = hit[2].strip(), hit[3].strip()
    closed = (hit[1] == "[", hit[4] == "]")
    try:
        reach = Stretch(end(low), end(high), closed)
    except UnreadFormula:
        return None
    wrong = (reach.low is None) != ("∞" in low) or high.replace(" ", "") == "-∞" or low.replace(" ", "") in ("∞", "+∞")
    return None if wrong else Reaches((reach,))


def inequality(text: str) -> Reaches | None:
    """Return what x > 2, 1 < x <= 3, x != 1, |x| < 2 or x^2 < 4 describe; None for anything else."""
    pieces = [piece.strip() for piece in _RELATION.split(text)]
    if len(pieces) == 3 and all(pieces):
        return _one_sided(*pieces)
    if (
        len(pieces) == 5
        and all(pieces)
        and ({pieces[1], pieces[3]} <= {"<", "≤"} or {pieces[1], pieces[3]} <= {">", "≥"})
    ):
        first, second = _one_sided(*pieces[:3]), _one_sided(*pieces[2:])
        return _between(first, second) if first and second and first.name == second.name else None
    return None


def _between(a: Reaches, b: Reaches) -> Reaches | None:
    if len(a.pieces) != 1 or len(b.pieces) != 1:
        return met([a, b])
    low, high = (a, b) if a.pieces[0].low is not None else (b, a)
    closed = (low.pieces[0].closed[0], high.pieces[0].closed[1])
    return Reaches((Stretch(low.pieces[0].low, high.pieces[0].high, closed),), a.name)


def _one_sided(left: str, sign: str, right: str) -> Reaches | None:
    if _NAME.fullmatch(right) and not _NAME.fullmatch(left):
        left, sign, right = right, _FLIPPED[sign], left
    if hit := _BARRED.match(left):
        if sign == "≠":
            return None
        other = _one_sided(hit[1], _FLIPPED[sign], f"-({right})")
        return _combined(_one_sided(hit[1], sign, right), other, met if sign in "<≤" else joined)
    try:
        bound = end(right)
        if _NAME.fullmatch(left):
            return None if left in formula_names(bound) else _half_line(bound, sign, left.strip(), right)
        return _solved(formula.read(left), sign, bound) if bound is not None else None
    except UnreadFormula:
        return None


def formula_names(bound: Formula | None) -> frozenset[str]:
    """Return the variables of a bound; none for infinity."""
    return frozenset() if bound is None else formula.variables(bound)


def _combined(a: Reaches | None, b: Reaches | None, how: Callable[[list[Reaches]], Reaches | None]) -> Reaches | None:
    return how([a, b]) if a and b else None


def _half_line(bound: Formula | None, sign: str, name: str, text: str) -> Reaches | None:
    if bound is None:
        whole = (sign == "<" and "-" not in text) or (sign == ">" and "-" in text)
        return Reaches(EVERYTHING.pieces, name) if whole else None
    below, above = (Stretch(None, bound, (False, sign == "≤")), Stretch(bound, None, (sign == "≥", False)))
    pieces = {"<": (below,), "≤": (below,), ">": (above,), "≥": (above,), "≠": (below, above)}
    return Reaches(pieces[sign], name)


def _solved(left: Formula, sign: str, right: Formula) -> Reaches | None:
    """Solve a linear or quadratic inequality in one variable; None where it is no such."""
    difference = formula.Formula("+", (left, formula.Formula("*", (formula.MINUS, right))))
    names = formula.variables(difference)
    if len(names) != 1:
        return None
    (name,) = names
    found = {x: formula.value(difference, {name: Fraction(x)}) for x in (-3, -1, 0, 1, 2, 5)}
    at = {x: one for x, one in found.items() if isinstance(one, Fraction)}
    if len(at) < len(found):
        return None
    c = at[0]
    a, b = (at[1] + at[-1]) / 2 - c, (at[1] - at[-1]) / 2
    if any(a * x * x + b * x + c != one for x, one in at.items()):
        return None
    if not a:
        return _half_line(_node(-c / b), sign if b > 0 else _FLIPPED[sign], name, "") if b else None
    square = b * b - 4 * a * c
    if square <= 0 or sign == "≠":
        return None
    root = formula.Formula("^", (_node(square), _node(Fraction(1, 2))))
    ends = [
        formula.Formula(
            "/", (formula.Formula("+", (_node(-b), formula.Formula("*", (_node(side), root)))), _node(2 * a))
        )
        for side in (Fraction(-1), Fraction(1))
    ]
    low, high = ends if a > 0 else ends[::-1]
    closed = sign in "≤≥"
    if (sign in "<≤") == (a > 0):
        return Reaches((Stretch(low, high, (closed, closed)),), name)
    return Reaches((Stretch(None, low, (False, closed)), Stretch(high, None, (closed, False))), name)


def _node(number: Fraction) -> Formula:
    return Formula("number", number=Fraction(number))


def place(bound: Formula | None, without: float) -> float:
    """Return where an end lies; Unread where it is no real number."""
    if bound is None:
        return without
    if formula.variables(bound):
        raise UnreadFormula("an end that varies")
    number = formula.value(bound, {})
    if isinstance(number, complex):
        if abs(number.imag) > 1e-9:
            raise UnreadFormula("no real number")
        return number.real
    return float(number)


def joined(sets: Iterable[Reaches]) -> Reaches | None:
    """Return the union, touching intervals made one; as it stands where an end is no number."""
    sets = list(sets)
    pieces = [piece for one in sets for piece in one.pieces]
    name = next((one.name for one in sets if one.name), "")
    if any(formula_names(piece.low) | formula_names(piece.high) for piece in pieces):
        return Reaches(tuple(pieces), name)
    return Reaches(tuple(_merged(pieces)), name)


def _merged(pieces: list[Stretch]) -> list[Stretch]:
    inf = float("inf")
    pieces = sorted(pieces, key=lambda one: (place(one.low, -inf), not one.closed[0], place(one.high, inf)))
    found: list[Stretch] = []
    for piece in pieces:
        last = found[-1] if found else None
        gap = place(piece.low, -inf) - place(last.high, inf) if last else inf
        touching = last and (gap < -1e-12 or (abs(gap) <= 1e-12 and (last.closed[1] or piece.closed[0])))
        if last and (touching or (last.high is None)):
            further = place(piece.high, inf) > place(last.high, inf)
            high = piece if further else last
            both = place(piece.high, inf) == place(last.high, inf)
            closed = (last.closed[1] or piece.closed[1]) if both else high.closed[1]
            found[-1] = Stretch(last.low, high.high, (last.closed[0], closed))
        else:
            found.append(piece)
    return found


def met(sets: Iterable[Reaches]) -> Reaches | None:
    """Return the intersection: what lies outside none of them. None where an end is no number."""
    sets = list(sets)
    outside = joined(gap for one in sets for gap in (without(one),) if gap)
    whole = without(outside) if outside else None
    return Reaches(whole.pieces, next((one.name for one in sets if one.name), "")) if whole else None


def without(one: Reaches) -> Reaches | None:
    """Return all real numbers that are not in a set; None where an end is no number."""
    if any(formula_names(piece.low) | formula_names(piece.high) for piece in one.pieces):
        return None
    pieces = _merged(list(one.pieces))
    if not pieces:
        return EVERYTHING
    gaps = []
    if pieces[0].low is not None:
        gaps.append(Stretch(None, pieces[0].low, (False, not pieces[0].closed[0])))
    gaps += [Stretch(a.high, b.low, (not a.closed[1], not b.closed[0])) for a, b in pairwise(pieces)]
    if pieces[-1].high is not None:
        gaps.append(Stretch(pieces[-1].high, None, (not pieces[-1].closed[1], False)))
    return Reaches(tuple(gaps))


def all_of(texts: Iterable[str]) -> list[Reaches]:
    """Return what each of several inequalities in one variable describes; Unread where one is none."""
    found = [inequality(text) for text in texts]
    if any(one is None for one in found):
        raise UnreadFormula("an inequality that is not read")
    if len({one.name for one in found if one}) > 1:
        raise UnreadFormula("inequalities of several variables")
    return [one for one in found if one]


def described(text: str) -> Reaches | None:
    """Return the numbers that a condition describes, with "and" or "or"; None where it is none that is read."""
    both = [part for part in re.split(r"\band\b|\\land(?![a-zA-Z])|且", text) if part.strip()]
    either = [part for part in re.split(r"\bor\b|\\lor(?![a-zA-Z])|或", text) if part.strip()]
    if len(either) > 1:
        return joined(all_of(either))
    return met(all_of(both)) if len(both) > 1 else inequality(text)
