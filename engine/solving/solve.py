"""Solves a problem step by step with the final answer in a box (GSDP A.3)."""

from __future__ import annotations

from dataclasses import dataclass

from engine import parsers, prompts
from engine.answers import extract_answer
from engine.contracts import Chat, Reply, Sampling, Talk, ask
from engine.errors import UnreadableReply

PROMPT = "solving/solve"


@dataclass(frozen=True, slots=True)
class Worked:
    """A solution text, the answer in its last box (None where there is no box), and the reply."""

    text: str
    answer: str | None
    reply: Reply


def solve(statement: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[Worked]:
    """Ask the solver in `role` once. A missing box is not asked again: it is kept and flagged (GSDP-23)."""
    prompt = prompts.load(PROMPT)
    text, reply = yield from ask(Chat(role, prompt.fill(problem=statement), prompt.ref, sampling), read, reread)
    return Worked(text, extract_answer(text) if "boxed" in text else None, reply)


def read(text: str) -> str:
    """Return the solution without reasoning blocks; an empty one is unreadable."""
    body = parsers.clean(text)
    if not body:
        raise UnreadableReply("the solution is empty", raw=text)
    return body
