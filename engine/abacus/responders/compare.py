"""Two solutions of one question compared by their answers and by what they claim on the way."""

from __future__ import annotations

import json

from engine.abacus.reckoner import boxed, false_equation, same
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "compare two solutions of one question"


def respond(brief: Brief) -> TaskAnswer:
    """Return Consistent: Yes or No with the reason."""
    first, second = brief.block("first"), brief.block("second")
    agree, reason = _belief(first, second)
    slip = brief.slips(brief.persona.wrong_check)
    if slip:
        reason = "The two take the same way." if not agree else "The second leaves open why its main step holds."
    truth = json.dumps({"truth": agree, "slip": slip})
    return TaskAnswer.of(("Consistent", "Yes" if agree is not slip else "No"), ("Reason", reason), truth=truth)


def _belief(first: str, second: str) -> tuple[bool, str]:
    answers = boxed(first), boxed(second)
    if None in answers:
        return False, "One of the two does not come to an answer."
    if not same(str(answers[0]), str(answers[1])):
        return False, f"They end in {answers[0]} and in {answers[1]}."
    for text in (first, second):
        wrong = next((line for line in text.splitlines() if false_equation(line)), "")
        if wrong:
            return False, f"The answers agree, but this step does not hold: {wrong[:120]}"
    return True, f"Both come to {answers[0]}, and no step of one contradicts the other."
