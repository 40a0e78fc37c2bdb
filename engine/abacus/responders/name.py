"""One name for a group of equal knowledge points: the standard term, from the lexicon or from the group."""

from __future__ import annotations

import json

from engine.abacus import blunders
from engine.abacus.lexicon import LexiconEntry, lexicon
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "choose one name for a group of equal knowledge points"


def respond(brief: Brief) -> TaskAnswer:
    """Return the chosen name with its reason; the name may be better than any of the group."""
    points = brief.entries("points")
    if not points:
        return TaskAnswer("There is no knowledge point in this group, so I cannot name it.")
    name, reason = choose(points)
    return TaskAnswer.of(("Name", name), ("Reason", reason), truth=json.dumps({"truth": name}, ensure_ascii=False))


def choose(points: tuple[str, ...]) -> tuple[str, str]:
    """Return a name and why: the standard term most of the group stand for, else the plainest of the group."""
    entries = [entry for point in points if (entry := lexicon().named(point))]
    if entries:
        best = max(entries, key=lambda entry: sum(other is entry for other in entries))
        return best.name, _standard(best, points)
    good = [point for point in points if not blunders.fault(point)] or list(points)
    plain = min(good, key=lambda point: (point.isupper(), abs(len(point.split()) - 3), len(point), point))
    return plain, f"“{plain[:80]}” is the plainest of the {len(points)} and covers the others."


def _standard(entry: LexiconEntry, points: tuple[str, ...]) -> str:
    source = "the term that textbooks use" if entry.name in points else "the usual term, better than those of the group"
    return f"“{entry.name}” is {source}, and it covers the whole group."
