"""What a run will cost and give, from runs that came before: per item, with a band for what is not certain."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

import numpy as np
import orjson

from engine.core.files import whole_lines, write_atomically
from engine.core.settings import Recipe
from engine.generation.recipes import KNOWLEDGE_ROLES
from engine.learning.evaluation.figures import wilson
from engine.models.independence import model_of
from engine.runs import held
from engine.runs.journal import FILES
from engine.runs.plan import load_plan
from engine.runs.status import Status, load_status

Z80 = 1.2815515655446004
"""Half-width of the central 80 % of a normal distribution, in standard deviations."""
MAIN_PHASE = "write"
"""The phase whose items a recipe counts."""
_FILE = "forecast.json"
MOST_REPLIES = 20_000
"""Replies of a run that are read to learn how items differ."""
ENOUGH = 5
"""Items below which there is no history worth the name."""


@dataclass(frozen=True, slots=True)
class Band:
    """A range that holds a figure with 80 % probability."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """Figures for a run of `items`; seconds are wall time.

    `kept_low` and `kept_high` bound the kept items with 80 % probability (Wilson, for the share, on `basis` items).
    The bands are None where earlier runs do not tell how much items differ; that of `seconds` reaches from a run
    that is as fast as its concurrency allows to one that is no faster than those before.
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
    calls_band: Band | None = None
    tokens_band: Band | None = None
    seconds_band: Band | None = None
    gpu_hours: float = 0.0
    """Hours of the GPUs that the run keeps busy; 0 where its engines name none."""

    @property
    def cost_per_kept(self) -> float | None:
        """Money per kept item; None where nothing is expected to be kept."""
        return self.cost / self.kept if self.kept else None

    @property
    def tokens_per_kept(self) -> float | None:
        """Tokens, in and out, per kept item."""
        return (self.tokens_in + self.tokens_out) / self.kept if self.kept else None

    @property
    def gpu_hours_per_kept(self) -> float | None:
        """GPU-hours per kept item; None where no GPU is named or nothing is expected to be kept."""
        return self.gpu_hours / self.kept if self.kept and self.gpu_hours else None


@dataclass(frozen=True, slots=True)
class Sample:
    """What single items of a run took: calls and tokens of each, and how long its replies took together, in seconds."""

    calls: tuple[int, ...]
    tokens: tuple[int, ...]
    busy_s: float


@dataclass(frozen=True, slots=True)
class Past:
    """How an earlier run went, and what it ran on."""

    status: Status
    usd_per_hour: float = 0.0
    gpus: int = 0
    sample: Sample | None = None


def history(runs: Path, recipe: Recipe) -> tuple[Past, ...]:
    """Return how earlier runs of the same recipe went, dry ones too; other models or more solutions do not count.

    `runs` is the folder of run directories. Roles that write no problems may differ.
    """
    found = []
    for path in sorted(runs.glob("*/plan.json")):
        plan = load_plan(path.parent)
        if plan.kind == "generate" and _asks(plan.recipe) == _asks(recipe):
            hardware = held.held(plan)
            status = load_status(path.parent)
            found.append(Past(status, hardware.usd_per_hour, hardware.gpus, sampled(path.parent)))
    return tuple(found)


def sampled(directory: Path) -> Sample | None:
    """Return what the items of a run took, from the first replies of its journal; None where there are none."""
    path = directory / "journal" / FILES[0]
    return _sampled(path, path.stat().st_mtime_ns) if path.exists() else None


@lru_cache(maxsize=256)
def _sampled(path: Path, changed: int) -> Sample | None:
    calls: Counter[str] = Counter()
    tokens: Counter[str] = Counter()
    busy = 0.0
    # Enough of a large run to tell how items differ.
    for _, line in islice(whole_lines(path), MOST_REPLIES):
        row = orjson.loads(line)
        calls[row["item_id"]] += 1
        tokens[row["item_id"]] += row["tokens_in"] + row["tokens_out"]
        busy += row["seconds"]
    items = list(calls)
    return Sample(tuple(calls[one] for one in items), tuple(tokens[one] for one in items), busy) if items else None


def _asks(recipe: Recipe) -> tuple[object, ...]:
    """What decides over the calls and tokens of an item; how many pairs are taken at the end does not."""
    roles = {role: model_of(where) for role, where in recipe.roles.items() if role not in KNOWLEDGE_ROLES}
    s = recipe.settings
    asked = (
        s.routing.solutions,
        s.judging.weights.keys(),
        s.agenticmath.model_dump(exclude={"pairs", "curate"}),
        s.flames,
        s.continual,
        s.house,
    )
    return recipe.name, roles, asked


