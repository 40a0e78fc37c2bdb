"""A problem mended by its review: the same concepts in a sound problem; now and then it stays as it was."""

from __future__ import annotations

import json

from engine.abacus import rewording, workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "revise a problem by its review"


def respond(brief: Brief) -> TaskAnswer:
    """Return the new version after the marker `Problem:`."""
    problem = brief.block("problem")
    if not problem:
        return TaskAnswer("I was given no problem to revise.")
    lazy = brief.slips(brief.persona.wrong_check)
    points = workshop.points_of(problem)
    seen = workshop.inspect(problem, ())
    if lazy:
        said = problem
    elif points and seen.flaw:
        said = workshop.write(points[:3], brief.rng).statement
    else:
        said = rewording.reword(problem, brief.rng)
    truth = json.dumps({"mended": bool(points and seen.flaw and not lazy), "slip": lazy})
    return TaskAnswer(f"Problem:\n{said}", truth=truth)
