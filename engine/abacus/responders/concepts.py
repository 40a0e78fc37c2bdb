"""Key concepts of a problem, of a topic in a taxonomy, or of a whole domain."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from engine.abacus import blunders
from engine.abacus.lexicon import lexicon
from engine.abacus.matching import match, stems
from engine.abacus.responders import extract
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "list key concepts"

_LIMIT = re.compile(r"At most (\d{1,3}) points")
_AREAS = {
    "gsm8k": ("Whole numbers", "Fractions and decimals", "Ratio, rate and measurement", "Money"),
    "grade school": ("Whole numbers", "Fractions and decimals", "Ratio, rate and measurement", "Money"),
    "primary": ("Whole numbers", "Fractions and decimals", "Ratio, rate and measurement", "Money"),
    "小学": ("Whole numbers", "Fractions and decimals", "Ratio, rate and measurement", "Money"),
    "competition": ("Number theory", "Counting", "Polynomials and inequalities", "Geometry", "Probability"),
    "olympiad": ("Number theory", "Counting", "Polynomials and inequalities", "Geometry"),
    "math": (
        "Algebra", "Functions and graphs", "Polynomials and inequalities", "Number theory", "Counting", "Probability",
        "Geometry", "Coordinate geometry", "Trigonometry", "Sequences and series",
    ),
}  # fmt: skip
"""Areas behind the names of well-known sources and stages."""


def respond(brief: Brief) -> TaskAnswer:
    """Return a numbered list for the problem, topic or domain of the brief."""
    if brief.block("problem"):
        return extract.respond(brief)
    asked = brief.block("topic") or brief.block("domain")
    if not asked:
        return TaskAnswer("I was given neither a problem nor a field, so there are no concepts to name.")
    names = _named(brief, asked)
    added = [blunders.vague(brief.rng)] if brief.slips(brief.persona.vague_point) else []
    listed = [*names, *(blunder.name for blunder in added)]
    truth = {"points": names, "added": [{"name": item.name, "label": item.label} for item in added]}
    return TaskAnswer.listed(listed, truth=json.dumps(truth, ensure_ascii=False))


def _named(brief: Brief, asked: str) -> list[str]:
    """Return up to as many names as asked for: of the topic first, then of its neighbourhood."""
    limit = _limit(brief)
    found: dict[str, str] = {}
    for tier in _tiers(asked):
        fresh = [name for name in dict.fromkeys(tier) if name.casefold() not in found]
        for name in brief.rng.sample(fresh, len(fresh)):
            found.setdefault(name.casefold(), name)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _limit(brief: Brief) -> int:
    asked = _LIMIT.search(brief.text)
    return max(1, int(asked[1])) if asked else 10


def _tiers(asked: str) -> Iterator[list[str]]:
    """Yield names ever farther from what was asked: the last topic of the path, the fields above it, everything."""
    path = [part.strip() for part in asked.split(">") if part.strip()]
    leaf, above = path[-1], path[:-1]
    areas = {area for word, areas in _AREAS.items() if word in asked.lower() and not above for area in areas}
    entries = lexicon().entries
    if areas:
        yield [entry.name for entry in entries if entry.area in areas]
    for count in range(len(stems(leaf)), 0, -1):
        yield [entry.name for entry in entries if len(stems(entry.name) & stems(leaf)) == count]
    yield _from_families(leaf) + [hit.entry.name for hit in lexicon().find(leaf)]
    for part in reversed(above):
        yield _from_families(part)
    for part in reversed(path):
        yield [entry.name for entry in entries if stems(entry.area) & stems(part)]
    yield [entry.name for entry in entries]


def _from_families(text: str) -> list[str]:
    found = match(text)
    return [point for made in found.families for point in made.points] if found.close else []
