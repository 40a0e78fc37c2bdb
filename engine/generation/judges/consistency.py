"""Says whether two solutions of one question agree in strategy, reasoning and answer (continual learning, app. C)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import prompts, reply_parsing
from engine.core.protocol import Chat, Reply, Sampling, Talk, ask
from engine.verification.answers import compare, extract_answer

PROMPT = "judges/consistency"


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
    chat = Chat(role, prompt.fill(question=question, first=first, second=second), prompt.ref, sampling)
    (consistent, reason), reply = yield from ask(chat, read, reread)
    return Consistency(consistent, reason, reply)


def read(text: str) -> tuple[bool, str]:
    """Return yes or no with the reason; anything else is unreadable."""
    found = reply_parsing.fields(text, "Consistent", "Reason")
    return reply_parsing.yes_no(found["Consistent"]), found["Reason"]
