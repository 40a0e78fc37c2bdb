"""Who else holds a server while a run does, so that the runs share its rent and none pays an hour twice (CL app. L).

The runs of a project see one another by their plans and statuses; a server that two projects ask is not seen.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from itertools import chain, pairwise
from pathlib import Path

from engine.core.errors import BadInput
from engine.core.project import EngineSpec
from engine.runs.plan import AskingPlan, Plan, load_plan
from engine.runs.status import Span, Status, load_status

ALIVE_S = 15.0
"""A run says every second that it lives; silent for so long it is taken to have ended with its last word."""
_LIVE = ("running", "pausing", "stopping")


def shared(own: Span, others: Iterable[Span]) -> float:
    """Return the seconds of `own`, each moment of it divided among all that hold then: `own` and those of `others`."""
    began, ended = own
    inside = [(max(start, began), min(stop, ended)) for start, stop in others if start < ended and stop > began]
    cuts = sorted({began, ended, *chain.from_iterable(inside)})
    return sum(
        (right - left) / (1 + sum(start <= left and right <= stop for start, stop in inside))
        for left, right in pairwise(cuts)
    )


def engines(plan: Plan) -> dict[str, EngineSpec]:
    """Return the engines that a run asks, by name; of those in its plan only what a role names."""
    if not isinstance(plan, AskingPlan):
        return {}
    named = {where.strip().partition(":")[0].strip() for where in plan.recipe.roles.values()}
    return {name: spec for name, spec in plan.engines.items() if name in named}


def spans(status: Status) -> tuple[Span, ...]:
    """Return when a run held its engines, one span a start; the last of a run that lives has no end yet."""
    if not status.spans or status.state not in _LIVE or time.time() - status.heartbeat > ALIVE_S:
        return status.spans
    *earlier, (began, _) = status.spans
    return (*earlier, (began, math.inf))


class RunsBeside:
    """The other runs of a project, as far as they hold what one run holds."""

    def __init__(self, run_dir: Path, plan: Plan) -> None:
        """Look beside `run_dir`, whose plan is `plan`."""
        self._run_dir = run_dir
        self._own = {name: _server(name, spec) for name, spec in engines(plan).items()}
        self._servers: dict[Path, tuple[int, frozenset[str]]] = {}

    def since(self, began: float) -> Mapping[str, list[Span]]:
        """Return by engine when others held its server; runs that ended before `began` may be left out."""
        found: dict[str, list[Span]] = {name: [] for name in self._own}
        for path in self._run_dir.parent.glob("*/status.json"):
            held = self._held(path, began) if path.parent != self._run_dir else frozenset()
            names = [name for name, server in self._own.items() if server in held]
            when = spans(load_status(path.parent)) if names else ()
            for name in names:
                found[name] += when
        return found

    def _held(self, status: Path, began: float) -> frozenset[str]:
        """Return the servers of a run that spoke since `began`; a plan is read again only where it has changed."""
        directory = status.parent
        try:
            if status.stat().st_mtime < began - ALIVE_S:
                return frozenset()
            changed = (directory / "plan.json").stat().st_mtime_ns
            if self._servers.get(directory, (0,))[0] != changed:
                asked = engines(load_plan(directory))
                self._servers[directory] = changed, frozenset(_server(name, spec) for name, spec in asked.items())
        except (OSError, BadInput):
            return frozenset()
        return self._servers[directory][1]


def _server(name: str, spec: EngineSpec) -> str:
    """Return what tells one server from another: its address, or its name where the studio starts it."""
    return spec.base_url.rstrip("/") or name
