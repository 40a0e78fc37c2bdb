"""Rates a seed in three respects, so that poor ones are filtered out (AgenticMath, stage 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask
from engine.generation.judges import marks

PROMPT, PROMPT_TEN = "judges/seed_rating", "judges/seed_rating_ten"
NAMES = ("Complexity", "Information", "Clarity")
FORMS = marks.form(NAMES, forms.words("Reason", "one or two short sentences"), whole=True)


@dataclass(frozen=True, slots=True)
class SeedRating:
    """Three whole numbers from 0 to 5, the reason, and the reply (AM-02)."""

    complexity: int
    """Steps and layers of concepts."""
    information: int
    """What there is to learn from it."""
    clarity: int
    """Free of ambiguity and error."""
    reason: str
    reply: Reply

    def aggregate(self, how: str = "mean", weights: Mapping[int, float] | None = None) -> float:
        """Return the three as one mark (AM-03)."""
        return marks.aggregate((self.complexity, self.information, self.clarity), how, weights)


def rate(
    statement: str, role: str = "evaluator", *, sampling: Sampling, reread: int = 2, scale: marks.Scale = "0 to 5"
) -> Talk[SeedRating]:
    """Ask the evaluator; it sees the statement, and neither solution nor answer (AM-01)."""
    prompt = prompts.load(prompt_of(scale))
    chat = FORMS[scale].chat(role, prompt.fill(problem=statement), prompt.ref, sampling)
    (said, reason), reply = yield from ask(chat, partial(read, scale=scale), reread)
    return SeedRating(int(said["Complexity"]), int(said["Information"]), int(said["Clarity"]), reason, reply)


def prompt_of(scale: marks.Scale) -> str:
    """Return the id of the prompt that asks for marks on `scale`."""
    return PROMPT_TEN if scale == "1 to 10" else PROMPT


def read(text: str, scale: marks.Scale = "0 to 5") -> tuple[dict[str, float], str]:
    """Return the three marks and the reason; anything but whole numbers on the scale is unreadable."""
    return marks.read(text, FORMS[scale])
