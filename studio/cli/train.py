"""`lemma train sft|dpo|sft-dpo`: look at data and model, train, and follow the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from engine import planning
from engine.core.errors import UserError
from engine.core.project import find
from engine.core.settings.training import Method, Training
from engine.learning.rounds import stages
from engine.learning.training import launching, outcome, preflight, presets
from engine.learning.training.folder import Folder
from engine.runs import launcher
from engine.runs.plan import Plan, SftDpoPlan, TrainPlan, load_plan, load_plan_as
from engine.runs.status import Status
from engine.store import Store
from studio.cli.console import Advance, Console
from studio.cli.options import JsonOption, ProjectOption, pairs

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
STAGES: tuple[Method, ...] = ("sft", "dpo")


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Fine-tune a model; needs the extra `train`.", no_args_is_help=True)
    group.command("sft", help="Teach a model to answer as the data do.")(_single("sft"))
    group.command("dpo", help="Teach a model to prefer the chosen answers to the rejected ones.")(_single("dpo"))
    group.command("sft-dpo")(sft_dpo)
    app.add_typer(group, name="train")


def _single(method: Method) -> Callable[..., None]:
    """Return the command of one method; their options are the same."""

    def command(
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
        changes = pairs(change or [], "KEY=VALUE")
        training = _training(method, data, model, out, preset, changes, override)
        console = Console(json)
        if check:
            _check({method: training}, console)
            return
        home = find(project)
        with Store(home.database) as store:
            planned = planning.training(store, home, training)
            launching.write_configs(planned.plan.training, planned.directory)
            if planned.plan.training.processes > 1:
                console.say(f"Trains by: {' '.join(launching.command(planned.plan, planned.directory))}")
            _go(store, planned.directory, detach, console)

    return command


def sft_dpo(
    data: Data,
    preferences: Annotated[str, typer.Option("--pairs", metavar="DIR", help="Folder or file of preference pairs.")],
    model: Model,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for the last model; DIR-sft for the first.")
    ],
    preset: Preset = "",
    dpo_preset: Annotated[
        str, typer.Option("--dpo-preset", help="Preset of the second stage; with tiny that of --preset.")
    ] = "",
    change: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="[STAGE.]KEY=VALUE", help="Change a setting of both stages, or of sft or dpo."),
    ] = None,
    override: Override = None,
    check: Check = False,
    detach: Detach = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Fine-tune, then train the outcome on preferences: one run, both stages looked at before the first begins."""
    changes = pairs(change or [], "[STAGE.]KEY=VALUE")
    both = {
        "sft": _training(
            "sft", data, model, out.with_name(f"{out.name}-sft"), preset, _of_stage(changes, "sft"), override
        ),
        "dpo": _training(
            "dpo", preferences, model, out, dpo_preset or _twin(preset), _of_stage(changes, "dpo"), override
        ),
    }
    console = Console(json)
    if check:
        _check(both, console)
        return
    home = find(project)
    with Store(home.database) as store:
        planned = planning.two_stages(store, home, both["sft"], both["dpo"])
        _go(store, planned.directory, detach, console)


def _of_stage(changes: dict[str, str], stage: str) -> dict[str, str]:
    """Return the changes of a stage: its own win over those of both."""
    common = {key: value for key, value in changes.items() if key.partition(".")[0] not in STAGES}
    own = {key.removeprefix(f"{stage}."): value for key, value in changes.items() if key.startswith(f"{stage}.")}
    return common | own


def _twin(preset: str) -> str:
    """Return the preset of the second stage that goes with one of the first: continual-dpo-1 with continual-sft-1."""
    twin = preset.replace("sft", "dpo")
    return twin if twin == "tiny" or (twin != preset and twin in presets.PRESETS) else ""


def _training(
    method: Method,
    data: str,
    model: str,
    out: Path,
    preset: str,
    changes: dict[str, str],
    override: list[str] | None,
) -> Training:
    """Return the settings; `tiny` is the tiny preset of the method."""
    known = f"{preset}-{method}"
    said: dict[str, Any] = {"method": method, "model": model, "data": data, "out": str(out)}
    said |= {"override": tuple(override or ())}
    return presets.resolve(known if known in presets.PRESETS else preset, **changes, **said)


