"""What a plain sentence settles on: `So she needs 14 slices.` gives `14 slices`. Weak evidence, and said to be so.

Nothing is guessed: a sentence with several numbers counts only where it draws a conclusion or ends with one of them,
and neither a refusal, a question nor a sentence that was cut off counts.
"""

from __future__ import annotations

import re

from engine.verification.answers.conclusions import (
    before_aside,
    concludes,
    is_remark,
    listed_at_the_end,
    main_value,
    states,
    without_aside,
)
from engine.verification.answers.evidence import FoundAnswer
from engine.verification.answers.stated import DIGITS, EQUALS, MATHS, NAME, inside, numbers_in

_SPLIT = re.compile(
    r"(?<=[.!?])[\"”')\]*_]*\s+(?=\S)|(?<=[.!?]\\[\])])\s+(?=[A-Z])|(?<=[。！？；])|(?<=[:：])\n+(?!\s*(?:\\[\[(]|\$))"
    r"|(?<![:：\n])\n+(?!(?<=\\\]\n)[a-z])"
)
"""A formula below a colon belongs to what announces it, and a small letter below a formula goes on with it."""
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
_NOTE = re.compile(r"<<[^<>]*>>")
"""What GSM8K writes for a calculator."""
_TERM = rf"(?:[-−+]\s?)?(?:\d+(?:[.,/]\d+)*|√\d+|{NAME}|∞|infinity)(?:[-+*/^√π]\w+)*"
_BRACKET = re.compile(rf"(?P<value>[(\[{{]\s*{_TERM}(?:\s*[,;]\s*{_TERM})+\s*[)\]}}])[\s.。!*_]*\Z")
"""A point, an interval or a set that ends a sentence."""
_BOUNDED = re.compile(
    rf"(?P<value>(?:{_TERM}\s*[<>≤≥]=?\s*)?{NAME}\s*(?:[<>≤≥≠∈]=?|\bin\b)\s*"
    rf"(?:{_TERM}|[(\[{{][^()\[\]{{}}]{{1,40}}[)\]}}]))[\s.。!*_]*\Z"
)
"""A range or an inequation that ends a sentence: `x > 3`, `2 < x <= 5`, `x in [0, 1)`."""
_PAIR = rf"{NAME}\s*=\s*{_TERM}"
_SOLVED = re.compile(
    rf"(?P<value>{_PAIR}(?:(?:\s*[,;]\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|\s*(?:或者?|和)\s*){_PAIR})+)[\s.。!*_]*\Z"
)
"""Values of several names, or several values of one, that end a sentence."""
_ONE_PAIR = re.compile(rf"(?P<name>{NAME})\s*=\s*(?P<value>{_TERM})")
_BETWEEN = re.compile(r"\s*(?:[,;，、]\s*)?(?:\band\b|\bor\b|和|与|或者?)?\s*(?:\$\s*)?", re.IGNORECASE)
_SEVERAL = re.compile(
    r"\b(?:are|were|roots|solutions|zeros|answers|values|numbers|factors|pairs|either)\b|分别|根|两个|解为|解是",
    re.IGNORECASE,
)
_WITHIN = re.compile(r"\b(?:between|from|through|ratio)\b|之间|从", re.IGNORECASE)
_NO_VALUE = re.compile(
    r"(?P<value>no (?:(?:real|integer|such|positive|rational) )?(?:solutions?|roots?)|infinitely many(?: solutions)?"
    r"|does not exist|doesn't exist|无解|没有解|不存在|无数(?:个解|解)?)"
    r"(?: exists?| (?:to|for) (?:this|the) [a-z]+)?[\s.。!*_]*\Z",
    re.IGNORECASE,
)
"""What a sentence says that settles on no number: an answer in words that has one meaning."""
_ASSUMES = re.compile(
    r"\b(?:if|unless|when|whenever|not (?:true|so|that)|whether|suppose|assume|why|prove|show that)\b"
    r"|若|如果|当|假设|证明",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"[\s.,*_。!]*")
