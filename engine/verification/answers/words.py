"""Words that have one meaning of their own: yes and no, no solution, the number sets."""

from __future__ import annotations

import re

from engine.verification.answers.meaning import FixedWord, Meaning, Several
from engine.verification.answers.ranges import EVERYTHING

_TRUTH = {
    "yes": "true yes correct 是 对 正确",
    "no": "false no incorrect 否 错 错误 不是",
}
_TRUE = {word: sense for sense, words in _TRUTH.items() for word in words.split()}
_NOTHING = re.compile(
    r"∅|⦃ ?⦄|\{ ?\}|no (?:real |integer |such )?(?:solutions?|roots?)(?: exists?)?"
    r"|there (?:is|are) no (?:real )?solutions?"
    r"|(?:the )?empty set|无解|空集"
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
    """Whether a text is words alone."""
    return _WORDS.fullmatch(text) is not None
