"""Says whether a text is a test problem told in other words (RR-19, after the decontamination of NeMo-Skills)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/same_problem"
ROLE = "same_problem"
FORM = forms.LabelledForm.of(forms.yes("Same"), forms.words("Reason", "one short sentence"))


@dataclass(frozen=True, slots=True)
class SameProblem:
    """Whether both texts are one problem, why, and the reply."""

    same: bool
    reason: str
    reply: Reply


def judge(statement: str, test_problem: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SameProblem]:
    """Compare a statement with a test problem."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(first=statement, second=test_problem), prompt.ref, sampling)
    (same, reason), reply = yield from ask(chat, read, reread)
    return SameProblem(same, reason, reply)


def read(text: str) -> tuple[bool, str]:
    """Return yes or no with the reason; anything else is unreadable."""
    found = FORM.read(text)
    return found["Same"], found["Reason"]
