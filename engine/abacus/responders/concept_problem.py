"""A new problem from a list of key concepts; of many concepts the first few are used."""

from __future__ import annotations

from engine.abacus.responders import write
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "write a new problem from key concepts"


def respond(brief: Brief) -> TaskAnswer:
    """Return the statement after the marker `Problem:`; without any concept there is nothing to write from."""
    concepts = brief.entries("concepts")
    if not concepts:
        return TaskAnswer("I was given no concepts, so there is nothing to write a problem from.")
    return write.fresh(brief, concepts)
