"""One's own question and solution improved: a flawed question is written anew, a wrong solution is worked out again."""

from __future__ import annotations

from engine.abacus import typed, workshop
from engine.abacus.responders import by_request
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "improve your own question and solution"


def respond(brief: Brief) -> TaskAnswer:
    """Return the better Question and Solution; now and then the solution goes wrong again."""
    request, question = brief.block("request"), brief.block("question")
    points = by_request.points_of(request)
    truth = typed.solve(question)
    sound = truth is not None and not workshop.inspect(typed.inside(question), ()).flaw
    if not sound or truth is None:
        if not points:
            return TaskAnswer("I know neither what was asked for nor how to mend this.")
        kind = by_request.type_of(request)
        first = workshop.write(points[:1] if kind == "problem set" else points, brief.rng)
        second = workshop.write(points[-1:], brief.rng) if kind == "problem set" else None
        fresh = typed.ask(kind, first, brief.rng, second)
        question, truth = fresh.text, fresh.worked
    wrong = brief.slips(brief.persona.wrong_solution / 2)
    solution = workshop.spoil(truth, brief.rng)[0] if wrong else truth
    return by_request.told(question, solution, {"mended": not wrong, "answer": truth.answer})
