"""Writes from concepts that one seed rests on, without showing the seed again (MathScale, KPDDS)."""

from __future__ import annotations

from engine.core.protocol import Talk
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import concepts
from engine.generation.agents.writing import AgentInfo, Draft, Sample, WritingSource

PROMPTS: tuple[str, ...] = ("agents/seeded_key_concepts_list", "agents/seeded_key_concepts_write")
CARD = AgentInfo(
    "Seeded Key Concepts",
    "in-domain practice",
    "seed",
    "2",
    "MathScale (arXiv 2403.02884), KPDDS (arXiv 2403.02333)",
)
FORMS = concepts.FORMS
LISTED = 8
"""One problem rests on few concepts; more would be padding."""


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """List the concepts of the first seed, draw `chosen.concepts`, write from those without the seed (FL-05)."""
    seed = source.seeds[0]
    listed = yield from concepts.ask_list(
        PROMPTS[0], LISTED, sample("list"), reread, chosen, problem=seed.statement, solution=_solution(seed)
    )
    drawn = concepts.draw(listed.names, chosen.concepts, sample("draw"))
    return (yield from concepts.ask_problem(PROMPTS[1], drawn, (listed.note,), sample("write"), reread))


def _solution(seed: Seed) -> str:
    """Give the worked solution where the seed has one, else its answer, else say that there is neither."""
    if seed.solution and seed.solution.strip():
        return seed.solution
    if seed.answer and seed.answer.strip():
        return f"Only the final answer is known: {seed.answer.strip()}."
    return "None is at hand."
