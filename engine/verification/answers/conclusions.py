"""Where the value of a conclusion stands, although something follows it: asides, circumstances, closing remarks.

`Thus she needs a total of 34 hours in 4 weeks.`, `So E = 3, as shown above. This method ensures that it works.`
"""

from __future__ import annotations

import re

from engine.verification.answers.evidence import FoundAnswer
from engine.verification.answers.stated import MATHS, NAME, inside, numbers_in

_CONCLUDES = re.compile(
    r"\b(?:so|therefore|thus|hence|in total|altogether|total|consequently|finally|in all|in conclusion|conclusion"
    r"|in summary)\b|∴|所以|因此|一共|总共|共|综上|故|答",
    re.IGNORECASE,
)
_REMARK = re.compile(r"[\W_]*(?:this|that|these|those|it|here|note)\b", re.IGNORECASE)
_TAKES_BACK = re.compile(
    r"\b(?:not|no longer|but|however|instead|wrong|incorrect|mistake|error|contradict\w*|impossible|need|needs|must"
    r"|should|next|then|now|so|therefore|thus|hence|unless|except|unfortunately|suggests?|seems?)\b|n't\b",
    re.IGNORECASE,
)
_COMPLETE = re.compile(r"[.!。！][\"”')\]*_\s]*\Z")
_ASIDE = re.compile(
    r"\s*[,，]?\s*\b(?:as (?:demonstrated|shown|required|desired|expected|claimed|stated|needed|verified|determined"
    r"|found|requested|described|mentioned|in)|for (?:all|any|every|each|some)|where|since|because|when|whenever"
    r"|occurring|assuming|meaning|confirming|considering)\b",
    re.IGNORECASE,
)
_STATES = re.compile(
    r"(?:\b(?:is|are|equals?|be|was|were|becomes?|as)|[:：=]|是|为)\s*"
    r"(?:(?:approximately|exactly|about|equal to|given by|simply|just)\s*)?[:：]?(?:[\s$*_]|\\[(\[])*\Z",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(
    r"[^\d$\\]*?\b(?:in|over|for|after|within|during|per|every|each|by)\s+(?:the\s+(?:first|last|next)\s+)?\d+[\s-]"
    r"(?:second|minute|hour|day|week|month|year|night|time|round|trip|game)s?\b[^\d$\\]*\Z",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?<!\bof )\ba (?:grand |combined )?total of\s+(?:exactly |about |approximately )?", re.IGNORECASE)
_THERE = re.compile(
    r"(?:\A[\W_]*|[,;:]\s*|\b(?:so|thus|therefore|hence|that|then)\s*,?\s+)"
    r"there (?:are|is|were|will be|would be|remain)\s+(?:only |exactly |a total of )?",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\A[\W_]*(?:so|therefore|thus|hence|consequently|finally|in conclusion)\b\s*,?\s*",
    re.IGNORECASE,
)
_NEEDED = re.compile(
    r"\s+(?:[a-z]+\s+){0,3}(?:are|is|were|was|will be|would be)\s+"
    r"(?:needed|required|left|remaining|necessary|used|sold)\b"
)
_ITEM = re.compile(r"[ \t]*(?:[-*•]|\d{1,2}[.)])[ \t]+(\$[^$\n]+\$|\\\(.+?\\\))[\s.,;*]*")
_NAMED = re.compile(rf"\\?{NAME}|{NAME}\s*\([^()=]{{1,12}}\)|{NAME}_\{{[^{{}}]{{1,6}}\}}")


def concludes(said: str) -> bool:
    """Return whether a sentence draws a conclusion."""
    return _CONCLUDES.search(said) is not None


def states(before: str) -> bool:
    """Return whether what stands before a value says that it is it: `the area is`, `= `."""
    return _STATES.search(before) is not None


def is_remark(said: str) -> bool:
    """Return whether a complete sentence only speaks of what stands before it and takes nothing back."""
    return bool(_REMARK.match(said) and _COMPLETE.search(said) and not _TAKES_BACK.search(said))


def without_aside(said: str) -> str:
    """Return a conclusion up to the clause that says why or for what it holds; all of it where there is none."""
    return before_aside(said) if concludes(said) else said


def before_aside(said: str) -> str:
    """Return a sentence up to the clause that gives a reason or a condition."""
    whole = [(hit.start(), hit.end()) for hit in MATHS.finditer(said)]
    for hit in _ASIDE.finditer(said):
        if re.search(r"\w", said[: hit.start()]) and not any(a < hit.start() < b for a, b in whole):
            return said[: hit.start()]
    return said


def main_value(said: str, begin: int) -> FoundAnswer | None:
    """Return the value that a sentence names as its total or its subject; None where something else may be meant.

    Behind it no other number may stand, unless it only says in how long.
    """
    for form in (_TOTAL, _THERE, _SUBJECT):
        hits = list(form.finditer(said))
        if len(hits) != 1:
            continue
        found = _at(said, hits[0].end(), begin)
        if found is None or found.span is None:
            continue
        rest = said[found.span[1] - begin :]
        if form is _SUBJECT:
            if _NEEDED.match(rest):
                return found
        elif not re.search(r"\d", rest) or _CIRCUMSTANCE.match(rest):
            return found
    return None


def _at(said: str, at: int, begin: int) -> FoundAnswer | None:
    """Return the number with its unit, or the value of the formula, that begins right here."""
    if maths := MATHS.match(said, at):
        read = inside(maths)
        if read is None or not re.search(r"\d", read[1]):
            return None
        start = begin + maths.start() + read[2]
        return FoundAnswer((read[1],), (start, start + len(read[1])), "sentence")
    found = numbers_in(said, begin, at)
    if not found or said[at : found[0][1] - begin].strip("*_ "):
        return None
    return FoundAnswer((found[0][0],), found[0][1:], "sentence")


def listed_at_the_end(text: str) -> FoundAnswer | None:
    """Return the values of a list that ends a text, each item a name and its value; None where it has no such list."""
    at = len(text.rstrip())
    items: list[tuple[str, str, int, int]] = []
    while at > 0:
        line = text.rfind("\n", 0, at) + 1
        hit = _ITEM.fullmatch(text, line, at)
        maths = MATHS.fullmatch(text, *hit.span(1)) if hit else None
        read = inside(maths) if maths else None
        name = maths[0].partition("=")[0].strip("$\\( ") if maths else ""
        if not maths or not read or not _NAMED.fullmatch(name):
            break
        start = maths.start() + read[2]
        items.insert(0, (f"{read[0]} = {read[1]}" if read[0] else read[1], name, start, start + len(read[1])))
        at = line - 1
    if len({name for _, name, _, _ in items}) < 2:
        return None
    return FoundAnswer(tuple(one[0] for one in items), (items[0][2], items[-1][3]), "sentence")
