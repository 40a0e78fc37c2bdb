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
_NOTE = re.compile(r"<<[^<>]*>>")
"""What GSM8K writes for a calculator."""
_UNITS = r"[A-Za-z°µμ²³/·一-龥]"
_NOT_UNIT = (
    "of and in for to each more per is are was were have has had left from than total at on by with as or if when so "
    "which that will would remaining altogether together because since after before then years-old"
)
_NUMBER = re.compile(
    r"(?:(?<![\w.,/^\\√-])|(?<=[一-龥]))(?P<all>(?:US)?[$€£¥]?\s?(?<!\d)[-−]?[$€£¥]?"
    r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?<=\d)"
    r"(?:(?:\s?[/:]\s?\d+(?:\.\d+)?(?!\d)){1,3}|\s?%|\s\d+/\d+)?)(?![\d]|[,.]\d)"
)
_DIGITS = re.compile(r"[-−]?\s?\.?\d[\d.,/:%]*")
_AFTER = re.compile(
    rf"\s?(?P<unit>[ap]\.m\.?(?!\w)|(?!(?:{'|'.join(_NOT_UNIT.split())})\b)(?![和与或及]){_UNITS}"
    r"(?:(?![和与或及])[A-Za-z°²³/^一-龥]){0,20})"
)
_EQUALS = re.compile(r"(?:=|≈|\\approx|\\Rightarrow)\s*(?=[^=≈]*$)")
_MATHS = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_VALUE = re.compile(r"[^=≈<>]{1,80}")
_RELATION = re.compile(r"[^=≈]{1,80}")
_RELATED = re.compile(r"[<>≤≥≠∈∉]|\\(?:leq?|geq?|neq?|lt|gt|in|notin|equiv|mid|subseteq?)(?![A-Za-z])")
"""A formula with one of these says something of a variable and is no value: it is the answer as a whole or none."""
_NAME = r"[A-Za-zα-ω](?:_\w)?"
_TERM = rf"(?:[-−+]\s?)?(?:\d+(?:[.,/]\d+)*|√\d+|{_NAME}|∞|infinity)(?:[-+*/^√π]\w+)*"
_BRACKET = re.compile(rf"(?P<value>[(\[{{]\s*{_TERM}(?:\s*[,;]\s*{_TERM})+\s*[)\]}}])[\s.。!*_]*\Z")
"""A point, an interval or a set that ends a sentence."""
_BOUNDED = re.compile(
    rf"(?P<value>(?:{_TERM}\s*[<>≤≥]=?\s*)?{_NAME}\s*(?:[<>≤≥≠∈]=?|\bin\b)\s*"
    rf"(?:{_TERM}|[(\[{{][^()\[\]{{}}]{{1,40}}[)\]}}]))[\s.。!*_]*\Z"
)
"""A range or an inequation that ends a sentence: `x > 3`, `2 < x <= 5`, `x in [0, 1)`."""
_PAIR = rf"{_NAME}\s*=\s*{_TERM}"
_SOLVED = re.compile(
    rf"(?P<value>{_PAIR}(?:(?:\s*[,;]\s*(?:and\s+|or\s+)?|\s+(?:and|or)\s+|\s*(?:或者?|和)\s*){_PAIR})+)[\s.。!*_]*\Z"
)
"""Values of several names, or several values of one, that end a sentence."""
_ONE_PAIR = re.compile(rf"(?P<name>{_NAME})\s*=\s*(?P<value>{_TERM})")
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
_CONCLUDES = re.compile(
    r"\b(?:so|therefore|thus|hence|in total|altogether|total|consequently|finally|in all|in conclusion)\b|∴|所以|因此|"
    r"一共|总共|共|综上|故|答",
    re.IGNORECASE,
)
_ENDED = re.compile(r"(?:[.!。！…]|\$|\\\]|\\\)|\))[\"”')\]*_]*\s*$")
_LONGEST = 600
"""Characters of a sentence that is read; a longer one settles on nothing."""
_TAIL = 4 * _LONGEST
"""Characters at the end of a text in which its last sentence is looked for."""
_LAST = 3
"""Closing pleasantries that are passed over, in sentences."""


def last_sentence(text: str) -> FoundAnswer | None:
    """Return what the last sentence of a text settles on, pleasantries behind it left aside."""
    left = _LAST
    for begin, end in reversed(_sentences(text)):
        said = text[begin:end]
        if _PLEASANT.search(said):
            left -= 1
            if not left:
                return None
            continue
        return None if declines(text[max(0, begin - 200) :]) else settled(said, begin)
    return None


def declines(text: str) -> bool:
    """Return whether a text says that it gives no answer."""
    return _REFUSAL.search(text) is not None


