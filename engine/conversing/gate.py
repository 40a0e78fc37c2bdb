"""How many calls an engine gets at a time: more while it copes, half as many when it says that it does not.

Additive increase, multiplicative decrease, as in TCP: a quick start until the first trouble, then one more per
round of successes; calls that were under way when the limit was cut do not cut it again.
"""

from __future__ import annotations

import asyncio
from collections import deque

_START = 32


class Gate:
    """An adaptive semaphore for one engine."""

    def __init__(self, most: int) -> None:
        """Let at most `most` calls through, a few to begin with."""
        self.most = most
        self.limit = float(min(most, _START))
        self.inside = 0
        self.round = 0
        self._starting = True
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._closed: Exception | None = None

    async def enter(self) -> int:
        """Wait for a place and return the round, which `trouble` wants back."""
        if self._closed:
            raise self._closed
        if self.inside < int(self.limit) and not self._waiting:
            self.inside += 1
            return self.round
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self.leave()
            raise
        return self.round

    def leave(self) -> None:
        """Give the place back."""
        self.inside -= 1
        self._admit()

    def success(self) -> None:
        """Open a little further; only while the limit is what holds calls back."""
        if self.limit < self.most and (self._waiting or self.inside >= self.limit - 1):
            self.limit = min(self.most, self.limit + (1.0 if self._starting else 1.0 / self.limit))
            self._admit()

    def trouble(self, entered: int) -> None:
        """Halve the limit, once per round."""
        if entered == self.round:
            self.limit = max(1.0, self.limit / 2)
            self.round += 1
            self._starting = False

    def close(self, error: Exception) -> None:
        """Turn away whoever waits and whoever comes."""
        self._closed = error
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(error)

    def _admit(self) -> None:
        while self._waiting and self.inside < int(self.limit):
            turn = self._waiting.popleft()
            if not turn.done():
                self.inside += 1
                turn.set_result(None)
