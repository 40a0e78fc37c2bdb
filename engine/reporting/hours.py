"""What ran on GPUs, for how long, at what price: per run, per part, per item (GSDP-33, CL-35)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.curation import economy
from engine.errors import UserError
from engine.plans import Plan, Status, load_status
from engine.project import Project
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.store import Store
from engine.training import outcome

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
    rate: float | None

    @property
    def dollars(self) -> float | None:
        """What it cost, None where no price is known (CL-35)."""
        return None if self.rate is None else economy.hourly_cost(self.hours, self.rate, self.gpus)

    def each(self, rate: float | None) -> float | None:
        """Return hundredths of a cent per item at a rate, None where rate or items are not known (GSDP-33)."""
        if rate is None or not self.items:
            return None
        return economy.gpu_cost(self.gpus, self.hours, self.items, rate) / economy.HUNDREDTH_CENT


def gpu_hours(store: Store, project: Project) -> Section:
    """Return the GPU-hours of every run that names GPUs, what they cost, and what an item cost."""
    busy = [one for run in store.runs.list(dry=False) if (one := _busy(store.runs.plan(run.id), project)) is not None]
    busy.reverse()
    if not busy:
        return missing(_NAME, _TITLE, _TODO)
    shares = economy.cost_shares({one.run: one.dollars or 0.0 for one in busy})
    priced = any(one.dollars for one in busy)
    rows: list[tuple[Cell, ...]] = [
        (
            one.run, one.part, one.items, one.gpus, one.hours, one.gpus * one.hours, one.rate, one.dollars,
            shares[one.run] if priced else None, one.each(one.rate), one.each(economy.GPU_RATE),
        )
        for one in busy
    ]  # fmt: skip
    columns = (
        "run", "part", "items", "GPUs", "hours", "GPU-hours", "dollars an hour", "dollars", "of all",
        "0.01 cent each", f"at ${economy.GPU_RATE:g} an hour",
    )  # fmt: skip
    return Section(_NAME, _TITLE, _told(busy), table(columns, rows), _chart(busy), _notes(busy))


def _busy(plan: Plan | None, project: Project) -> Busy | None:
    """Return what a run kept busy; None where it names no GPU, has not begun, or leaves the work to other runs."""
    if plan is None or plan.kind in ("round", "sft-dpo"):
        return None
    status = load_status(project.runs / plan.id)
    hours = _hours(status)
    if not hours:
        return None
    if plan.kind == "train" and plan.training is not None:
        part, gpus, rate = METHODS[plan.training.method], float(plan.training.processes), None
        return Busy(plan.id, part, gpus, hours, _trained(Path(plan.training.out).expanduser(), plan.id), rate)
    gpus = float(sum(engine.gpus for engine in plan.engines.values()))
    hourly = sum(engine.usd_per_hour for engine in plan.engines.values())
    if not gpus:
        return None
    items = status.funnel.get("kept") if plan.kind == "generate" else None
    return Busy(plan.id, PARTS.get(plan.kind, plan.kind), gpus, hours, items, hourly / gpus if hourly else None)


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
    spent = sum(one.dollars or 0.0 for one in busy)
    said = (
        f"{len(busy):,} runs kept GPUs busy for {hours:,.1f} hours"
        if len(busy) > 1
        else f"One run took {hours:,.1f} GPU-hours"
    )
    return f"{said}; what has a price cost ${spent:,.2f}." if spent else f"{said}; no engine names a price."


def _chart(busy: Iterable[Busy]) -> Bars:
    hours: dict[str, float] = {}
    for one in busy:
        hours[one.part] = hours.get(one.part, 0.0) + one.gpus * one.hours
    return Bars(tuple(hours), (Series("GPU-hours", tuple(hours.values())),))


def _notes(busy: Sequence[Busy]) -> tuple[str, ...]:
    notes = [
        "Items are what a method kept, and the rows of a training. Hours are those of the phases of a run, GPUs those "
        "of the engines that it asked.",
    ]
    if any(one.part in METHODS.values() for one in busy):
        notes.append(
            "A training counts one GPU per process; where it ran without one, these are hours of the processor."
        )
    notes.append(f"The last column is the published price of a rented card, ${economy.GPU_RATE:g} (GSDP, appendix B).")
    return tuple(notes)