_UNIT_WORDS = re.compile(r"(?:\s*(?:(?:square|cubic)\s)?[A-Za-z]{1,12}(?:\s[a-z]{1,8})?)?[\s.,*_。!]*")
"""What may stand behind the one formula of a sentence that settles on it: `\\(108\\) cubic units.`"""
_DENIES = re.compile(
    r"\b(?:there (?:is|are|was|were) no|no such|none of|(?:is|are)(?: not|n't) (?:an?|the))\b|没有任何", re.IGNORECASE
)
_IS_NOT = re.compile(r"(?:\b(?:is|are|was|were|be) not|n't|不是)\s+(?:equal to\s+)?[$(\\]*[-−]?\d", re.IGNORECASE)
_BARE_NAME = re.compile(rf"(?:\$+|\\\(|\\\[)\s*\\?(?:{NAME}|[a-z]+)\s*(?:\$+|\\\)|\\\])")
"""A letter that ends a sentence is no value, unless the sentence says that something is it."""
_EQUATION = re.compile(
    r"\b(?:equation|inequality)\b[^.\d]{0,80}\b(?:is|as|becomes)\s*[:：]?\s*\Z|方程[^。]{0,20}[是为]\s*[:：]?\s*\Z"
)
_CASE = re.compile(r"\b(?:for|if|when|where|with|since|as|because|at)\s*\Z", re.IGNORECASE)
"""Before a formula it makes it a condition and no part of the answer."""
_TIGHT = re.compile(r"[\^√π∞×·*+=<>_\\(²³⁴ⁿ]")
"""Directly beside a number it makes it part of a formula."""
_JOINED = re.compile(r"[\w)\]]\s*[+*/×·±÷^√]\s*\Z|[\w)\]]\s*[-−]\s+\Z|√\s*\Z")
"""Before a number: it is a term of something longer."""
_GOES_ON = re.compile(r"\s*[+×·±÷^√∗]\s*\S|\s[-−*/]\s*[\w(]")
"""Behind a number: the same."""
_SUM = re.compile(r"(?!.*[A-Za-z]{2})(?=.*[+*/^±√π÷·×−-]|.*\d[A-Za-z(])[\w\s.√π^()±+*/·×÷−²³!-]{2,60}")
_RUN = re.compile(r"[^\s,，。;；:：]*[^\s,，。;；:：.!*]")
_FORMULA = re.compile(r"[-−]?[\w.√π/^()!+*·×−²³⁴-]{1,40}")
_ENDED = re.compile(r"(?:[.!。！…]|\$|\\\]|\\\)|\))[\"”')\]*_]*\s*$")
_LONGEST = 600
"""Characters of a sentence that is read; a longer one settles on nothing."""
_TAIL = 4 * _LONGEST
"""Characters at the end of a text in which its last sentence is looked for."""
_LAST = 3
"""Closing pleasantries that are passed over, in sentences."""
_REMARKS = 2
"""Sentences about the answer behind it that are passed over."""


def last_sentence(text: str) -> FoundAnswer | None:
    """Return what the last sentence of a text settles on, pleasantries behind it left aside."""
    if not declines(text[-200:]) and (found := listed_at_the_end(text)):
        return found
    left, remarks = _LAST, 0
    for begin, end in reversed(_sentences(text)):
        said = text[begin:end]
        if _PLEASANT.search(said):
            left -= 1
            if not left:
                return None
            continue
        if declines(text[max(0, begin - 200) :]):
            return None
        found = settled(said, begin)
        if remarks < _REMARKS and is_remark(said) and not (found and settled(before_aside(said), begin)):
            remarks += 1
            continue
        return found if not remarks or (found and _was_the_end(said, found, begin)) else None
    return None


def _was_the_end(said: str, found: FoundAnswer, begin: int) -> bool:
    """Whether a sentence before the closing remarks states its value, and does not only end with it."""
    return found.span is not None and states(said[: found.span[0] - begin])


def declines(text: str) -> bool:
    """Return whether a text says that it gives no answer."""
    return _REFUSAL.search(text) is not None


