"""A sample marked in eight dimensions: what can be worked out decides, the rest goes by form."""

from __future__ import annotations

import json

from engine.abacus import typed, workshop
from engine.abacus.marking import CheckedSolution, mark
from engine.abacus.reading import CONTRADICTION, MISSING, NO_ASK, WRONG_FACT
from engine.abacus.reckoner import boxed
from engine.abacus.responders import by_request
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "mark a sample in eight dimensions"

_ANSWER = {True: (9.6, "the answer is right"), False: (2.0, "the answer is wrong"), None: (6.0, "not checked")}
_NAMES = ("LF", "LC", "CC", "KR", "DA", "TA", "AC", "AA")
_LOOSE = frozenset((MISSING, NO_ASK))
"""Flaws that leave something out; the others make the conditions clash."""


def respond(brief: Brief) -> TaskAnswer:
    """Return the eight marks, each with a short reason."""
    marks = _marks(brief)
    said = {
        name: max(1, min(10, round(brief.rng.gauss(value, 10 * brief.persona.score_noise))))
        for name, (value, _) in marks.items()
    }
    lines = [f"{name}: {said[name]} - {marks[name][1]}" for name in _NAMES]
    members = {name: {"mark": said[name], "reason": marks[name][1]} for name in _NAMES}
    truth = json.dumps({name: value for name, (value, _) in marks.items()})
    return TaskAnswer("\n".join(lines), truth=truth, members=members)


def _marks(brief: Brief) -> dict[str, tuple[float, str]]:
    question, solution = brief.block("question"), brief.block("solution")
    request = brief.block("request")
    truth = typed.solve(question)
    checked = mark(truth, solution) if truth else None
    points = by_request.points_of(request)
    seen = workshop.inspect(typed.inside(question), points)
    flaw = seen.flaw if seen.known else None
    covered = len(seen.covered) / len(points) if points and seen.known else 0.7
    fits = typed.kind_of(question) == by_request.type_of(request)
    return {
        "LF": (9.0, "reads well") if len(question) > 20 else (3.0, "is too short to be clear"),
        "LC": _logic(checked, flaw),
        "CC": (3.0, "something needed is not stated") if flaw in _LOOSE else (9.2, "all that is needed is stated"),
        "KR": (4 + 5.5 * covered, f"{covered:.0%} of the points are needed"),
        "DA": (8.0, "about as hard as asked for"),
        "TA": (9.5, "of the asked type") if fits else (4.0, "of another type"),
        "AC": _analysis(checked, solution),
        "AA": _ANSWER[checked.answer_right if checked else None],
    }  # fmt: skip


def _logic(checked: CheckedSolution | None, flaw: str | None) -> tuple[float, str]:
    if flaw in (CONTRADICTION, WRONG_FACT):
        return 3.0, "the conditions do not fit together"
    return (9.0, "each step follows") if checked and checked.logic else (5.5, "the line of thought has a gap")


def _analysis(checked: CheckedSolution | None, solution: str) -> tuple[float, str]:
    """Mark how whole the way to the answer is; of an unknown problem it is seen only whether there is an answer."""
    whole = checked.complete if checked else boxed(solution) is not None
    return (9.0, "each step is explained") if whole else (2.5, "steps or the final answer are left out")
