"""Puts values for the letters of a problem: which of its conditions hold then, and which claims of its solution.

Values and texts are typed by people and models. They are read by our own small reader, which knows numbers, letters
and a dozen functions, refuses long and deep formulas and large numbers, and therefore ends in time; nothing is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from engine.core.errors import BadInput
from engine.verification import formula
from engine.verification.checks import written
from engine.verification.formula import Formula, Value

Outcome = Literal["holds", "fails", "can't tell"]
Place = Literal["problem", "solution"]
Standing = Literal["counter-example", "solution fails", "no instance", "holds", "can't tell"]
MOST_RELATIONS, MOST_LETTERS = 60, 12
"""Relations of one text, and letters of a problem, that are looked at."""
_MATHS = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_RELATION = re.compile(r"(\\(?:leqslant|geqslant|leq?|geq?|neq?|lt|gt)(?![a-zA-Z])|[=<>≤≥≠])")
_SIGNS = {
    "\\le": "≤", "\\leq": "≤", "\\leqslant": "≤", "\\ge": "≥", "\\geq": "≥", "\\geqslant": "≥", "\\ne": "≠",
    "\\neq": "≠", "\\lt": "<", "\\gt": ">",
}  # fmt: skip
_LAYOUT = re.compile(
    r"\\(?:left|right|displaystyle|,|!|;|:|quad|qquad)(?![a-zA-Z])|\\\s|&|\\(?:begin|end)\{(?:align|aligned|gather)\*?\}"
)
_FRACTION = re.compile(r"\\[dt]frac(?![a-zA-Z])")
_FRAMED = re.compile(r"\\boxed\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_CALLED = re.compile(r"(?<![a-zA-Z\\])[a-zA-Z]'*\(\s*-?[\w,\s]{1,12}\)")
"""f(x), P(A), f(2): a function, or a product; which one is not certain."""


@dataclass(frozen=True, slots=True)
class Relation:
    """One equation or inequality with what it comes to."""

    place: Place
    text: str
    """As it is written, without the marks of a formula."""
    outcome: Outcome
    said: str
    """Both sides as numbers, or why that is not known."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of every relation of a problem and its solution."""

    relations: tuple[Relation, ...]

    @property
    def standing(self) -> Standing:
        """Whether the values break the solution while they keep what the problem asks."""
        found = {(relation.place, relation.outcome) for relation in self.relations}
        if ("problem", "fails") in found:
            return "no instance"
        if ("solution", "fails") in found:
            # A problem of words alone says nothing about which values it allows.
            return "counter-example" if ("problem", "holds") in found else "solution fails"
        return "holds" if any(outcome == "holds" for _, outcome in found) else "can't tell"


def letters(statement: str, solution: str) -> tuple[str, ...]:
    """Return the letters that a value can be given to, in the order of their appearance."""
    found: dict[str, None] = {}
    for text in (statement, solution):
        for body in _bodies(text):
            for side in _RELATION.split(body)[::2]:
                read = written.read(side)
                found |= dict.fromkeys(_in_order(read) if read else ())
    return tuple(found)[:MOST_LETTERS]


def values(typed: Mapping[str, str]) -> dict[str, Formula]:
    """Read what was typed for the letters; empty fields are left out. BadInput names the letter that is no number."""
    found = {}
    for letter, text in typed.items():
        if not text.strip():
            continue
        read = written.read(_plain(text.replace("−", "-")))
        if read is None or formula.variables(read) or written.value(read, {}) is None:
            raise BadInput(f"{text.strip()[:40]!r} is no number.", where=letter, do="Type 3, -1/2, 0.25 or \\sqrt{2}.")
        found[letter] = read
    return found


def attempt(statement: str, solution: str, spot: Mapping[str, Formula]) -> Trial:
    """Put the values into every equation and inequality of both texts."""
    return Trial((*_tried("problem", statement, spot), *_tried("solution", solution, spot)))


def _tried(place: Place, text: str, spot: Mapping[str, Formula]) -> Iterator[Relation]:
    seen: set[str] = set()
    for body in _bodies(text):
        parts = _RELATION.split(body)
        for at in range(1, len(parts), 2):
            left, sign, right = parts[at - 1].strip(), _SIGNS.get(parts[at], parts[at]), parts[at + 1].strip()
            shown = f"{left} {parts[at]} {right}"
            if not left or not right or shown in seen:
                continue
            if len(seen) == MOST_RELATIONS:
                return
            seen.add(shown)
            yield Relation(place, shown, *_compared(left, sign, right, spot))


def _compared(left: str, sign: str, right: str, spot: Mapping[str, Formula]) -> tuple[Outcome, str]:
    if _CALLED.search(left) or _CALLED.search(right):
        return "can't tell", "a letter with brackets may be a function"
    sides = [written.read(written.THOUSANDS.sub("", side)) for side in (left, right)]
    if sides[0] is None or sides[1] is None:
        return "can't tell", "is not read"
    missing = sorted((formula.variables(sides[0]) | formula.variables(sides[1])) - set(spot))
    if missing:
        return "can't tell", f"{', '.join(missing)} {'has' if len(missing) == 1 else 'have'} no value"
    one, other = (written.value(_with(side, spot), {}) for side in sides if side)
    if one is None or other is None:
        return "can't tell", "has no value there"
    try:
        true = _true(one, sign, other)
    except OverflowError:
        return "can't tell", "too large to compare"
    if true is None:
        return "can't tell", "no real numbers to compare"
    return (
        ("holds", f"{_shown(one)} {sign} {_shown(other)}")
        if true
        else ("fails", f"{_shown(one)} against {_shown(other)}")
    )


def _with(read: Formula, spot: Mapping[str, Formula]) -> Formula:
    if read.op == "variable":
        return spot[read.name]
    return replace(read, parts=tuple(_with(part, spot) for part in read.parts)) if read.parts else read


def _true(one: Value, sign: str, other: Value) -> bool | None:
    same = formula.close(one, other)
    if sign in "=≠":
        return same == (sign == "=")
    low, high = _real(one), _real(other)
    if low is None or high is None:
        return None
    if same:
        return sign in "≤≥"
    return low < high if sign in "<≤" else low > high


def _real(value: Value) -> Fraction | float | None:
    if isinstance(value, Fraction):
        return value
    return value.real if abs(value.imag) <= 1e-9 * max(1.0, abs(value.real)) else None


def _shown(value: Value) -> str:
    """Write a value shortly: exact where that is short, else to six digits."""
    if isinstance(value, Fraction):
        whole = str(value)
        if len(whole) <= 14:
            return whole
        places = len(str(abs(value.numerator))) - len(str(value.denominator))
        return f"{float(value):.6g}" if abs(places) < 300 else f"about 10^{places}"
    real = _real(value)
    return f"{value:.6g}" if real is None else f"{float(real):.6g}"


def _bodies(text: str) -> Iterator[str]:
    """Yield the formulas of a text line by line, without what only lays them out."""
    for hit in _MATHS.finditer(text):
        body = next(group for group in hit.groups() if group)
        for line in re.split(r"\\\\|,\s*(?:\\quad|\\qquad)", body):
            if plain := _plain(line):
                yield plain


def _plain(text: str) -> str:
    bare = _FRACTION.sub(lambda _: "\\frac", _LAYOUT.sub(" ", text))
    return _FRAMED.sub(lambda hit: hit[1], bare).strip().rstrip(".,;")


def _in_order(read: Formula) -> Iterator[str]:
    if read.op == "variable" and not read.name[0].isdigit():
        yield read.name
    for part in read.parts:
        yield from _in_order(part)
