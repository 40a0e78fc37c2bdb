"""Is an answer right? Final answers are compared by what they mean; multiple choice by letter or by its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.answers import equivalent, extract_answer

_CHOICE = re.compile(r"\(?\b([A-H])\b\)?[.:：、)]?", re.ASCII)
_OPTION = re.compile(r"(?:^|\n|\s)\(?([A-H])[.:：、)]\s*(.+?)(?=(?:\s|\n)\(?[A-H][.:：、)]\s|$)", re.DOTALL)
_SEVERAL = re.compile(r"\s*(?:;|\bor\b|\band\b)\s*")


@dataclass(frozen=True, slots=True)
class Grade:
    """What was read from an answer and whether it is right; `how` names the rule that decided."""

    answer: str | None
    right: bool
    how: str


def grade(text: str, expected: str, question: str = "") -> Grade:
    """Grade a whole answer text against the expected answer; never raises.

    `question` is looked at for its options where the expected answer is a letter.
    """
    said = extract_answer(text)
    wanted = expected.strip()
    if said is None:
        return Grade(None, False, "no answer was found")
    if re.fullmatch(r"[A-H]", wanted):
        return _choice(said, wanted, question)
    if equivalent(said, wanted):
        return Grade(said, True, "same meaning")
    parts = [part for part in _SEVERAL.split(wanted) if part]
    given = [part for part in _SEVERAL.split(said) if part]
    if 1 < len(parts) == len(given) and _paired(given, parts):
        return Grade(said, True, "same values in another order")
    return Grade(said, False, "differs")


def _choice(said: str, wanted: str, question: str) -> Grade:
    """Grade a letter; an option's text is as good as its letter."""
    letters = _CHOICE.findall(said)
    if letters:
        return Grade(said, letters[-1] == wanted, "letter")
    options = {letter: " ".join(text.split()) for letter, text in _OPTION.findall(question)}
    named = [letter for letter, text in options.items() if equivalent(said, text)]
    if named:
        return Grade(said, named == [wanted], "text of an option")
    return Grade(said, False, "names no option")


def _paired(given: list[str], parts: list[str]) -> bool:
    left = list(given)
    for part in parts:
        found = next((one for one in left if equivalent(one, part)), None)
        if found is None:
            return False
        left.remove(found)
    return True
