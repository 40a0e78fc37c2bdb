"""Answers that a text announces: `The answer is 4.`, `答案是4`, `故选B`, a heading, a row of a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.core.evidence import Evidence
from engine.verification.answers.conclusions import states
from engine.verification.answers.evidence import FoundAnswer
from engine.verification.answers.letters import letter_of, letters_of, picked
from engine.verification.answers.sentences import settled

LONGEST = 300
"""Characters of an announced answer; longer ones are explanations. Boxes may be longer."""
_WORDS = re.compile(
    r"(?:\banswers?|(?<=\bcorrect )(?:option|choice)s?|(?<=\bright )(?:option|choice)s?)"
    r"(?:(?:\s+(?:to|for|of)\s+[^.:\n]{1,80}?)?\s+(?:is|are|equals?|would be|must be|should be|will be)\b"
    r"|\s*(?:[*_]+\s*)?[:：=])[ \t*_:：]*",
    re.IGNORECASE,
)
_CHINESE_WORDS = re.compile(
    r"(?:答案|选项)(?:应该|应)?(?:是|为|选|等于|(?=\s*[:：\-−\d$\\(（A-J*]))[ \t*_:：]*"
    r"|【(?:正确|参考)?答案】[ \t*_:：]*|(?:故|应)选(?:择)?[ \t*_:：]*"
    r"|(?<!不)选(?:择|项)?[ \t*_:：]*(?=[(（]?[A-J](?:[、,，\s]*[A-J])*[)）]?[*_]*\s*(?:[.．。,，;；\n]|\Z))"
    r"|(?<![一-龥])答\s*[:：][ \t*_]*",
)
_LINE = re.compile(r"A\s*[:：][ \t*_]*", re.IGNORECASE)
"""How GSM8K's first models mark their last line."""
_TITLE = re.compile(
    r"[ \t>#*_]*(?:the )?(?:final |correct )?(?:answer|最终答案|答案)[ \t*_]*(?:[:：][ \t*_]*)?", re.IGNORECASE
)
_ROW = re.compile(r"\s*\|\s*[*_]*(?:final |correct )?(?:answer|答案)[*_]*\s*\|\s*([^|\n]+?)\s*\|", re.IGNORECASE)
_CUES = ("answer", "option", "choice")
_LEAD = re.compile(r"[\s>*_~:：]*(?:[-+•][ \t]+)?[\s*_]*")
_MATHS = re.compile(r"\$\$(.+?)\$\$|\$(?!\s)([^$\n]+?)\$(?!\d)|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_LAST_OF_A_LIST = r"(?!\s*(?:and|or)\s+[-+−]?[$(\\]*\d\S{0,14}(?:\s+[a-z]{1,12})?\s*(?:[.。!\n]|$))"
"""Behind a comma: `2, 3, and 5.` goes on, `5, and 3 is not.` does not."""
_END = re.compile(
    r"\.(?=\s|$|[\"”')\]]*$)|．(?!\d)|[\n。！!；;]|[?？](?=.)"
    rf"|(?:,|，){_LAST_OF_A_LIST}(?=\s*[^\W\d_]{{2}})|<(?=/?\w)|\s(?:[—–]|--)\s(?=[^\W\d_]{{2}})"
)
_SENTENCE = re.compile(r"\.(?=\s|$|[\"”')\]]*$)|[\n。！!]")
_PROSE = re.compile(
    r"(?:not|that|the|this|these|as|in|by|found|given|obtained|below|above|clear(?:ly)?|obvious(?:ly)?|correct|wrong|incorrect|"
    r"right|simple|there|he|she|it|they|we|you|because|since|if|when|after|also|still|only|a|an|[A-J]|不|错|对吗)\b"
    r"(?!\s*[=<>+*/^]|\s*$)|不对|错误的",
    re.IGNORECASE,
)
"""How an explanation begins where an answer is expected."""
_NOT = re.compile(r"not\b|(?:不是?|并非)(?!\s*存在)", re.IGNORECASE)
_REMARK = re.compile(r"(?:correct|right|wrong|incorrect|reasonable|verified|confirmed)\W*", re.IGNORECASE)
_CHINESE = re.compile(r"[一-龥]{4}|[一-龥]{2,}有\s*\d")
_ADVERB = re.compile(
    r"(?:simply|just|therefore|thus|then|hence|exactly|actually|indeed|approximately|about|roughly|around|equal to|"
    r"given by|约为?|大约)\s+",
    re.IGNORECASE,
)


def announced(text: str) -> FoundAnswer | None:
    """Return the answer that the last announcement gives; one that gives none is passed over."""
    remark = None
    for at, kind in sorted(_announcements(text), key=_strength, reverse=True):
        if kind == "letter":
            found: FoundAnswer | None = FoundAnswer((text[at],), (at, at + 1), "words")
        else:
            found = _row(text, at) if kind == "row" else _said(text, at, heading=kind == "heading")
        if found and _REMARK.fullmatch(found.value or ""):
            # "The answer is correct" speaks of an answer that was given before, where one was.
            remark = remark or found
        elif found:
            return found
    return remark


def _strength(announcement: tuple[int, str]) -> tuple[int, bool]:
    """Order announcements by their place; at one place a letter that is picked comes before words."""
    return announcement[0], announcement[1] == "letter"


def _announcements(text: str) -> Iterator[tuple[int, str]]:
    """Yield where something is announced, and how.

    Most texts hold few of the words that announce, so these are looked for first: a pattern that may begin anywhere
    costs twenty times as much.
    """
    folded = text.lower()
    # A few letters grow when they become small; places would not be those of the text then.
    folded = folded if len(folded) == len(text) else text
    for cue in _CUES:
        for at in _places(folded, cue):
            if hit := _WORDS.match(text, at):
                yield hit.end(), "words"
            if cue == "answer":
                yield from _of_line(text, at)
    yield from ((at, "letter") for at in picked(text))
    if "答" in text or "选" in text:
        yield from ((hit.end(), "words") for hit in _CHINESE_WORDS.finditer(text))
        for at in _places(text, "答案"):
            yield from _of_line(text, at)
    for at in (0, *(place + 1 for place in _places(folded, "\na"))):
        if hit := _LINE.match(text, at):
            yield hit.end(), "words"


def _places(text: str, part: str) -> Iterator[int]:
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + 1)


def _of_line(text: str, at: int) -> Iterator[tuple[int, str]]:
    """Yield a heading, or a row of a table, whose line holds the word at this place."""
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    if hit := _TITLE.fullmatch(text, begin, len(text) if end < 0 else end):
        yield hit.end(), "heading"
    if hit := _ROW.match(text, begin, len(text) if end < 0 else end):
        yield hit.start(1), "row"


def _row(text: str, at: int) -> FoundAnswer | None:
    cell = text[at : text.index("|", at)].strip(" *_$")
    return FoundAnswer((cell,), (at, at + len(cell)), "words") if re.search(r"[\d\\]", cell) else None


def _said(text: str, at: int, *, heading: bool) -> FoundAnswer | None:
    lead = _LEAD.match(text, at)
    begin = lead.end() if lead else at
    below = heading or "\n" in text[at:begin]
    rest = text[begin : begin + 2 * LONGEST]
    kind: Evidence = "heading" if below else "words"
    if maths := _MATHS.match(rest):
        return _maths(maths, rest, begin, kind)
    if below and rest.count("\n\n") > 1 and not _short(rest):
        return None
    if several := letters_of(rest.split("\n")[0]):
        return FoundAnswer(tuple(several), (begin, begin + len(rest.split("\n")[0].rstrip())), kind)
    if chosen := letter_of(rest.split("\n")[0]):
        end = len(rest.split("\n")[0]) if chosen[1] else rest.index(chosen[0]) + 1
        return FoundAnswer((chosen[0],), (begin, begin + end), kind, option=chosen[1])
    return _plain(rest, begin, kind)


def _short(rest: str) -> bool:
    return len(rest.split("\n")[0].split()) <= 12


_AND = re.compile(r"\s*(?:[,，、]\s*(?:and\b|or\b|和|或者?)?|and\b|or\b|和|或者?)\s*", re.IGNORECASE)


def _maths(first: re.Match[str], rest: str, begin: int, kind: Evidence) -> FoundAnswer | None:
    """Read formulas that follow each other, as in `$2$, $3$ and $5$`."""
    maths: re.Match[str] | None = first
    values, end = [], 0
    while maths:
        group = next(number for number in range(1, 5) if maths[number])
        values.append(maths[group].strip().rstrip(".,"))
        end = maths.end()
        gap = _AND.match(rest, end)
        maths = _MATHS.match(rest, gap.end()) if gap else None
    values = [value for value in values if value]
    return FoundAnswer(tuple(values), (begin, begin + end), kind) if values else None


def _plain(rest: str, begin: int, kind: Evidence) -> FoundAnswer | None:
    while hit := _ADVERB.match(rest):
        begin, rest = begin + hit.end(), rest[hit.end() :]
    if maths := _MATHS.match(rest):
        return _maths(maths, rest, begin, kind)
    if _NOT.match(rest):
        return None
    end = _END.search(rest)
    whole = rest[: end.start()] if end else rest
    said = whole.strip(" \t*_`\"'“”:：,，$")
    if not said or len(said) > LONGEST or said.count("{") != said.count("}") or _dangling(said):
        return None
    if _PROSE.match(said) or (len(said.split()) > 4 and not re.match(r"[-+\d\\({\[]", said)) or _CHINESE.search(said):
        found = _settled(rest, whole + ("." if end else ""), begin)
        return FoundAnswer(found.values, found.span, kind) if found else None
    at = begin + whole.index(said)
    return FoundAnswer((said,), (at, at + len(said)), kind)


def _settled(rest: str, part: str, begin: int) -> FoundAnswer | None:
    """Return the value that the whole sentence states, else the one that its first part settles on."""
    stop = _SENTENCE.search(rest)
    found = settled(rest[: stop.end()] if stop else rest, begin)
    if found and found.span and states(rest[: found.span[0] - begin]):
        return found
    return settled(part, begin)


def _dangling(said: str) -> bool:
    return bool(re.search(r"(?:[=+*/×·^_(-]|\\frac)$", said))


def openings(text: str) -> Iterator[int]:
    """Yield where announcements stand, whether or not they give an answer."""
    yield from (at for at, kind in _announcements(text) if kind in ("words", "heading"))
