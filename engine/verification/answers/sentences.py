"""What a plain sentence settles on: `So she needs 14 slices.` gives `14 slices`. Weak evidence, and said to be so.

Nothing is guessed: a sentence with several numbers counts only where it draws a conclusion or ends with one of them,
and neither a refusal, a question nor a sentence that was cut off counts.
"""

from __future__ import annotations

import re

from engine.verification.answers.evidence import FoundAnswer

_SPLIT = re.compile(r"(?<=[.!?])[\"”')\]*_]*\s+(?=\S)|(?<=[。！？；])|\n+")
_STEP = re.compile(r"^\s*(?:[-*•>]\s+|#+\s+|\d{1,2}[.)]\s+(?=\D))")
_PLEASANT = re.compile(
    r"\b(?:hope (?:this|that|it)|let me know|feel free|happy to|good luck|glad to|"
    r"you're welcome|any (?:more |other |further )?"
    r"questions?|does (?:this|that) help|great job|well done|have a (?:nice|great|good))\b"
    r"|希望.{0,8}帮助|如果.{0,12}问题",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:can(?:no|')t|cannot|can not|unable to|not able to|sorry|apologi[sz]e|not enough|"
    r"insufficient|does(?: not|n't) "
    r"(?:say|give|state|specify|provide)|"
    r"impossible to (?:say|tell|determine|know)|not (?:given|specified|provided|sure)|"
    r"don't know|do not know|without knowing|unclear|need more information|as an ai)\b"
    r"|无法|不能确定|抱歉|对不起|不知道|信息不足",
    re.IGNORECASE,
)
_UNITS = r"[A-Za-z°µμ²³/·一-龥]"
_NOT_UNIT = (
    "of and in for to each more per is are was were have has had left from than total at on by with as or if when so "
    "which that will would remaining altogether together because since after before then years-old"
)
_NUMBER = re.compile(
    r"(?<![\w.,/^\\-])(?P<all>(?:US)?[$€£¥]?\s?(?<!\d)[-−]?[$€£¥]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?<=\d)"
    r"(?:\s?[/:]\s?\d+(?:\.\d+)?(?!\d)|\s?%|\s\d+/\d+)?)(?![\d]|[,.]\d)"
)
_AFTER = re.compile(rf"\s?(?P<unit>(?!(?:{'|'.join(_NOT_UNIT.split())})\b){_UNITS}[A-Za-z°²³/^一-龥]{{0,20}})")
_EQUALS = re.compile(r"(?:=|≈|\\approx|\\Rightarrow)\s*(?=[^=≈]*$)")
_MATHS = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_VALUE = re.compile(r"[^=≈<>]{1,80}")
_CONCLUDES = re.compile(
    r"\b(?:so|therefore|thus|hence|in total|altogether|total|consequently|finally|in all|in conclusion)\b|∴|所以|因此|"
    r"一共|总共|共|综上|故|答",
    re.IGNORECASE,
)
_ENDED = re.compile(r"(?:[.!。！…]|\$|\\\]|\\\)|\))[\"”')\]*_]*\s*$")
_LAST = 3
"""Closing pleasantries that are passed over, in sentences."""


def last_sentence(text: str) -> FoundAnswer | None:
    """Return what the last sentence of a text settles on, pleasantries behind it left aside."""
    at = len(text)
    left = _LAST
    for begin, end in reversed(_sentences(text)):
        said = text[begin:end]
        if _PLEASANT.search(said):
            left -= 1
            if not left:
                return None
            continue
        at = begin
        return None if declines(text[max(0, at - 200) :]) else settled(said, begin)
    return None


def declines(text: str) -> bool:
    """Return whether a text says that it gives no answer."""
    return _REFUSAL.search(text) is not None


def settled(said: str, begin: int) -> FoundAnswer | None:
    """Return the value that one sentence settles on; `begin` is where it stands."""
    bare = said.rstrip()
    if bare.lstrip().startswith("#") or re.match(r"\s*(?:option|choice) [A-J]\b", bare, re.IGNORECASE):
        return None
    if bare.rstrip("\"”')*_ ").endswith(("?", "？")) or declines(bare):
        return None
    return _equation(bare, begin) or _number(bare, begin)


def _sentences(text: str) -> list[tuple[int, int]]:
    """Return begin and end of each sentence; formulas are not divided."""
    whole = list(_MATHS.finditer(text))
    found, begin = [], 0
    for hit in _SPLIT.finditer(text):
        if any(one.start() < hit.start() < one.end() for one in whole):
            continue
        found.append((begin, hit.start()))
        begin = hit.end()
    found.append((begin, len(text)))
    return [(a, b) for a, b in found if text[a:b].strip(" \t\r\n*_`|-")]


def _equation(said: str, begin: int) -> FoundAnswer | None:
    """Read `x = 7` and `60 * 3 = 180 miles` where they end the sentence, a formula also where it is all."""
    formulas = list(_MATHS.finditer(said))
    if formulas and not said[formulas[-1].end() :].strip(" .,*_。"):
        inside = formulas[-1][0].strip("$").removeprefix("\\(").removesuffix("\\)")
        inside = inside.removeprefix("\\[").removesuffix("\\]").strip().rstrip(".,")
        at = _EQUALS.search(inside)
        value = (inside[at.end() :] if at else inside).strip().strip("$. ,")
        if _VALUE.fullmatch(value) and value.count("{") == value.count("}") and re.search(r"[\d\\a-zA-Z]", value):
            place = begin + formulas[-1].start() + formulas[-1][0].rindex(value)
            return FoundAnswer((value,), (place, place + len(value)), "sentence")
        return None
    if hit := _EQUALS.search(said):
        numbers = _numbers(said, begin, hit.end())
        if len(numbers) == 1 and not said[hit.end() : numbers[0][1] - begin].strip(" $<>="):
            return FoundAnswer((numbers[0][0],), numbers[0][1:], "sentence")
    return None


def _number(said: str, begin: int) -> FoundAnswer | None:
    body = _STEP.sub(lambda hit: " " * len(hit[0]), said)
    numbers = _numbers(body, begin, 0)
    if not numbers:
        return None
    value, start, end = numbers[-1]
    ends = re.fullmatch(r"[\s.!。！*_)\"”']*", said[end - begin :]) is not None
    complete = _ENDED.search(said) is not None
    if not complete and not ends:
        return None
    distinct = {re.match(r"\S*?\d[\d.,/:%]*", one[0])[0] for one in numbers}  # type: ignore[index]
    if len(distinct) == 1 or ends or _CONCLUDES.search(said):
        return FoundAnswer((value,), (start, end), "sentence")
    return None


def _numbers(said: str, begin: int, at: int) -> list[tuple[str, int, int]]:
    """Return the numbers of a sentence from `at` on, each with its unit, and where they stand in the text."""
    found = []
    for hit in _NUMBER.finditer(said, at):
        if not hit["all"].strip():
            continue
        end = hit.end()
        if not hit["all"].strip().endswith("%") and not re.match(r"\s*[$€£¥]|[-−][$€£¥]", hit["all"]):
            unit = _AFTER.match(said, end)
            end = unit.end() if unit else end
        start = hit.start() + len(hit["all"]) - len(hit["all"].lstrip())
        found.append((said[start:end].strip(), begin + start, begin + end))
    return found
