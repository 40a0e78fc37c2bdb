"""Says whether two solutions of one question agree in strategy, reasoning and answer (continual learning, app. C)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask
from engine.verification.answers import compare, extract_answer

PROMPT = "judges/consistency"
FORM = forms.LabelledForm.of(forms.yes("Consistent"), forms.words("Reason", "one short sentence"))


@dataclass(frozen=True, slots=True)
class Consistency:
    """Whether the solutions agree (C), why, and the reply; None where the answers alone decided."""

    consistent: bool
    reason: str
    reply: Reply | None


def judge(question: str, first: str, second: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[Consistency]:
    """Compare two solutions; where both have answers that surely differ, no model is asked: C is 0 (CL-09)."""
    answers = extract_answer(first), extract_answer(second)
    if answers[0] and answers[1] and compare(*answers) == "different":
        return Consistency(False, f"the answers differ: {answers[0]} and {answers[1]}", None)
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(question=question, first=first, second=second), prompt.ref, sampling)
    (consistent, reason), reply = yield from ask(chat, read, reread)
    return Consistency(consistent, reason, reply)


def read(text: str) -> tuple[bool, str]:
    """Return yes or no with the reason; anything else is unreadable."""
    found = FORM.read(text)
    return found["Consistent"], found["Reason"]
