"""Reviews a problem in three respects and says what to mend (AgenticMath, stage 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask
from engine.generation.judges import marks

PROMPT = "judges/review"
NAMES = ("Clarity", "Coherence", "Validity")
FORM = marks.form(NAMES, forms.words("Feedback", "what to change", forms.LONG))["0 to 5"]


@dataclass(frozen=True, slots=True)
class Review:
    """Three marks from 0 to 5, what to mend, and the reply (AM-09)."""

    clarity: float
    """Clarity and grammar."""
    coherence: float
    """Logical coherence and completeness."""
    validity: float
    """Mathematical validity and solvability."""
    feedback: str
    reply: Reply

    def aggregate(self, how: str = "mean", weights: Mapping[int, float] | None = None) -> float:
        """Return the three as one mark."""
        return marks.aggregate((self.clarity, self.coherence, self.validity), how, weights)


def review(statement: str, role: str = "reviewer", *, sampling: Sampling, reread: int = 2) -> Talk[Review]:
    """Ask the reviewer; it sees the problem alone."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(problem=statement), prompt.ref, sampling)
    (said, feedback), reply = yield from ask(chat, read, reread)
    return Review(said["Clarity"], said["Coherence"], said["Validity"], feedback, reply)


def read(text: str) -> tuple[dict[str, float], str]:
    """Return the three marks and the feedback."""
    return marks.read(text, FORM)


def passes(score: float, limit: float = 4.5) -> bool:
    """Say whether a review score lets the problem pass; the limit itself does (AM-10)."""
    return score >= limit - 1e-9
