"""Writes from concepts that a model names for a whole domain; no seed is shown (FLAMES, Key Concepts)."""

from __future__ import annotations

from engine.core.protocol import Talk
from engine.core.settings import Flames
from engine.generation.agents import concepts
from engine.generation.agents.writing import AgentInfo, Draft, Sample, WritingSource

PROMPTS: tuple[str, ...] = ("agents/key_concepts_list", "agents/key_concepts_write")
CARD = AgentInfo("Key Concepts", "in-domain practice", "sources", "2", "FLAMES (arXiv 2508.16514)")
FORMS = concepts.FORMS
LISTED = 15
"""Concepts asked for, so that the draw has something to choose from."""
DOMAIN = "school mathematics"


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """List concepts of the domain, draw `chosen.concepts` of them, write from those (FL-04)."""
    domain = source.topic or ", ".join(source.points) or DOMAIN
    listed = yield from concepts.ask_list(PROMPTS[0], LISTED, sample("list"), reread, chosen, domain=domain)
    drawn = concepts.draw(listed.names, chosen.concepts, sample("draw"))
    return (yield from concepts.ask_problem(PROMPTS[1], drawn, (listed.note,), sample("write"), reread, domain=domain))
