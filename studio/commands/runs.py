"""`lemma run`, `lemma runs ...`, `lemma ingest`: write problems, watch and steer runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from engine import forecast, jobs, planning, recipes
from engine.errors import UserError
from engine.pipeline import reached
from engine.plans import Status, load_plan
from engine.project import Project, find, roles
from engine.store import Store
from studio.commands import spreading
from studio.commands.options import JsonOption, ProjectOption, pairs
from studio.commands.running import foreground
from studio.console import Console

Run = Annotated[str, typer.Argument(metavar="RUN")]


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("run")(run)
    group = typer.Typer(help="Watch and steer runs.", no_args_is_help=True)
    for name, command in (("list", listed), ("show", show), ("pause", pause), ("cancel", cancel), ("resume", resume)):
        group.command(name)(command)
    app.add_typer(group, name="runs")
    app.command("ingest")(ingest)


def run(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help=f"{', '.join(recipes.names())}, or a .toml file.")],
    items: Annotated[int | None, typer.Option(min=1, help="How many items.")] = None,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    engine: Annotated[list[str] | None, typer.Option("--engine", metavar="ROLE=BACKEND:MODEL")] = None,
    point: Annotated[
        str | None, typer.Option(help="Only combinations with this knowledge point; for recipes on the graph.")
    ] = None,
    budget_usd: Annotated[float | None, typer.Option(help="Stop after this much money.")] = None,
    budget_calls: Annotated[int | None, typer.Option(help="Stop after so many calls.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Plan and forecast; write nothing.")] = False,
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
    chosen = recipes.load(recipe, changes, pairs(engine or [], "ROLE=BACKEND:MODEL"), roles(home))
    with Store(home.database) as store:
        if dry_run and dry_items:
            tried = planning.generation(store, home, chosen, point=point, dry=dry_items)
            foreground(store, tried.directory, console, tried.plan.id)
        running = chosen.settings.running
        expected = forecast.forecast(chosen.items, forecast.history(home.runs, chosen), running.concurrency)
        console.say(described(expected))
        if dry_run:
            drawn = planning.preview(store, home, chosen, point=point)
            values: dict[str, object] = {
                "run": None,
                "state": "planned",
                "items": drawn.items,
                "notes": list(drawn.notes),
            }
            values["forecast"] = asdict(expected) if expected else None
            console.result(values, "\n".join([f"{drawn.items:,} items would be written", *drawn.notes]))
            return
        planned = planning.generation(store, home, chosen, point=point)
        spreading.spread(planned, cluster)
        if expected:
            forecast.save(planned.directory, expected)
        for note in planned.notes:
            console.say(note)
        status = foreground(store, planned.directory, console, planned.plan.id)
        failures = {f"{f.stage}: {f.boundary}": f.failures for f in store.failures.counts(planned.plan.id)}
    ident, way = planned.plan.id, planned.plan.recipe.way
    console.result(_outcome(ident, way, status, failures), _sentence(ident, way, status))


def _budget(items: int | None, usd: float | None, calls: int | None) -> dict[str, str]:
    given = {"items": items, "running.budget_usd": usd, "running.budget_calls": calls}
    return {key: str(value) for key, value in given.items() if value is not None}


def described(expected: forecast.Forecast | None) -> str:
    """Return a forecast as one line."""
    if expected is None:
        return "No history yet, so no forecast."
    f = expected
    said = (
        f"Forecast for {f.items:,} items, from {f.basis:,}: {f.calls:,.0f} calls{_range(f.calls_band)}, "
        f"{f.tokens_in + f.tokens_out:,.0f} tokens{_range(f.tokens_band)}, {f.seconds:,.0f} s{_range(f.seconds_band)}, "
        f"{f.cost:,.2f} USD; {f.kept_low:,.0f} to {f.kept_high:,.0f} kept"
    )
    return f"{said}; {f.gpu_hours:,.2f} GPU-hours" if f.gpu_hours else said


def _range(band: forecast.Band | None) -> str:
    return f" ({band.low:,.0f} to {band.high:,.0f})" if band else ""


def _outcome(run_id: str, way: str, status: Status, failures: dict[str, int]) -> dict[str, object]:
    return {
        "run": run_id,
        "state": status.state,
        "reason": status.reason,
        "funnel": reached(status.funnel, way),
        "calls": status.calls,
        "tokens_in": status.tokens_in,
        "tokens_out": status.tokens_out,
        "cost": status.cost,
        "seconds": round((status.ended or status.heartbeat) - status.started, 3),
        "failures": failures,
    }


def _sentence(run_id: str, way: str, status: Status) -> str:
    stages = ", ".join(f"{count:,} {stage}" for stage, count in reached(status.funnel, way).items())
    return f"{run_id} {status.state}: {stages}; {status.failed:,} failed; {status.calls:,} calls"


def _directory(project: Project, run_id: str) -> Path:
    directory = project.runs / run_id
    if not (directory / "plan.json").exists():
        raise UserError(f"there is no run {run_id!r}.", where=str(project.root), do="List them with: lemma runs list")
    return directory


def _values(directory: Path) -> dict[str, object]:
    status, plan = jobs.state(directory), load_plan(directory)
    return {
        "run": plan.id,
        "kind": plan.kind,
        "state": status.state,
        "reason": status.reason,
        "done": status.done + status.failed,
        "failed": status.failed,
        "total": status.total,
        "pid": status.pid,
    }


def _line(values: dict[str, object]) -> str:
    return "{run:24} {kind:10} {state:10} {done:>8} of {total:<8} {reason}".format(**values)


def listed(project: ProjectOption = None, json: JsonOption = False) -> None:
    """List the runs of the project, newest last."""
    directories = [plan.parent for plan in find(project).runs.glob("*/plan.json")]
    rows = [_values(d) for d in sorted(directories, key=lambda d: load_plan(d).created)]
    Console(json).result({"runs": rows}, "\n".join(map(_line, rows)) or "No runs yet.")


def show(run: Run, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Show one run: its state, its funnel, and what a resume would do."""
    directory = _directory(find(project), run)
    status, way = jobs.state(directory), load_plan(directory).recipe.way
    values = _values(directory) | {
        "funnel": reached(status.funnel, way),
        "resume": str(jobs.resume_plan(directory)),
    }
    log = "\n".join(jobs.tail_log(directory, 5))
    Console(json).result(values, f"{_line(values)}\n{_sentence(run, way, status)}\n{values['resume']}\n{log}")


def pause(run: Run, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Pause a run between items; what is in flight comes home first."""
    _steer(find(project), run, jobs.pause, json)


def cancel(run: Run, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Stop a run; everything paid for stays."""
    _steer(find(project), run, jobs.cancel, json)


def resume(
    run: Run,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try failed items again.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Go on with a paused, cancelled, failed or lost run, in the background."""
    directory = _directory(find(project), run)
    worker = jobs.resume(directory, retry_failed=retry_failed)
    Console(json).result(_values(directory) | {"pid": worker}, f"{run} goes on")


def _steer(project: Project, run_id: str, act: Callable[[Path], object], json: bool) -> None:
    directory = _directory(project, run_id)
    act(directory)
    Console(json).result(_values(directory), _line(_values(directory)))


def ingest(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A run directory, made here or elsewhere.")],
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Fold a run directory into the project; safe to repeat."""
    home = find(project)
    load_plan(directory)
    with Store(home.database) as store:
        counts = store.ingest(directory).added
    total = ", ".join(f"{count:,} {kind}" for kind, count in counts.items() if count)
    Console(json).result({"ingested": counts}, total or "nothing new")
