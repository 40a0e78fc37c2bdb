"""A new problem that has a given one as a step, with its solution; at times the solution is wrong.

A problem nobody here knows is gone on with from the answer that came with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from engine.abacus import telling, workshop
from engine.abacus.notation import tex
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "compose a problem around a given one"

_BOX = re.compile(r"\$?\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}\$?")


def respond(brief: Brief) -> TaskAnswer:
    """Return problem, solution and answer; plain words where nothing can be made of the given problem."""
    problem = brief.block("problem")
    written = workshop.embed(problem, brief.rng) or workshop.harden(problem, brief.rng)
    if written is None:
        return _onwards(brief, problem)
    worked, mistake = written.worked, None
    if brief.slips(brief.persona.wrong_solution):
        worked, mistake = workshop.spoil(worked, brief.rng)
    truth = {"answer": written.worked.answer, "correct": mistake is None, "mistake": mistake, "flaw": None}
    return _composed(written.statement, "\n".join(worked.steps), worked.answer, truth)


def _onwards(brief: Brief, problem: str) -> TaskAnswer:
    onward = telling.onward(problem, brief.rng)
    given = brief.block("answer")
    result = onward.result(given) if onward else None
    if onward is None or result is None:
        return TaskAnswer(
            "I can neither solve the given problem nor go on from its answer, so I have nothing to compose."
        )
    wrong = brief.slips(brief.persona.wrong_solution)
    said = tex(result + brief.rng.choice((-2, -1, 1, 10)) if wrong else result)
    before = _BOX.sub(lambda hit: hit[1], brief.block("solution")).strip()
    last = f"${onward.factor}{onward.letter} + {onward.summand} = \\boxed{{{said}}}$"
    truth = {"answer": None, "correct": None, "mistake": "the last step" if wrong else None, "flaw": None}
    return _composed(onward.statement, f"{before}\n{last}", said, truth)


def _composed(statement: str, solution: str, answer: str, truth: Mapping[str, object]) -> TaskAnswer:
    return TaskAnswer.of(
        ("Problem", statement),
        ("Solution", solution),
        ("Answer", answer),
        truth=json.dumps(dict(truth), ensure_ascii=False),
    )
