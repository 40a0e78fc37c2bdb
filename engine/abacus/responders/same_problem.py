"""Whether two texts are one problem: by the telling words that they share, and by the numbers that both speak of."""

from __future__ import annotations

import json
import re

from engine.abacus.tasks import Brief, TaskAnswer

TASK = "decide whether two texts are one problem of mathematics"
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_MANY, _SOME = 0.6, 0.25
"""Share of the words of the shorter text that makes one problem of two: alone, and where the numbers are the same."""


def respond(brief: Brief) -> TaskAnswer:
    """Return Same: Yes or No with the reason."""
    truth, reason = compared(brief.block("first"), brief.block("second"))
    slip = brief.slips(brief.persona.wrong_same)
    if slip:
        reason = "Both ask for the same quantity." if not truth else "They ask for different quantities."
    return TaskAnswer.of(("Same", "Yes" if truth is not slip else "No"), ("Reason", reason), truth=json.dumps(truth))


def compared(first: str, second: str) -> tuple[bool, str]:
    """Return whether the texts are one problem, and why."""
    words = [set(_WORD.findall(text.casefold())) for text in (first, second)]
    numbers = [sorted(_NUMBER.findall(text)) for text in (first, second)]
    common = words[0] & words[1]
    share = len(common) / min(map(len, words)) if all(words) else 0.0
    if share >= _MANY:
        return True, f"Both tell the same in nearly the same words: {', '.join(sorted(common)[:3])}."
    if numbers[0] == numbers[1] and len(numbers[0]) > 1 and share >= _SOME:
        return True, f"Both speak of {', '.join(numbers[0][:4])} in one situation."
    return False, "They do not describe one situation."
