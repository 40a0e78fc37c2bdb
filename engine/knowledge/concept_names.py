"""Whether a list names concepts: ten sentences about a problem are no knowledge points (GSDP-03, FL-04).

The prompts ask for the name of a concept, theorem, rule or technique, not a sentence about this problem, and for no
numbers or equations taken from it. A single entry of that kind is for the filter (GSDP-05); a list of them is no list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.core.errors import UnfitReply
from engine.core.settings.naming import NameLimits

_HAN = re.compile("[\u3400-\u9fff]")
_WORD = re.compile(r"[^\s\u3400-\u9fff]+")
_VERB = re.compile(
    r"\b(?:is|are|was|were|has|have|had|does|did|can|could|will|would|should|must|may|might|we|you|they|he|she|it|let"
    r"|need(?:s|ed)?|gives?|gave|equals|means|sold|bought|find|calculate|determine)\b|n't\b",
    re.IGNORECASE,
)
_CHINESE_VERB = re.compile("[是有等]|我们|可以|需要|应该|得到|求出|因为|所以|一共|卖")
_NAMES_SOMETHING = re.compile("[^\\W\\d_]{2}|[\u3400-\u9fff]")
_ENDS = re.compile(r"[a-z\u3400-\u9fff]{2}[.!?。！？]$", re.IGNORECASE)
_EQUATION = re.compile(r"[\d)}a-z]\s*=\s*[-\\({\w]")
_NUMBER = re.compile(r"(?<![\w.\-–°^_/])\$?(\d{2,}(?:[.,]\d+)*|\d+[.,]\d+)(?![\w\-–°^/]|[.,]\d)")
"""Numbers of two digits and more that stand alone: those of "3-digit", "30-60-90" and "mod 7" name a concept."""


def fault(entry: str, limits: NameLimits, problem: str = "") -> str:
    """Say why an entry is no name of a concept, '' where it may be one; `problem` is the text that it was read from."""
    han, words = len(_HAN.findall(entry)), len(_WORD.findall(entry))
    if han > limits.name_characters or words > limits.name_words:
        return "is longer than a name"
    if words >= limits.name_verbs and (_VERB.search(entry) or _ENDS.search(entry)):
        return "is a sentence"
    if han >= 2 * limits.name_verbs and (_CHINESE_VERB.search(entry) or _ENDS.search(entry)):
        return "is a sentence"
    if limits.name_numbers and (_EQUATION.search(entry) or _taken(entry, problem)):
        return "holds an equation or numbers of the problem"
    return "holds no word" if limits.name_numbers and not _NAMES_SOMETHING.search(entry) else ""


def checked(names: Sequence[str], limits: NameLimits, problem: str, raw: str) -> tuple[str, ...]:
    """Return the list as it is; UnfitReply where less than the least share of it are names."""
    faults = [(name, why) for name in names if (why := fault(name, limits, problem))]
    if len(names) - len(faults) < limits.name_share * len(names):
        name, why = faults[0]
        raise UnfitReply(f"{len(faults)} of {len(names)} entries name no concept: {name[:60]!r} {why}", raw=raw)
    return tuple(names)


def _taken(entry: str, problem: str) -> bool:
    """Whether the entry holds a number that the problem holds too."""
    said = {hit.replace(",", "") for hit in _NUMBER.findall(entry)}
    return bool(said) and not said.isdisjoint(hit.replace(",", "") for hit in re.findall(r"\d+(?:[.,]\d+)*", problem))
