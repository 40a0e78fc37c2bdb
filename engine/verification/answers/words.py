"""Words that have one meaning of their own: yes and no, no solution, the number sets."""

from __future__ import annotations

import re

from engine.verification.answers.meaning import NONE_AMONG, FixedWord, Meaning, Several
from engine.verification.answers.ranges import EVERYTHING

_TRUTH = {
    "yes": "true yes correct 是 对 正确",
    "no": "false no incorrect 否 错 错误 不是",
}
_TRUE = {word: sense for sense, words in _TRUTH.items() for word in words.split()}
_NOTHING = re.compile(
    r"∅|⦃ ?⦄|\{ ?\}|no (?:real |such )?(?:solutions?|roots?)(?: exists?)?"
    r"|there (?:is|are) no (?:real )?solutions?"
    r"|(?:the )?empty set|无(?:实数?)?(?:解|根)|空集"
)
_NONE_AMONG = re.compile(
    r"(?:there (?:is|are|exist) )?no (integ(?:er|ral)|whole(?: number)?|natural(?: number)?|positive(?: integer| real)?"
    r"|negative|non-?negative|non-?zero|rational|irrational|prime|complex|other|further|more|non-?trivial)s?"
    r" (?:solutions?|roots?)(?: exists?)?"
    r"|无(整数|正整数|正|有理数|自然数)(?:解|根)"
)
_UNDEFINED = re.compile(r"dne|does not exist|doesn't exist|不存在")
_ENDLESS = re.compile(r"infinitely many(?: solutions)?|无数(?:个|解)?")
_REALS = re.compile(r"(?:⟪R⟫|(?:all|the|any|every)? ?(?:set of )?(?:all )?real numbers?|all reals|全体实数|任意实数)")
_SETS = {"Z": "integers?", "N": "natural numbers?", "Q": "rational numbers?", "C": "complex numbers?"}
_SET = re.compile(r"⟪([ZNQC])⟫")
_WORDS = re.compile(r"[^\W\d_]+(?:[ .'-]+[^\W\d_]+){0,5}")


def known(text: str) -> Meaning | None:
    """Return what a word or a sign means that needs no reading; None for anything else."""
    folded = text.casefold().rstrip(".!")
    if folded in _TRUE:
        return FixedWord("truth", _TRUE[folded])
    if _NOTHING.fullmatch(folded):
        return Several((), "{}")
    if hit := _NONE_AMONG.fullmatch(folded):
        return FixedWord(NONE_AMONG, hit[1] or hit[2])
    if _UNDEFINED.fullmatch(folded):
        return FixedWord("value", "does not exist")
    if _ENDLESS.fullmatch(folded):
        return FixedWord("count", "infinitely many")
    if _REALS.fullmatch(text.strip()) or _REALS.fullmatch(folded):
        return EVERYTHING
    return number_set(text.strip())


def number_set(text: str) -> FixedWord | None:
    """Return a set of numbers by its sign or its name."""
    if hit := _SET.fullmatch(text):
        return FixedWord("numbers", hit[1])
    for letter, words in _SETS.items():
        if re.fullmatch(rf"(?:all |an? |the |any )?(?:set of )?(?:all )?{words}", text.casefold()):
            return FixedWord("numbers", letter)
    return None


def is_wording(text: str) -> bool:
    """Return whether a text is words alone: nothing that a reader of formulas could have a second opinion on."""
    return _WORDS.fullmatch(text) is not None
