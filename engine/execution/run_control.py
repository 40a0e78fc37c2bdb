"""Whether the run goes on. One place knows; whoever waits for anything waits here and is woken when it stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from engine.core.errors import RunStopped
from engine.execution.concurrency_limiter import ConcurrencyLimiter

_LEAVE_TIME = {"cancelled": 5.0, "failed": 1.0}
"""Seconds that calls in flight get to come home; paused runs wait until they are back or have timed out."""


class RunControl:
    """The run's way ahead, shared by its phases."""

    def __init__(self) -> None:
        """Start under way."""
        self.stopped: RunStopped | None = None
        self.ended = asyncio.Event()
        self._gates: list[ConcurrencyLimiter] = []
        self._naps: set[asyncio.Future[None]] = set()
        self.on_nap: Callable[[], None] = lambda: None
        """Called when somebody begins to sleep."""

    @property
    def napping(self) -> int:
        """How many sleep."""
        return len(self._naps)

    def stop(self, reason: str, message: str) -> None:
        """End the run between calls: paused, cancelled or failed. A pause may turn into a cancel, never back."""
        if self.stopped and not (self.stopped.reason == "paused" and reason in ("cancelled", "failed")):
            return
        self.stopped = RunStopped(reason, message)
        self.ended.set()
        for limiter in self._gates:
            limiter.close(self.stopped)
        for nap in list(self._naps):
            if not nap.done():
                nap.set_exception(self.stopped)

    def check(self) -> None:
        """Raise RunStopped where the run has been stopped."""
        if self.stopped:
            raise self.stopped

    def watch(self, limiter: ConcurrencyLimiter) -> ConcurrencyLimiter:
        """Close `limiter` when the run stops."""
        self._gates.append(limiter)
        if self.stopped:
            limiter.close(self.stopped)
        return limiter

    async def nap(self, seconds: float) -> None:
        """Sleep, unless the run stops."""
        self.check()
        loop = asyncio.get_running_loop()
        nap: asyncio.Future[None] = loop.create_future()
        alarm = loop.call_later(seconds, _wake, nap)
        self._naps.add(nap)
        self.on_nap()
        try:
            await nap
        finally:
            alarm.cancel()
            self._naps.discard(nap)

    def leave_time(self, timeout: float) -> float:
        """Return how many seconds calls in flight may still take."""
        return _LEAVE_TIME.get(self.stopped.reason if self.stopped else "", timeout)


def _wake(nap: asyncio.Future[None]) -> None:
    if not nap.done():
        nap.set_result(None)
