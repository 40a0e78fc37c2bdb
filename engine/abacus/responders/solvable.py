"""Whether a problem can be solved: by its flaws where it is known, by its form where it is not."""

from __future__ import annotations

import json

from engine.abacus import workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "decide whether a problem can be solved"

_SOLVABLE_ALL_THE_SAME = ("leaks the answer",)
_ASKS = ("?", "？", "find", "compute", "determine", "how many", "what is", "show that", "prove", "求", "计算", "证明")


def respond(brief: Brief) -> TaskAnswer:
    """Return the reason and Solvable: Yes or No."""
    problem = brief.block("problem")
    seen = workshop.inspect(problem, ())
    sound, reason = _belief(problem, seen)
    slip = brief.slips(brief.persona.wrong_check)
    if slip:
        reason = "One condition may be missing." if sound else "The conditions fit together and suffice."
    truth = json.dumps({"truth": sound if seen.known else None, "known": seen.known, "slip": slip})
    return TaskAnswer.of(("Reason", reason), ("Solvable", "Yes" if sound is not slip else "No"), truth=truth)


def _belief(problem: str, seen: workshop.Inspected) -> tuple[bool, str]:
    if seen.known and seen.flaw and seen.flaw not in _SOLVABLE_ALL_THE_SAME:
        return False, f"It cannot be worked out as it stands: {seen.detail or seen.flaw}."
    if seen.known:
        return True, "It asks for one definite thing, and its conditions suffice to find it."
    low = problem.lower()
    if len(problem) < 20 or not any(word in low for word in _ASKS):
        return False, "It asks for nothing definite."
    return True, "By its wording it is a complete question; I have not worked it out."
