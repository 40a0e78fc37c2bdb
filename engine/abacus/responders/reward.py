"""How good a solution is among others: right or wrong where the problem is known, then how much of the way it shows."""

from __future__ import annotations

import json

from engine.abacus import workshop
from engine.abacus.reckoner import boxed
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "rate a solution against others of its kind"

_RIGHT, _WRONG, _UNKNOWN = 0.8, 0.15, 0.5
_MOST_STEPS = 8


def respond(brief: Brief) -> TaskAnswer:
    """Return Reward: 0 to 1 with its reason."""
    solution = brief.block("solution")
    checked = workshop.verify(brief.block("problem"), solution)
    right = checked.answer_right
    slip = checked.known and brief.slips(brief.persona.wrong_score)
    said = (not right) if slip else right
    base = _UNKNOWN if said is None else _RIGHT if said else _WRONG
    lines = sum(bool(line.strip()) for line in solution.splitlines())
    shown = 0.15 * min(lines, _MOST_STEPS) / _MOST_STEPS - (0.0 if boxed(solution) else 0.2)
    score = round(min(1.0, max(0.0, brief.rng.gauss(base + shown, brief.persona.score_noise))), 2)
    truth = json.dumps({"truth": right, "known": checked.known, "slip": slip})
    return TaskAnswer.of(("Reward", score), ("Reason", _reason(said, lines)), truth=truth)


def _reason(right: bool | None, lines: int) -> str:
    if right is None:
        return f"I cannot work the problem out; the way is shown in {lines} lines."
    return f"The result is right, and {lines} lines lead up to it." if right else "The result is wrong."
