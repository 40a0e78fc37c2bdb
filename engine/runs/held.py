"""What a run holds while it goes on, for how long, and what that costs by the hour (GSDP app. B, CL app. L).

The one account of rented time: the run's page, the forecast, rounds and the report all read it here. An hour of a
server that several runs ask is parted equally among them, moment by moment, so that together they pay it once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.runs.plan import Plan, TrainPlan
from engine.runs.sharing import engines, shared
from engine.runs.status import Span, Status

__all__ = ["HeldHardware", "HourMeter", "dollars", "engines", "gpu_seconds", "held", "prices", "seconds", "share"]
OWN = ""
"""The machine of a training, among the names of engines."""
Beside = Callable[[float], Mapping[str, Sequence[Span]]]
"""Tells when other runs held each engine's server, from a time on; see `sharing.RunsBeside.since`."""
_LOOK_S = 1.0
"""Seconds for which it is taken as known what other runs hold."""


@dataclass(frozen=True, slots=True)
class HeldHardware:
    """GPUs that a run keeps busy, and the dollars of an hour of all its hardware; 0 where nothing is known of it."""

    gpus: int = 0
    usd_per_hour: float = 0.0


def held(plan: Plan) -> HeldHardware:
    """Return what a run holds: the engines that its roles name, or the machine of its training.

    A run that leaves the work to other runs holds nothing itself, and a map asks no engine.
    """
    if isinstance(plan, TrainPlan):
        return HeldHardware(plan.training.processes, plan.training.usd_per_hour)
    asked = engines(plan).values()
    return HeldHardware(sum(engine.gpus for engine in asked), sum(engine.usd_per_hour for engine in asked))


def prices(plan: Plan) -> dict[str, float]:
    """Return the dollars of an hour of all that a run holds, by engine."""
    if isinstance(plan, TrainPlan):
        return {OWN: plan.training.usd_per_hour}
    return {name: spec.usd_per_hour for name, spec in engines(plan).items()}


def seconds(status: Status) -> float:
    """Return how long a run held its hardware, over all its starts.

    A status of an earlier version does not say it: then the phases of the last start, or the time from start to end.
    """
    phases = sum(phase.seconds for phase in status.phases)
    return status.held_s or phases or max(0.0, (status.ended or status.heartbeat) - status.started)


def share(status: Status, engine: str) -> float:
    """Return the seconds of an engine that a run is charged; all that it held it, by a status of an earlier version."""
    return status.shares.get(engine, seconds(status))


def gpu_seconds(plan: Plan, status: Status) -> float:
    """Return the GPU-seconds that a run is charged."""
    if isinstance(plan, TrainPlan):
        return plan.training.processes * seconds(status)
    return sum(spec.gpus * share(status, name) for name, spec in engines(plan).items())


def dollars(status: Status, by_token: float) -> float:
    """Return what the hardware of a run has cost; `by_token` is what its replies cost.

    A status of an earlier version has the sum of both alone.
    """
    return status.rented if status.held_s else max(0.0, status.cost - by_token)


class HourMeter:
    """The clock of one start of a run; it goes on from what earlier starts held."""

    def __init__(self, before: Status | None = None) -> None:
        """Stand still until it is started."""
        self._before = before or Status()
        self._prices: Mapping[str, float] = {}
        self._beside: Beside = _nobody
        self._began: tuple[float, float] | None = None
        self._others: Mapping[str, Sequence[Span]] = {}
        self._looked = -_LOOK_S

    def start(self, usd_per_hour: Mapping[str, float], beside: Beside | None = None) -> None:
        """Count from now on, by the price of each engine; `beside` tells of other runs, of none without it."""
        self._prices, self._beside = usd_per_hour, beside or _nobody
        self._began = time.time(), time.monotonic()

    def look(self) -> None:
        """Look at once at what other runs hold, before a last word is said."""
        self._looked = -_LOOK_S

    @property
    def seconds(self) -> float:
        """Seconds held, over all starts."""
        return self._before.held_s + (self._span[1] - self._span[0])

    @property
    def dollars(self) -> float:
        """What they cost; of a server that other runs held as well, this run's share."""
        return self._paid(self._here(self._span))

    def told(self) -> dict[str, Any]:
        """Return the fields of a status that tell of rented time, all as of one moment."""
        span, before = self._span, self._before
        here = self._here(span)
        return {
            "held_s": before.held_s + (span[1] - span[0]),
            "rented": self._paid(here),
            "spans": (*before.spans, span) if self._began else before.spans,
            "shares": before.shares | {name: before.shares.get(name, before.held_s) + s for name, s in here.items()},
        }

    def _paid(self, here: Mapping[str, float]) -> float:
        return self._before.rented + sum(self._prices[name] / 3600 * seconds for name, seconds in here.items())

    @property
    def _span(self) -> Span:
        """This start from its beginning till now, by a clock that nobody sets back."""
        if self._began is None:
            return 0.0, 0.0
        began, ticks = self._began
        return began, began + time.monotonic() - ticks

    def _here(self, span: Span) -> dict[str, float]:
        """Return the seconds of each engine that this start is charged."""
        if self._began and time.monotonic() - self._looked >= _LOOK_S:
            self._others, self._looked = self._beside(self._began[0]), time.monotonic()
        return {name: shared(span, self._others.get(name, ())) for name in self._prices}


def _nobody(began: float) -> Mapping[str, Sequence[Span]]:
    return {}
