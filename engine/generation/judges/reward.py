"""Scores a solution from 0 to 1, so that the best of several can be chosen (FL-22).

The method used a reward model of its own kind; here any model in the role `reward` may score.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/reward"
FORM = forms.LabelledForm.of(forms.unit("Reward"), forms.words("Reason", "one short sentence"))


@dataclass(frozen=True, slots=True)
class Reward:
    """How good a solution is, from 0 to 1, why, and the reply."""

    score: float
    reason: str
    reply: Reply


def score(statement: str, solution: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[Reward]:
    """Ask the model in `role`; it sees one solution and no other."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(problem=statement, solution=solution), prompt.ref, sampling)
    (value, reason), reply = yield from ask(chat, read, reread)
    return Reward(value, reason, reply)


def read(text: str) -> tuple[float, str]:
    """Return score and reason; a score outside 0 to 1 is unreadable, not clipped."""
    found = FORM.read(text)
    return found["Reward"], found["Reason"]