def forecast(items: int, history: Iterable[Past | Status], concurrency: int = 0, speed: float = 0.0) -> Forecast | None:
    """Return the forecast for `items` from earlier runs of the same plan; None without history.

    `concurrency` is how many calls the run may have in flight: more than earlier runs had may make it faster.
    `speed` is how many tokens a second its engine gave when it was measured: one that is slower than it was then
    makes it longer.
    """
    past = [one if isinstance(one, Past) else Past(one) for one in history]
    past = [one for one in past if items_ended(one.status)]
    basis = sum(items_ended(one.status) for one in past)
    if basis < ENOUGH:
        return None
    scale = items / basis
    runs = [one.status for one in past]
    kept = sum(status.funnel.get("kept", 0) for status in runs)
    low, high = wilson(kept / basis, basis, Z80)
    took = scale * sum(map(_seconds, runs))
    samples = [one.sample for one in past if one.sample]
    calls = scale * sum(status.calls + status.cached for status in runs)
    tokens_in, tokens_out = (scale * sum(getattr(run, name) for run in runs) for name in ("tokens_in", "tokens_out"))
    every = scale * sum(status.done + status.failed for status in runs)
    seconds = _slowed(_pace(past, took, concurrency), took, tokens_out, speed)
    middle = math.sqrt(seconds.low * seconds.high) if seconds else took
    rented = sum(map(_rented, past))
    by_token = max(0.0, sum(status.cost for status in runs) - rented)
    return Forecast(
        items,
        basis,
        calls,
        tokens_in,
        tokens_out,
        middle,
        scale * by_token + past[-1].usd_per_hour * middle / 3600,
        scale * kept,
        items * low,
        items * high,
        _band(calls, every, [each for sample in samples for each in sample.calls]),
        _band(tokens_in + tokens_out, every, [each for sample in samples for each in sample.tokens]),
        seconds,
        past[-1].gpus * middle / 3600,
    )


def _rented(one: Past) -> float:
    """Return what the hardware of an earlier run cost; statuses of earlier versions do not say it."""
    return one.status.rented if one.status.held_s else one.usd_per_hour * _seconds(one.status) / 3600


def _band(value: float, items: float, each: Sequence[float]) -> Band | None:
    """Return 80 % bounds for a `value` that so many items come to: how much they differ, and how well that is known.

    `each` is what single items took, of every phase: seeds that are rated first are items as well.
    """
    if len(each) < ENOUGH or not items:
        return None
    taken = np.asarray(each, dtype=float)
    mean, spread = float(taken.mean()), float(taken.std(ddof=1))
    half = value * Z80 * spread / mean * math.sqrt(1 / items + 1 / len(taken)) if mean else 0.0
    return Band(max(0.0, value - half), value + half)


def _pace(past: Sequence[Past], took: float, concurrency: int) -> Band | None:
    """Return bounds of the wall time: no faster than before, or as many times faster as more calls are in flight."""
    busy = sum(one.sample.busy_s for one in past if one.sample)
    wall = sum(_seconds(one.status) for one in past if one.sample)
    if not busy or not wall or not concurrency:
        return None
    in_flight = max(1.0, busy / wall)
    return Band(took * min(1.0, in_flight / concurrency), took)


def _slowed(pace: Band | None, took: float, tokens_out: float, speed: float) -> Band | None:
    """Return the bounds of the wall time where the engine gives so many tokens a second now; a faster one is not news.

    A measurement has a few replies in flight, a run perhaps more, so that its speed bounds the time from above.
    """
    longest = tokens_out / speed if speed else 0.0
    if longest <= (pace.high if pace else took):
        return pace
    return Band(pace.low if pace else took, longest)


def save(directory: Path, expected: Forecast) -> None:
    """Keep the forecast of a run in its directory, so that it can be held against what comes."""
    write_atomically(directory / _FILE, orjson.dumps(expected))


def saved(directory: Path) -> Forecast | None:
    """Return the forecast that a run began with, None where it had none."""
    try:
        said = orjson.loads((directory / _FILE).read_bytes())
        bands = {name: Band(**said[name]) for name in ("calls_band", "tokens_band", "seconds_band") if said.get(name)}
        return Forecast(**{**said, **bands})
    except (FileNotFoundError, ValueError, TypeError):
        return None


def items_ended(status: Status) -> int:
    """Return how many items have ended; of a method that rates or rephrases first, those that were written."""
    written = [phase for phase in status.phases if phase.name == MAIN_PHASE]
    if written:
        return sum(phase.done + phase.failed for phase in written)
    return status.done + status.failed


def _seconds(status: Status) -> float:
    """Return how long the phases of a run took: starting a worker does not take longer for more items."""
    if status.phases:
        return sum(phase.seconds for phase in status.phases)
    return max(0.0, (status.ended or status.heartbeat) - status.started)
