"""Answers of several parts: lists, points, sets, unions, matrices, and inequalities read as intervals."""

from __future__ import annotations

import re
from dataclasses import dataclass

_OPENING, _CLOSING = "([{⦃", ")]}⦄"
_AND = re.compile(r"\s*(?:,|;)?\s*(?:\b(?:and|or)\b|和|或|与)\s*")
_MATRIX = re.compile(r"^\\begin\{([pbvBV]?)matrix\}(.*)\\end\{\1matrix\}$", re.DOTALL)
_RELATION = re.compile(r"(<=|>=|<|>|\\le(?![a-z])|\\ge(?![a-z]))")
_BUILDER = re.compile(r"^[⦃{]\s*([a-zA-Z])\s*(?:\\in\s*[A-Zℝ])?\s*[|:]\s*(.*?)\s*[⦄}]$", re.DOTALL)
_MEMBER = re.compile(r"^[a-zA-Z]\s*\\in(?![a-z])\s*(?=[(\[⦃(])")
_LETTER = re.compile(r"^[a-zA-Z]$|^\\[a-z]+$")
_FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
_PLUS_MINUS = re.compile(r"\\(?:pm|mp)(?![a-z])|\+/-")


@dataclass(frozen=True, slots=True)
class Parts:
    """The items of an answer and the brackets around them, '' for a bare list. Points and intervals are ordered."""

    items: tuple[str, ...]
    brackets: str = ""

    @property
    def ordered(self) -> bool:
        """Whether the order of the items says something."""
        return self.brackets[:1] in ("(", "[") and bool(self.brackets)

    @property
    def single(self) -> bool:
        """Whether this is one plain value."""
        return len(self.items) == 1 and self.brackets != "{}"


def parts(text: str) -> Parts:
    """Return the items at the top level; ± counts as both values."""
    text = _MEMBER.sub("", text)
    inside, brackets = _inside(text)
    if brackets:
        items = _split(inside)
        if len(items) > 1 or brackets == "{}":
            return Parts(_both_signs(items), brackets)
    return Parts(_both_signs(_split(text)))


def unions(text: str) -> tuple[str, ...]:
    """Return the members of a union, or of inequalities joined by "or"; one member where it is none."""
    text = _MEMBER.sub("", text)
    if re.search(r"\\cup(?![a-z])", text):
        return tuple(part.strip() for part in re.split(r"\\cup(?![a-z])", text) if part.strip())
    builder = _BUILDER.match(text)
    inner = builder[2] if builder else text
    either = [part.strip() for part in re.split(r"\b(?:or)\b|或", inner)]
    if len(either) > 1 and all(_RELATION.search(part) for part in either):
        return tuple(either)
    return (text,)


def interval(text: str) -> str | None:
    """Return the interval that an inequality in one letter, or a set built from one, describes; None for others."""
    builder = _BUILDER.match(text)
    pieces = [piece.strip() for piece in _RELATION.split(builder[2] if builder else text)]
    pieces = [{"\\le": "<=", "\\ge": ">="}.get(piece, piece) for piece in pieces]
    if len(pieces) == 3:
        return _half_line(*pieces)
    if len(pieces) == 5 and _LETTER.match(pieces[2]) and pieces[1][0] == pieces[3][0]:
        low, below, _, above, high = pieces
        if below[0] == ">":
            low, below, above, high = high, _FLIPPED[above], _FLIPPED[below], low
        return f"{'[' if below == '<=' else '('}{low},{high}{']' if above == '<=' else ')'}"
    return None


def _half_line(left: str, relation: str, right: str) -> str | None:
    if _LETTER.match(right) and not _LETTER.match(left):
        left, relation, right = right, _FLIPPED[relation], left
    if not _LETTER.match(left) or not right:
        return None
    if relation[0] == "<":
        return f"(-∞,{right}{']' if relation == '<=' else ')'}"
    return f"{'[' if relation == '>=' else '('}{right},∞)"


def matrix(text: str) -> tuple[tuple[str, ...], ...] | None:
    """Return the rows of a matrix or column vector, None where the answer is none."""
    hit = _MATRIX.match(text)
    if not hit:
        return None
    rows = [row for row in hit[2].split("␤") if row.strip()]
    return tuple(tuple(cell.strip() for cell in row.split("&")) for row in rows)


def _inside(text: str) -> tuple[str, str]:
    """Return what stands in the brackets around the whole text, and the brackets; '' where there are none."""
    if len(text) < 2 or text[0] not in _OPENING or text[-1] not in _CLOSING:
        return text, ""
    depth = 0
    for at, mark in enumerate(text):
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if depth == 0 and at < len(text) - 1:
            return text, ""
    if text[0] in "{⦃" or text[-1] in "}⦄":
        return (text[1:-1], "{}") if text[0] in "{⦃" and text[-1] in "}⦄" else (text, "")
    return text[1:-1], text[0] + text[-1]


def _split(text: str) -> tuple[str, ...]:
    """Split at commas, semicolons and "and" that stand outside all brackets."""
    text = _AND.sub(",", text) if _AND.search(text) else text
    items, depth, start = [], 0, 0
    for at, mark in enumerate(text):
        depth += (mark in _OPENING) - (mark in _CLOSING)
        if mark in ",;" and depth <= 0:
            items.append(text[start:at])
            start = at + 1
    items.append(text[start:])
    return tuple(item.strip() for item in items if item.strip()) or (text,)


def _both_signs(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(
        signed
        for item in items
        for signed in ([_PLUS_MINUS.sub("+", item), _PLUS_MINUS.sub("-", item)] if _PLUS_MINUS.search(item) else [item])
    )
