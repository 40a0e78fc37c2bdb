"""Writes a new problem in the style of a few seeds, close to them or only inspired by them (OpenMathInstruct-2)."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core import prompts
from engine.core.errors import UnfitReply
from engine.core.protocol import Talk, ask
from engine.core.settings import Flames
from engine.generation.agents import statement
from engine.generation.agents.writing import AgentInfo, Draft, Sample, WritingSource

PROMPTS: tuple[str, ...] = ("agents/few_shot_similar", "agents/few_shot_inspired")
FORM = statement.FORM
CARD = AgentInfo("Few-Shot", "in-domain practice", "seeds", "1", "OpenMathInstruct-2 (arXiv 2410.01560)")


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Show up to `chosen.examples` seeds and ask for one more of their kind (FL-02)."""
    examples = [seed.statement for seed in source.seeds[: chosen.examples]]
    prompt_id = PROMPTS[_inspired(source, chosen)]
    prompt = prompts.load(prompt_id)
    shown = "\n\n".join(f"Example {number}:\n{text.strip()}" for number, text in enumerate(examples, 1))
    chat = FORM.chat("writer", prompt.fill(examples=shown), prompt.ref, sample("few-shot"))
    text, reply = yield from ask(chat, lambda said: read(said, examples), reread, whole=True)
    return (Draft(text, reply, prompt_id),)


def read(text: str, examples: Iterable[str]) -> str:
    """Return the problem without lead-in phrases; one of the examples handed back is no new problem (FL-02)."""
    written = statement.read(text)
    if statement.fold(written) in {statement.fold(example) for example in examples}:
        raise UnfitReply("the problem is a copy of an example", raw=text)
    return written


def _inspired(source: WritingSource, chosen: Flames) -> bool:
    """Say whether more than a likeness is wanted; by source it is for all but GSM8K, as it was there for MATH."""
    if chosen.example_style != "by source":
        return chosen.example_style == "inspired"
    return not any("gsm8k" in seed.source.casefold() for seed in source.seeds[: chosen.examples])
