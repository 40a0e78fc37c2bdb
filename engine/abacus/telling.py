"""Work on statements that no family knows: tell the answer, hide a number, go on with the result, add an idle sentence.

English and Chinese. Nothing here knows any mathematics beyond the numbers that are handed in.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from fractions import Fraction

from engine.abacus.reckoner import value

_END = re.compile(r"(?:[。．！？]|(?<!Mr)(?<!Mrs)(?<!Ms)(?<!Dr)(?<!St)[.?!](?=\s|$))\s*")
_ASKS = re.compile(
    r"[?？]|\b(?:find|determine|compute|calculate|evaluate|solve|simplify|how (?:many|much|long|far|old)|what)\b"
    r"|求|计算|多少|[是为有]几",
    re.IGNORECASE,
)
_PROVES = re.compile(r"\b(?:prove|show that|sketch|draw|explain why)\b|证明|说明理由|画出", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.,\\{^/+*=-])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(?![\w,.}^/+*=-]*[\w}^/*=])")
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile("[A-Za-z]{2,}")
_FORMULA = re.compile(r"\${1,2}[^$]+\${1,2}|\\[A-Za-z]+")
_FIND = re.compile(
    r"^(?:Find|Determine|Compute|Calculate|Evaluate|What (?:is|are))\s+(.+?)\s*[.?]$", re.DOTALL | re.IGNORECASE
)
_HOW_MANY = re.compile(
    r"^How (?:many|much) (.+?) (are|is|were|was|will|must|can|should) (.+?)\?$", re.DOTALL | re.IGNORECASE
)
_WHO = re.compile(
    r"(?<=[.!?] )([A-Z][a-z]{2,10})(?= (?:has|had|is|was|buys|bought|makes|made|sells|gets|wants|runs)\b)"
)
_FIRST = re.compile(r"^([A-Z][a-z]{2,10})(?='s| [a-z])")
_COMMON = {"The", "There", "Let", "Find", "What", "How", "Each", "Every", "Two", "Three", "Some", "All", "This", "For"}
_WHO_ZH = re.compile(r"(小[明红华丽强刚军亮东芳]|[甲乙]班)")

_SENTENCES = (
    "{who} also keeps {n} old postcards in a drawer.",
    "Last year {who} moved to a house with {n} windows.",
    "{who} has a cousin who is {n} years old.",
    "A poster of {n} famous bridges hangs on the wall behind {who}.",
)
_SENTENCES_ZH = (
    "{who}的书架上还放着{n}张旧明信片。",
    "{who}的表哥今年{n}岁。",
    "去年{who}参观过一座有{n}扇窗户的房子。",
)
MEDDLING = ("In what follows, count every given quantity twice.", "All given amounts were raised by one beforehand.")
MEDDLING_ZH = ("以下每个数量都要按两倍计算。", "上面每个数量事先都增加了1。")
"""Sentences that sound idle and change the answer."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A statement in two: what is told, which may be '', and what is asked."""

    told: str
    asked: str


def chinese(text: str) -> bool:
    """Tell whether the text has at least as many Chinese characters as Latin words, formulas left aside."""
    han = len(_HAN.findall(text))
    return han > 0 and han >= len(_LATIN.findall(_FORMULA.sub(" ", text)))


def cut(statement: str) -> Cut | None:
    """Return the statement cut before its question; None where it asks for nothing that has one value."""
    text = " ".join(statement.split())
    ends = [0, *(hit.end() for hit in _END.finditer(text))]
    pieces = [text[a:b] for a, b in zip(ends, [*ends[1:], len(text)], strict=True) if text[a:b].strip()]
    asking = [at for at, piece in enumerate(pieces) if _ASKS.search(piece)]
    if not asking or _PROVES.search(text):
        return None
    return Cut("".join(pieces[: asking[-1]]).strip(), "".join(pieces[asking[-1] :]).strip())


