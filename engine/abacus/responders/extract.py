"""Knowledge points of a problem: those of its family where it is one of ours, else those its words betray."""

from __future__ import annotations

import json
import re

from engine.abacus import blunders, workshop
from engine.abacus.lexicon import lexicon
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "list the knowledge points of a solved problem"

_LIMIT = re.compile(r"At most (\d{1,3}) points")
_MOST = 6
_SURE = 0.55
"""Points found at least this surely, against the best one, are always listed."""
_TELLING = 0.5
"""Points whose cues weigh less than this, such as addition of whole numbers, are listed only when they stand out."""
_NOTHING = "I see nothing in this problem that I could name as a knowledge point."


def respond(brief: Brief) -> TaskAnswer:
    """Return a numbered list; a text without any known cue gets a plain sentence that says so."""
    problem, solution = brief.block("problem"), brief.block("solution")
    points = workshop.points_of(problem) or _from_words(brief, f"{problem}\n{solution}")
    if not points:
        return TaskAnswer(_NOTHING, truth=json.dumps({"points": [], "added": []}))
    names = [_called(brief, point) for point in points[: _limit(brief)]]
    added = _careless(brief, problem, solution)
    for blunder in added:
        names.insert(brief.rng.randint(1, len(names)), blunder.name)
    truth = {"points": list(points), "added": [{"name": item.name, "label": item.label} for item in added]}
    return TaskAnswer.listed(names, truth=json.dumps(truth, ensure_ascii=False))


def _limit(brief: Brief) -> int:
    asked = _LIMIT.search(brief.text)
    return max(1, min(_MOST, int(asked[1]) if asked else _MOST))


def _from_words(brief: Brief, text: str) -> tuple[str, ...]:
    """Return up to six points, the surest first; half of the less sure ones of the main area are mentioned too."""
    hits = lexicon().find(text)
    telling = sum(hit.entry.weight >= _TELLING for hit in hits)
    kept = []
    for place, hit in enumerate(hits):
        sure = hit.score >= _SURE * hits[0].score
        near = hit.entry.area == hits[0].entry.area and brief.slips(0.5)
        if sure or telling + place < 2 or (hit.entry.weight >= _TELLING and (place < 2 or near)):
            kept.append(hit.entry.name)
    return tuple(kept[:_MOST])


def _called(brief: Brief, point: str) -> str:
    """Return one of the names that people give the point, mostly the standard one."""
    entry = lexicon().named(point)
    if entry is None or not entry.also or not brief.slips(brief.persona.other_name):
        return point
    return brief.rng.choice(entry.also)


def _careless(brief: Brief, problem: str, solution: str) -> list[blunders.Blunder]:
    """Return the items that a careful reader would not have written."""
    persona, rng = brief.persona, brief.rng
    added = []
    if brief.slips(persona.vague_point):
        added.append(blunders.vague(rng))
    if brief.slips(persona.false_point):
        added.append(blunders.false(rng))
    if brief.slips(persona.detailed_point):
        added.append(blunders.detailed(problem, solution, rng))
    return added
