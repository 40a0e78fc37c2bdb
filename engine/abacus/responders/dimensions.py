"""A sample marked in eight dimensions: what can be worked out decides, the rest goes by form."""

from __future__ import annotations

import json

from engine.abacus import typed, workshop
from engine.abacus.marking import mark
from engine.abacus.reckoner import boxed
from engine.abacus.responders import by_request
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "mark a sample in eight dimensions"

_ANSWER = {True: (9.6, "the answer is right"), False: (2.0, "the answer is wrong"), None: (6.0, "not checked")}
_NAMES = ("LF", "LC", "CC", "KR", "DA", "TA", "AC", "AA")


def respond(brief: Brief) -> TaskAnswer:
    """Return the eight marks, each with a short reason."""
    marks = _marks(brief)
    said = {
        name: max(1, min(10, round(brief.rng.gauss(value, 10 * brief.persona.score_noise))))
        for name, (value, _) in marks.items()
    }
    lines = [f"{name}: {said[name]} - {marks[name][1]}" for name in _NAMES]
    return TaskAnswer("\n".join(lines), truth=json.dumps({name: value for name, (value, _) in marks.items()}))


def _marks(brief: Brief) -> dict[str, tuple[float, str]]:
    question, solution = brief.block("question"), brief.block("solution")
    request = brief.block("request")
    truth = typed.solve(question)
    checked = mark(truth, solution) if truth else None
    right = checked.answer_right if checked else None
    seen = workshop.inspect(typed.inside(question), by_request.points_of(request))
    points = by_request.points_of(request)
    covered = len(seen.covered) / len(points) if points and seen.known else 0.7
    fits = typed.kind_of(question) == by_request.type_of(request)
    return {
        "LF": (9.0, "reads well") if len(question) > 20 else (3.0, "is too short to be clear"),
        "LC": (9.0, "each step follows") if checked and checked.logic else (5.5, "the line of thought has a gap"),
        "CC": (9.2, "concepts are used rightly") if not (seen.known and seen.flaw) else (3.0, "a concept is misused"),
        "KR": (4 + 5.5 * covered, f"{covered:.0%} of the points are needed"),
        "DA": (8.0, "about as hard as asked for"),
        "TA": (9.5, "of the asked type") if fits else (4.0, "of another type"),
        "AC": _ANSWER[right],
        "AA": (9.0, "a boxed answer is there") if boxed(solution) else (2.5, "the final answer is not stated"),
    }  # fmt: skip
