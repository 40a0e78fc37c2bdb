"""`lemma bench prompts`: how well a model follows the prompts, task by task."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.core.errors import UserError
from engine.core.project import EngineSpec, Project, engines, find
from engine.core.protocol import HoldsSchemas, Sampling
from engine.core.records import Seed
from engine.learning.evaluation import prompt_bench
from engine.learning.evaluation.prompt_bench import PromptScore
from engine.learning.evaluation.prompt_tasks import TASKS
from engine.models import registry, serving
from engine.store import Store
from studio.cli.console import Console

EngineOption = Annotated[
    str,
    typer.Option("--engine", metavar="NAME", help="For `prompts`, `order`: an engine of the project, or an address."),
]
ModelOption = Annotated[str, typer.Option("--model", help="For `prompts`, `order`: the model that is tried.")]
ItemsOption = Annotated[
    int | None,
    typer.Option("--items", min=1, help="For `prompts`: seeds per task, 8 by default; for `order`: pairs, 200."),
]
LengthOption = Annotated[int, typer.Option("--max-tokens", min=16, help="For `prompts`, `order`: longest reply.")]
CallsOption = Annotated[int, typer.Option("--concurrency", min=1, help="For `prompts`, `order`: calls at once.")]
TaskOption = Annotated[
    list[str] | None, typer.Option("--task", help="For `prompts`: one task, such as judges/problem. May be repeated.")
]


@dataclass(frozen=True, slots=True)
class PromptTrial:
    """What is tried: an engine or its address, a model, how many seeds, and which tasks."""

    engine: str
    model: str
    items: int
    max_tokens: int
    concurrency: int
    tasks: tuple[str, ...]


def run(console: Console, project: Path | None, trial: PromptTrial) -> None:
    """Try the prompts and print the table."""
    if not (trial.engine and trial.model):
        raise UserError("there is no model to try.", do="lemma bench prompts --engine NAME --model MODEL.")
    if strange := [name for name in trial.tasks if name not in TASKS]:
        raise UserError(f"there is no task {strange[0]!r}.", do=f"Known: {', '.join(TASKS)}.")
    spec, seeds, source = _given(project, trial)
    console.say(f"{len(trial.tasks or TASKS)} tasks on {len(seeds)} {source} seeds …")
    scores, holds = asyncio.run(_measured(spec, trial, seeds, console))
    values = {
        "model": trial.model, "seeds": len(seeds), "source": source, "schemas": holds,
        "results": [_values(one) for one in scores],
        "together": {name: _values(one) for name, one in prompt_bench.together(scores).items()},
    }  # fmt: skip
    console.result(values, table(scores, holds))


def engine_of(project: Path | None, engine: str) -> tuple[EngineSpec, Project | None]:
    """Return an engine of the project, or the one at an address, which needs no project."""
    try:
        home = find(project)
    except UserError:
        if project or "://" not in engine:
            raise
        home = None
    known = serving.resolved(home.servers, engines(home)) if home else {}
    spec = EngineSpec(base_url=engine) if "://" in engine else known.get(engine)
    if spec is None:
        raise UserError(f"{engine!r} is not a known engine; known: {', '.join(known)}.")
    return spec, home


def _given(project: Path | None, trial: PromptTrial) -> tuple[EngineSpec, list[Seed], str]:
    """Return the engine, the seeds and where they are from: the project where there is one with seeds."""
    spec, home = engine_of(project, trial.engine)
    seeds: list[Seed] = []
    if home and home.database.exists():
        with Store(home.database) as store:
            seeds = store.seeds.page(limit=trial.items).rows
    return (spec, seeds, "own") if seeds else (spec, prompt_bench.built_in(trial.items), "shipped")


async def _measured(
    spec: EngineSpec, trial: PromptTrial, seeds: Sequence[Seed], console: Console
) -> tuple[list[PromptScore], bool]:
    backend = registry.make("bench", spec)
    heard = [0]

    def count(*_: object) -> None:
        heard[0] += 1
        if not heard[0] % 50:
            console.say(f"{heard[0]} replies …")

    try:
        holds = isinstance(backend, HoldsSchemas) and await backend.holds_schemas(trial.model)
        scores = await prompt_bench.measure(
            backend, trial.model, seeds, tasks=trial.tasks or TASKS, sampling=Sampling(max_tokens=trial.max_tokens),
            concurrency=trial.concurrency, heard=count,
        )  # fmt: skip
        return scores, holds
    finally:
        await backend.aclose()


def _values(one: PromptScore) -> dict[str, Any]:
    readable, usable = one.shares
    return asdict(one) | {"faults": dict(one.faults.most_common(3)), "readable_share": readable, "usable_share": usable}


def table(scores: Sequence[PromptScore], holds: bool) -> str:
    """Return the table: shares of readable and usable replies, asked for as lines and with schemas."""
    by = {(one.prompt, one.asked): one for one in scores}
    names = sorted({one.prompt for one in scores})
    head = f"{'prompt':38} {'calls':>5}  {'lines: readable':>15} {'usable':>6}  {'schema: readable':>16} {'usable':>6}"
    lines = [head, *(_line(name, by.get((name, "lines")), by.get((name, "schema"))) for name in names)]
    sums = prompt_bench.together(scores)
    lines += [
        _line("all with a form", sums.get("lines"), sums.get("schema")),
        _line("free text", sums.get("free text")),
    ]
    said = "Free text has no schema." if holds else "The endpoint holds replies to no schema."
    return "\n".join((*lines, f"Each reply was asked for once. {said}"))


def _line(name: str, lines: PromptScore | None = None, held: PromptScore | None = None) -> str:
    calls = (lines or held or PromptScore(name, "lines")).calls
    return f"{name:38} {calls:>5}  {_two(lines, 15)}  {_two(held, 16)}"


def _two(one: PromptScore | None, wide: int) -> str:
    if one is None or not one.calls:
        return f"{'–':>{wide}} {'–':>6}"
    readable, usable = one.shares
    return f"{readable:>{wide}.2f} {usable:>6.2f}"
