"""A solution step by step from the statement alone, at times a wrong one; where there is none Abacus says so."""

from __future__ import annotations

import json

from engine.abacus import workshop
from engine.abacus.lexicon import lexicon
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "solve a problem step by step"
TASK_AFTER_EXAMPLE = "solve a problem in the manner of an example"

_STUCK = {
    "missing condition": "A condition that is needed is missing, so the answer is not determined",
    "contradiction": "The conditions contradict each other, so there is no answer",
    "no question": "The text does not ask for anything that could be computed",
}


def respond(brief: Brief) -> TaskAnswer:
    """Return the steps with the boxed answer, or plain words without a box where the problem cannot be solved."""
    problem = brief.block("problem")
    worked = workshop.solve(problem)
    if worked is None:
        return TaskAnswer(_apology(problem), truth=json.dumps({"correct": None, "mistake": None, "answer": None}))
    truth: dict[str, object] = {"correct": True, "mistake": None, "answer": worked.answer}
    if brief.slips(brief.persona.wrong_solution):
        worked, mistake = workshop.spoil(worked, brief.rng)
        truth |= {"correct": False, "mistake": mistake}
    return TaskAnswer("\n".join(worked.steps), truth=json.dumps(truth, ensure_ascii=False))


def _apology(problem: str) -> str:
    if not problem:
        return "I was given no problem to solve."
    seen = workshop.inspect(problem, ())
    if seen.known and seen.flaw in _STUCK:
        detail = f" ({seen.detail})" if seen.detail else ""
        return f"I cannot solve this problem as it stands. {_STUCK[seen.flaw]}{detail}."
    hits = lexicon().find(problem)
    about = f" It seems to be about {hits[0].entry.name}." if hits else ""
    return f"I cannot solve this problem: it is of no kind that I know how to work out.{about} I give no answer."
