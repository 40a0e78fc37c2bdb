"""What ran on GPUs, for how long, at what price: per run, per part, per item (GSDP-33, CL-35)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.core.errors import UserError
from engine.core.project import Project
from engine.learning.training import outcome
from engine.reporting import economy
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.runs.plan import Plan
from engine.runs.status import Status, load_status
from engine.store import Store

PARTS = {"knowledge": "synthesis", "generate": "synthesis", "evaluate": "evaluation", "choose": "evaluation"}
METHODS = {"sft": "fine-tuning", "dpo": "preference"}
_NAME, _TITLE = "gpu_hours", "GPU-hours and their cost"
_TODO = (
    "no run has used a GPU that it knows of. Have the studio serve a model with vLLM, or give an engine its price per "
    "hour on the page Engines; then run `lemma run gsdp`."
)


@dataclass(frozen=True, slots=True)
class Busy:
    """A run that kept GPUs busy: `items` came of it, None where that is not known; `rate` is dollars per GPU-hour."""

    run: str
    part: str
    gpus: float
    hours: float
    items: int | None
    rate: float
    assumed: bool
    """Whether the rate is a guess, because no engine of the run names a price."""

    @property
    def dollars(self) -> float:
        """What it cost (CL-35)."""
        return economy.hourly_cost(self.hours, self.rate, self.gpus)

    @property
    def each(self) -> float | None:
        """Hundredths of a cent per item, None where nothing is known to have come of it (GSDP-33)."""
        if not self.items:
            return None
        return economy.gpu_cost(self.gpus, self.hours, self.items, self.rate) / economy.HUNDREDTH_CENT


def gpu_hours(store: Store, project: Project, rate: float = economy.GPU_RATE) -> Section:
    """Return the GPU-hours of every run that names GPUs, what they cost, and what an item cost.

    `rate` is taken, in dollars per GPU and hour, where no engine of a run names a price.
    """
    plans = (store.runs.plan(run.id) for run in reversed(store.runs.list(dry=False)))
    busy = [one for plan in plans if plan is not None and (one := _busy(plan, project, rate)) is not None]
    if not busy:
        return missing(_NAME, _TITLE, _TODO)
    shares = economy.cost_shares({one.run: one.dollars for one in busy})
    rows: list[tuple[Cell, ...]] = [
        (
            one.run, one.part, one.items, one.gpus, one.hours, one.gpus * one.hours, one.rate,
            "assumed" if one.assumed else "of the engine", one.dollars, shares[one.run], one.each,
        )
        for one in busy
    ]  # fmt: skip
    columns = (
        "run", "part", "items", "GPUs", "hours", "GPU-hours", "dollars an hour", "price", "dollars", "of all",
        "0.01 cent each",
    )  # fmt: skip
    return Section(_NAME, _TITLE, _told(busy), table(columns, rows), _chart(busy), _notes(busy, rate))


def _busy(plan: Plan, project: Project, rate: float) -> Busy | None:
    """Return what a run kept busy; None where it names no GPU, has not begun, or leaves the work to other runs."""
    status = load_status(project.runs / plan.id)
    hours = _hours(status)
    if not hours or plan.kind in ("round", "sft-dpo"):
        return None
    if plan.kind == "train" and plan.training is not None:
        rows = _trained(Path(plan.training.out).expanduser(), plan.id)
        part = METHODS[plan.training.method]
        return Busy(plan.id, part, float(plan.training.processes), hours, rows, rate, assumed=True)
    gpus = float(sum(engine.gpus for engine in plan.engines.values()))
    hourly = sum(engine.usd_per_hour for engine in plan.engines.values())
    if not gpus:
        return None
    items = status.funnel.get("kept") if plan.kind == "generate" else None
    part = PARTS.get(plan.kind, plan.kind)
    return Busy(plan.id, part, gpus, hours, items, hourly / gpus if hourly else rate, assumed=not hourly)


def _hours(status: Status) -> float:
    """Return how long the phases of a run took: hardware that waits for a worker to start is not counted."""
    seconds = sum(phase.seconds for phase in status.phases)
    return (seconds or max(0.0, (status.ended or status.heartbeat) - status.started)) / 3600


def _trained(out: Path, run: str) -> int | None:
    """Return the rows that a training went over; None where its model is not at hand."""
    try:
        told = outcome.read(out)
    except UserError:
        return None
    return told.rows if told.run == run else None


def _told(busy: Sequence[Busy]) -> str:
    hours = sum(one.gpus * one.hours for one in busy)
    runs = f"{len(busy):,} runs" if len(busy) > 1 else "One run"
    guessed = sum(one.dollars for one in busy if one.assumed)
    known = sum(one.dollars for one in busy) - guessed
    said = f"{runs} took {hours:,.1f} GPU-hours"
    priced = ([f"${known:,.2f} by the prices of engines"] if known else []) + (
        [f"${guessed:,.2f} by an assumed price"] if guessed else []
    )
    return f"{said}: {' and '.join(priced)}." if priced else f"{said}."


def _chart(busy: Iterable[Busy]) -> Bars:
    hours: dict[str, float] = {}
    for one in busy:
        hours[one.part] = hours.get(one.part, 0.0) + one.gpus * one.hours
    return Bars(tuple(hours), (Series("GPU-hours", tuple(hours.values())),))


def _notes(busy: Sequence[Busy], rate: float) -> tuple[str, ...]:
    notes = [
        "Items are what a method kept, and the rows of a training. Hours are those of the phases of a run, GPUs those "
        "of the engines that it asked.",
    ]
    if any(one.part in METHODS.values() for one in busy):
        notes.append("A training counts one GPU per process; where there was none, these are hours of the processor.")
    if any(one.assumed for one in busy):
        published = " (that of GSDP, appendix B)" if rate == economy.GPU_RATE else ""
        notes.append(f"The assumed price is ${rate:g}{published}; `lemma report --gpu-rate` takes another.")
    return tuple(notes)