def settled(said: str, begin: int) -> FoundAnswer | None:
    """Return the value that one sentence settles on; `begin` is where it stands."""
    bare = _NOTE.sub(lambda hit: " " * len(hit[0]), said.rstrip().replace("**", "  "))
    if (
        len(bare) > _LONGEST
        or bare.lstrip().startswith("#")
        or re.match(r"\s*(?:option|choice) [A-J]\b", bare, re.IGNORECASE)
    ):
        return None
    if bare.rstrip("\"”')*_ ").endswith(("?", "？")) or declines(bare):
        return None
    if hit := _NO_VALUE.search(bare):
        return None if _ASSUMES.search(bare[: hit.start()]) else _whole(hit, begin)
    if found := _formulas(bare, begin):
        return found if found.values else None
    if _DENIES.search(bare) or _IS_NOT.search(bare):
        return None
    if _MATHS.search(bare) is None:
        for form in (_SOLVED, _BRACKET, _BOUNDED):
            if hit := form.search(bare):
                return _several_names(hit, begin) if form is _SOLVED else _whole(hit, begin)
    bare = _MATHS.sub(_hidden, bare)
    return _equation(bare, begin) or _number(bare, begin)


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
    whole = list(_MATHS.finditer(text, first))
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
    hits = list(_MATHS.finditer(said))
    if not hits or not (_UNIT_WORDS if len(hits) == 1 else _CLOSED).fullmatch(said, hits[-1].end()):
        return None
    first = len(hits) - 1
    while (
        first
        and _BETWEEN.fullmatch(said, hits[first - 1].end(), hits[first].start())
        and not _CASE.search(said[: hits[first - 1].start()])
    ):
        first -= 1
    read = [_inside(hit) for hit in hits[first:]]
    if not all(read):
        return FoundAnswer()
    if len({name for name, _, _ in filter(None, read)}) > 1:
        values = [f"{name} = {value}" if name else value for name, value, _ in filter(None, read)]
    else:
        values = [value for _, value, _ in filter(None, read)]
    at = hits[first].start() + (read[0][2] if len(read) == 1 and read[0] else 0)
    end = at + len(values[0]) if len(values) == 1 else hits[-1].end()
    return FoundAnswer(tuple(values), (begin + at, begin + end), "sentence")


def _inside(hit: re.Match[str]) -> tuple[str, str, int] | None:
    """Return the name that a formula gives a value to, '' for none, the value and its place; None where it has none."""
    inside = hit[0].strip("$").removeprefix("\\(").removesuffix("\\)")
    inside = inside.removeprefix("\\[").removesuffix("\\]").strip().rstrip(".,")
    at = _EQUALS.search(inside)
    related = _RELATED.search(inside)
    value = (inside[at.end() :] if at and not related else inside).strip().strip("$. ,")
    form = _RELATION if related else _VALUE
    if (
        not form.fullmatch(re.sub("[<>]=", "≤", value))
        or value.count("{") != value.count("}")
        or not re.search(r"[\d\\a-zA-Z]", value)
    ):
        return None
    left = inside[: at.start()].strip() if at and not related else ""
    name = left if re.fullmatch(rf"\\?{_NAME}", left) else ""
    return name, value, hit[0].rindex(value)


def _equation(said: str, begin: int) -> FoundAnswer | None:
    """Read `60 * 3 = 180 miles` and `y = 2x + 1` where they end the sentence."""
    if hit := _EQUALS.search(said):
        rest = said[hit.end() :].rstrip(" .。!*$")
        if _SUM.fullmatch(rest) and _balanced(rest) and not re.fullmatch(r"\$?[-−]?[\d.]+(?:\s?/\s?\d+)?", rest):
            return FoundAnswer((rest,), (begin + hit.end(), begin + hit.end() + len(rest)), "sentence")
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
    if (formula := _run(said, start - begin, end - begin)) is not None:
        return FoundAnswer((formula[0],), (begin + formula[1], begin + formula[2]), "sentence") if formula[0] else None
    if _JOINED.search(said[: start - begin]) or _GOES_ON.match(said, end - begin):
        return None
    ends = re.fullmatch(r"[\s.!。！*_)\"”']*", said[end - begin :]) is not None
    complete = _ENDED.search(said) is not None
    if not complete and not ends:
        return None
    distinct = {hit[0] for one in numbers if (hit := _DIGITS.search(one[0]))}
    if len(distinct) > 1 and (listed := _listed(said, numbers, begin)):
        return listed if ends and _SEVERAL.search(said) and not _WITHIN.search(said) else None
    if len(distinct) == 1 or ends or _CONCLUDES.search(said):
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
