"""A problem without knowledge points scored by itself: correctness and completeness in one number."""

from __future__ import annotations

from engine.abacus.responders import score
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "score a problem by itself"


def respond(brief: Brief) -> TaskAnswer:
    """Return Score: 0 to 1 with its reason."""
    return score.scored(brief, ())
