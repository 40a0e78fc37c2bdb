"""Says a seed in other words; the answer stays (MetaMath, rephrasing)."""

from __future__ import annotations

from engine.core import prompts
from engine.core.errors import UnfitReply
from engine.core.protocol import Talk, ask
from engine.core.settings import Flames
from engine.generation.agents import statement
from engine.generation.agents.writing import AgentInfo, Draft, Sample, WritingSource

PROMPT = "agents/paraphrasing"
FORM = statement.FORM
CARD = AgentInfo("Paraphrasing", "in-domain practice", "seed", "1", "MetaMath (arXiv 2309.12284)")


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Ask for the first seed in new words; the draft claims the seed's own answer (FL-03)."""
    seed = source.seeds[0]
    prompt = prompts.load(PROMPT)
    chat = FORM.chat("writer", prompt.fill(problem=seed.statement), prompt.ref, sample("paraphrasing"))
    text, reply = yield from ask(chat, lambda said: read(said, seed.statement), reread, whole=True)
    return (Draft(text, reply, PROMPT, answer=seed.answer, points=seed.points),)


def read(text: str, original: str) -> str:
    """Return the reworded problem; the same words again, and a fragment of them, are unreadable (FL-03)."""
    written = statement.read(text, least=min(statement.SHORTEST, max(1, len(original) // 2)))
    if statement.fold(written) == statement.fold(original):
        raise UnfitReply("the problem has not been reworded", raw=text)
    return written
