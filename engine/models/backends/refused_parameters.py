"""What the refusal of a request teaches about its model: which parameter, value or turn it does not take.

Endpoints say it in their own words and there is no standard for them, so words are matched. Only what a refusal names
is changed, and what is asked of the user (a temperature out of range) stays a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from engine.models.backends.quirks import RENAMED, Quirks
from engine.models.backends.request_body import BOUNDS, LENGTHS, SCHEMA
from engine.models.context_limits import ROOM

_SHORTEST = 16
"""A number below this in a refusal is an index or a version, no limit of a reply."""
_HALF_AT_LEAST = 256
_EXTRA = ("top_k", "repetition_penalty", "seed")
"""Parameters that not every server knows: named in a refusal they are left out, whatever else it says."""
_BY_WEIGHT = ("temperature", "top_p", "top_k", "repetition_penalty", "seed", "stop", "response_format")
_WORDS: Mapping[str, str] = {
    "stop": r"[`'\"]stop[`'\"]|\bstop (?:sequence|word|parameter|token|string)s?|parameter:? stop\b|\bstop is\b",
    "response_format": r"response[_ ]?format|json_?schema|structured[ _]outputs?|json mode|guided[ _]\w+",
    "temperature": r"\btemperature\b",
    "top_p": r"\btop[_ -]?p\b",
    "top_k": r"\btop[_ -]?k\b",
    "repetition_penalty": r"\b(?:repetition_)?penalt(?:y|ies)\b",
    "max_tokens": r"\bmax_tokens\b",
    RENAMED: rf"\b{RENAMED}\b",
    "seed": r"\bseed\b",
    "logprobs": r"\b(?:top_)?logprobs?\b",
}
_NOT_TAKEN = re.compile(
    r"unknown|unrecogni[sz]ed|unexpected|\bextra\b|unsupported|deprecated|removed|no longer|instead|"
    r"not (?:be )?(?:supported|permitted|allowed|available|accepted|recogni[sz]ed|implemented|enabled|valid|used|set)|"
    r"(?:n't|not) (?:support|accept|allow|take|recogni[sz]e|implement)|isn't (?:supported|allowed)|"
    r"cannot be (?:specified|used|set)|invalid (?:parameter|argument|field)|must be (?:unset|omitted|removed)"
)
_UNNAMED = re.compile(
    r"(?:unknown|unrecogni[sz]ed|unexpected|extra)\b.{0,40}\b(?:param|argument|field|input|propert|key)"
)
_TOGETHER = re.compile(
    r"\bboth\b|together|simultaneous|only (?:one|1) of|only one|at the same time|one of (?:them|these|the two)|"
    r"either|mutually exclusive"
)
_ONLY = re.compile(
    r"(?:\bonly\b|must be|should be|has to be)(?: supports?| accepts?| allows?| takes?)?(?: be)?(?: set)?(?: to)?"
    r"(?: the)?(?: default)?[\s`'\"]*(?:temperature|top_p|value)?(?: of)?[\s(`'\"=:]*(-?\d+(?:\.\d+)?)"
    r"(?![\d.]*(?:\s*(?:and|to|-|,)\s*\d|\s*or\b))"
)
_ASKS_LESS = re.compile(
    r"too (?:large|high|big|long|many)|exceed|greater than|larger than|less than or equal|at most|up to|maximum|"
    r"range (?:of|is)|must be (?:in|between|<)|should be (?:in|between|<)|less than|below|limit|>|≤|no more than"
)
_LENGTH = re.compile(
    r"max[_ ]?(?:completion|new|output)?[_ ]?tokens|num_predict|(?:completion|output) tokens|maxoutputtokens"
)
_RANGE = re.compile(
    r"[\[(]\s*\d+\s*,\s*(\d+)\s*[\])]|between \d+ and (\d+)|from \d+(?: \(inclusive\))? to (\d+)(?!\d| \(exclusive)"
)
_BELOW = re.compile(r"(?:less than|below|smaller than|<)\s*[`'\"]*(\d+)|to (\d+) \(exclusive")
_OVER = re.compile(r"\d+\s*>=?\s*(\d+)")
_LIMIT = re.compile(
    r"(?:at most|up to|maximum|less than or equal to|<=|exceed|limit|no more than)"
    r"(?:[^.\d]|\.(?!\s))*?(?<![\w.-])(\d+)(?![\w-]|\.\d)"
)
_NUMBER = re.compile(r"(?<![\w.-])(\d+)(?![\w-]|\.\d)")
_CONTEXT = re.compile(
    r"context (?:length|window|size)(?: of the model)?(?: is)?(?: of)?(?: only)?[: ]*(\d+)|"
    r"(?:inputs?|prompt)\W+(?:tokens\W+)?(?:\+|plus|and)\W+(?:max_\w*tokens)\W+(?:must|should|has to) be\W+"
    r"(?:(?:less than or equal to|at most|no more than)\W+)?(\d+)"
)
"""What holds prompt and reply together, also in the words of TGI: "`inputs` tokens + `max_new_tokens` must be <= n"."""
_PROMPT = re.compile(
    r"(\d+)\s*(?:tokens? )?(?:in|from|of) (?:the|your) (?:messages?|prompt|input)|"
    r"(\d+) [`'\"]?(?:inputs?|prompt)[`'\"]? tokens"
)
_SCHEMA_ITSELF = re.compile(
    rf"\b(?:{'|'.join(sorted(BOUNDS)).lower()})\b.{{0,80}}(?:not|n't|un|invalid|fail)"
    rf"|(?:not|n't|unsupported|invalid|fail).{{0,80}}\b(?:{'|'.join(sorted(BOUNDS)).lower()})\b"
    r"|\bgrammar\b|invalid (?:json[ _]?)?schema|schema (?:contains|has|uses)\b"
    r"|(?:compile|convert|parse)\w*.{0,30}schema",
    re.DOTALL,
)
"""A refusal of this schema, not of schemas."""
_SYSTEM = re.compile(
    r"\b(?:system|developer)[`'\"]?\s*(?:role|message|prompt|instruction|turn|content)s?|roles?\W{0,3}\s*[`'\"(\[]*(?:system|developer)"
    r"|[`'\"](?:system|developer)[`'\"]"
)
_DENIED = re.compile(rf"{_NOT_TAKEN.pattern}|\bnot\b|n't|invalid|\bno\b|only|disabled|must be")
_USER_FIRST = re.compile(
    r"only (?:the )?\W?user\W?(?:,| and| or|/)\W*(?:assistant|model)|roles?\b.{0,40}must be.{0,20}\buser\b|"
    r"(?:first|initial) (?:message|turn|role).{0,40}(?:must|should|has to).{0,20}\buser\b|"
    r"(?:must|should|has to) (?:start|begin) with.{0,20}\buser\b"
)
_ALTERNATE = re.compile(
    r"alternat|same role|consecutive .{0,30}(?:role|message|turn)|"
    r"(?:multiple|two) .{0,20}(?:user|assistant) (?:messages|turns)"
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a refusal taught."""

    quirks: Quirks
    longest: int = 0
    """Longest reply in tokens that fits behind this very prompt; 0 where that was not the question."""
    guessed: bool = False
    """Whether the refusal named nothing, so that what was left out is a guess until a request is answered."""


