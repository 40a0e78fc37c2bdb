"""Marks a sample in eight dimensions from 1 to 10, each with a reason (continual learning 3.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.core import prompts, reply_parsing
from engine.core.errors import UnreadableReply
from engine.core.protocol import Chat, Reply, Sampling, Talk, ask

PROMPT = "judges/dimensions"
DIMENSIONS: dict[str, str] = {
    "LF": "Language fluency",
    "LC": "Logical coherence",
    "CC": "Conceptual correctness",
    "KR": "Knowledge relevance",
    "DA": "Difficulty appropriateness",
    "TA": "Type adherence",
    "AC": "Answer correctness",
    "AA": "Answer adequacy",
}
"""The eight dimensions by their short names."""
_MARK = re.compile(r"^\s*[*_`]*\s*(\d+(?:\.\d+)?)\s*(?:/\s*10)?[*_`]*\s*[-–—:：,，.;|]*\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """One dimension: its short name, the mark from 1 to 10, and the reason."""

    key: str
    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The eight marks in their order, and the reply (CL-28)."""

    marks: tuple[Mark, ...]
    reply: Reply

    @property
    def mean(self) -> float:
        """The mean of the eight."""
        return sum(mark.value for mark in self.marks) / len(self.marks)


def judge(request: str, question: str, solution: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[Measured]:
    """Ask the judge in `role` for all eight marks at once."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(request=request, question=question, solution=solution)
    marks, reply = yield from ask(Chat(role, messages, prompt.ref, sampling), read, reread)
    return Measured(marks, reply)


def read(text: str) -> tuple[Mark, ...]:
    """Return the eight marks; one that is missing or off the scale makes the reply unreadable."""
    found = reply_parsing.fields(text, *DIMENSIONS)
    return tuple(_mark(key, found[key], text) for key in DIMENSIONS)


def _mark(key: str, said: str, text: str) -> Mark:
    hit = _MARK.match(said)
    if not hit or not 1 <= float(hit[1]) <= 10:
        raise UnreadableReply(f"{key} is no number from 1 to 10: {said[:40]!r}", raw=text)
    return Mark(key, float(hit[1]), hit[2].strip())
