"""A seed rated in three respects: from what a family knows of it, else from its length, its subjects and its form."""

from __future__ import annotations

import json
import re

from engine.abacus import workshop
from engine.abacus.lexicon import lexicon
from engine.abacus.scale import on_scale
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "rate a seed problem"

_NUMBERS = re.compile(r"\d+")
_ASKS = re.compile(
    r"\?|？|\b(?:find|compute|determine|evaluate|calculate|prove|show|solve|simplify|how many|what)\b|求|计算", re.I
)


def respond(brief: Brief) -> TaskAnswer:
    """Return the three ratings with a reason; now and then all of them are far off."""
    problem = brief.block("problem")
    believed = _belief(problem)
    slip = brief.slips(brief.persona.wrong_score)
    noise = brief.persona.score_noise * 5
    said = [_clip(5 - value if slip else brief.rng.gauss(value, noise)) for value in believed]
    reason = _reason(*said)
    names = ("Complexity", "Information", "Clarity")
    truth = json.dumps({"truth": [round(value, 2) for value in believed], "slip": slip})
    return TaskAnswer.of(*zip(names, map(str, on_scale(said, brief)), strict=True), ("Reason", reason), truth=truth)


def _belief(problem: str) -> tuple[float, float, float]:
    known = workshop.difficulty_of(problem)
    subjects = len(lexicon().find(problem)[:4])
    words = len(problem.split()) or len(problem) // 2
    difficulty = min(0.9, 0.2 + words / 150 + 0.03 * len(_NUMBERS.findall(problem))) if known is None else known
    complexity = 0.4 + 4.2 * difficulty
    information = 0.6 + 2.2 * difficulty + 0.45 * subjects
    clarity = 4.4 if _ASKS.search(problem) else 2.0
    seen = workshop.inspect(problem, ())
    if seen.known and seen.flaw:
        clarity = 1.5
    return complexity, min(5.0, information), clarity


def _clip(value: float) -> int:
    return max(0, min(5, round(value)))


def _reason(complexity: int, information: int, clarity: int) -> str:
    first = "It takes several steps" if complexity >= 3 else "It takes a step or two"
    second = "and brings concepts together" if information >= 3 else "and teaches little that is new"
    third = "the wording is clear" if clarity >= 3 else "the wording leaves doubts"
    return f"{first} {second}; {third}."
