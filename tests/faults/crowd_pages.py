"""What people do at the other pages: look, filter, rename points, keep limits, start runs, export."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from studio.navigation import ROAD
from tests.faults.crowd_hand import Hand

WEIGHTS: Mapping[str, int] = MappingProxyType({"decide": 60, "look": 16, "load": 4})
"""How often each thing is done."""


class Pages:
    """The acts by name. What starts a process is done by one person at a time, as a small machine allows."""

    def __init__(self, weights: Mapping[str, int] = WEIGHTS) -> None:
        """Take how often each act is done."""
        self.weights = dict(weights)
        self._acts: dict[str, Callable[[Hand], Awaitable[None]]] = {
            "decide": Hand.decide,
            "edit": Hand.edit,
            "look": self.look,
            "load": self.load,
        }
        self._one_run = asyncio.Lock()

    async def act(self, hand: Hand, what: str) -> None:
        """Do one thing."""
        await self._acts[what](hand)

    async def look(self, hand: Hand) -> None:
        """Open a page by the menu."""
        hand.tried["page"] += 1
        await hand.read_desk()
        await hand.go(hand.chance.choice(ROAD).title)
        hand.confirmed["page"] += 1

    async def load(self, hand: Hand) -> None:
        """Open a page by its address, as after a reload."""
        hand.tried["page"] += 1
        stop = hand.chance.choice(ROAD)
        await hand.open("" if stop.name == "home" else stop.name)
        hand.confirmed["page"] += 1
