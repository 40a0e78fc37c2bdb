"""Writes from concepts of one topic of a taxonomy, so that whole fields are covered without any seed (FLAMES)."""

from __future__ import annotations

from engine.core.protocol import Talk
from engine.core.settings import Flames
from engine.generation.agents import concepts
from engine.generation.agents.writing import AgentInfo, Draft, Note, Sample, WritingSource

PROMPTS: tuple[str, ...] = ("agents/taxonomy_key_concepts_list", "agents/taxonomy_key_concepts_write")
CARD = AgentInfo("Taxonomy-Based Key Concepts", "out-of-domain", "topic", "2", "FLAMES (arXiv 2508.16514), new there")
FORMS = concepts.FORMS
LISTED = 12
"""Concepts asked for; one topic has fewer than a domain."""


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """List the concepts of the topic, draw `chosen.concepts`, write from those; topic and version are kept (FL-12)."""
    listed = yield from concepts.ask_list(PROMPTS[0], LISTED, sample("list"), reread, chosen, topic=source.topic)
    drawn = concepts.draw(listed.names, chosen.concepts, sample("draw"))
    notes = (Note("topic", source.topic), Note("taxonomy", source.taxonomy), listed.note)
    return (yield from concepts.ask_problem(PROMPTS[1], drawn, notes, sample("write"), reread, topic=source.topic))