def settled(said: str, begin: int) -> FoundAnswer | None:
    """Return the value that one sentence settles on; `begin` is where it stands."""
    bare = _NOTE.sub(lambda hit: " " * len(hit[0]), said.rstrip().replace("**", "  "))
    if _settles_nothing(bare):
        return None
    if hit := _NO_VALUE.search(bare):
        return None if _ASSUMES.search(bare[: hit.start()]) else _whole(hit, begin)
    if found := _formulas(bare, begin) or _formulas(without_aside(bare), begin):
        return found if found.values else None
    if _DENIES.search(bare) or _IS_NOT.search(bare):
        return None
    if MATHS.search(bare) is None:
        for form in (_SOLVED, _BRACKET, _BOUNDED):
            if hit := form.search(bare):
                return _several_names(hit, begin) if form is _SOLVED else _whole(hit, begin)
    if found := main_value(bare, begin):
        return found
    bare = MATHS.sub(_hidden, bare)
    return _equation(bare, begin) or _number(bare, begin)


def _settles_nothing(said: str) -> bool:
    """Whether a sentence is too long, a heading, about one of several options, a question or a refusal."""
    if len(said) > _LONGEST or said.lstrip().startswith("#"):
        return True
    about_one = re.match(r"\s*(?:option|choice) [A-J]\b", said, re.IGNORECASE)
    return bool(about_one) or said.rstrip("\"”')*_ ").endswith(("?", "？")) or declines(said)


def _hidden(formula: re.Match[str]) -> str:
    """Return blanks instead of a formula that is more than a number: no number is taken out of it."""
    kept = re.fullmatch(r"\W*\d[\d.,]*\W*", formula[0])
    return formula[0] if kept else " " * len(formula[0])


def _whole(hit: re.Match[str], begin: int) -> FoundAnswer:
    return FoundAnswer((hit["value"],), (begin + hit.start("value"), begin + hit.end("value")), "sentence")


def _several_names(hit: re.Match[str], begin: int) -> FoundAnswer:
    """Return several values of one name one by one, values of several names as they stand."""
    pairs = list(_ONE_PAIR.finditer(hit["value"]))
    values = [pair["value"] if len({one["name"] for one in pairs}) == 1 else pair[0] for pair in pairs]
    return FoundAnswer(tuple(values), (begin + hit.start("value"), begin + hit.end("value")), "sentence")


def _sentences(text: str) -> list[tuple[int, int]]:
    """Return begin and end of the last sentences; formulas are not divided."""
    first = max(0, len(text) - _TAIL)
    whole = list(MATHS.finditer(text, first))
    found, begin = [], first
    for hit in _SPLIT.finditer(text, first):
        if any(one.start() < hit.start() < one.end() for one in whole):
            continue
        found.append((begin, hit.start()))
        begin = hit.end()
    found.append((begin, len(text)))
    # Where the text was not looked at from its beginning, the first of them may lack its own.
    return [(a, b) for a, b in found[first > 0 :] if text[a:b].strip(" \t\r\n*_`|-")]


def _formulas(said: str, begin: int) -> FoundAnswer | None:
    """Read the formula that ends the sentence, with those before it that only "and" or a comma parts from it.

    None where the sentence ends with no formula, nothing where it ends with one that gives no value.
    """
    hits = list(MATHS.finditer(said))
    if not hits:
        return None
    before = said[: hits[-1].start()]
    lone = len(hits) == 1 or states(before)
    if not (_UNIT_WORDS if lone else _CLOSED).fullmatch(said, hits[-1].end()):
        return None
    if _EQUATION.search(before) and "=" in hits[-1][0] and (whole := _as_it_stands(hits[-1], begin)):
        return whole
    first = len(hits) - 1
    while (
        first
        and _BETWEEN.fullmatch(said, hits[first - 1].end(), hits[first].start())
        and not _CASE.search(said[: hits[first - 1].start()])
    ):
        first -= 1
    if all(_BARE_NAME.fullmatch(hit[0]) for hit in hits[first:]) and not states(said[: hits[first].start()]):
        return None
    read = [inside(hit) for hit in hits[first:]]
    if not all(read):
        return FoundAnswer()
    if len({name for name, _, _ in filter(None, read)}) > 1:
        values = [f"{name} = {value}" if name else value for name, value, _ in filter(None, read)]
    else:
        values = [value for _, value, _ in filter(None, read)]
    at = hits[first].start() + (read[0][2] if len(read) == 1 and read[0] else 0)
    end = at + len(values[0]) if len(values) == 1 else hits[-1].end()
    return FoundAnswer(tuple(values), (begin + at, begin + end), "sentence")


