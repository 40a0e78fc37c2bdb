"""A question and its answer as one sentence, at times with another answer than the given one."""

from __future__ import annotations

import json
import re

from engine.abacus import telling
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "turn a question and its answer into a statement"

_DIGITS = re.compile(r"\d+")


def respond(brief: Brief) -> TaskAnswer:
    """Return `Statement:` and the sentence; without a question or an answer there is nothing to state."""
    question, answer = (" ".join(brief.block(name).split()) for name in ("question", "answer"))
    if not question or not answer:
        return TaskAnswer("Without a question and its answer I have nothing to state.")
    slip = brief.slips(brief.persona.wrong_solution) and bool(_DIGITS.search(answer))
    said = _DIGITS.sub(lambda hit: str(int(hit[0][:15]) + 1), answer, count=1) if slip else answer
    return TaskAnswer.of(
        ("Statement", telling.declared(question, said)), truth=json.dumps({"answer": answer, "slip": slip})
    )
