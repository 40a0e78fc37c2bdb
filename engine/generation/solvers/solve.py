"""Solves a problem step by step with the final answer in a box (GSDP A.3)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import prompts, reply_parsing
from engine.core.errors import UnreadableReply
from engine.core.protocol import Chat, Reply, Sampling, Talk, ask
from engine.verification.answers import extract_answer

PROMPT = "solving/solve"


@dataclass(frozen=True, slots=True)
class SolvedProblem:
    """A solution text, the answer in its last box (None where there is no box), and the reply."""

    text: str
    answer: str | None
    reply: Reply


def solve(statement: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SolvedProblem]:
    """Ask the solver in `role` once. A missing box is not asked again: it is kept and flagged (GSDP-23)."""
    prompt = prompts.load(PROMPT)
    text, reply = yield from ask(Chat(role, prompt.fill(problem=statement), prompt.ref, sampling), read, reread)
    return SolvedProblem(text, extract_answer(text) if "boxed" in text else None, reply)


def read(text: str) -> str:
    """Return the solution without reasoning blocks; an empty one is unreadable."""
    body = reply_parsing.clean(text)
    if not body:
        raise UnreadableReply("the solution is empty", raw=text)
    return body
