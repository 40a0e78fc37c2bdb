"""What a run will cost and give, from runs that came before: per item, with a band for what is not certain."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.independence import model_of
from engine.plans import Status, load_plan, load_status
from engine.recipes import KNOWLEDGE_ROLES
from engine.settings import Recipe

Z80 = 1.2815515655446004
"""Half-width of the central 80 % of a normal distribution, in standard deviations."""
MAIN_PHASE = "write"
"""The phase whose items a recipe counts."""
ENOUGH = 5
"""Items below which there is no history worth the name."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """Figures for a run of `items`; seconds are wall time at the pace of the runs it rests on.

    `kept_low` and `kept_high` bound the kept items with 80 % probability (Wilson, for the share, on `basis` items).
    """

    items: int
    basis: int
    calls: float
    tokens_in: float
    tokens_out: float
    seconds: float
    cost: float
    kept: float
    kept_low: float
    kept_high: float

    @property
    def cost_per_kept(self) -> float | None:
        """Money per kept item; None where nothing is expected to be kept."""
        return self.cost / self.kept if self.kept else None

    @property
    def tokens_per_kept(self) -> float | None:
        """Tokens, in and out, per kept item."""
        return (self.tokens_in + self.tokens_out) / self.kept if self.kept else None


def history(runs: Path, recipe: Recipe) -> tuple[Status, ...]:
    """Return how earlier runs of the same recipe went, dry ones too; other models or more solutions do not count.

    `runs` is the folder of run directories. Roles that write no problems may differ.
    """
    found = []
    for path in sorted(runs.glob("*/plan.json")):
        plan = load_plan(path.parent)
        if plan.kind == "generate" and _asks(plan.recipe) == _asks(recipe):
            found.append(load_status(path.parent))
    return tuple(found)


def _asks(recipe: Recipe) -> tuple[object, ...]:
    """What decides over the calls and tokens of an item."""
    roles = {role: model_of(where) for role, where in recipe.roles.items() if role not in KNOWLEDGE_ROLES}
    s = recipe.settings
    asked = (s.routing.solutions, s.judging.weights.keys(), s.agenticmath, s.flames, s.continual, s.house)
    return recipe.name, roles, asked


def forecast(items: int, history: Iterable[Status]) -> Forecast | None:
    """Return the forecast for `items` from the statuses of earlier runs of the same plan; None without history."""
    runs = [status for status in history if items_ended(status)]
    basis = sum(map(items_ended, runs))
    if basis < ENOUGH:
        return None
    scale = items / basis
    kept = sum(status.funnel.get("kept", 0) for status in runs)
    low, high = _wilson(kept, basis, Z80)
    return Forecast(
        items,
        basis,
        scale * sum(status.calls + status.cached for status in runs),
        scale * sum(status.tokens_in for status in runs),
        scale * sum(status.tokens_out for status in runs),
        scale * sum(map(_seconds, runs)),
        scale * sum(status.cost for status in runs),
        scale * kept,
        items * low,
        items * high,
    )


def items_ended(status: Status) -> int:
    """Return how many items have ended; of a method that rates or rephrases first, those that were written."""
    written = [phase for phase in status.phases if phase.name == MAIN_PHASE]
    if written:
        return sum(phase.done + phase.failed for phase in written)
    return status.done + status.failed


def _seconds(status: Status) -> float:
    return max(0.0, (status.ended or status.heartbeat) - status.started)


def _wilson(hits: int, n: int, z: float) -> tuple[float, float]:
    """Wilson's interval for a share of `hits` in `n`, n > 0."""
    share = hits / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
