"""Time-outs of calls at a fraction of what a timer per call costs: all last equally long, so the first is due first."""

from __future__ import annotations

import asyncio
import time
from typing import Any


class Deadlines:
    """Cancels a task whose call is overdue; one timer for all of them."""

    def __init__(self, seconds: float) -> None:
        """Every call gets `seconds`."""
        self.seconds = seconds
        self._due: dict[asyncio.Task[Any], float] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._alarm: asyncio.TimerHandle | None = None

    def start(self, task: asyncio.Task[Any], now: float) -> None:
        """Begin a call of `task` at `now`, monotonic seconds."""
        self._due[task] = now + self.seconds
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(self.seconds, self._sweep)

    def end(self, task: asyncio.Task[Any]) -> None:
        """End the call of `task`, whatever came of it."""
        self._due.pop(task, None)

    def overdue(self, task: asyncio.Task[Any]) -> bool:
        """Whether `task` was cancelled because its call took too long, and only for that; asked once."""
        if task not in self._late:
            return False
        self._late.discard(task)
        return task.uncancel() <= 0

    def close(self) -> None:
        """Take the timer back."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _sweep(self) -> None:
        self._alarm = None
        now = time.monotonic()
        for task, due in list(self._due.items()):
            if due > now:
                # Timers may ring a little early; a tick more spares a second look.
                self._alarm = asyncio.get_running_loop().call_later(due - now + 0.001, self._sweep)
                return
            del self._due[task]
            self._late.add(task)
            task.cancel()
