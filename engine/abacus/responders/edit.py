"""A harder version of a problem, now and then with a flaw; a problem nobody here knows is gone on with."""

from __future__ import annotations

import json

from engine.abacus import telling, workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "write a harder problem from suggestions"


def respond(brief: Brief) -> TaskAnswer:
    """Return the problem after the marker `Problem:`, or plain words where there is nothing to go on from."""
    problem = brief.block("problem")
    flawed = brief.slips(brief.persona.flawed_problem)
    # What the workshop writes is English, and a harder version keeps the language of the first.
    points = () if telling.chinese(problem) else workshop.concepts_of(problem)
    written: workshop.Written | None
    if flawed and points:
        written = workshop.write(points[:3], brief.rng, flaw=brief.rng.choice(workshop.FLAWS), hardness=1.0)
    else:
        embedded = workshop.embed(problem, brief.rng) if brief.slips(0.5) else None
        written = embedded or workshop.harden(problem, brief.rng) or _related(brief, points)
    if written:
        truth = {
            "flaw": written.flaw,
            "answer": written.worked.answer,
            "families": written.families,
            "difficulty": written.difficulty,
        }
        return TaskAnswer(f"Problem:\n{written.statement}", truth=json.dumps(truth, ensure_ascii=False))
    onward = telling.onward(problem, brief.rng)
    if onward is None:
        return TaskAnswer("This text asks for nothing that I could go on from, so I leave it as it is.")
    return TaskAnswer(f"Problem:\n{onward.statement}", truth=json.dumps({"flaw": None, "answer": None}))


def _related(brief: Brief, points: tuple[str, ...]) -> workshop.Written | None:
    """Return a hard problem on the concepts of one that no family knows, in most cases; None where it shows none."""
    if not points or brief.slips(0.25):
        return None
    return workshop.write(brief.rng.sample(points[:4], min(2, len(points))), brief.rng, hardness=1.0)
