"""A question of one's own solved again, from its text alone."""

from __future__ import annotations

import json

from engine.abacus import typed, workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "answer a question of your own"


def respond(brief: Brief) -> TaskAnswer:
    """Return the steps with the boxed answer, at times a wrong one; plain words where the question has no answer."""
    solution = typed.solve(brief.block("question"))
    if solution is None:
        return TaskAnswer(
            "I cannot answer this question as it stands, so I give no answer.", truth=json.dumps({"correct": None})
        )
    truth: dict[str, object] = {"correct": True, "mistake": None, "answer": solution.answer}
    if brief.slips(brief.persona.wrong_solution):
        solution, mistake = workshop.spoil(solution, brief.rng)
        truth |= {"correct": False, "mistake": mistake}
    return TaskAnswer(solution.text, truth=json.dumps(truth, ensure_ascii=False))
