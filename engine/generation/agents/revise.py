"""Mends a problem by what a reviewer said about it (AgenticMath, stage 2)."""

from __future__ import annotations

from engine.core import prompts
from engine.core.protocol import Sampling, Talk, ask
from engine.generation.agents import statement
from engine.generation.agents.writing import AgentInfo, Draft, Note

PROMPT = "agents/revise"
FORM = statement.FORM
CARD = AgentInfo("Revise", "in-domain practice", "seed", "1", "AgenticMath")


def revise(problem: str, feedback: str, role: str = "reviser", *, sampling: Sampling, reread: int = 2) -> Talk[Draft]:
    """Ask for a new version; problem and feedback are shown (AM-11)."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(problem=problem, feedback=feedback), prompt.ref, sampling)
    text, reply = yield from ask(chat, statement.read, reread, whole=True)
    return Draft(text, reply, PROMPT, notes=(Note("feedback", feedback),))
