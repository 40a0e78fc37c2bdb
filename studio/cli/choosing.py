"""`lemma evaluate --checkpoints`: every checkpoint of a training is evaluated, and the best one is named (FL-32)."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine import planning
from engine.core.errors import BadInput
from engine.core.project import Project
from engine.core.settings.training import Choosing, Evaluating
from engine.generation import recipes
from engine.learning.rounds import checkpoint_choice
from engine.learning.rounds.checkpoint_choice import CheckpointChoice, RatedCheckpoint
from engine.learning.rounds.promotion import fold
from engine.learning.training import checkpoints
from engine.runs import launcher
from engine.runs.status import Status
from engine.store import Store
from studio.cli.console import Console
from studio.cli.options import pairs
from studio.cli.running import foreground


def choose(
    home: Project,
    given: str,
    asked: Evaluating,
    by: tuple[str, ...],
    server: dict[str, Any],
    detach: bool,
    console: Console,
) -> None:
    """Evaluate the checkpoints of the run or folder `given`, and print the table with the best one."""
    wanted = Choosing(
        checkpoints=tuple(str(path.resolve()) for path in checkpoints.find(_place(home, given))),
        training=given if (home.runs / given).is_dir() else "",
        by=by,
        server=server,
    )
    with Store(home.database) as store:
        planned = planning.choice(store, home, asked, wanted)
        if detach:
            worker = launcher.launch(planned.directory)
            console.result({"run": planned.plan.id, "state": "waiting", "pid": worker}, f"{planned.plan.id} goes on")
            return
        status = foreground(store, planned.directory, console, planned.plan.id)
        fold(store, home, planned.directory)
    _report(planned.directory, status, console)


def serving_of(given: list[str]) -> dict[str, Any]:
    """Return `KEY=VALUE` options as settings of a server."""
    return {key: recipes.value(text) for key, text in pairs(given, "KEY=VALUE").items()}


def _place(home: Project, given: str) -> Path:
    """Return the run directory or the folder that holds the checkpoints."""
    run, folder = home.runs / given, Path(given).expanduser()
    if run.is_dir() or folder.is_dir():
        return run if run.is_dir() else folder
    raise BadInput("is no run and no folder.", where=given, do="Name a training of: lemma runs list")


def _report(directory: Path, status: Status, console: Console) -> None:
    found = checkpoint_choice.read(directory)
    values: dict[str, Any] = {"run": directory.name, "state": status.state, "reason": status.reason}
    if found is None:
        console.result(values | {"checkpoints": [], "best": None}, f"{directory.name} {status.state}")
        return
    best = found.winner
    values |= {
        "checkpoints": [asdict(one) for one in found.rated],
        "by": list(found.by),
        "best": asdict(best) | {"model": found.model} if best else None,
        "note": found.note,
    }
    lines = [_line(found, one) for one in found.rated]
    lines += [f"best: {found.model}", found.note] if best else [f"go on with: lemma runs resume {directory.name}"]
    console.result(values, "\n".join(lines))


def _line(found: CheckpointChoice, one: RatedCheckpoint) -> str:
    mark = "*" if one.step == found.best else " "
    scores = ", ".join(f"{name} {value:.3f}" for name, value in one.accuracy.items())
    return f"{mark} checkpoint-{one.step:<6} mean {one.mean:.3f}  {scores}"
