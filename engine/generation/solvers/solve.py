"""Solves a problem step by step with the final answer in a box (GSDP A.3)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts, reply_parsing
from engine.core.errors import UnreadableReply
from engine.core.protocol import Reply, Sampling, Talk, ask
from engine.verification.answers import FoundAnswer, find_answer

PROMPT = "solving/solve"
FORM = forms.free(
    "Reasoning step by step is free text: held to a schema models reason worse, and a solution has no form but its box."
)


@dataclass(frozen=True, slots=True)
class SolvedProblem:
    """A solution text, what was found of its answer, and the reply."""

    text: str
    found: FoundAnswer
    reply: Reply

    @property
    def answer(self) -> str | None:
        """The answer in its last box, None where there is no box (GSDP-23)."""
        return self.found.at_least("box")


def solve(statement: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SolvedProblem]:
    """Ask the solver in `role` once. A missing box is not asked again: it is kept and flagged (GSDP-23)."""
    prompt = prompts.load(PROMPT)
    text, reply = yield from ask(FORM.chat(role, prompt.fill(problem=statement), prompt.ref, sampling), read, reread)
    return SolvedProblem(text, find_answer(text), reply)


def read(text: str) -> str:
    """Return the solution without reasoning blocks; an empty one is unreadable."""
    body = reply_parsing.clean(text)
    if not body:
        raise UnreadableReply("the solution is empty", raw=text)
    return body
