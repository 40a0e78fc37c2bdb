"""What a run holds while it goes on, for how long, and what that costs by the hour (GSDP app. B, CL app. L).

The one account of rented time: the run's page, the forecast, rounds and the report all read it here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine.core.project import EngineSpec
from engine.runs.plan import AskingPlan, Plan, TrainPlan
from engine.runs.status import Status


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


def engines(plan: Plan) -> dict[str, EngineSpec]:
    """Return the engines that a run asks, by name; of those in its plan only what a role names."""
    if not isinstance(plan, AskingPlan):
        return {}
    named = {where.strip().partition(":")[0].strip() for where in plan.recipe.roles.values()}
    return {name: spec for name, spec in plan.engines.items() if name in named}


def seconds(status: Status) -> float:
    """Return how long a run held its hardware, over all its starts.

    A status of an earlier version does not say it: then the phases of the last start, or the time from start to end.
    """
    phases = sum(phase.seconds for phase in status.phases)
    return status.held_s or phases or max(0.0, (status.ended or status.heartbeat) - status.started)


def dollars(status: Status, by_token: float) -> float:
    """Return what the hardware of a run has cost; `by_token` is what its replies cost.

    A status of an earlier version has the sum of both alone.
    """
    return status.rented if status.held_s else max(0.0, status.cost - by_token)


class HourMeter:
    """The clock of one start of a run; it goes on from what earlier starts held."""

    def __init__(self, before: Status | None = None) -> None:
        """Stand still until it is started."""
        self._seconds = before.held_s if before else 0.0
        self._dollars = before.rented if before else 0.0
        self._usd_per_second = 0.0
        self._began: float | None = None

    def start(self, usd_per_hour: float) -> None:
        """Count from now on."""
        self._usd_per_second, self._began = usd_per_hour / 3600, time.monotonic()

    @property
    def _here(self) -> float:
        return time.monotonic() - self._began if self._began is not None else 0.0

    @property
    def seconds(self) -> float:
        """Seconds held, over all starts."""
        return self._seconds + self._here

    @property
    def dollars(self) -> float:
        """What they cost."""
        return self._dollars + self._usd_per_second * self._here
