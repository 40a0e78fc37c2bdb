"""What every writing agent takes and gives, so that a run can send any item to any agent by its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.core.protocol import P, Plugin, R, Reply, Sampling
from engine.core.records import Seed

Category = Literal["in-domain practice", "in-domain complexity", "robustness", "out-of-domain"]
Needs = Literal["nothing", "sources", "seed", "seed and answer", "seed and solution", "seeds", "topic", "points"]

Sample = Callable[[object], Sampling]
"""Sampling for one call of an item; calls of one item must differ in the salt they pass."""


@dataclass(frozen=True, slots=True)
class AgentInfo:
    """What the studio and the documents say of an agent (FL-01)."""

    name: str
    category: Category
    needs: Needs
    calls: str
    """Calls per item, as a short phrase."""
    paper: str
    """Where the agent was published."""


@dataclass(frozen=True, slots=True)
class Agent(Plugin[P, R]):
    """An agent that writes; `fits` says which seeds it can write from, all where it does not say."""

    card: AgentInfo
    fits: Callable[[Seed], bool] = bool


@dataclass(frozen=True, slots=True)
class WritingSource:
    """What an agent writes from; an agent reads the fields that its card names and no others."""

    seeds: tuple[Seed, ...] = ()
    points: tuple[str, ...] = ()
    topic: str = ""
    """Path of a taxonomy topic, from the root, joined by ` > `."""
    taxonomy: str = ""
    """Version of the taxonomy that the topic is from."""


@dataclass(frozen=True, slots=True)
class Note:
    """An intermediate object: what it is in one or two words, its text, and the prompt and reply it came from."""

    name: str
    text: str
    prompt: str = ""
    reply: Reply | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One written problem. `answer` and `solution` are claims of the agent, None where it makes none."""

    statement: str
    reply: Reply | None
    """The reply it was read from; None where a rule wrote it."""
    prompt: str = ""
    """The prompt of that reply; '' where a rule wrote it."""
    answer: str | None = None
    solution: str | None = None
    points: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
