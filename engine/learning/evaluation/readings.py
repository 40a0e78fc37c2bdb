"""How the answers of an evaluation were read, and how many could not be compared with what was expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.core.records import GradedAnswer
from engine.learning.evaluation.choices import letters_in
from engine.learning.evaluation.grading import LONGEST, cannot_tell
from engine.verification.answers import find_answer
from engine.verification.answers.evidence import HOW, NONE

LETTER = "letter"
"""Answers that were read as the letters of options, without a mark or words that announce an answer."""
_FOUND: Mapping[str, str] = {**HOW, LETTER: "as letters of options", NONE: "none at all"}


@dataclass(frozen=True, slots=True)
class AnswersAsRead:
    """Answers by what spoke for them, and how many of those that count as wrong could not be compared."""

    evidence: Mapping[str, int]
    unsure: int

    @property
    def sentence(self) -> str:
        """What is to be said of them."""
        parts = [f"{count:,} {_FOUND[kind]}" for kind, count in self.evidence.items()]
        doubt = f"; for {self.unsure:,} it can't be told whether they are right, and they count as wrong"
        return f"Answers read: {', '.join(parts)}{doubt if self.unsure else ''}." if parts else ""


def of(answers: Iterable[GradedAnswer]) -> AnswersAsRead:
    """Return how graded answers were read, the most frequent way first; it is found out again from their texts."""
    found: Counter[str] = Counter()
    unsure = 0
    for one in answers:
        if one.answer is None:
            found[NONE] += 1
            continue
        read = find_answer(one.text[-LONGEST:])
        found[read.evidence if read.evidence and read.value == one.answer else LETTER] += 1
        # Letters are compared as such, and a word that is no letter is none of them.
        unsure += not one.right and not letters_in(one.expected) and cannot_tell(one.answer, one.expected)
    return AnswersAsRead(dict(found.most_common()), unsure)
