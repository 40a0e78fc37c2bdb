"""The way to one engine: its gate, and whether it still answers at all."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from engine.conversing.gate import Gate
from engine.conversing.roles import Engine
from engine.errors import ItemFailure, Refused, Unreachable

HOPELESS = 50
"""An engine that has failed this many calls in a row for good pauses the run: the rest would only fail too."""
_LISTEN = 20.0
"""Seconds in which an engine that lives lists its models."""
_BELIEVED = 5.0
"""Seconds for which an engine that answered is not asked again whether it lives."""


@dataclass(slots=True)
class Line:
    """One per engine and run."""

    engine: Engine
    gate: Gate
    lost: int = 0
    """Calls in a row that failed for good."""
    answered: float = 0.0
    """When the engine last gave a reply; monotonic seconds."""
    _listening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _alive: float = float("-inf")

    def reply(self, now: float) -> None:
        """Note that the engine replied."""
        self.lost, self.answered = 0, now

    async def verdict(self, failure: ItemFailure, since: float) -> str:
        """Return why the run should pause, '' where it may go on, after a call begun at `since` failed for good.

        Whether one request cannot be answered or none can is not to be told from one failure. So where nothing was
        answered while this call was tried, the engine is asked for its models, and believed when it is silent.
        """
        if not isinstance(failure, Unreachable | Refused):
            return ""
        self.lost += 1
        if self.answered < since and (silent := await self._silent()):
            return f"{self.engine.name} cannot be used now: {silent}"
        if self.lost >= HOPELESS:
            return f"{self.engine.name} failed {self.lost} calls in a row, the last with: {failure}"
        return ""

    async def _silent(self) -> str:
        """Return why the engine does not answer, '' where it does; asked once, everybody waits for the one answer."""
        async with self._listening:
            if time.monotonic() - self._alive < _BELIEVED:
                return ""
            try:
                async with asyncio.timeout(_LISTEN):
                    probe = await self.engine.backend.probe("")
            except TimeoutError:
                return f"it does not even list its models within {_LISTEN:g} s"
            if not probe.ok:
                return probe.detail
            self._alive = time.monotonic()
            return ""
