"""A problem out of the blue: the answer to a message without any words, as a model tuned on questions gives it."""

from __future__ import annotations

from engine.abacus import workshop
from engine.abacus.responders import write
from engine.abacus.tasks import Brief, TaskAnswer

TASK = ""
"""An empty user turn has no task line."""


def respond(brief: Brief) -> TaskAnswer:
    """Return the bare statement of a problem on one or two points drawn at random."""
    points = brief.rng.sample(workshop.all_points(), brief.rng.choice((1, 1, 2)))
    return write.fresh(brief, points, lead="")
