"""Plans of runs that learn or measure: trainings, evaluations, the choice of a checkpoint, rounds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq

from engine.core.errors import BadSetting, UserError
from engine.core.project import EngineSpec, Project
from engine.core.settings import Recipe
from engine.core.settings.training import Choosing, Evaluating, Looping, Training
from engine.learning.evaluation import program as evaluations
from engine.learning.rounds.review import check
from engine.learning.rounds.training_rows import WRITTEN_BY_MODEL
from engine.learning.training import checkpoints, program
from engine.models import serving
from engine.planning.ready import Planned, inputs_of, known_problems, ready, reserve, untested, used
from engine.runs.plan import ChoosePlan, EvaluatePlan, RoundPlan, SftDpoPlan, TrainPlan
from engine.store import Store


def evaluation(store: Store, project: Project, asked: Evaluating, **server: object) -> Planned[EvaluatePlan]:
    """Plan the evaluation of a model; BadInput names the file and line where a benchmark cannot be used.

    A model that is a folder is served for the time of the evaluation; `server` are settings of that engine.
    """
    folder = Path(asked.model).expanduser()
    if not (folder / "config.json").is_file():
        used(project, evaluations.recipe(asked))
    directory = reserve(project, "evaluate")
    engines: dict[str, EngineSpec] = {}
    if (folder / "config.json").is_file():
        asked = asked.model_copy(update={"model": f"{directory.name}:{folder.name}"})
        more = {**server, "served_name": folder.name}
        judged = evaluations.recipe(asked).model_copy(update={"roles": {"judge": asked.judge} if asked.judge else {}})
        engines = used(project, judged)
        engines[directory.name] = serving.for_one_run(project.servers, directory.name, folder.resolve(), **more)
    try:
        total = evaluations.prepare(directory, asked)
    except UserError:
        shutil.rmtree(directory)
        raise
    recipe = evaluations.recipe(asked)
    engines = engines or used(project, recipe)
    plan = EvaluatePlan(id=directory.name, recipe=recipe, total=total, evaluating=asked, engines=engines)
    return ready(store, directory, plan)


def choice(store: Store, project: Project, asked: Evaluating, choosing: Choosing) -> Planned[ChoosePlan]:
    """Plan the evaluation of every checkpoint of a training, and the choice of the best one (FL-32).

    `asked` says what is asked; its model is of no account, because each checkpoint is served in its turn.
    """
    directory = reserve(project, "choose")
    try:
        total = evaluations.prepare(directory, asked) * len(choosing.checkpoints)
        by = checkpoints.deciding(tuple(evaluations.asked(directory)), choosing.by)
    except UserError:
        shutil.rmtree(directory)
        raise
    recipe = Recipe(name="choose", title="Choice of a checkpoint", roles={})
    said = choosing.model_copy(update={"by": by})
    plan = ChoosePlan(id=directory.name, recipe=recipe, total=total, evaluating=asked, choosing=said)
    return ready(store, directory, plan)


def loop(store: Store, project: Project, recipe: Recipe, looping: Looping) -> Planned[RoundPlan]:
    """Plan rounds of continual learning; `recipe` says how samples are synthesised and who examines them.

    Roles that write are taken by the models of the loop. UserError where a model or data is none, before anything
    is made.
    """
    if recipe.way != "continual":
        raise BadSetting(f"the recipe {recipe.name!r} is not of the continual way.", where="lemma round start")
    experts = {role: where for role, where in recipe.roles.items() if role not in WRITTEN_BY_MODEL}
    recipe = recipe.model_copy(update={"roles": experts})
    judged = {"judge": looping.judge} if looping.judge else {}
    engines = used(project, recipe.model_copy(update={"roles": recipe.roles | judged}))
    if judged and not recipe.settings.continual.evaluation_requests:
        do = "Set continual.evaluation_requests: the method took 500."
        raise BadSetting("a judge has nothing to mark: no request is held out.", where="lemma round start", do=do)
    check(looping)
    directory = reserve(project, "round")
    folder = inputs_of(directory)
    pq.write_table(store.seeds.arrow(), folder / "seeds.parquet")
    pq.write_table(store.benchmarks.arrow(), folder / "benchmarks.parquet")
    pq.write_table(store.points.incidence(), folder / "incidence.parquet")
    known_problems(store, folder / "problems.parquet")
    plan = RoundPlan(id=directory.name, recipe=recipe, engines=engines, total=looping.rounds, looping=looping)
    return ready(store, directory, plan, untested(store))


def training(store: Store, project: Project, settings: Training) -> Planned[TrainPlan]:
    """Plan a training. UserError where something stands against it, before anything is made."""
    settings = _located(settings)
    program.require_ready(settings)
    directory = reserve(project, settings.method)
    title = program.TITLES[settings.method]
    recipe = Recipe(name=settings.method, title=title, roles={})
    return ready(store, directory, TrainPlan(id=directory.name, recipe=recipe, training=settings))


def two_stages(store: Store, project: Project, first: Training, second: Training) -> Planned[SftDpoPlan]:
    """Plan fine-tuning and then preference training as one run; the second stage starts from the first one's model.

    `second` names the model that the first stage starts from: both are looked at before either begins, and model and
    tokenizer keep their shape over the first.
    """
    first, second = _located(first), _located(second)
    program.require_ready(first)
    program.require_ready(second)
    if first.out == second.out:
        raise BadSetting("is the folder of both stages.", where=first.out, do="Give each model a folder of its own.")
    directory = reserve(project, "sft-dpo")
    recipe = Recipe(name="sft-dpo", title="Fine-tuning, then preferences", roles={})
    second = second.model_copy(update={"model": first.out})
    return ready(store, directory, SftDpoPlan(id=directory.name, recipe=recipe, training=first, preferring=second))


def _located(settings: Training) -> Training:
    """Return the settings with whole paths: the trainer runs elsewhere than the command."""
    there = Path(settings.model).expanduser()
    places = {
        "model": str(there.resolve()) if there.exists() else settings.model,
        "data": str(Path(settings.data).expanduser().resolve()),
        "out": str(Path(settings.out).expanduser().resolve()),
    }
    return settings.model_copy(update=places)
