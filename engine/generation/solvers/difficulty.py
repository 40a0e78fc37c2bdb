"""Rates the difficulty of a problem from 0 to 1, so that it goes to the right solver (GSDP 2.4; scale of CL-02)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask
from engine.core.settings import Routing

PROMPT = "solving/difficulty"
FORM = forms.LabelledForm.of(forms.unit("Difficulty"), forms.words("Reason", "one short sentence"))
Level = Literal["low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Rating:
    """A difficulty from 0 to 1, why, and the reply that said so."""

    value: float
    reason: str
    reply: Reply


def rate(statement: str, sampling: Sampling, reread: int = 2) -> Talk[Rating]:
    """Ask the rating model."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat("rater", prompt.fill(problem=statement), prompt.ref, sampling)
    (value, reason), reply = yield from ask(chat, read, reread)
    return Rating(value, reason, reply)


def read(text: str) -> tuple[float, str]:
    """Return difficulty and reason; a number outside 0 to 1 is unreadable."""
    found = FORM.read(text)
    return found["Difficulty"], found["Reason"]


def level(value: float, routing: Routing) -> Level:
    """Return the level of a difficulty by the limits of `routing`."""
    if value < routing.low_until:
        return "low"
    return "high" if value >= routing.high_from else "medium"


def solver_role(value: float | None, routing: Routing) -> str:
    """Return the role that solves: the small solver up to medium, the strong one for high or unrated (GSDP-22)."""
    return "solver_high" if value is None or level(value, routing) == "high" else "solver_low"
