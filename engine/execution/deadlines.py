"""Time-outs of calls at a fraction of what a timer per call costs: one timer looks at all of them."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Protocol

_TICKS = 20
"""A call may be late by this part of the shortest limit."""


class Due(Protocol):
    """Something that ends at a time, which may be put off while it lasts."""

    due: float
    """Monotonic seconds."""


class Deadlines:
    """Cancels a task whose call is overdue; one timer for all of them."""

    def __init__(self, shortest: float) -> None:
        """No call gets less than `shortest` seconds."""
        self.shortest = shortest
        self._open: dict[asyncio.Task[Any], Due] = {}
        self._late: set[asyncio.Task[Any]] = set()
        self._alarm: asyncio.TimerHandle | None = None

    def start(self, task: asyncio.Task[Any], call: Due) -> None:
        """Begin a call of `task`, which ends when it is due."""
        self._open[task] = call
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(self.shortest, self._sweep)

    def end(self, task: asyncio.Task[Any]) -> None:
        """End the call of `task`, whatever came of it."""
        self._open.pop(task, None)

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
        now, first = time.monotonic(), float("inf")
        for task, call in list(self._open.items()):
            if call.due > now:
                first = min(first, call.due)
                continue
            del self._open[task]
            self._late.add(task)
            task.cancel()
        if self._open:
            # A call that begins later is not due before the shortest limit has passed; so nobody is looked at too late.
            wait = max(self.shortest / _TICKS, min(first - now + 0.001, self.shortest))
            self._alarm = asyncio.get_running_loop().call_later(wait, self._sweep)
