"""Which of two solutions is better: fewer things that can be seen to be wrong; a slip takes whichever comes first."""

from __future__ import annotations

import json

from engine.abacus import workshop
from engine.abacus.reckoner import boxed, false_equation
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "say which of two solutions of one problem is better"


def respond(brief: Brief) -> TaskAnswer:
    """Return Better: First, Second or Tie with the reason."""
    faults = [_faults(brief.block("problem"), brief.block(name)) for name in ("first", "second")]
    better = "Tie" if len(faults[0]) == len(faults[1]) else "First" if len(faults[0]) < len(faults[1]) else "Second"
    slip = brief.slips(brief.persona.wrong_check)
    said = "First" if slip else better
    truth = json.dumps({"truth": better, "slip": slip})
    return TaskAnswer.of(("Better", said), ("Reason", _reason(said, faults, slip)), truth=truth)


def _faults(problem: str, solution: str) -> list[str]:
    """Return what is wrong with a solution, the plainest first."""
    checked = workshop.verify(problem, solution)
    found = [] if boxed(solution) else ["it comes to no answer in a box"]
    if checked.known and checked.answer_right is False:
        found.append("its answer is wrong")
    wrong = next((line for line in solution.splitlines() if false_equation(line)), "")
    return [*found, f"this step does not hold: {wrong[:120]}"] if wrong else found


def _reason(said: str, faults: list[list[str]], slip: bool) -> str:
    if said == "Tie":
        return "Both come to their answers by steps of the same worth."
    worse = faults[1] if said == "First" else faults[0]
    place = "second" if said == "First" else "first"
    return f"Of the {place} one must say that {worse[0]}." if worse and not slip else "Its steps are easier to follow."
