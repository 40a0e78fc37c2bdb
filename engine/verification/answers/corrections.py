"""What a text says after it gave its answer: `The answer is 41. Wait, no. It is 42.` gives 42.

Only what stands behind the last announcement is looked at. A text that takes its answer back and names no other has
none; one that only goes on to check it keeps it.
"""

from __future__ import annotations

import re

from engine.core.evidence import Evidence
from engine.verification.answers.evidence import FoundAnswer, nothing
from engine.verification.answers.letters import letter_of
from engine.verification.answers.sentences import settled

TAKEN_BACK = "the text takes its answer back and settles on no other"
_DENIED = re.compile(
    r"\b(?:wait\W{1,4}no\b|no,\s|no wait\b|nope\b|oops|whoops|scratch that|correction\b|i was wrong|my (?:mistake|bad)"
    r"|(?:i|we) (?:made|have made|did make) (?:a|an|some)\b[^.]{0,30}\b(?:mistake|error|slip)|"
    r"(?:that|this|it)(?:'s| is| was) (?:wrong|incorrect|not (?:right|correct))|sorry,|apologies"
    r"|let me (?:correct|fix) (?:that|this|it|my)|i (?:mis\w+|forgot)|on second thought)"
    r"|不对|更正|纠正|算错|写错|弄错|搞错",
    re.IGNORECASE,
)
_DOUBTED = re.compile(
    r"\b(?:wait|actually|hmm+|hold on|rather|i mean|or better)\b|等等|等一下|其实|应该是", re.IGNORECASE
)
_INSTEAD = re.compile(
    r"(?:\b(?:it|that|this|the (?:(?:correct|right|real|actual|true|final|new) )?"
    r"(?:answer|value|result|total|number|one))"
    r"(?:'s| is| should be| should have been| should read| must be| equals| would be| becomes| has to be)"
    r"|\b(?:make (?:it|that)|i mean[t]?|(?:it|that|this) =|we get|this gives|that gives|giving|so it's|let's say)"
    r"|(?:应该|应当|答案|正确的)(?:是|为|应为)|(?:它|这|结果)(?:是|为)|改为)"
    r"\s*(?:really |actually |in fact |instead |rather )?[:：]?\s*",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:[A-Za-z ,']{0,24}[,:]\s*|\s*(?:actually|rather|or)\s+)?(?=[$\\(*]*[-−]?\d|\$)",
    re.IGNORECASE,
)
_PARTS = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])|\n+|\s+[—–-]{1,2}\s+")
_BEGINS = re.compile(r"(?:\A|[.!?…。！？\n]|[—–-]{1,2}\s|[,;(（]\s?)[\s\\\])*$_\"”'}]*\Z")
"""Before the first word of a sentence, or of what is inserted into one."""
_SAID: tuple[Evidence, ...] = ("heading", "words")
_SOON, _FAR = 160, 1_500
"""Characters behind an answer in which the correction begins, and in which it names its value."""


def corrected(text: str, found: FoundAnswer) -> FoundAnswer:
    """Return the answer that replaces one, the one itself where nothing does, and nothing where it is taken back."""
    if found.span is None:
        return found
    # Behind a letter the span holds the text of its option.
    end = found.span[0] + 1 if found.option else found.span[1]
    rest = text[end : end + _FAR]
    denied = _cue(_DENIED, rest)
    doubted = _cue(_DOUBTED, rest) if found.evidence in _SAID else None
    cue = min((hit for hit in (denied, doubted) if hit), key=lambda hit: hit.start(), default=None)
    if cue is None:
        return found
    begin = end + cue.start()
    new = _instead(text[begin : end + len(rest)], begin, said_no=denied is not None)
    if new:
        return new
    return nothing(TAKEN_BACK) if denied else found


def _cue(form: re.Pattern[str], rest: str) -> re.Match[str] | None:
    """Return where a sentence soon after the answer begins to doubt it."""
    hits = (hit for hit in form.finditer(rest, 0, _SOON) if _BEGINS.search(rest, 0, hit.start()))
    return next(hits, None)


def _instead(text: str, begin: int, *, said_no: bool) -> FoundAnswer | None:
    """Return what the last sentence that names a value puts in the place of the answer."""
    for start, end in reversed(_sentences(text)):
        said = text[start:end]
        if new := _named(said, begin + start):
            return new
        if said_no and "=" in said and (new := settled(said, begin + start)):
            return FoundAnswer(new.values, new.span, "words")
    return None


def _named(said: str, begin: int) -> FoundAnswer | None:
    hits = list(_INSTEAD.finditer(said))
    at = hits[-1].end() if hits else None
    if at is None and (bare := _BARE.match(said)):
        at = bare.end()
    if at is None:
        return None
    if chosen := letter_of(said[at:]):
        start = said.index(chosen[0], at)
        return FoundAnswer((chosen[0],), (begin + start, begin + start + 1), "words", option=chosen[1])
    value = settled(f"{said[at:].rstrip()}", begin + at)
    return FoundAnswer(value.values, value.span, "words") if value else None


def _sentences(text: str) -> list[tuple[int, int]]:
    found, begin = [], 0
    for hit in _PARTS.finditer(text):
        found.append((begin, hit.start()))
        begin = hit.end()
    return [(a, b) for a, b in [*found, (begin, len(text))] if text[a:b].strip()]
