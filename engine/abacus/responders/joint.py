"""A problem marked together with its solution: the problem by its flaws, the solution by working it out again."""

from __future__ import annotations

import json

from engine.abacus import workshop
from engine.abacus.reckoner import boxed
from engine.abacus.scale import on_scale
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "evaluate a problem together with its solution"


def respond(brief: Brief) -> TaskAnswer:
    """Return the three marks with the reason."""
    problem, solution = brief.block("problem"), brief.block("solution")
    checked = workshop.verify(problem, solution)
    seen = workshop.inspect(problem, ())
    marks = _marks(seen, checked, solution)
    slip = brief.slips(brief.persona.wrong_score)
    if slip:
        marks = [marks[0], 5 - marks[1], 5 - marks[2]]
    said = [max(0, min(5, round(brief.rng.gauss(mark, brief.persona.score_noise * 3)))) for mark in marks]
    names = ("Clarity", "Correctness", "Completeness")
    truth = json.dumps({"truth": checked.answer_right, "known": checked.known, "slip": slip})
    return TaskAnswer.of(
        *zip(names, map(str, on_scale(said, brief)), strict=True), ("Reason", _reason(said)), truth=truth
    )


def _marks(seen: workshop.Inspected, checked: workshop.CheckedSolution, solution: str) -> list[float]:
    clarity = 1.5 if seen.known and seen.flaw else 4.8 if seen.known else 4.0
    if not checked.known:
        form = 3.0 if boxed(solution) else 1.0
        return [clarity, form, form]
    correctness = 4.9 if checked.answer_right else 0.6
    completeness = 4.8 if checked.complete and checked.logic else 2.2
    return [clarity, correctness, completeness]


def _reason(said: list[int]) -> str:
    problem = "The problem is clear" if said[0] >= 4 else "The problem is not clear as it stands"
    result = "the solution is right" if said[1] >= 4 else "the solution is wrong or cannot be followed"
    way = "and shows its way" if said[2] >= 4 else "and leaves steps out"
    return f"{problem}; {result} {way}."
