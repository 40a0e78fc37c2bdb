"""How difficult a problem is: known from its family, else guessed from its subject, its length and its cues."""

from __future__ import annotations

import json

from engine.abacus import workshop
from engine.abacus.lexicon import Hit, lexicon
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "rate the difficulty of a problem"

_LOW, _HIGH = 0.4, 0.7


def respond(brief: Brief) -> TaskAnswer:
    """Return Difficulty: 0.02 to 0.98 with its reason."""
    problem = brief.block("problem")
    known = workshop.difficulty_of(problem)
    hits = lexicon().find(problem)
    believed = _guess(problem, hits) if known is None else known
    said = round(min(0.98, max(0.02, brief.rng.gauss(believed, brief.persona.score_noise))), 2)
    points = workshop.points_of(problem) or tuple(hit.entry.name for hit in hits[:2])
    worked = workshop.solve(problem)
    truth = json.dumps({"truth": known})
    reason = _reason(said, points, len(worked.steps) if worked else 0)
    return TaskAnswer.of(("Difficulty", said), ("Reason", reason), truth=truth)


def _guess(problem: str, hits: tuple[Hit, ...]) -> float:
    level = sum(hit.entry.level for hit in hits[:3]) / len(hits[:3]) if hits else 0.4
    length = min(0.15, len(problem.split()) / 1000)
    return level + length + 0.02 * min(len(hits), 5)


def _reason(said: float, points: tuple[str, ...], steps: int) -> str:
    on = " and ".join(f"“{point}”" for point in points[:2]) or "what is asked"
    count = f"{steps} steps are needed" if steps else ""
    if said < _LOW:
        return f"{count or 'One or two steps are needed'}, each a direct use of {on}."
    if said < _HIGH:
        return f"{count or 'Several steps are needed'}, and {on} must be put to use in the right order."
    return f"{count or 'Many steps are needed'}, each depends on the one before, and the way to {on} is not obvious."
