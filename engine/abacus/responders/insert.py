"""A problem with a sentence that has nothing to do with it; a careless hand writes one that changes the answer."""

from __future__ import annotations

import json

from engine.abacus import telling, workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "insert a distraction into a problem"


def respond(brief: Brief) -> TaskAnswer:
    """Return the longer problem after the marker `Problem:`; a text that asks nothing is left alone, in plain words."""
    problem = brief.block("problem")
    meddle = brief.slips(brief.persona.flawed_problem)
    known = workshop.solve(problem)
    written = workshop.distract(problem, brief.rng) if known and not meddle and brief.slips(0.5) else None
    longer = written.statement if written else telling.distracted(problem, brief.rng, meddle)
    if longer is None:
        return TaskAnswer("I see no question in this text, so I cannot tell what would leave its answer alone.")
    truth = {"answer": known.answer if known and not meddle else None, "unchanged": not meddle}
    return TaskAnswer(f"Problem:\n{longer}", truth=json.dumps(truth, ensure_ascii=False))