def _go(store: Store, directory: Path, detach: bool, console: Console) -> None:
    """Run a training, or its two stages, to the end, or leave it to a worker."""
    if detach:
        worker = launcher.launch(directory)
        values = {"run": directory.name, "state": "waiting", "pid": worker, "metrics": {}}
        console.result(values, f"{directory.name} goes on; watch it with: lemma runs show {directory.name}")
        return
    plan = load_plan(directory)
    with console.progress(directory.name) as advance:
        status = launcher.run_foreground(directory, _shown(directory, plan, advance))
    trained = _trainings(directory, plan)
    for place in dict.fromkeys((directory, *trained)):
        store.ingest(place)
    if status.state == "failed":
        raise UserError(f"the run failed: {status.reason}", where=str(directory), do="See run.log there.")
    _report(directory, trained, status, console)


def _trainings(directory: Path, plan: Plan) -> list[Path]:
    """Return the run directories of the trainings that have begun: the run itself, or those of its stages."""
    if not isinstance(plan, SftDpoPlan):
        return [directory]
    places = [stages.stage(directory, name) for name in STAGES]
    return [place for place in places if (place / "plan.json").exists()]


def _check(wanted: dict[str, Training], console: Console) -> None:
    """Print the findings by stage; the exit code is 1 where one of them would stop the launch."""
    found = [(name, training, one) for name, training in wanted.items() for one in preflight.check(training)]
    blocking = [one.name for _, training, one in found if preflight.blocking([one], training.override)]
    several = len(wanted) > 1
    lines = []
    for name, _, one in found:
        stage = f"{name}  " if several else ""
        lines.append(f"{stage}{_LIGHTS[one.severity]} {one.name:14} {one.detail}{f' {one.do}' if one.do else ''}")
        lines += [f"     {text}" for text in one.evidence]
    findings = [asdict(one) | ({"stage": name} if several else {}) for name, _, one in found]
    console.result({"findings": findings, "blocking": blocking}, "\n".join(lines))
    if blocking:
        raise typer.Exit(1)


def _shown(directory: Path, plan: Plan, advance: Advance) -> Callable[[Status], None]:
    def progress(status: Status) -> None:
        phase = status.phases[-1] if status.phases else None
        if phase and phase.total:
            stage = f"{phase.name} " if isinstance(plan, SftDpoPlan) else ""
            loss = _last(Folder(_trainings(directory, plan)[-1]).metrics).get("loss")
            advance(phase.done, phase.total, f"{stage}steps" + ("" if loss is None else f", loss {loss:.4f}"))

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


@dataclass(frozen=True, slots=True)
class _Trained:
    """Where the model of a training is, or was to be, and its last figures."""

    run: str
    out: str
    finished: bool
    metrics: dict[str, float]


def _report(directory: Path, trained: list[Path], status: Status, console: Console) -> None:
    """Say what came of the run: its last model, and with two stages each of them."""
    said = [_outcome(place) for place in trained]
    last = said[-1] if said else _Trained(directory.name, "", False, {})
    values: dict[str, Any] = {"run": directory.name, "state": status.state, "reason": status.reason}
    values |= {"out": last.out, "metrics": last.metrics}
    if trained != [directory]:
        values["stages"] = [asdict(one) for one in said]
    loss = last.metrics.get("train_loss", last.metrics.get("loss"))
    told = f", mean loss {loss:.4f}" if loss is not None else ""
    whole = status.state == "finished" and last.finished
    place = f" in {last.out}" if whole else f"; go on with: lemma runs resume {directory.name}"
    console.result(values, f"{directory.name} {status.state}{told}{place}")


def _outcome(directory: Path) -> _Trained:
    plan = load_plan_as(directory, TrainPlan)
    out = Path(plan.training.out)
    finished = outcome.made_by(out, plan.id)
    metrics = outcome.read(out).metrics if finished else _last(Folder(directory).metrics)
    return _Trained(plan.id, str(out), finished, metrics)
