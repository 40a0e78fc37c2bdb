"""Compare what two answers mean, kind by kind: True for the same, False for different, None for no verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.verification import formula
from engine.verification.answers.families import as_called, both_unsaid, renamed, same_as_unsaid, same_families
from engine.verification.answers.meaning import (
    INNER,
    NONE_AMONG,
    Assigned,
    Branched,
    Equated,
    FixedWord,
    Lettered,
    ManyFold,
    Meaning,
    Named,
    Reaches,
    Related,
    Several,
    Table,
    Unread,
    Value,
)
from engine.verification.answers.ranges import joined, place
from engine.verification.answers.sets import pair_as_interval
from engine.verification.answers.values import Values
from engine.verification.formula import Formula, UnreadFormula

_LETTER_KINDS = ("variable", "constant")
_OPPOSITE = {"∈": "∉", "∉": "∈", "\\mid": "\\nmid", "\\nmid": "\\mid"}


class Likeness:
    """One comparison; `rounded` tells afterwards whether a rounding was let pass."""

    def __init__(self, rounded_from: int = 0) -> None:
        self._values = Values(rounded_from)

    @property
    def rounded(self) -> bool:
        """Whether a decimal counted as a rounding of the other value."""
        return self._values.rounded

    def of(self, a: Meaning, b: Meaning) -> bool | None:
        """Return whether two meanings are the same."""
        if a == b:
            return True
        a, b = _bare(a), _bare(b)
        if isinstance(a, Lettered) or isinstance(b, Lettered):
            return self._lettered(a, b)
        if isinstance(a, Named) or isinstance(b, Named):
            return self._named(a, b)
        if type(a) is type(b):
            return _ALIKE[type(a)](self, a, b) if type(a) in _ALIKE else None
        for one, other in ((a, b), (b, a)):
            if isinstance(one, Unread):
                return None
            rule = _ACROSS.get((type(one), type(other)))
            if rule:
                return rule(self, one, other)
        return None if isinstance(a, Related | Branched) and isinstance(b, Related | Branched | Equated) else False

    def _all(self, pairs: Iterable[tuple[Meaning, Meaning]]) -> bool | None:
        found = [self.of(x, y) for x, y in pairs]
        return False if False in found else None if None in found else True

    def _lettered(self, a: Meaning, b: Meaning) -> bool | None:
        if isinstance(a, Lettered) and isinstance(b, Lettered):
            if a.letter.upper() != b.letter.upper():
                return False
            # One letter with two values: one of them is of another question.
            both = a.rest is not None and b.rest is not None and self.of(a.rest, b.rest)
            return None if both is False and a.rest is not None and b.rest is not None else True
        one, other = (a, b) if isinstance(a, Lettered) else (b, a)
        if isinstance(one, Lettered) and one.rest is not None:
            return self.of(one.rest, other)
        letter = isinstance(one, Lettered) and one.letter
        if isinstance(other, Value) and other.formula in (Formula(op, name=str(letter)) for op in _LETTER_KINDS):
            return True
        return None if isinstance(other, Unread) else False

    def _named(self, a: Meaning, b: Meaning) -> bool | None:
        """A name adds nothing to a value; two names of one value may still be two statements."""
        if isinstance(a, Named) and isinstance(b, Named):
            b = as_called(a, b)
            same = self.of(a.value, b.value)
            called = "(" in a.name + b.name and {a.name, b.name} & {"y", a.name if "(" in a.name else "y"}
            if a.name == b.name:
                return same
            if a.name.count("'") != b.name.count("'"):
                # A function and its derivative may be one formula.
                return None if same else same
            as_equation = self._as_equations(a, b)
            if as_equation:
                return True
            return same if called and "(" in a.name + b.name and _varies(a.value) else (None if same else same)
        one, other = (a, b) if isinstance(a, Named) else (b, a)
        if isinstance(other, Equated | Branched) and isinstance(one, Named):
            return self._as_equations(one, other) if isinstance(other, Equated) else self.of(one.value, other)
        if isinstance(other, Assigned | Related):
            return False if isinstance(other, Assigned) else None
        return self.of(one.value, other) if isinstance(one, Named) else None

    def _as_equations(self, a: Meaning, b: Meaning) -> bool | None:
        left, right = _difference(a), _difference(b)
        return formula.proportional(left, right) if left and right else None

    def _several(self, a: Several, b: Several) -> bool | None:
        if INNER in (a.brackets, b.brackets):
            return self._as_sets(a.items, b.items) if a.brackets == b.brackets else False
        if "±" in (a.brackets, b.brackets) and {a.brackets, b.brackets} & _ORDERED:
            return False
        if a.brackets == b.brackets == "{}" or "±" in a.brackets + b.brackets:
            return self._as_sets(a.items, b.items)
        if not _fit(a.brackets, b.brackets, len(a.items)):
            return False
        if "{}" in (a.brackets, b.brackets):
            return self._as_sets(a.items, b.items)
        dots = Unread("…")
        if dots in a.items or dots in b.items:
            return self._progressions(a.items, b.items)
        if len(a.items) != len(b.items):
            return both_unsaid(a, b)
        if (a.brackets or b.brackets)[:1] and not (a.brackets == b.brackets == ""):
            return self._all(zip(a.items, b.items, strict=True))
        same = self._in_any_order(a.items, b.items)
        return True if same is False and both_unsaid(a, b) else same

    def _progressions(self, a: tuple[Meaning, ...], b: tuple[Meaning, ...]) -> bool | None:
        if len(a) == len(b):
            same = self._all(zip(a, b, strict=True))
            return True if same else None
        return None

    def _as_sets(self, a: tuple[Meaning, ...], b: tuple[Meaning, ...]) -> bool | None:
        if Unread("…") in (*a, *b):
            return None
        return self._in_any_order(self._distinct(a), self._distinct(b))

    def _distinct(self, items: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        found: list[Meaning] = []
        for item in items:
            if not any(self.of(item, other) for other in found):
                found.append(item)
        return tuple(found)

    def _in_any_order(self, a: tuple[Meaning, ...], b: tuple[Meaning, ...]) -> bool | None:
        if len(a) != len(b):
            return None if any(isinstance(one, Unread) for one in (*a, *b)) else False
        left, unsure = list(b), False
        for item in a:
            verdicts = [(self.of(item, other), other) for other in left]
            match = next((other for same, other in verdicts if same), None)
            if match is not None:
                left.remove(match)
            elif any(same is None for same, _ in verdicts):
                unsure = True
            else:
                return False
        return None if unsure else True

    def _tables(self, a: Table, b: Table) -> bool | None:
        if [len(row) for row in a.rows] != [len(row) for row in b.rows]:
            return False
        return self._all(
            (x, y) for left, right in zip(a.rows, b.rows, strict=True) for x, y in zip(left, right, strict=True)
        )

    def _table_and_several(self, a: Table, b: Several) -> bool | None:
        """A vector is also written as its coordinates."""
        cells = [cell for row in a.rows for cell in row]
        if min(len(a.rows), len(a.rows[0])) != 1 or b.brackets == "{}" or not b.brackets or len(cells) != len(b.items):
            return False
        return self._all(zip(cells, b.items, strict=True))

    def _reaches(self, a: Reaches, b: Reaches) -> bool | None:
        same = self._pieces(a, b)
        # x > 1 and y > 1 may be one answer or two.
        return None if same and a.name and b.name and a.name != b.name else same

    def _pieces(self, a: Reaches, b: Reaches) -> bool | None:
        found = [joined([one]) for one in (a, b)]
        left, right = (one.pieces if one else () for one in found)
        if len(left) != len(right):
            return False
        same = [
            x.closed == y.closed and all(self._ends(p, q) for p, q in ((x.low, y.low), (x.high, y.high)))
            for x, y in zip(left, right, strict=True)
        ]
        if all(same):
            return True
        varying = any(
            end is not None and formula.variables(end) for piece in (*left, *right) for end in (piece.low, piece.high)
        )
        return None if varying else False

    @staticmethod
    def _ends(a: Formula | None, b: Formula | None) -> bool | None:
        return a is b if a is None or b is None else formula.agree(a, b)

    def _reaches_and_several(self, a: Reaches, b: Several) -> bool | None:
        pair = pair_as_interval(b) if len(b.items) == 2 and b.brackets in ("()", "[]") else None
        if pair is None:
            return False if not any(isinstance(item, Unread) for item in b.items) else None
        try:
            ordered = place(pair.pieces[0].low, 0) <= place(pair.pieces[0].high, 0)
        except UnreadFormula:
            ordered = True
        return self._pieces(a, pair) if ordered else False

    def _assigned(self, a: Assigned, b: Assigned) -> bool | None:
        left, right = dict(a.pairs), dict(b.pairs)
        if set(left) != set(right):
            return None
        return self._all((left[name], right[name]) for name in left)

    def _assigned_and_several(self, a: Assigned, b: Several) -> bool | None:
        if len(a.pairs) != len(b.items) or b.brackets in ("{}", "±"):
            return False
        by_name = [value for _, value in sorted(a.pairs, key=lambda pair: pair[0])]
        as_written = [value for _, value in a.pairs]
        if self._all(zip(by_name, b.items, strict=True)):
            return True
        same = self._all(zip(as_written, b.items, strict=True))
        return None if same and by_name != as_written else same

    def _families(self, a: ManyFold, b: ManyFold) -> bool | None:
        if a.domain == b.domain and self.of(a.value, renamed(b.value, b.name, a.name)):
            return True
        return same_families(a, b)

    def _related(self, a: Related, b: Related) -> bool | None:
        if a.sign == b.sign == "≡" and a.sides[0] == b.sides[0]:
            return a.sides == b.sides
        return False if a.sides == b.sides and _OPPOSITE.get(a.sign) == b.sign else None

    def _branches(self, a: Branched, b: Branched) -> bool | None:
        if len(a.rows) != len(b.rows):
            return None
        ways = [
            self._all(zip(left, right, strict=True)) if len(left) == len(right) else None
            for left, right in zip(a.rows, b.rows, strict=True)
        ]
        return True if all(ways) else None

    def _known(self, a: FixedWord, b: FixedWord) -> bool | None:
        # No integer is a solution, or no positive number: neither says that there is none, nor the same.
        return None if a.family == b.family == NONE_AMONG else False

    def _value(self, a: Value, b: Value) -> bool | None:
        same = self._values.alike(a, b)
        return True if same is False and both_unsaid(a, b) else same

    def _equations(self, a: Equated, b: Equated) -> bool | None:
        return formula.proportional(a.difference, b.difference)


_ORDERED = frozenset(("()", "[]", "⟨⟩"))


def _bare(one: Meaning) -> Meaning:
    """A list or a set of one is that one; so are two signs of nothing."""
    while isinstance(one, Several) and len(one.items) == 1 and one.brackets != INNER and _stands_alone(one.items[0]):
        one = one.items[0]
    if isinstance(one, Several) and one.brackets == "±" and all(Likeness().of(one.items[0], x) for x in one.items[1:]):
        return one.items[0]
    return one


def _stands_alone(one: Meaning) -> bool:
    return not isinstance(one, Unread) and not (isinstance(one, Several) and one.brackets == INNER)


def _fit(left: str, right: str, items: int) -> bool:
    """A bare list may be meant as any of them; a closed interval of two ends and a point are never each other."""
    alike = {"()", "⟨⟩"} if items == 2 else {"()", "⟨⟩", "[]"}
    return left == right or not left or not right or {left, right} <= alike


def _difference(one: Meaning) -> Formula | None:
    if isinstance(one, Equated):
        return one.difference
    if not isinstance(one, Named) or not isinstance(one.value, Value):
        return None
    try:
        name = formula.read(one.name)
    except UnreadFormula:
        return None
    return Formula("+", (name, Formula("*", (formula.MINUS, one.value.formula))))


def _varies(one: Meaning) -> bool:
    return isinstance(one, Value) and bool(formula.variables(one.formula))


_ALIKE: dict[type, Callable[..., bool | None]] = {
    Several: Likeness._several,
    Table: Likeness._tables,
    Reaches: Likeness._reaches,
    Assigned: Likeness._assigned,
    ManyFold: Likeness._families,
    Related: Likeness._related,
    Branched: Likeness._branches,
    FixedWord: Likeness._known,
    Value: Likeness._value,
    Equated: Likeness._equations,
}


def _unsaid(_: Likeness, a: ManyFold, b: Meaning) -> bool | None:
    return same_as_unsaid(a, b)


_ACROSS: dict[tuple[type, type], Callable[..., bool | None]] = {
    (ManyFold, Value): _unsaid,
    (ManyFold, Several): _unsaid,
    (FixedWord, Several): lambda _, a, b: None if a.family == NONE_AMONG and not b.items else False,
    (Table, Several): Likeness._table_and_several,
    (Reaches, Several): Likeness._reaches_and_several,
    (Assigned, Several): Likeness._assigned_and_several,
}
