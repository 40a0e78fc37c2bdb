"""What ran on GPUs, for how long, at what price: per run, per part, per item (GSDP-33, CL-35)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.core.errors import UserError
from engine.core.project import Project
from engine.learning.training import outcome
from engine.models import serving
from engine.models.serving import uptime
from engine.reporting import economy
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.runs import held
from engine.runs.plan import GeneratePlan, Plan, TrainPlan
from engine.runs.status import load_status
from engine.store import Store

IDLE = "idle servers"
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

    `rate` is taken, in dollars per GPU and hour, where no engine of a run names a price. What servers were up for and
    no run asked them is a part of its own.
    """
    plans = [plan for run in reversed(store.runs.list()) if (plan := store.runs.plan(run.id)) is not None]
    busy = [one for plan in plans if (one := _busy(plan, project, rate)) is not None]
    busy += _idle(plans, project, rate)
    if not busy:
        return missing(_NAME, _TITLE, _TODO)
    shares = economy.cost_shares(dict(enumerate(one.dollars for one in busy)))
    rows: list[tuple[Cell, ...]] = [
        (
            one.run, one.part, one.items, one.gpus, one.hours, one.gpus * one.hours, one.rate,
            "assumed" if one.assumed else "given", one.dollars, shares[place], one.each,
        )
        for place, one in enumerate(busy)
    ]  # fmt: skip
    columns = (
        "run", "part", "items", "GPUs", "hours", "GPU-hours", "dollars an hour", "price", "dollars", "of all",
        "0.01 cent each",
    )  # fmt: skip
    return Section(_NAME, _TITLE, _told(busy), table(columns, rows), _chart(busy), _notes(busy, rate))


def _busy(plan: Plan, project: Project, rate: float) -> Busy | None:
    """Return what a run kept busy; None where it names no GPU, has not begun, or leaves the work to other runs."""
    status = load_status(project.runs / plan.id)
    hours, hardware = held.seconds(status) / 3600, held.held(plan)
    if not hours:
        return None
    gpus, items, part = hardware.gpus, None, PARTS.get(plan.kind, plan.kind)
    if isinstance(plan, TrainPlan):
        told = _trained(Path(plan.training.out).expanduser(), plan.id)
        gpus = hardware.gpus if told is None or told.gpus is None else told.gpus
        items, part = told.rows if told else None, METHODS[plan.training.method]
    elif isinstance(plan, GeneratePlan) and not plan.dry:
        items = status.funnel.get("kept")
    if not gpus:
        return None
    hourly = hardware.usd_per_hour
    return Busy(plan.id, part, float(gpus), hours, items, hourly / gpus if hourly else rate, assumed=not hourly)


def _idle(plans: Sequence[Plan], project: Project, rate: float) -> list[Busy]:
    """Return how long each server was up while no run asked it.

    Runs that asked one server at the same time are each counted whole, so what is left is the least that is certain.
    """
    up: dict[str, list[uptime.ServerUptime]] = {}
    for one in uptime.uptimes(project.servers, lambda name: serving.find(project.servers, name) is not None):
        if one.gpus and not one.on_demand:
            up.setdefault(one.name, []).append(one)
    found = []
    for name, lives in up.items():
        asked = 0.0
        for plan in plans:
            status = load_status(project.runs / plan.id)
            if name in held.engines(plan) and status.started >= lives[0].began:
                asked += held.seconds(status)
        hours = (sum(life.seconds for life in lives) - asked) / 3600
        last = lives[-1]
        price = last.usd_per_hour / last.gpus
        if hours > 0:
            found.append(Busy(f"server {name}", IDLE, float(last.gpus), hours, None, price or rate, not price))
    return found


def _trained(out: Path, run: str) -> outcome.Receipt | None:
    """Return the receipt of what a run trained; None where its model is not at hand."""
    try:
        told = outcome.read(out)
    except UserError:
        return None
    return told if told.run == run else None


def _told(busy: Sequence[Busy]) -> str:
    hours = sum(one.gpus * one.hours for one in busy)
    count = sum(one.part != IDLE for one in busy)
    runs = f"{count:,} runs" if count > 1 else "One run" if count else "Servers that no run asked"
    guessed = sum(one.dollars for one in busy if one.assumed)
    known = sum(one.dollars for one in busy) - guessed
    said = f"{runs} took {_hours(hours)} GPU-hours"
    if count and (idle := sum(one.gpus * one.hours for one in busy if one.part == IDLE)):
        said += f", {_hours(idle)} of them with servers that no run asked"
    priced = ([f"${known:,.2f} by given prices"] if known else []) + (
        [f"${guessed:,.2f} by an assumed price"] if guessed else []
    )
    return f"{said}: {' and '.join(priced)}." if priced else f"{said}."


def _hours(hours: float) -> str:
    """Return hours in words: minutes are not rounded to 0.0, which would cost nothing."""
    return f"{hours:,.1f}" if hours >= 1 else f"{hours:.2g}"


def _chart(busy: Iterable[Busy]) -> Bars:
    hours: dict[str, float] = {}
    for one in busy:
        hours[one.part] = hours.get(one.part, 0.0) + one.gpus * one.hours
    return Bars(tuple(hours), (Series("GPU-hours", tuple(hours.values())),))


def _notes(busy: Sequence[Busy], rate: float) -> tuple[str, ...]:
    notes = [
        "Items are what a method kept, and the rows of a training. Hours are those that a run held its engines, all "
        "its starts together and while they loaded, too.",
    ]
    if any(one.part == IDLE for one in busy):
        notes.append("A server is idle while it is up and no run asks it; where several runs shared it, at least so.")
    if any(one.part in METHODS.values() for one in busy):
        notes.append(
            "A training counts the GPUs that it ran on; where it does not say, one per process, which may be those of "
            "a processor."
        )
    if any(one.assumed for one in busy):
        published = " (that of GSDP, appendix B)" if rate == economy.GPU_RATE else ""
        notes.append(
            f"The assumed price is ${rate:g}{published}; `lemma report --gpu-rate` takes another. Only given prices "
            "are in the cost of runs."
        )
    return tuple(notes)
