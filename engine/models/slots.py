"""What a llama.cpp server has: how many replies it writes at a time, and how long prompt and reply may be in each.

Its list of models tells what the model was made for; what a request really gets stands on the page /props.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from engine.models.backends.bounded import count

OWNER = "llamacpp"
"""What llama.cpp names as the owner of a listed model."""


@dataclass(frozen=True, slots=True)
class SlotRoom:
    """Slots of a server, and the context of each in tokens."""

    slots: int
    context: int


def parse(body: bytes | str) -> SlotRoom | None:
    """Return what the page /props tells; None where it is another page."""
    try:
        said = orjson.loads(body)
        slots, context = count(said["total_slots"]), count(said["default_generation_settings"]["n_ctx"])
    except (ValueError, KeyError, TypeError):
        return None
    return SlotRoom(slots, context) if slots and context else None
