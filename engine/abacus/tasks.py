"""What a responder is given and what it gives back: the brief read out of a rendered chat, and the answer.

Abacus reads what a model would read: the messages, and nothing else of the chat. The first line of a user message
says the task ("Task: ..."), the inputs stand in blocks such as <problem> ... </problem>.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.abacus.personas import Persona
from engine.core.protocol import Message

Value = str | float | bool | tuple[str, ...]

_TASK = re.compile(r"\ATask:[ \t]*([^\n]{1,200})")
_OPEN = re.compile(r"^<([a-z_]{1,20})>[ \t]*\n", re.MULTILINE)
_LONGEST_BLOCK = 8_000
"""Characters of a block that are read; the rest is beyond what Abacus can take in."""
_ENTRY = re.compile(r"^\s*(?:[-*•]|\(?\d{1,3}[.):、])?\s*(.+?)\s*$")


@dataclass(frozen=True, slots=True)
class Brief:
    """One task as a persona sees it. `rng` is seeded from the messages, the sampling seed and the persona."""

    task: str
    """The task line in lower case without its full stop; empty where there is none."""
    text: str
    """The whole user message."""
    blocks: Mapping[str, str]
    persona: Persona
    rng: random.Random

    def block(self, name: str) -> str:
        """Return the text of a block, empty where the message has none, cut where it is too long to take in."""
        return self.blocks.get(name, "")[:_LONGEST_BLOCK]

    def entries(self, name: str) -> tuple[str, ...]:
        """Return the lines of a list block without their bullets or numbers."""
        lines = (_ENTRY.match(line) for line in self.block(name).splitlines())
        return tuple(hit[1] for hit in lines if hit)

    def slips(self, rate: float) -> bool:
        """Say whether this reply is one of the share `rate` that goes wrong."""
        return self.rng.random() < rate


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """A reply before it is put into words: prose, or named fields, or a list, and the truth behind it.

    `fields` and `entries` also fill a schema where the chat asks for one; `truth` is JSON text for Completion.aside.
    """

    text: str
    fields: tuple[tuple[str, Value], ...] = ()
    entries: tuple[str, ...] = ()
    truth: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    """The answer as an object where fields and entries cannot say it."""

    @staticmethod
    def of(*fields: tuple[str, Value], truth: str = "") -> TaskAnswer:
        """Build an answer of `Name: value` lines."""
        return TaskAnswer("\n".join(f"{name}: {_spoken(value)}" for name, value in fields), fields, truth=truth)

    @staticmethod
    def listed(entries: Sequence[str], truth: str = "") -> TaskAnswer:
        """Build an answer that is a numbered list."""
        text = "\n".join(f"{number}. {entry}" for number, entry in enumerate(entries, 1))
        return TaskAnswer(text, entries=tuple(entries), truth=truth)


@dataclass(frozen=True, slots=True)
class Responder:
    """What answers to one task line."""

    task: str
    respond: Callable[[Brief], TaskAnswer]


def read(messages: Sequence[Message], seed: int, persona: Persona) -> Brief:
    """Return the brief of the last user message that names a task; without one, of the last user message."""
    users = [message.content for message in messages if message.role == "user"]
    named = [text for text in users if _TASK.match(text.lstrip())]
    text = (named or users or [""])[-1].lstrip()
    hit = _TASK.match(text)
    task = hit[1].strip().rstrip(".").lower() if hit else ""
    return Brief(task, text, blocks_of(text), persona, rng_of(messages, seed, persona.name))


def blocks_of(text: str) -> dict[str, str]:
    """Return the <name> ... </name> blocks whose tags stand on lines of their own.

    The first closing tag ends a block, the first block of a name counts; one that is never closed runs to the end.
    """
    found: dict[str, str] = {}
    at = 0
    while opening := _OPEN.search(text, at):
        name = opening[1]
        end = text.find(f"\n</{name}>", opening.end() - 1)
        stop = len(text) if end < 0 else end
        found.setdefault(name, text[opening.end() : max(stop, opening.end())].strip())
        at = stop + 1 if end >= 0 else len(text)
    return found


def rng_of(messages: Sequence[Message], seed: int, name: str) -> random.Random:
    """Return a generator that depends on the words said, the sampling seed and the persona, and on nothing else."""
    packed = json.dumps([name, seed, [[m.role, m.content] for m in messages]])
    return random.Random(hashlib.blake2b(packed.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def _spoken(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, tuple):
        return "; ".join(value)
    return str(value)
