"""Writes a new problem from two or three knowledge points of the graph (GSDP 2.4, A.4)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import prompts, reply_parsing
from engine.core.errors import UnreadableReply
from engine.core.protocol import Chat, Reply, Sampling, Talk, ask
from engine.core.records import Combination
from engine.generation.agents.writing import AgentInfo

PROMPT = "agents/graph_problem"
CARD = AgentInfo("Graph combinations", "in-domain practice", "points", "1", "GSDP")
SHORTEST = 20
"""Characters below which a statement cannot be a whole problem."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement and the reply that it was read from."""

    statement: str
    reply: Reply


def write(combination: Combination, sampling: Sampling, reread: int = 2) -> Talk[Draft]:
    """Ask for one original problem that needs all points; no seed text and no examples are shown (GSDP-20)."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(count=len(combination.points), points=prompts.listed(combination.points))
    statement, reply = yield from ask(Chat("writer", messages, prompt.ref, sampling), read, reread)
    return Draft(statement, reply)


def read(text: str) -> str:
    """Return the statement behind the marker; an empty or clipped one is unreadable (GSDP-21)."""
    statement = reply_parsing.after(text, "Problem")
    if len(statement) < SHORTEST and not _cjk(statement):
        raise UnreadableReply(f"the problem has only {len(statement)} characters", raw=text)
    return statement


def _cjk(text: str) -> bool:
    """Chinese says in eight characters what English says in twenty."""
    return sum("\u4e00" <= letter <= "\u9fff" for letter in text) >= 8
