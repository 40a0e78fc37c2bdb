"""Where the parts of an answer begin and end: marks that stand outside all brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from engine.verification.formula import UnreadFormula

OPENING, CLOSING = "([{⦃⟨", ")]}⦄⟩"
FREE_SIGNS = 3
"""Signs that are chosen apart, each of which doubles the values."""
_AND = re.compile(r"\s*(?:,|;)?\s*(?:\b(?:and|or)\b|和|或|与)\s*")
_BEGIN = re.compile(r"\\(begin|end)\{")


def outside(text: str) -> Iterator[tuple[int, str]]:
    """Yield place and character of everything outside brackets and environments."""
    depth = 0
    for at, mark in enumerate(text):
        if mark in CLOSING:
            depth -= 1
        elif mark == "\\" and (hit := _BEGIN.match(text, at)):
            depth += 1 if hit[1] == "begin" else -1
        elif mark in OPENING:
            depth += 1
        elif depth <= 0:
            yield at, mark


def split(text: str, marks: str) -> list[str]:
    """Split at any of `marks` outside brackets; empty parts are left out."""
    parts, start = [], 0
    for at, mark in outside(text):
        if mark in marks:
            parts.append(text[start:at])
            start = at + 1
    return [part.strip() for part in (*parts, text[start:]) if part.strip()]


def listed(text: str) -> list[str]:
    """Split at commas, semicolons and "and" outside brackets."""
    return split(_AND.sub(",", text), ",;")


def inside(text: str) -> tuple[str, str]:
    """Return what stands in the brackets around the whole text, and the brackets; '' where there are none."""
    if len(text) < 2 or text[0] not in OPENING or text[-1] not in CLOSING:
        return text, ""
    depth = 0
    for at, mark in enumerate(text):
        depth += (mark in OPENING) - (mark in CLOSING)
        if depth == 0 and at < len(text) - 1:
            return text, ""
    brackets = text[0] + text[-1]
    if "{" in brackets or "⦃" in brackets or "}" in brackets or "⦄" in brackets:
        return (text[1:-1].strip(), "{}") if brackets in ("{}", "⦃⦄") else (text, "")
    return text[1:-1].strip(), brackets


def spelled_signs(text: str) -> list[str]:
    """Return a text with ± once for each choice of signs; those that are all ± are chosen apart, ∓ follows them."""
    if "∓" in text or text.count("±") == 1:
        return [text.translate({ord("±"): sign, ord("∓"): other}) for sign, other in ("+-", "-+")]
    if text.count("±") > FREE_SIGNS:
        raise UnreadFormula("too many signs")
    first, *rest = text.split("±")
    return [first + "".join(map("".join, zip(signs, rest, strict=True))) for signs in product("+-", repeat=len(rest))]
