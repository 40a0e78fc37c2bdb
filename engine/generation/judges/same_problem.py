"""Says whether a text is a test problem told in other words (RR-19, after the decontamination of NeMo-Skills)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import prompts, reply_parsing
from engine.core.protocol import Chat, Reply, Sampling, Talk, ask

PROMPT = "judges/same_problem"
ROLE = "same_problem"


@dataclass(frozen=True, slots=True)
class SameProblem:
    """Whether both texts are one problem, why, and the reply."""

    same: bool
    reason: str
    reply: Reply


def judge(statement: str, test_problem: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SameProblem]:
    """Compare a statement with a test problem."""
    prompt = prompts.load(PROMPT)
    chat = Chat(role, prompt.fill(first=statement, second=test_problem), prompt.ref, sampling)
    (same, reason), reply = yield from ask(chat, read, reread)
    return SameProblem(same, reason, reply)


def read(text: str) -> tuple[bool, str]:
    """Return yes or no with the reason; anything else is unreadable."""
    found = reply_parsing.fields(text, "Same", "Reason")
    return reply_parsing.yes_no(found["Same"]), found["Reason"]
