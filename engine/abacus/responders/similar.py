"""A new problem in the style of examples: one of them with other numbers and words, or one on what they are about."""

from __future__ import annotations

import json
import re

from engine.abacus import workshop
from engine.abacus.lexicon import lexicon
from engine.abacus.responders import write
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "write a new problem in the style of examples"

_EXAMPLE = re.compile(r"^Example \d{1,3}:[ \t]*$", re.MULTILINE)
_LEADS = (
    "Problem:\n",
    "Sure! Here is a new problem in the same style.\n\nProblem:\n",
    "Problem:\nHere is a new problem:\n\n",
    "**New Problem:**\n",
)


def respond(brief: Brief) -> TaskAnswer:
    """Return a problem after a marker or some lead-in; a careless persona hands back an example now and then."""
    examples = [text for piece in _EXAMPLE.split(brief.block("examples")) if (text := piece.strip())]
    if not examples:
        return TaskAnswer("I was given no examples, so there is no style to write in.")
    example = brief.rng.choice(examples)
    lead = brief.rng.choice(_LEADS)
    if brief.slips(brief.persona.wrong_same):
        return TaskAnswer(f"{lead}{example}", truth=json.dumps({"copied": True}))
    varied = workshop.vary(example, brief.rng)
    if varied and not brief.slips(brief.persona.flawed_problem):
        return write.told(varied, lead)
    points = workshop.points_of(example) or tuple(hit.entry.name for hit in lexicon().find(example))
    return write.fresh(brief, brief.rng.sample(points[:4], min(2, len(points))), lead)
