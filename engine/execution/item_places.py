"""How many items are open at a time: one that only waits for its next try lends its place to another."""

from __future__ import annotations

import asyncio

from engine.execution.run_control import RunControl

LENT = 2
"""Items that may be open for each place, those included that wait."""


class ItemPlaces:
    """Places for items, shared by the workers of a phase.

    An endpoint that fails half of its calls would otherwise have few under way, while the items that wait hold the
    places. A worker that gives its place and takes the next one wakes nobody, so only a pause needs to be told.
    """

    def __init__(self, slots: int, control: RunControl) -> None:
        """Let `slots` items be at work, and as many more wait."""
        self.slots, self._control, self._taken, self._over = slots, control, 0, False
        self._waiting: list[asyncio.Future[None]] = []
        control.on_nap = self._lend

    async def take(self) -> None:
        """Wait for a place."""
        while not self._room() and not self._over:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        self._taken += 1

    def give(self) -> None:
        """Give the place back."""
        self._taken -= 1

    def close(self) -> None:
        """Let everybody go: no item is left, or none may begin."""
        self._over = True
        while self._waiting:
            self._lend()

    def _room(self) -> bool:
        return self._taken - min(self._control.napping, self.slots * (LENT - 1)) < self.slots

    def _lend(self) -> None:
        if self._waiting and not (turn := self._waiting.pop()).done():
            turn.set_result(None)
