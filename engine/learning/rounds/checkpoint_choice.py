"""What the worker of a choice does: every checkpoint of a training is evaluated, the best by two benchmarks chosen.

Each evaluation is a run of its own beside the choice's, so a resume asks no checkpoint twice. The outcome grows in
`choice.json`. A checkpoint of adapters is merged with its base model for as long as it is asked; the chosen one stays
in `model/`. Source: FLAMES, setup (FL-32).
"""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean

import orjson

from engine.core.errors import BadInput
from engine.core.files import write_atomically
from engine.core.project import Project
from engine.core.protocol import Program, Progress
from engine.learning.evaluation import program as evaluation
from engine.learning.rounds import children
from engine.learning.training import checkpoints, merging
from engine.models import serving
from engine.runs.plan import ChoosePlan, EvaluatePlan
from engine.runs.status import load_status

FILE, MODEL, STEP = "choice.json", "model", "evaluate"


@dataclass(frozen=True, slots=True)
class RatedCheckpoint:
    """A checkpoint that was evaluated; `accuracy` is by benchmark, 0 to 1."""

    step: int
    folder: str
    run: str
    """The evaluation."""
    accuracy: dict[str, float]
    mean: float
    """Mean of the two benchmarks that decide."""


@dataclass(frozen=True, slots=True)
class CheckpointChoice:
    """How far a choice is: what was evaluated so far, and in the end the best."""

    run: str
    training: str
    by: tuple[str, str]
    rated: tuple[RatedCheckpoint, ...] = ()
    best: int | None = None
    """Step of the best checkpoint; None while some are not evaluated."""
    model: str = ""
    """Folder of the best, ready to be served and trained on."""
    note: str = ""

    @property
    def winner(self) -> RatedCheckpoint | None:
        """The best checkpoint."""
        return next((one for one in self.rated if one.step == self.best), None)


def program(plan: ChoosePlan, directory: Path) -> Program:
    """Evaluate the checkpoints of a plan one after the other, and choose."""
    choosing = plan.choosing
    by = checkpoints.deciding(choosing.by, choosing.by)
    said = CheckpointChoice(plan.id, choosing.training, by)
    for number, folder in enumerate(map(Path, choosing.checkpoints)):
        run = yield from _evaluated(plan, directory, folder, number)
        accuracy = evaluation.accuracy(run)
        rated = RatedCheckpoint(
            checkpoints.step_of(folder), str(folder), run.name, accuracy, fmean(accuracy[one] for one in by)
        )
        said = replace(said, rated=(*said.rated, rated))
        _save(directory, said)
    found = checkpoints.choose(
        [checkpoints.Scored(one.step, *(one.accuracy[name] for name in by)) for one in said.rated]
    )
    said = replace(said, best=found.best.step, note=found.note)
    folder = next(Path(one.folder) for one in said.rated if one.step == said.best)
    model = yield from _servable(folder, directory / MODEL, directory, Progress(STEP, plan.total, plan.total))
    _save(directory, replace(said, model=str(model)))


def read(directory: Path) -> CheckpointChoice | None:
    """Return how far a choice is; None where nothing was evaluated yet."""
    path = directory / FILE
    if not path.exists():
        return None
    told = orjson.loads(path.read_bytes())
    rated = tuple(RatedCheckpoint(**each) for each in told.pop("rated"))
    return CheckpointChoice(**{**told, "by": tuple(told["by"]), "rated": rated})


def finished(directory: Path) -> CheckpointChoice:
    """Return a choice that has come to its end; BadInput where it has not."""
    found = read(directory)
    if found is None or not found.model:
        raise BadInput("has chosen no checkpoint yet.", where=str(directory), do="Resume it first.")
    return found


def all_of(runs: Path) -> tuple[CheckpointChoice, ...]:
    """Return the choices of a project that have evaluated something, in the order of their ids."""
    found = (read(path.parent) for path in sorted(runs.glob(f"*/{FILE}")))
    return tuple(one for one in found if one)


def _save(directory: Path, said: CheckpointChoice) -> None:
    write_atomically(directory / FILE, orjson.dumps(asdict(said), option=orjson.OPT_INDENT_2))


def _evaluated(plan: ChoosePlan, directory: Path, folder: Path, number: int) -> Generator[Progress, None, Path]:
    """Bring the evaluation of one checkpoint to its end, and return its run directory."""
    asked, choosing = plan.evaluating, plan.choosing
    place = directory.with_name(f"{plan.id}-{folder.name}")
    each = plan.total // len(choosing.checkpoints)
    if load_status(place).state != "finished":
        merged = directory / "merged" / folder.name
        model = yield from _servable(folder, merged, directory, Progress(STEP, number * each, plan.total))
        said = asked.model_copy(update={"model": f"{place.name}:{folder.name}"})
        more = {**choosing.server, "served_name": folder.name}
        served = serving.for_one_run(Project(directory.parent.parent).servers, place.name, model.resolve(), **more)
        recipe = evaluation.recipe(said, plan.recipe.settings.running)
        recipe = recipe.model_copy(update={"title": f"Evaluation of {folder.name}"})
        evaluation.share(directory, place)
        engines = {place.name: served}
        child = EvaluatePlan(id=place.name, recipe=recipe, engines=engines, evaluating=said, total=each)
        with closing(children.run(place, children.planned(plan, child), folder.name)) as watch:
            for told in watch:
                yield Progress(STEP, number * each + told.done, plan.total)
        shutil.rmtree(merged, ignore_errors=True)
    yield Progress(STEP, (number + 1) * each, plan.total)
    return place


def _servable(folder: Path, place: Path, directory: Path, now: Progress) -> Generator[Progress, None, Path]:
    """Return the folder of a whole model: the checkpoint, or `place` with its adapters merged into their base."""
    if not folder.is_dir():
        raise BadInput("is gone.", where=str(folder), do="Choose anew among the checkpoints that are there.")
    if not (folder / merging.ADAPTER).is_file():
        return folder
    if not place.is_dir():
        command = ["engine.learning.training.merging", str(folder), str(place)]
        with closing(children.process(command, directory / "merging.log", "merging", place, 1)) as watch:
            for _ in watch:
                yield now
    return place