def lesson(said: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    """Return what the refusal `said` of the request `body`; None where it is about something else."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", said.lower())
    raw = said.lower()
    readers: tuple[Callable[[str, Mapping[str, Any], Quirks], Lesson | None], ...] = (
        _of_schema, _of_turns, _of_apart, _of_only, _of_names, _of_extras,
    )  # fmt: skip
    if found := _of_length(text, raw, body, quirks):
        return found
    return next((found for read in readers if (found := read(text, body, quirks)) is not None), None)


def _of_length(text: str, raw: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    """Read a limit of the reply, its own or that of the context; numbers decide, so a name alone is not enough."""
    asked = next((int(body[name]) for name in LENGTHS if name in body), 0)
    if not asked:
        return None
    if context := _first(_CONTEXT, text):
        return _of_context(context, _first(_PROMPT, text), asked, quirks)
    if not (_LENGTH.search(text) and _ASKS_LESS.search(text)) or re.search(rf"use\b.{{0,20}}{RENAMED}", text):
        return None
    limit = _limit(text, raw, asked)
    if not limit and re.search(r"max_\w*tokens\W+(?:\w+\W+){0,4}too (?:large|high|big)", text):
        limit = asked // 2 if asked >= 2 * _HALF_AT_LEAST else 0
    return Lesson(replace(quirks, longest=limit)) if limit else None


def _of_context(context: int, prompt: int, asked: int, quirks: Quirks) -> Lesson | None:
    """Leave room for prompts where the reply alone was too long, and less where this prompt takes more."""
    room = context - min(ROOM, context // 2)
    longest = min(quirks.longest or room, room)
    learnt = replace(quirks, longest=longest) if longest < asked else quirks
    if prompt:
        fits = min(context - prompt, asked - 1)
        return Lesson(learnt, fits) if fits >= _SHORTEST else None
    # Without the length of the prompt nothing is certain but that a reply as long as the context does not fit.
    return Lesson(learnt) if asked >= context else None


def _limit(text: str, raw: str, asked: int) -> int:
    """Return the limit that a refusal names, below what was `asked`; 0 where it names none."""
    for pattern, where in (
        (_RANGE, raw), (_RANGE, text), (_OVER, text), (_BELOW, text), (_LIMIT, text), (_NUMBER, text),
    ):  # fmt: skip
        found = [int(next(filter(None, one.groups()))) - (pattern is _BELOW) for one in pattern.finditer(where)]
        if below := [number for number in found if _SHORTEST <= number < asked]:
            return max(below)
    return 0


def _of_schema(text: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    """Leave bounds out of schemas where they, or the grammar made of one, are refused; then schemas themselves."""
    if SCHEMA not in body or not _SCHEMA_ITSELF.search(text):
        return None
    if not quirks.loose:
        return Lesson(replace(quirks, loose=True))
    return Lesson(replace(quirks, left_out=quirks.left_out | {SCHEMA}))


def _of_turns(text: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    roles = [turn["role"] for turn in body["messages"]]
    if _ALTERNATE.search(text) and any(one == other for one, other in pairwise(roles)):
        return Lesson(replace(quirks, merged=True))
    denied = bool((place := _SYSTEM.search(text)) and _DENIED.search(_around(text, place)))
    if "system" in roles and (denied or _USER_FIRST.search(text) or _ALTERNATE.search(text)):
        return Lesson(replace(quirks, folded=True))
    return None


def _of_apart(text: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    named = _named(text, body)
    if len(named) < 2 or not _TOGETHER.search(text):
        return None
    pair = sorted((name for name in named if name in _BY_WEIGHT), key=_BY_WEIGHT.index)[:2]
    if len(pair) < 2:
        return None
    return Lesson(replace(quirks, apart=tuple(pair), left_out=quirks.left_out | {pair[1]}))


def _of_only(text: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    found = _ONLY.search(text)
    named = _named(text, body) - {*LENGTHS}
    if found is None or not named:
        return None
    # The parameter that the sentence is about stands last before the value, or behind it.
    places = {name: one.start() for name in named if (one := re.search(_WORDS[name], text))}
    before = [name for name, place in places.items() if place < found.start()]
    name = max(before, key=places.__getitem__) if before else min(places, key=places.__getitem__)
    return Lesson(replace(quirks, left_out=quirks.left_out | {name}, only={**quirks.only, name: found[1]}))


def _of_names(text: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    named = _named(text, body)
    if not _NOT_TAKEN.search(text):
        named &= {*_EXTRA}
    if not named:
        return None
    renamed = "max_tokens" in named
    left_out = quirks.left_out | (named - {"max_tokens"})
    return Lesson(replace(quirks, left_out=left_out, renamed=quirks.renamed or renamed))


def _of_extras(text: str, body: Mapping[str, Any], quirks: Quirks) -> Lesson | None:
    named = frozenset(name for name in ("top_k", "repetition_penalty") if name in body)
    if not (named and _UNNAMED.search(text)):
        return None
    return Lesson(replace(quirks, left_out=quirks.left_out | named), guessed=True)


def _named(text: str, body: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(name for name, words in _WORDS.items() if name in body and re.search(words, text))


def _around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 60) : found.end() + 60]


def _first(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(next(filter(None, found.groups()))) if found else 0
