"""Variants of a problem: other numbers, a further step, turned around, other words; some carry a flaw.

A problem that no family knows is retold once; its other variants are written on the concepts that its wording shows.
"""

from __future__ import annotations

import json
import random
import re

from engine.abacus import rewording, workshop
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "write variants of a problem"

_COUNT = re.compile(r"Write (\d{1,2}) variants")
_MOST = 20


def respond(brief: Brief) -> TaskAnswer:
    """Return the variants behind their markers; now and then one too few or one too many."""
    problem = brief.block("problem")
    asked = _COUNT.search(brief.text)
    count = min(_MOST, int(asked[1]) if asked else 6)
    if not problem:
        return TaskAnswer("I was given no problem to write variants of.")
    if brief.slips(0.1):
        count = max(1, count + brief.rng.choice((-1, 1)))
    made = [_variant(brief, problem, number) for number in range(count)]
    text = "\n\n".join(f"Variant {number}:\n{each}" for number, (each, _) in enumerate(made, 1))
    members = {"variants": [each for each, _ in made]}
    return TaskAnswer(text, truth=json.dumps({"flaws": [flaw for _, flaw in made]}), members=members)


def _variant(brief: Brief, problem: str, number: int) -> tuple[str, str | None]:
    points = workshop.concepts_of(problem)
    if points and brief.slips(brief.persona.flawed_problem):
        written = workshop.write(points[:2], brief.rng, flaw=brief.rng.choice(workshop.FLAWS))
        return written.statement, written.flaw
    ways = (workshop.vary, workshop.harden, workshop.reverse, workshop.embed, workshop.vary, workshop.harden)
    for way in (ways[number % len(ways)], workshop.vary):
        done = way(problem, brief.rng)
        if done:
            return done.statement, None
    if points and number:
        about = brief.rng.sample(points[:4], min(2, len(points)))
        return workshop.write(about, brief.rng, hardness=0.7).statement, None
    return _retold(problem, brief.rng), None


def _retold(problem: str, rng: random.Random) -> str:
    """Other numbers in other words, for a problem that no family knows; nothing is known of its answer."""
    said = rewording.reword(problem, rng)
    for _ in range(rng.randint(1, 2)):
        said = rewording.misquote(said, rng) or said
    return said
