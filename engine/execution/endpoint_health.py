"""The health of one endpoint: how many calls it takes at a time, and whether it still answers at all."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from engine.core.errors import ItemFailure, Refused, Throttled, TooSlow, Unreachable
from engine.core.settings import Running
from engine.execution.concurrency_limiter import ConcurrencyLimiter
from engine.execution.endpoint_pace import EndpointPace
from engine.execution.run_control import RunControl
from engine.models.roles import Engine

HOPELESS = 50
"""An engine that has failed this many calls in a row for good pauses the run: the rest would only fail too."""
_LISTEN = 20.0
"""Seconds in which an engine that lives lists its models."""


@dataclass(slots=True)
class EndpointHealth:
    """One per engine and run."""

    engine: Engine
    limiter: ConcurrencyLimiter
    pace: EndpointPace
    known: bool = False
    """Whether the engine was asked for its places."""
    lost: int = 0
    """Calls in a row that failed for good."""
    answered: float = 0.0
    """When the call was sent that the engine answered last; monotonic seconds."""
    _listening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _alive: float = float("-inf")

    async def learn(self) -> None:
        """Ask the engine how many calls it works on at a time, before the first one."""
        async with self._listening:
            if not self.known:
                places = await self.engine.backend.places()
                self.pace.slots = places.told
                self.limiter.begin(places)
                self.known = not places.loading

    def reply(self, sent: float) -> None:
        """Note that the engine replied to a call."""
        self.lost, self.answered = 0, max(self.answered, sent)

    async def verdict(self, failure: ItemFailure, since: float) -> str:
        """Return why the run should pause, '' where it may go on, after a call failed for good.

        Whether one request cannot be answered or none can is not to be told from one failure. So where no call that
        was sent `since` its last try was answered, the engine is asked for its models, and believed when it is
        silent.
        """
        if not isinstance(failure, Unreachable | Refused | Throttled):
            return ""
        self.lost += 1
        if isinstance(failure, TooSlow) and not self.pace.heard:
            # What hangs behind a list of models would take hours to be lost fifty times.
            return f"{self.engine.name} lists its models and has given no reply at all, the last call with: {failure}"
        asked = not isinstance(failure, Throttled | TooSlow) and self.answered < since
        if asked and (silent := await self.silent(since)):
            return f"{self.engine.name} cannot be used now: {silent}"
        if self.lost >= HOPELESS:
            return f"{self.engine.name} failed {self.lost} calls in a row, the last with: {failure}"
        return ""

    async def silent(self, since: float) -> str:
        """Return why the engine does not answer, '' where it has answered anything since."""
        async with self._listening:
            if self._alive > since or self.answered > since:
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


class EndpointHealths:
    """The endpoints of a run, by engine: what one phase has learnt of them serves the next."""

    def __init__(self) -> None:
        """Know none."""
        self._known: dict[str, EndpointHealth] = {}

    def of(self, engine: Engine, running: Running, control: RunControl) -> EndpointHealth:
        """Return the one of an engine, made where there is none yet."""
        if engine.name not in self._known:
            limiter = control.watch(ConcurrencyLimiter(running.concurrency, running.lookahead))
            self._known[engine.name] = EndpointHealth(engine, limiter, EndpointPace(running))
        return self._known[engine.name]
