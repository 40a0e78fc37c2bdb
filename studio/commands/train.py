"""`lemma train sft|dpo`: look at data and model, train, and follow the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from engine import jobs, planning
from engine.errors import UserError
from engine.plans import Plan, Status, load_plan
from engine.project import find
from engine.store import Store
from engine.training import launching, outcome, preflight, presets
from engine.training.folder import Folder
from engine.training_settings import Method, Training
from studio.commands.options import JsonOption, ProjectOption, pairs
from studio.console import Advance, Console

Data = Annotated[str, typer.Option("--data", metavar="DIR", help="Folder of an export, or a JSONL or Parquet file.")]
Model = Annotated[str, typer.Option("--model", metavar="PATH|ID", help="Folder of a model, or its id on the hub.")]
Out = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the trained model.")]
Preset = Annotated[str, typer.Option("--preset", help=f"One of {', '.join(presets.PRESETS)}; or tiny.")]
Change = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")]
Override = Annotated[
    list[str] | None, typer.Option("--override", metavar="FINDING", help="Go on in spite of a red finding.")
]
Check = Annotated[bool, typer.Option("--check", help="Only look at data and model; start nothing.")]
Detach = Annotated[bool, typer.Option("--detach", help="Leave it to a worker and return.")]
_LIGHTS = {"green": "ok  ", "amber": "look", "red": "stop"}
_TAIL = 4096


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Fine-tune a model; needs the extra `train`.", no_args_is_help=True)
    group.command("sft")(sft)
    group.command("dpo")(dpo)
    app.add_typer(group, name="train")


def sft(
    data: Data,
    model: Model,
    out: Out,
    preset: Preset = "",
    change: Change = None,
    override: Override = None,
    check: Check = False,
    detach: Detach = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Teach a model to answer as the data do."""
    training = _training("sft", data, model, out, preset, change, override)
    _train(training, check, detach, project, Console(json))


def dpo(
    data: Data,
    model: Model,
    out: Out,
    preset: Preset = "",
    change: Change = None,
    override: Override = None,
    check: Check = False,
    detach: Detach = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Teach a model to prefer the chosen answers to the rejected ones."""
    training = _training("dpo", data, model, out, preset, change, override)
    _train(training, check, detach, project, Console(json))


def _training(
    method: Method,
    data: str,
    model: str,
    out: Path,
    preset: str,
    change: list[str] | None,
    override: list[str] | None,
) -> Training:
    """Return the settings; `tiny` is the tiny preset of the method."""
    known = f"{preset}-{method}"
    changes: dict[str, Any] = pairs(change or [], "KEY=VALUE")
    changes |= {"method": method, "model": model, "data": data, "out": str(out), "override": tuple(override or ())}
    return presets.resolve(known if known in presets.PRESETS else preset, **changes)


def _train(training: Training, check: bool, detach: bool, project: Path | None, console: Console) -> None:
    if check:
        _check(training, console)
        return
    home = find(project)
    with Store(home.database) as store:
        planned = planning.training(store, home, training)
        plan, directory = planned.plan, planned.directory
        launching.write_configs(launching.settings(plan), directory)
        if launching.settings(plan).processes > 1:
            console.say(f"Trains by: {' '.join(launching.command(plan, directory))}")
        if detach:
            worker = jobs.launch(directory)
            values = {"run": plan.id, "state": "waiting", "pid": worker, "metrics": {}}
            console.result(values, f"{plan.id} goes on; watch it with: lemma runs show {plan.id}")
            return
        with console.progress(plan.id) as advance:
            status = jobs.run_foreground(directory, _shown(Folder(directory), advance))
        store.ingest(directory)
    if status.state == "failed":
        raise UserError(f"the run failed: {status.reason}", where=str(directory), do="See run.log there.")
    _report(load_plan(directory), directory, status, console)


def _check(training: Training, console: Console) -> None:
    """Print the findings; the exit code is 1 where one of them would stop the launch."""
    found = preflight.check(training)
    blocking = [one.name for one in preflight.blocking(found, training.override)]
    lines = []
    for one in found:
        lines.append(f"{_LIGHTS[one.severity]} {one.name:14} {one.detail}{f' {one.do}' if one.do else ''}")
        lines += [f"     {text}" for text in one.evidence]
    console.result({"findings": [asdict(one) for one in found], "blocking": blocking}, "\n".join(lines))
    if blocking:
        raise typer.Exit(1)


def _shown(folder: Folder, advance: Advance) -> Callable[[Status], None]:
    def progress(status: Status) -> None:
        phase = status.phases[-1] if status.phases else None
        if phase and phase.total:
            loss = _last(folder.metrics).get("loss")
            advance(phase.done, phase.total, "steps" if loss is None else f"steps, loss {loss:.4f}")

    return progress


def _last(metrics: Path) -> dict[str, float]:
    """Return the last whole line of metrics; nothing where there is none yet."""
    if not metrics.exists():
        return {}
    with metrics.open("rb") as file:
        file.seek(max(0, file.seek(0, 2) - _TAIL))
        lines = file.read().split(b"\n")[:-1]
    found: dict[str, float] = orjson.loads(lines[-1]) if lines and lines[-1].startswith(b"{") else {}
    return found


def _report(plan: Plan, directory: Path, status: Status, console: Console) -> None:
    out = Path(launching.settings(plan).out)
    finished = outcome.made_by(out, plan.id)
    metrics = outcome.read(out).metrics if finished else _last(Folder(directory).metrics)
    values = {"run": plan.id, "state": status.state, "reason": status.reason, "out": str(out), "metrics": metrics}
    loss = metrics.get("train_loss", metrics.get("loss"))
    said = f", mean loss {loss:.4f}" if loss is not None else ""
    place = f" in {out}" if finished else f"; go on with: lemma runs resume {plan.id}"
    console.result(values, f"{plan.id} {status.state}{said}{place}")
