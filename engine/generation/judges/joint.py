"""Evaluates a problem together with a solution in three respects (AgenticMath, stage 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask
from engine.generation.judges import marks

PROMPT, PROMPT_TEN = "judges/joint", "judges/joint_ten"
NAMES = ("Clarity", "Correctness", "Completeness")
FORMS = marks.form(NAMES, forms.words("Reason", "one or two short sentences"))


@dataclass(frozen=True, slots=True)
class Joint:
    """Three marks from 0 to 5, the reason, and the reply (AM-17)."""

    clarity: float
    """Of the problem."""
    correctness: float
    """Of the solution."""
    completeness: float
    """Of the reasoning."""
    reason: str
    reply: Reply

    def aggregate(self, how: str = "mean", weights: Mapping[int, float] | None = None) -> float:
        """Return the three as one mark."""
        return marks.aggregate((self.clarity, self.correctness, self.completeness), how, weights)


def evaluate(
    statement: str,
    solution: str,
    role: str = "evaluator",
    *,
    sampling: Sampling,
    reread: int = 2,
    scale: marks.Scale = "0 to 5",
) -> Talk[Joint]:
    """Ask the evaluator about one pair."""
    prompt = prompts.load(prompt_of(scale))
    chat = FORMS[scale].chat(role, prompt.fill(problem=statement, solution=solution), prompt.ref, sampling)
    (said, reason), reply = yield from ask(chat, partial(read, scale=scale), reread)
    return Joint(said["Clarity"], said["Correctness"], said["Completeness"], reason, reply)


def prompt_of(scale: marks.Scale) -> str:
    """Return the id of the prompt that asks for marks on `scale`."""
    return PROMPT_TEN if scale == "1 to 10" else PROMPT


def read(text: str, scale: marks.Scale = "0 to 5") -> tuple[dict[str, float], str]:
    """Return the three marks and the reason."""
    return marks.read(text, FORMS[scale])
