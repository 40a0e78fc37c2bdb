"""A problem in other words with the same answer; a careless persona gets a number wrong."""

from __future__ import annotations

import json

from engine.abacus import rewording, workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "say a problem in other words"


def respond(brief: Brief) -> TaskAnswer:
    """Return the reworded statement after the marker `Problem:`; `slip` says whether a number was changed."""
    problem = brief.block("problem")
    if not problem:
        return TaskAnswer("I was given no problem to put in other words.")
    said = rewording.reword(problem, brief.rng)
    wrong = rewording.misquote(said, brief.rng) if brief.slips(brief.persona.wrong_check) else None
    worked = workshop.solve(problem)
    truth = {"slip": wrong is not None, "answer": worked.answer if worked else None}
    return TaskAnswer(f"Problem:\n{wrong or said}", truth=json.dumps(truth, ensure_ascii=False))
