r"""Answers in boxes: `\boxed{4}`, `\boxed 4`, `\fbox{4}`, and several side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.verification.answers.comparison import equivalent
from engine.verification.answers.evidence import FoundAnswer

_BOX = re.compile(r"\\(?:f?boxed|fbox|framebox)\s*(?=[{\w\\$-])")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BARE = re.compile(r"(?!-?[^\W\d_]{2})(?:-?\\[dt]?frac\s*(?:\d\s*\d|\{[^{}]*\}\s*\{[^{}]*\})|[^\s$,;。]+)")
"""A word after a box without braces; one of letters alone belongs to a sentence about boxes."""
_NAMED = r"(?:\\?[A-Za-z](?:_\{?\w\}?)?\s*=\s*)"
_AND = r"(?:[,;，；、和与及]|and\b|\\text\s*\{\s*and\s*\}|\\(?:quad|qquad|[,;]))"
_OR = r"(?:or\b|或者?|\\text\s*\{\s*or\s*\})"
_GAP = r"(?:[\s$~]|\\[()])*"
_BETWEEN = re.compile(rf"{_GAP}(?:(?:{_AND}|{_OR}){_GAP})+{_NAMED}?{_GAP}", re.IGNORECASE)
"""What stands between boxes that give one answer together."""
_ADJACENT = re.compile(rf"{_GAP}(?:{_NAMED}{_GAP})?")
_CLAUSE = re.compile(
    r"(?!.*(?:\b(?:or|so|thus|therefore|hence|which|gives?|since|because|if|means?|implies|then)\b|或|所以))"
    r"[^.!?。！？\n]{0,160}(?:\b(?:and|while|whereas)\b|和|而)[^.!?。！？\n]{0,160}"
    r"(?:\b(?:is|are|was|were|equals?)\b|[=:：]|是|为)" + _GAP,
    re.IGNORECASE,
)
"""Between two boxes of one sentence, each of which has its own subject: the largest is 3, and the smallest is 1."""
_EACH = re.compile(r"[\s$,，)\\]{0,6}\b(?:respectively|in that order)\b", re.IGNORECASE)
"""Behind boxes that may hold the same value twice: `-2 and -2, respectively`."""
_HAS_OR = re.compile(_OR, re.IGNORECASE)
_HAS_NAME = re.compile(_NAMED)
_APART = 340
"""Characters between two boxes beyond which they are two sentences."""
_EMPTY = re.compile(
    r"(?:\\[a-z]*dots|\\phantom\{.*\}|[.…_?\s]|\\square)*"
    r"|(?:\\text\{)?\s*(?:your|the|final|an|\s)*(?:answer|result|value|solution|choice)(?: here)?\s*\}?",
    re.IGNORECASE,
)
"""What a box holds in a sentence about boxes."""


def boxed(text: str) -> FoundAnswer | None:
    """Return what the last complete box holds, with the boxes right before it that belong to the same list.

    Boxes that "or" parts are two answers, unless they are two ways to write one: then the last one counts (MATH).
    """
    found: list[str] = []
    begin = last = 0
    for start, end, inside in _boxes(text):
        if not found:
            last = end
        elif not (gap := _joined(text, end, begin)):
            break
        elif (gap[0].strip("$ \n") == "" and equivalent(inside, found[0])) or (
            _HAS_OR.search(gap[0]) and equivalent(inside, found[0])
        ):
            begin = start
            continue
        elif inside not in found or _HAS_NAME.search(gap[0]) or _EACH.match(text, last):
            found.insert(0, inside)
            begin = start
            continue
        found = found or [inside]
        begin = start
    return FoundAnswer(tuple(found), (begin, last), "box") if found else None


def _joined(text: str, end: int, begin: int) -> re.Match[str] | None:
    """Return what stands between two boxes, where they give one answer together: a comma, "and", or nothing at all."""
    for form in (_ADJACENT, _BETWEEN, _CLAUSE):
        if begin - end <= _APART and (gap := form.fullmatch(text, end, begin)):
            return gap
    return None


def cut_box(text: str) -> bool:
    """Return whether the last box of a text is opened and never closed."""
    hits = list(_BOX.finditer(text))
    return bool(hits) and text[hits[-1].end()] == "{" and hits[-1].end() not in _partners(text)


def _boxes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and content of the complete boxes that hold something, the last one first."""
    hits = list(_BOX.finditer(text))
    partner = _partners(text) if hits else {}
    inner = 0
    for hit in reversed(hits):
        at = hit.end()
        if text[at] == "{":
            close = partner.get(at, at)
            inside, end = text[at + 1 : close].strip(), close + 1
        else:
            word = _BARE.match(text, at)
            end = word.end() if word else at
            inside = text[at:end].rstrip(".")
        if inner and hit.start() < inner < end and _BOX.match(inside):
            continue
        if inside and not _EMPTY.fullmatch(inside):
            inner = hit.start()
            yield hit.start(), end, inside


def _partners(text: str) -> dict[int, int]:
    """Return where each brace that opens is closed; escaped braces do not count."""
    open_at: list[int] = []
    found = {}
    for hit in _BRACES.finditer(text):
        if hit[0] == "{":
            open_at.append(hit.start())
        elif hit[0] == "}" and open_at:
            found[open_at.pop()] = hit.start()
    return found
