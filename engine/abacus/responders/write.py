"""A new problem from two or three knowledge points, now and then with a flaw."""

from __future__ import annotations

import json
from collections.abc import Sequence

from engine.abacus import workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "write a new problem from knowledge points"

_MOST_POINTS = 3
_LONGEST_POINT = 200


def respond(brief: Brief) -> TaskAnswer:
    """Return the statement after the marker `Problem:`; without any point there is nothing to write from."""
    points = brief.entries("points")
    if not points:
        return TaskAnswer("I was given no knowledge points, so there is nothing to write a problem from.")
    return fresh(brief, points)


def fresh(brief: Brief, points: Sequence[str], lead: str = "Problem:\n") -> TaskAnswer:
    """Return a problem from the first few points (from any where there is none), flawed at the persona's rate."""
    points = tuple(point[:_LONGEST_POINT] for point in points[:_MOST_POINTS])
    flaw = brief.rng.choice(workshop.FLAWS) if brief.slips(brief.persona.flawed_problem) else None
    hardness = round(brief.rng.triangular(0.2, 1.0, 0.6), 2)
    return told(workshop.write(points, brief.rng, flaw=flaw, hardness=hardness), lead)


def told(written: workshop.Written, lead: str = "Problem:\n") -> TaskAnswer:
    """Return a problem of the workshop as a reply, with the truth about it aside."""
    truth = {
        "flaw": written.flaw,
        "answer": written.worked.answer,
        "families": written.families,
        "points": written.points,
        "difficulty": written.difficulty,
    }
    return TaskAnswer(f"{lead}{written.statement}", truth=json.dumps(truth, ensure_ascii=False))
