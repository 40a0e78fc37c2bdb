"""`lemma runs ...`: list runs, look at one, pause, cancel and resume it. Needs no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import UserError
from engine.core.project import Project, find
from engine.runs import damage, launcher
from engine.runs.ahead import ahead, reasons
from engine.runs.plan import load_plan
from engine.runs.status import Status
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption

Run = Annotated[str, typer.Argument(metavar="RUN")]


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Watch and steer runs.", no_args_is_help=True)
    for name, command in (("list", listed), ("show", show), ("pause", pause), ("cancel", cancel), ("resume", resume)):
        group.command(name)(command)
    app.add_typer(group, name="runs")


def sentence(run_id: str, funnel: Mapping[str, int], status: Status) -> str:
    """Say in one line how far a run has come."""
    stages = ", ".join(f"{count:,} {stage}" for stage, count in funnel.items())
    return f"{run_id} {status.state}: {stages}; {status.failed:,} failed; {status.calls:,} calls"


def _directory(project: Project, run_id: str) -> Path:
    directory = project.runs / run_id
    if not (directory / "plan.json").exists():
        raise UserError(f"there is no run {run_id!r}.", where=str(project.root), do="List them with: lemma runs list")
    return directory


def _values(directory: Path) -> dict[str, object]:
    status, plan = launcher.state(directory), load_plan(directory)
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
    # Only here: the ways of all methods take longer to load than a list of runs takes to print.
    from engine.generation.methods.registry import reached

    directory = _directory(find(project), run)
    status, way = launcher.state(directory), load_plan(directory).recipe.way
    funnel = reached(status.funnel, way)
    values = _values(directory) | {
        "funnel": funnel,
        "resume": str(launcher.resume_plan(directory)),
        "speeds": status.speeds,
        "errors": status.errors,
        "damage": status.damage,
    }
    failed = f"not come through: {said}" if (said := reasons(status, 9)) else ""
    lines = [_line(values), sentence(run, funnel, status), ahead(status), failed, status.damage, str(values["resume"])]
    Console(json).result(values, "\n".join([line for line in lines if line] + list(launcher.tail_log(directory, 5))))


def pause(run: Run, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Pause a run between items; what is in flight comes home first."""
    _steer(find(project), run, launcher.pause, json)


def cancel(run: Run, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Stop a run; everything paid for stays."""
    _steer(find(project), run, launcher.cancel, json)


def resume(
    run: Run,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Try failed items again.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Go on with a paused, cancelled, failed or lost run, in the background."""
    directory = _directory(find(project), run)
    found = "" if launcher.is_alive(directory) else str(damage.examine(directory / "journal", load_plan(directory).id))
    if found:
        typer.echo(f"lemma: {found}", err=True)
    worker = launcher.resume(directory, retry_failed=retry_failed)
    Console(json).result(_values(directory) | {"pid": worker, "damage": found}, f"{run} goes on")


def _steer(project: Project, run_id: str, act: Callable[[Path], object], json: bool) -> None:
    directory = _directory(project, run_id)
    act(directory)
    Console(json).result(_values(directory), _line(_values(directory)))
