"""Lets a frozen copy of the model solve a question that the model itself wrote (continual learning 2.3.2)."""

from __future__ import annotations

from engine.core import prompts
from engine.core.protocol import Sampling, Talk, ask
from engine.generation.solvers.solve import FORM, SolvedProblem, read
from engine.verification.answers import find_answer

PROMPT = "solving/self_play"


def solve(statement: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SolvedProblem]:
    """Ask the frozen copy once; it sees the question, and never the first solution (CL-08)."""
    prompt = prompts.load(PROMPT)
    text, reply = yield from ask(FORM.chat(role, prompt.fill(question=statement), prompt.ref, sampling), read, reread)
    return SolvedProblem(text, find_answer(text), reply)
