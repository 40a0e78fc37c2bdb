"""`lemma evaluate`: questions with known answers, put to a model, graded and compared; `quality` below it."""

from __future__ import annotations

from dataclasses import asdict
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from engine import planning
from engine.core.errors import UserError
from engine.core.project import Project, find
from engine.core.settings import explain
from engine.core.settings.training import Evaluating
from engine.learning.evaluation import figures, guidance, held_out, program, readings
from engine.runs import launcher
from engine.store import Store
from studio.cli.choosing import choose, serving_of
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption
from studio.cli.quality import quality
from studio.cli.running import foreground, require_success


def register(app: typer.Typer) -> None:
    """Add the command and the one below it to `lemma`."""
    family = typer.Typer()
    family.callback(invoke_without_command=True)(evaluate)
    family.command("quality")(quality)
    app.add_typer(family, name="evaluate")


def evaluate(
    context: typer.Context,
    model: Annotated[
        str, typer.Option("--model", metavar="ENGINE:MODEL|FOLDER", help="Who answers; a folder is served meanwhile.")
    ] = "",
    benchmark: Annotated[
        list[str] | None,
        typer.Option("--benchmark", metavar="NAME[=FILE]", help="May be repeated; hf:REPOSITORY is a file, too."),
    ] = None,
    requests: Annotated[str, typer.Option(metavar="FILE", help="Held-out requests to be answered and marked.")] = "",
    judge: Annotated[str, typer.Option(metavar="ENGINE:MODEL", help="Who marks answers to requests.")] = "",
    samples: Annotated[int, typer.Option(min=1, help="Answers per question.")] = 1,
    temperature: Annotated[float, typer.Option(help="0 is greedy.")] = 0.0,
    max_tokens: Annotated[int, typer.Option(min=16, help="Longest answer.")] = 2048,
    limit: Annotated[int, typer.Option(min=0, help="Only the first questions; 0 for all.")] = 0,
    checkpoints: Annotated[
        str,
        typer.Option(metavar="RUN|DIR", help="Evaluate every checkpoint of a training, and choose the best one."),
    ] = "",
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="NAME", help="The two benchmarks that decide; gsm8k and math by default."),
    ] = None,
    server: Annotated[
        list[str] | None, typer.Option("--server", metavar="KEY=VALUE", help="Setting of the server of a folder.")
    ] = None,
    against: Annotated[str, typer.Option(metavar="RUN", help="Compare with an earlier evaluation.")] = "",
    detach: Annotated[bool, typer.Option("--detach", help="Leave it to a worker and return.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Ask a model the questions of benchmarks and grade its answers."""
    if context.invoked_subcommand:
        return
    console, home = Console(json), find(project)
    if checkpoints:
        _require_alone(model=model, requests=requests, against=against)
    else:
        _require_model(model)
    asked = settings(
        model=model or checkpoints, benchmarks=tuple(benchmark or ()), requests=requests, judge=judge, samples=samples,
        temperature=temperature, max_tokens=max_tokens, limit=limit,
    )  # fmt: skip
    served = serving_of(server or [])
    if checkpoints:
        choose(home, checkpoints, asked, tuple(by or ()), served, detach, console)
        return
    earlier = _earlier(home, against) if against else None
    with Store(home.database) as store:
        planned = planning.evaluation(store, home, asked, **served)
        if detach:
            worker = launcher.launch(planned.directory)
            console.result({"run": planned.plan.id, "state": "waiting", "pid": worker}, f"{planned.plan.id} goes on")
            return
        status = foreground(store, planned.directory, console, planned.plan.id, told_later=True)
    _report(planned.directory, status.state, earlier, console)
    require_success(planned.directory, status)


def _require_alone(**others: str) -> None:
    """Refuse options that mean nothing where checkpoints are compared with each other."""
    for name, value in others.items():
        if value:
            raise typer.BadParameter("does not go with --checkpoints", param_hint=f"--{name}")


def _require_model(model: str) -> None:
    if not model:
        raise typer.BadParameter("write ENGINE:MODEL or a model's folder", param_hint="--model")
    folder = Path(model).expanduser()
    if folder.is_dir() and not (folder / "config.json").is_file():
        raise UserError("holds no model: it has no config.json.", where=model, do="Give the folder of a saved model.")
    if ":" not in model and not folder.exists():
        raise UserError("is no folder, and names no engine.", where=model, do="Write ENGINE:MODEL or a model's folder.")


def settings(**said: Any) -> Evaluating:
    """Return the settings of an evaluation; BadSetting names what is wrong with them."""
    try:
        return Evaluating.model_validate(said)
    except ValidationError as error:
        raise explain(error, where="evaluate") from error


def _earlier(project: Project, run: str) -> Path:
    directory = project.runs / run
    if not (directory / "inputs" / "questions.parquet").exists():
        raise UserError(f"{run!r} is no evaluation.", where=str(project.root), do="List them with: lemma runs list")
    return directory


def _report(directory: Path, state: str, earlier: Path | None, console: Console) -> None:
    found, answers = program.scores(directory), program.answers(directory)
    compared = figures.compare(program.answers(earlier), answers) if earlier else ()
    levels, subjects = (figures.by(answers, attrgetter(name)) for name in ("level", "subject"))
    marks, unlike = held_out.means(directory), held_out.earlier(directory)
    gap, warnings = figures.robustness_gap(found), program.warnings(directory)
    told, read = guidance.of_evaluation(directory, earlier), readings.of(answers)
    values = {
        "run": directory.name,
        "state": state,
        "accuracy": {one.benchmark: one.pass_1 for one in found},
        "scores": [asdict(one) for one in found],
        "answers": asdict(read),
        "compared": [asdict(one) for one in compared],
        "levels": {name: share for name, (_, share) in levels.items()},
        "subjects": {name: share for name, (_, share) in subjects.items()},
        "robustness_gap": gap,
        "distraction_gap": told.gap,
        "advice": [asdict(each) for each in told.advice],
        "dimensions": marks,
        "marked_before": unlike,
        "warnings": list(warnings),
    }
    lines = [*warnings, *map(_line, found), *filter(None, [read.sentence]), *map(_difference, compared)]
    lines += [f"  {name}: {share:.3f} of {count:,}" for name, (count, share) in sorted(levels.items())]
    lines += [f"robustness gap: {gap:+.3f}"] if gap is not None else []
    lines += [f"distraction gap: {told.gap:+.1f} points"] if told.gap is not None else []
    lines += [f"what next: {each.seen} {each.change}" for each in told.advice]
    lines += [f"marks of 1 to 10: {', '.join(f'{key} {value:.3f}' for key, value in marks.items())}"] if marks else []
    lines += [f"{unlike:,} samples were marked by an earlier prompt and are in no mean"] if unlike else []
    console.result(values, "\n".join(lines) or f"{directory.name} {state}: no answer was graded")


def _line(one: figures.Score) -> str:
    more = f", maj@{one.samples} {one.maj_k:.3f}, pass@{one.samples} {one.pass_k:.3f}" if one.samples > 1 else ""
    first = f"{one.benchmark}: pass@1 {one.pass_1:.3f} [{one.low:.3f}, {one.high:.3f}]{more}"
    lost = f", {one.lost:,} answers could not be had and count as wrong" if one.lost else ""
    return f"{first} over {one.questions:,} questions, {one.unread:,} answers without a final answer{lost}"


def _difference(one: figures.ModelComparison) -> str:
    return (
        f"{one.benchmark}: {one.gain:+.3f} [{one.low:+.3f}, {one.high:+.3f}], p = {one.p:.3f}, {one.questions:,} shared"
    )
