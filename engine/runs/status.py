"""How a run is going, and what somebody outside asks of it: `status.json` and the control word."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import orjson
from pydantic import Field

from engine.core.errors import BadInput
from engine.core.files import open_plain, write_atomically
from engine.core.settings import Settings

State = Literal["waiting", "running", "pausing", "paused", "stopping", "finished", "cancelled", "failed", "lost"]
ControlWord = Literal["run", "pause", "cancel"]
Span = tuple[float, float]
"""From when to when, in Unix time."""
_LONGEST_WORD = 64
BUDGET = "budget"
"""First word of the reason of a run that was paused because its budget is spent."""


class PhaseCount(Settings):
    """Progress of one phase."""

    name: str
    done: int = 0
    failed: int = 0
    total: int = 0
    seconds: float = 0.0


class Status(Settings):
    """How a run is going."""

    state: State = "waiting"
    reason: str = ""
    pid: int = 0
    process_started: float = 0.0
    """Start time of the process, so that a reused pid is not mistaken for ours."""
    started: float = 0.0
    heartbeat: float = 0.0
    ended: float = 0.0
    done: int = 0
    failed: int = 0
    total: int = 0
    phases: tuple[PhaseCount, ...] = ()
    calls: int = 0
    """Paid calls."""
    cached: int = 0
    """Replies taken from the journal instead of being asked again."""
    retries: int = 0
    unreadable: int = 0
    schemas: int = 0
    """Paid calls that were sent with a schema, to which the endpoint held the reply."""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    """USD of replies and of rented hardware together."""
    held_s: float = 0.0
    """Seconds that the run held its engines, over all its starts, while they loaded too."""
    rented: float = 0.0
    """USD of that time, by the prices per hour; part of `cost`. Of a server that others held as well, its share."""
    spans: tuple[Span, ...] = ()
    """When it held its engines, one span a start; the last reaches to the last report."""
    shares: dict[str, float] = Field(default_factory=dict)
    """Seconds by engine, those that several runs held it at once parted among them."""
    in_flight: int = 0
    concurrency: int = 0
    """The present limit of the adaptive controller."""
    funnel: dict[str, int] = Field(default_factory=dict)
    """How many items reached each stage, by the stage's name."""
    errors: dict[str, int] = Field(default_factory=dict)
    """Failures and retries by reason: a class, or what kept an answer away."""
    answered: dict[str, int] = Field(default_factory=dict)
    """Questions that a reply came to, by role; it may still have been unreadable."""
    unanswered: dict[str, dict[str, int]] = Field(default_factory=dict)
    """Questions that none came to, by role and by what the engine said."""
    latency: float = 0.0
    """Seconds that a paid reply takes, a running mean."""
    speeds: dict[str, float] = Field(default_factory=dict)
    """Tokens a second of each engine lately, replies that still come included."""
    left_s: float = 0.0
    """Seconds that the rest of the present phase will take at that speed; 0 before its first item has ended."""
    learnt: dict[str, str] = Field(default_factory=dict)
    """What endpoints were found not to take of ordinary requests, in words by ENGINE:MODEL."""
    damage: str = ""
    """What was found damaged in the journal, set aside and made again, the last time that anything was."""
    budget_from: dict[str, float] = Field(default_factory=dict)
    """Calls, tokens and USD that were spent when the present budget was granted."""


def save_status(directory: Path, status: Status) -> None:
    """Write status.json."""
    write_atomically(directory / "status.json", orjson.dumps(status.model_dump(mode="json")))


def save_last_status(directory: Path, status: Status) -> None:
    """Write status.json, over the old one where the disk is full: there is room for that, and none for a new file."""
    try:
        save_status(directory, status)
    except OSError:
        descriptor = os.open(directory / "status.json", os.O_WRONLY)
        try:
            body = orjson.dumps(status.model_dump(mode="json"))
            os.ftruncate(descriptor, os.pwrite(descriptor, body, 0))
        finally:
            os.close(descriptor)


def load_status(directory: Path) -> Status:
    """Read status.json; a run that has not started yet is waiting."""
    try:
        with open_plain(directory / "status.json") as file:
            return Status.model_validate_json(file.read())
    except (FileNotFoundError, ValueError, BadInput):
        return Status()


def control_word(directory: Path) -> ControlWord:
    """Return what somebody outside asked for; run where nobody asked."""
    try:
        with open_plain(directory / "control") as file:
            word = file.read(_LONGEST_WORD).decode("ascii").strip()
    except (FileNotFoundError, ValueError, BadInput):
        return "run"
    return word if word in ("pause", "cancel") else "run"  # type: ignore[return-value]


def set_control(directory: Path, word: ControlWord) -> None:
    """Ask the run to go on, pause or stop."""
    write_atomically(directory / "control", word.encode())
