"""Scores a problem that has no knowledge points, from 0 to 1, for being free of errors and gaps (GSDP 2.5).

The criteria are those of `judges.problem` but for coverage: an agent that writes from examples, or from nothing, names
no points, and a judge asked about none of them would answer about something else.
"""

from __future__ import annotations

from engine.core import prompts
from engine.core.protocol import Sampling, Talk, ask
from engine.generation.judges.problem import FORM, ProblemScore, read

PROMPT = "judges/problem_alone"


def score(statement: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[ProblemScore]:
    """Ask the judge in `role`; it sees the statement alone, never a solution."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(problem=statement), prompt.ref, sampling)
    (value, reason), reply = yield from ask(chat, read, reread)
    return ProblemScore(value, reason, reply)
