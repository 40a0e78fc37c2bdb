"""Writes a new problem from two or three knowledge points of the graph (GSDP 2.4, A.4)."""

from __future__ import annotations

from engine.core import prompts
from engine.core.protocol import Sampling, Talk, ask
from engine.core.records import Combination
from engine.generation.agents import statement
from engine.generation.agents.writing import AgentInfo, Draft

PROMPT = "agents/graph_problem"
FORM = statement.FORM
CARD = AgentInfo("Graph combinations", "in-domain practice", "points", "1", "GSDP")


def write(combination: Combination, sampling: Sampling, reread: int = 2) -> Talk[Draft]:
    """Ask for one original problem that needs all points; no seed text and no examples are shown (GSDP-20)."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(count=len(combination.points), points=prompts.listed(combination.points))
    chat = FORM.chat("writer", messages, prompt.ref, sampling)
    said, reply = yield from ask(chat, statement.read, reread, whole=True)
    return Draft(said, reply, PROMPT)
