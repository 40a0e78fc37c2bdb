"""`lemma run` and `lemma ingest`: write problems, here or elsewhere. `studio.cli.steering` watches runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from engine import planning
from engine.core.project import Project, find, roles
from engine.core.settings import Recipe
from engine.generation import recipes
from engine.generation.methods.registry import filter_alarms, reached, shortfalls
from engine.generation.recipes.presets import PRESETS, size_of
from engine.planning import forecast, model_study
from engine.planning.ready import Planned
from engine.planning.speed import measured_line
from engine.reporting import answers_read
from engine.runs.plan import GeneratePlan, load_plan
from engine.runs.status import Status
from engine.store import Store
from studio.cli import spreading
from studio.cli.console import Console
from studio.cli.expecting import described, planned_values, warnings
from studio.cli.opening import in_turn
from studio.cli.options import JsonOption, ProjectOption, pairs
from studio.cli.running import foreground, require_success
from studio.cli.steering import sentence
from studio.cli.studies import StudyOption, run_study, varied


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("run")(run)
    app.command("ingest")(ingest)


def run(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help=f"{', '.join(recipes.names())}, or a .toml file.")],
    items: Annotated[int | None, typer.Option(min=1, help="How many items.")] = None,
    preset: Annotated[
        str, typer.Option(help=f"Published size, for flames: {', '.join(PRESETS)}. --items goes before it.")
    ] = "",
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    engine: Annotated[list[str] | None, typer.Option("--engine", metavar="ROLE=BACKEND:MODEL")] = None,
    point: Annotated[
        str | None, typer.Option(help="Only combinations with this knowledge point; for recipes on the graph.")
    ] = None,
    budget_usd: Annotated[float | None, typer.Option(help="Stop after this much money.")] = None,
    budget_calls: Annotated[int | None, typer.Option(help="Stop after so many calls.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and forecast; write nothing.")] = False,
    study: StudyOption = None,
    dry_items: Annotated[
        int, typer.Option(min=0, help="With --dry-run: write so many items first, to forecast from.")
    ] = 0,
    on: spreading.OnOption = spreading.Place.HERE,
    ray_address: spreading.AddressOption = "",
    actors: spreading.ActorsOption = 0,
    gpus_per_actor: spreading.GpusOption = 0.0,
    replica: spreading.ReplicaOption = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Plan a run, forecast it, and run it in the foreground."""
    console, home = Console(json), find(project)
    cluster = spreading.wanted(home, on, ray_address, actors, gpus_per_actor, replica)
    changes = pairs(change or [], "KEY=VALUE") | _budget(items, budget_usd, budget_calls)
    chosen = _chosen(home, recipe, preset, changes, pairs(engine or [], "ROLE=BACKEND:MODEL"))
    if study:
        run_study(home, chosen, varied(study, cluster), point, dry_items if dry_run else None, console)
        return
    with Store(home.database) as store:
        if dry_run and dry_items:
            tried = planning.generation(store, home, chosen, point=point, dry=dry_items)
            foreground(store, tried.directory, console, tried.plan.id)
        (expected,) = model_study.expectations(home, [chosen])
        console.say(described(expected))
        if expected is None and (slow := measured_line(home, chosen)):
            console.say(slow)
        doubts = warnings(home, chosen, expected)
        _say(console, [doubt.line for doubt in doubts])
        if dry_run:
            drawn = planning.preview(store, home, chosen, point=point)
            said = "\n".join([f"{drawn.items:,} items would be written", *drawn.notes])
            console.result(planned_values(drawn, expected, doubts), said)
            return
        planned = planning.generation(store, home, chosen, point=point)
        spreading.spread(planned, cluster)
        if expected:
            forecast.save(planned.directory, expected)
        _say(console, planned.notes)
        status = foreground(store, planned.directory, console, planned.plan.id, told_later=True)
        uncurated = store.verdicts.uncurated(planned.plan.id)
        failures = {f"{f.stage}: {f.boundary}": f.failures for f in store.failures.counts(planned.plan.id)}
        read = answers_read.told(store, planned.plan.id)
        answers = answers_read.counts(store, planned.plan.id)
    _tell(planned, status, [*read, *uncurated], {"failures": failures, "answers": answers}, console)
    require_success(planned.directory, status)


def _tell(
    planned: Planned[GeneratePlan],
    status: Status,
    notes: list[str],
    counts: Mapping[str, Mapping[str, Any]],
    console: Console,
) -> None:
    """End with what came of a run."""
    ident, way = planned.plan.id, planned.plan.recipe.way
    lost = filter_alarms(planned.plan.recipe, status)
    notes = [*shortfalls(planned.plan.recipe, status), *notes]
    lines = [sentence(ident, reached(status.funnel, way), status), *notes, *_asides(lost, status)]
    told = {"notes": [*planned.notes, *notes], "warnings": list(lost), "answers": counts["answers"]}
    console.result(_outcome(ident, way, status, counts["failures"]) | told, "\n".join(lines))


def _asides(warned: Iterable[str], status: Status) -> list[str]:
    """Return what else there is to be told of a run: alarms, and what its models were found not to take."""
    learnt = [f"learnt: {where} {words}" for where, words in status.learnt.items()]
    return [*(f"warning: {line}" for line in warned), *learnt]


def _say(console: Console, lines: Iterable[str]) -> None:
    for line in lines:
        console.say(line)


def _chosen(home: Project, recipe: str, preset: str, changes: Mapping[str, str], engines: Mapping[str, str]) -> Recipe:
    chosen = recipes.load(recipe, changes, engines, roles(home))
    if not preset:
        return chosen
    size = size_of(preset, chosen.way)
    return chosen if "items" in changes else chosen.model_copy(update={"items": size})


def _budget(items: int | None, usd: float | None, calls: int | None) -> dict[str, str]:
    given = {"items": items, "running.budget_usd": usd, "running.budget_calls": calls}
    return {key: str(value) for key, value in given.items() if value is not None}


def _outcome(run_id: str, way: str, status: Status, failures: Mapping[str, int]) -> dict[str, object]:
    return {
        "run": run_id,
        "state": status.state,
        "reason": status.reason,
        "funnel": reached(status.funnel, way),
        "calls": status.calls,
        "schemas": status.schemas,
        "tokens_in": status.tokens_in,
        "tokens_out": status.tokens_out,
        "cost": status.cost,
        "seconds": round((status.ended or status.heartbeat) - status.started, 3),
        "failures": failures,
        "learnt": status.learnt,
    }


def ingest(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A run directory, made here or elsewhere.")],
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Fold a run directory into the project; safe to repeat."""
    home = find(project)
    load_plan(directory)
    with in_turn(home) as store:
        counts = store.ingest(directory).added
    total = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    Console(json).result({"ingested": counts}, total or "nothing new")
