"""Ways to make a problem harder, as a list; the problem itself is left to somebody else."""

from __future__ import annotations

import json

from engine.abacus import telling, workshop
from engine.abacus.lexicon import lexicon
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "suggest ways to make a problem harder"

_WITH_POINT = (
    "Let the solver find one of the given quantities first, by way of {point}.",
    "Bring in {point}, so that two ideas have to be joined.",
    "Ask for something that depends on the result and on {point}.",
)
_PLAIN = (
    "Let one of the given numbers be the result of a step of its own.",
    "Do not stop at the result: ask for a quantity that is computed from it.",
    "Use larger numbers, so that guessing does not help.",
    "Give one of the conditions as a relation between two quantities instead of a number.",
)
_CHINESE = (
    "让题中的一个已知数先由另一步计算得出。",
    "求出结果之后再追问一个由它决定的量。",
    "把一个条件改写成两个量之间的关系。",
    "把数字改大，使猜测不起作用。",
)
_MOST, _FEWEST = 5, 2


def respond(brief: Brief) -> TaskAnswer:
    """Return a numbered list of two to five suggestions; a text that asks nothing gets a plain sentence."""
    problem = brief.block("problem")
    points = workshop.points_of(problem) or tuple(hit.entry.name for hit in lexicon().find(problem)[:2])
    if not points and telling.cut(problem) is None:
        return TaskAnswer("I see no question in this text, so I cannot say what would make it harder.")
    if telling.chinese(problem):
        ideas = list(_CHINESE)
    else:
        others = [point for point in workshop.all_points() if point not in points]
        ideas = [idea.format(point=brief.rng.choice(others)) for idea in _WITH_POINT] + list(_PLAIN)
    chosen = brief.rng.sample(ideas, brief.rng.randint(_FEWEST, min(_MOST, len(ideas))))
    return TaskAnswer.listed(chosen, truth=json.dumps({"known": bool(workshop.points_of(problem))}))