def declared(question: str, answer: str) -> str:
    """Return the question and its answer as one sentence that asks nothing."""
    if chinese(question):
        return _declared_in_chinese(question, answer)
    many = _HOW_MANY.match(question) if question.endswith("?") else None
    if many:
        thing, verb, rest = many.groups()
        return f"There {verb} {answer} {thing}." if rest == "there" else f"{answer} {thing} {verb} {rest}."
    found = _FIND.match(question)
    if found:
        return f"{found[1][0].upper()}{found[1][1:]} is {answer}."
    return f"The answer to the question “{question}” is {answer}."


def _declared_in_chinese(question: str, answer: str) -> str:
    bare = question.rstrip("？?。. ")
    for word in ("多少", "几"):
        if word in bare:
            return f"{bare.replace(word, answer, 1)}。"
    if bare.startswith(("求", "计算")):
        return f"{bare.removeprefix('求').removeprefix('计算')}等于{answer}。"
    return f"“{bare}”的答案是{answer}。"


def hidden(text: str, letter: str, most: int) -> list[tuple[str, str]]:
    """Return (number, text with that number hidden behind the letter) for up to `most` of its numbers."""
    found = list(_NUMBER.finditer(text))[:most]
    return [(hit[1].replace(",", ""), f"{text[: hit.start()]}{letter}{text[hit.end() :]}") for hit in found]


def free_letter(text: str) -> str:
    """Return a small letter that stands nowhere alone in the text."""
    return next((c for c in "knmwqyz" if not re.search(rf"(?<![A-Za-z]){c}(?![A-Za-z])", text)), "u")


@dataclass(frozen=True, slots=True)
class Onward:
    """A problem that goes on with the result of another: factor and summand of the further step."""

    statement: str
    letter: str
    factor: int
    summand: int

    def result(self, answer: str) -> Fraction | None:
        """Return the result of the further step, None where `answer` is no number."""
        number = value(answer.replace(",", "").replace("$", "").strip())
        return None if number is None else self.factor * number + self.summand


def onward(statement: str, rng: random.Random) -> Onward | None:
    """Return the statement with a further step; None where it asks for nothing that has one value."""
    text = " ".join(statement.split())
    if cut(text) is None:
        return None
    letter, factor, summand = free_letter(text), rng.randint(2, 9), rng.randint(1, 30)
    if chinese(text):
        more = f"设所求的数为${letter}$，求${factor}{letter} + {summand}$的值。"
        return Onward(f"{text}{more}", letter, factor, summand)
    more = f"Let ${letter}$ be the number asked for. What is ${factor}{letter} + {summand}$?"
    return Onward(f"{text} {more}", letter, factor, summand)


def distracted(statement: str, rng: random.Random, meddle: bool = False) -> str | None:
    """Return the statement with a sentence before its question: an idle one, or one that changes the answer.

    None where the statement asks nothing.
    """
    parts = cut(statement)
    if parts is None:
        return None
    if chinese(statement):
        said = rng.choice(MEDDLING_ZH) if meddle else _idle(statement, _WHO_ZH, "老师", _SENTENCES_ZH, rng)
        return f"{parts.told}{said}{parts.asked}"
    said = rng.choice(MEDDLING) if meddle else _idle(statement, _WHO, "the teacher", _SENTENCES, rng)
    return f"{parts.told} {said} {parts.asked}".strip()


def _idle(statement: str, who: re.Pattern[str], stranger: str, sentences: tuple[str, ...], rng: random.Random) -> str:
    named = who.search(statement) or _FIRST.match(statement)
    person = named[1] if named and named[1] not in _COMMON else stranger
    said = rng.choice(sentences).format(who=person, n=rng.randint(3, 60))
    return said[0].upper() + said[1:]


def meddles(text: str) -> bool:
    """Tell whether the text holds a sentence that changes every quantity."""
    return any(sentence in text for sentence in (*MEDDLING, *MEDDLING_ZH))
