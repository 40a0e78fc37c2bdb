"""What an answer is once it was read: a value, several values, a range, an equation, a matrix, a word, or unread."""

from __future__ import annotations

from dataclasses import dataclass

from engine.verification.formula import Formula

INNER = "⦃⦄"
"""The brackets of a set that is a member of something."""
NONE_AMONG = "no solution among"
"""The family of words that deny a solution of one kind of number: no integer solution, no positive root."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that nothing is known about; equal to nothing but itself."""

    text: str


@dataclass(frozen=True, slots=True)
class FixedWord:
    """A word that has one meaning of its own: yes, no, no solution, a weekday, the integers."""

    family: str
    word: str


@dataclass(frozen=True, slots=True)
class Lettered:
    """The letter of an option and what stands behind it, None for the letter alone."""

    letter: str
    rest: Meaning | None


@dataclass(frozen=True, slots=True)
class Value:
    """One value: formula, unit ('' for none), percent sign, and the digits as written where it is a plain decimal.

    `letter` is the same text with its unit taken for a variable: 8 m is eight metres or 8 times m. `base` are the
    digits and the base of 1011_2.
    """

    formula: Formula
    unit: str = ""
    percent: bool = False
    decimal: str = ""
    letter: Formula | None = None
    base: tuple[str, str] = ("", "")
    thing: str = ""
    """What was counted, as it was named: it is no part of the value, but apples are no oranges."""
    also: Formula | None = None
    """The same quantity in the largest of its units: 1 hour 30 minutes are 90, and 1.5."""


@dataclass(frozen=True, slots=True)
class Several:
    """Several answers and the brackets around them: '' for a bare list, '{}' for a set, INNER for a set within."""

    items: tuple[Meaning, ...]
    brackets: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """An interval: ends as formulas, None for without end, and whether each end belongs to it."""

    low: Formula | None
    high: Formula | None
    closed: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Reaches:
    """A set of real numbers: intervals side by side, lone points among them, and the variable that lies in it."""

    pieces: tuple[Stretch, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix, row by row; a vector has one column or one row."""

    rows: tuple[tuple[Meaning, ...], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """A value with the name it was given: x = 5, f(x) = x^2, Area = 12."""

    name: str
    value: Meaning


@dataclass(frozen=True, slots=True)
class Assigned:
    """Values of several names: x = 1, y = 2."""

    pairs: tuple[tuple[str, Meaning], ...]


@dataclass(frozen=True, slots=True)
class Equated:
    """An equation that gives no single name a value; left side minus right side."""

    difference: Formula


@dataclass(frozen=True, slots=True)
class Related:
    """Anything else that is said of two sides: 3 | n, 12 in S, x is congruent to 1 mod 3."""

    sign: str
    sides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManyFold:
    """One value for every number that a variable runs through: 2k pi, k in Z."""

    value: Meaning
    name: str
    domain: str


@dataclass(frozen=True, slots=True)
class Branched:
    """A function by cases: value and condition, row by row."""

    rows: tuple[tuple[Meaning, ...], ...]


Meaning = (
    Unread
    | FixedWord
    | Lettered
    | Value
    | Several
    | Reaches
    | Table
    | Named
    | Assigned
    | Equated
    | Related
    | ManyFold
    | Branched
)
