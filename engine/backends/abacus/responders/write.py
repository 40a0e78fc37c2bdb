"""A new problem from two or three knowledge points, now and then with a flaw."""

from __future__ import annotations

import json

from engine.backends.abacus import workshop
from engine.backends.abacus.tasks import Answer, Brief

TASK = "write a new problem from knowledge points"

_MOST_POINTS = 3
_LONGEST_POINT = 200


def respond(brief: Brief) -> Answer:
    """Return the statement after the marker `Problem:`; without any point there is nothing to write from."""
    points = tuple(point[:_LONGEST_POINT] for point in brief.entries("points")[:_MOST_POINTS])
    if not points:
        return Answer("I was given no knowledge points, so there is nothing to write a problem from.")
    flaw = brief.rng.choice(workshop.FLAWS) if brief.slips(brief.persona.flawed_problem) else None
    hardness = round(brief.rng.triangular(0.2, 1.0, 0.6), 2)
    written = workshop.write(points, brief.rng, flaw=flaw, hardness=hardness)
    truth = {
        "flaw": written.flaw,
        "answer": written.worked.answer,
        "families": written.families,
        "points": written.points,
        "difficulty": written.difficulty,
    }
    return Answer(f"Problem:\n{written.statement}", truth=json.dumps(truth, ensure_ascii=False))