def _as_it_stands(hit: re.Match[str], begin: int) -> FoundAnswer | None:
    """Return all of a formula: the answer to what the equation of a circle is has two sides."""
    whole = (
        hit[0].strip("$").removeprefix("\\(").removesuffix("\\)").removeprefix("\\[").removesuffix("\\]").strip(" \n.,")
    )
    at = begin + hit.start() + hit[0].index(whole)
    return FoundAnswer((whole,), (at, at + len(whole)), "sentence") if whole.count("=") == 1 else None


def _equation(said: str, begin: int) -> FoundAnswer | None:
    """Read `60 * 3 = 180 miles` and `y = 2x + 1` where they end the sentence."""
    if hit := EQUALS.search(said):
        rest = said[hit.end() :].rstrip(" .。!*$")
        if _SUM.fullmatch(rest) and _balanced(rest) and not re.fullmatch(r"\$?[-−]?[\d.]+(?:\s?/\s?\d+)?", rest):
            return FoundAnswer((rest,), (begin + hit.end(), begin + hit.end() + len(rest)), "sentence")
        numbers = numbers_in(said, begin, hit.end())
        if len(numbers) == 1 and not said[hit.end() : numbers[0][1] - begin].strip(" $<>="):
            return FoundAnswer((numbers[0][0],), numbers[0][1:], "sentence")
    return None


def _number(said: str, begin: int) -> FoundAnswer | None:
    body = _STEP.sub(lambda hit: " " * len(hit[0]), said)
    numbers = numbers_in(body, begin, 0)
    if not numbers:
        return None
    value, start, end = numbers[-1]
    if (formula := _run(said, start - begin, end - begin)) is not None:
        return FoundAnswer((formula[0],), (begin + formula[1], begin + formula[2]), "sentence") if formula[0] else None
    if _JOINED.search(said[: start - begin]) or _GOES_ON.match(said, end - begin):
        return None
    ends = re.fullmatch(r"[\s.!。！*_)\"”']*", said[end - begin :]) is not None
    complete = _ENDED.search(said) is not None
    if not complete and not ends:
        return None
    distinct = {hit[0] for one in numbers if (hit := DIGITS.search(one[0]))}
    if len(distinct) > 1 and (listed := _listed(said, numbers, begin)):
        return listed if ends and _SEVERAL.search(said) and not _WITHIN.search(said) else None
    if len(distinct) == 1 or ends or concludes(said):
        return FoundAnswer((value,), (start, end), "sentence")
    return None


def _run(said: str, start: int, end: int) -> tuple[str, int, int] | None:
    """Return the formula that a number is part of and where it stands, '' where it is none; None for a lone number."""
    before, after = said[max(0, start - 1) : start], said[end : end + 1]
    if after and after == before and after in "*_":
        return None
    if not (_TIGHT.match(after) or (_TIGHT.match(before) and before != "(")):
        return None
    first = start
    while first and not said[first - 1].isspace() and said[first - 1] not in ",，。;；:：*$":
        first -= 1
    hit = _RUN.match(said, first)
    if hit and _FORMULA.fullmatch(hit[0]) and not re.search(r"[A-Za-z]{2}|[一-龥]", hit[0]) and _balanced(hit[0]):
        return hit[0], first, hit.end()
    return "", start, end


def _balanced(said: str) -> bool:
    return said.count("(") == said.count(")")


def _listed(said: str, numbers: list[tuple[str, int, int]], begin: int) -> FoundAnswer | None:
    """Return the numbers at the end of a sentence that only "and" or a comma parts from each other."""
    first = len(numbers) - 1
    while first and _BETWEEN.fullmatch(said, numbers[first - 1][2] - begin, numbers[first][1] - begin):
        first -= 1
    some = numbers[first:]
    return FoundAnswer(tuple(one[0] for one in some), (some[0][1], some[-1][2]), "sentence") if len(some) > 1 else None
