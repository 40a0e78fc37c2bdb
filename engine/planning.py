"""Plans runs: draws what will be done, writes it into a run directory, and registers it in the store.

After this nothing needs the database until the journal is folded in again.
"""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine import backends, prompts, serving
from engine.errors import BadSetting, UserError
from engine.knowledge.graph import KnowledgeGraph
from engine.pipeline import evaluation as evaluations
from engine.pipeline import fine_tuning, inputs, methods
from engine.pipeline.ground import Drawn, Ground
from engine.pipeline.knowledge import unpointed
from engine.pipeline.order import Order
from engine.plans import Plan, save_plan
from engine.project import Project, engines
from engine.records import KnowledgePoint, Request
from engine.rounds.material import WRITTEN_BY_MODEL
from engine.rounds.review import check
from engine.settings import Recipe
from engine.store import Store
from engine.training import checkpoints
from engine.training_settings import Choosing, Evaluating, Looping, Training

_VERSIONED = ("lemma-studio", "duckdb", "numpy", "scipy", "sympy", "httptools")


@dataclass(frozen=True, slots=True)
class Planned:
    """A run directory that is ready to be launched, its plan, and notes on what ran short."""

    directory: Path
    plan: Plan
    notes: tuple[str, ...] = ()


def knowledge(store: Store, project: Project, recipe: Recipe) -> Planned:
    """Plan the extraction and filtering of knowledge points over all seeds.

    Seeds with points given by people need no model. Replies of earlier knowledge runs are reused, never paid again.
    """
    _used(project, recipe)
    seeds = store.seeds.arrow()
    if not seeds.num_rows:
        raise UserError("there are no seeds yet.", where=str(project.root), do="Add some with: lemma seeds add FILE")
    directory = _reserve(project, "knowledge")
    path = _inputs(directory) / "seeds.parquet"
    pq.write_table(seeds, path)
    asked = sum(1 for _ in unpointed(path, recipe.settings.extraction))
    inputs.save(_inputs(directory) / "points.parquet", KnowledgePoint, _human_points(store))
    earlier = tuple(run.id for run in store.runs.list() if run.kind == "knowledge")
    return _ready(store, project, directory, "knowledge", recipe, total=asked, reuse=earlier)


def _human_points(store: Store) -> Iterator[KnowledgePoint]:
    """Yield the points that people gave, with the branch that tells topics from abilities."""
    found = store.points.all()
    for row in found[found["origin"] == "human"].itertuples():
        area = row.area if isinstance(row.area, str) else None
        yield KnowledgePoint(str(row.id), str(row.first_name), origin="human", area=area)


def graph_of(store: Store, recipe: Recipe) -> KnowledgeGraph:
    """Return the graph of the points as they are now: after filters, merges and everything a curator did."""
    pairs = store.points.incidence()
    shape = recipe.settings.graph
    rows = zip(pairs["seed_id"].to_pylist(), pairs["point"].to_pylist(), strict=True)
    return KnowledgeGraph.from_incidence(rows, core_points=shape.core_points, core_percentile=shape.core_percentile)


def generation(
    store: Store,
    project: Project,
    recipe: Recipe,
    *,
    graph: KnowledgeGraph | None = None,
    point: str | None = None,
    dry: int = 0,
    reuse: Sequence[str] = (),
) -> Planned:
    """Plan the writing of `recipe.items` problems by the recipe's method.

    Args:
        store: the project's store; its points give the graph unless `graph` is given.
        project: where the run directory is made.
        recipe: what to do; its seed is moved on by the number of earlier runs, so that each run draws anew.
        graph: the graph, where the caller has it already.
        point: only combinations that hold this point.
        dry: plan only the first so many items, to look at and to forecast from.
        reuse: ids of runs whose replies may be reused, such as a dry run of the same recipe.
    """
    _used(project, recipe)
    earlier = sum(run.kind == "generate" and not run.dry for run in store.runs.list())
    recipe = recipe.model_copy(update={"seed": recipe.seed + earlier})
    drawn = methods.draw(recipe, _ground(store, recipe, graph, point))
    orders = drawn.head(dry) if dry else drawn.orders
    total = min(dry, drawn.total) if dry else drawn.total
    directory = _reserve(project, f"{recipe.name}{'-dry' if dry else ''}")
    _write_inputs(store, directory, orders, drawn)
    store.combinations.add(drawn.combinations[: len(orders)])
    planned = _ready(
        store,
        project,
        directory,
        "generate",
        recipe,
        total=total,
        reuse=tuple(reuse),
        dry=bool(dry),
        point=point or "",
    )
    return Planned(planned.directory, planned.plan, drawn.notes)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a run would write: how many items, and notes on what runs short."""

    items: int
    notes: tuple[str, ...]


def preview(store: Store, project: Project, recipe: Recipe, *, point: str | None = None) -> Preview:
    """Draw what `generation` would draw, without making a run."""
    _used(project, recipe)
    drawn = methods.draw(recipe, _ground(store, recipe, None, point))
    return Preview(drawn.total, drawn.notes)


def _ground(store: Store, recipe: Recipe, graph: KnowledgeGraph | None, point: str | None) -> Ground:
    return Ground(lambda: graph or graph_of(store, recipe), lambda: store.seeds.records(), point or None)


def redraw_map(store: Store, project: Project, recipe: Recipe) -> Planned:
    """Plan a new map over all problems of the project."""
    directory = _reserve(project, "map")
    total = _known(store, _inputs(directory) / "problems.parquet")
    if not total:
        shutil.rmtree(directory)
        raise UserError("there are no problems yet.", do="Write some first; then the map can be drawn.")
    return _ready(store, project, directory, "map", recipe, total=total)


def evaluation(store: Store, project: Project, asked: Evaluating, **server: object) -> Planned:
    """Plan the evaluation of a model; BadInput names the file and line where a benchmark cannot be used.

    A model that is a folder is served for the time of the evaluation; `server` are settings of that engine.
    """
    folder = Path(asked.model).expanduser()
    if not (folder / "config.json").is_file():
        _used(project, evaluations.recipe(asked))
    directory = _reserve(project, "evaluate")
    engines: dict[str, object] = {}
    if (folder / "config.json").is_file():
        asked = asked.model_copy(update={"model": f"{directory.name}:{folder.name}"})
        more = {**server, "served_name": folder.name}
        judged = evaluations.recipe(asked).model_copy(update={"roles": {"judge": asked.judge} if asked.judge else {}})
        engines = _used(project, judged)
        engines[directory.name] = serving.for_one_run(project.servers, directory.name, folder.resolve(), **more)
    try:
        total = evaluations.prepare(directory, asked)
    except UserError:
        shutil.rmtree(directory)
        raise
    recipe = evaluations.recipe(asked)
    return _ready(store, project, directory, "evaluate", recipe, total=total, evaluating=asked, engines=engines)


def choice(store: Store, project: Project, asked: Evaluating, choosing: Choosing) -> Planned:
    """Plan the evaluation of every checkpoint of a training, and the choice of the best one (FL-32).

    `asked` says what is asked; its model is of no account, because each checkpoint is served in its turn.
    """
    directory = _reserve(project, "choose")
    try:
        total = evaluations.prepare(directory, asked) * len(choosing.checkpoints)
        by = checkpoints.deciding(tuple(evaluations.asked(directory)), choosing.by)
    except UserError:
        shutil.rmtree(directory)
        raise
    recipe = Recipe(name="choose", title="Choice of a checkpoint", roles={})
    said = choosing.model_copy(update={"by": by})
    return _ready(store, project, directory, "choose", recipe, total=total, evaluating=asked, choosing=said)


def loop(store: Store, project: Project, recipe: Recipe, looping: Looping) -> Planned:
    """Plan rounds of continual learning; `recipe` says how samples are synthesised and who examines them.

    Roles that write are taken by the models of the loop. UserError where a model or data is none, before anything
    is made.
    """
    if recipe.way != "continual":
        raise BadSetting(f"the recipe {recipe.name!r} is not of the continual way.", where="lemma round start")
    experts = {role: where for role, where in recipe.roles.items() if role not in WRITTEN_BY_MODEL}
    _used(project, recipe.model_copy(update={"roles": experts}))
    check(looping)
    directory = _reserve(project, "round")
    folder = _inputs(directory)
    pq.write_table(store.seeds.arrow(), folder / "seeds.parquet")
    pq.write_table(store.benchmarks.arrow(), folder / "benchmarks.parquet")
    pq.write_table(store.points.incidence(), folder / "incidence.parquet")
    _known(store, folder / "problems.parquet")
    recipe = recipe.model_copy(update={"roles": experts})
    return _ready(store, project, directory, "round", recipe, total=looping.rounds, looping=looping)


def training(store: Store, project: Project, settings: Training) -> Planned:
    """Plan a training. UserError where something stands against it, before anything is made."""
    settings = _located(settings)
    fine_tuning.require_ready(settings)
    directory = _reserve(project, settings.method)
    title = fine_tuning.TITLES[settings.method]
    recipe = Recipe(name=settings.method, title=title, roles={})
    return _ready(store, project, directory, "train", recipe, total=0, training=settings)


def two_stages(store: Store, project: Project, first: Training, second: Training) -> Planned:
    """Plan fine-tuning and then preference training as one run; the second stage starts from the first one's model.

    `second` names the model that the first stage starts from: both are looked at before either begins, and model and
    tokenizer keep their shape over the first.
    """
    first, second = _located(first), _located(second)
    fine_tuning.require_ready(first)
    fine_tuning.require_ready(second)
    if first.out == second.out:
        raise BadSetting("is the folder of both stages.", where=first.out, do="Give each model a folder of its own.")
    directory = _reserve(project, "sft-dpo")
    recipe = Recipe(name="sft-dpo", title="Fine-tuning, then preferences", roles={})
    second = second.model_copy(update={"model": first.out})
    return _ready(store, project, directory, "sft-dpo", recipe, total=0, training=first, preferring=second)


def _located(settings: Training) -> Training:
    """Return the settings with whole paths: the trainer runs elsewhere than the command."""
    there = Path(settings.model).expanduser()
    places = {
        "model": str(there.resolve()) if there.exists() else settings.model,
        "data": str(Path(settings.data).expanduser().resolve()),
        "out": str(Path(settings.out).expanduser().resolve()),
    }
    return settings.model_copy(update=places)


def _write_inputs(store: Store, directory: Path, orders: Sequence[Order], drawn: Drawn) -> None:
    folder = _inputs(directory)
    inputs.save(folder / "orders.parquet", Order, orders)
    inputs.save(folder / "evaluation.parquet", Request, drawn.evaluation)
    pq.write_table(store.seeds.arrow(), folder / "seeds.parquet")
    pq.write_table(store.benchmarks.arrow(), folder / "benchmarks.parquet")
    _known(store, folder / "problems.parquet")


def _known(store: Store, path: Path) -> int:
    """Write what is known of the problems that exist: statement and place on the latest map; return how many."""
    board = store.problems.scoreboard().select(["id"])
    texts = store.problems.texts(board["id"].to_pylist()).select(["id", "statement"])
    places = store.maps.positions().select(["subject_id", "x", "y"])
    joined = texts.join(places, keys="id", right_keys="subject_id", join_type="left outer")
    map_id = store.maps.latest() or ""
    here = [map_id if x is not None else "" for x in joined["x"].to_pylist()]
    columns = {
        "id": joined["id"],
        "statement": joined["statement"],
        "map_id": pa.array(here, pa.string()),
        "x": joined["x"].cast(pa.float64()).fill_null(0.0),
        "y": joined["y"].cast(pa.float64()).fill_null(0.0),
    }
    pq.write_table(pa.table(columns), path)
    return int(joined.num_rows)


def _ready(
    store: Store,
    project: Project,
    directory: Path,
    kind: str,
    recipe: Recipe,
    *,
    total: int,
    reuse: tuple[str, ...] = (),
    dry: bool = False,
    point: str = "",
    looping: Looping | None = None,
    training: Training | None = None,
    preferring: Training | None = None,
    evaluating: Evaluating | None = None,
    choosing: Choosing | None = None,
    engines: Mapping[str, object] | None = None,
) -> Planned:
    plan = Plan.model_validate(
        {
            "id": directory.name,
            "kind": kind,
            "recipe": recipe,
            "engines": engines or _used(project, recipe),
            "prompts": prompts.hashes(),
            "versions": {name: version(name) for name in _VERSIONED} | {"python": platform.python_version()},
            "total": total,
            "created": time.time(),
            "reuse": reuse,
            "dry": dry,
            "point": point,
            "looping": looping,
            "training": training,
            "preferring": preferring,
            "evaluating": evaluating,
            "choosing": choosing,
        }
    )
    save_plan(directory, plan)
    store.runs.register(plan, directory)
    return Planned(directory, plan)


def _used(project: Project, recipe: Recipe) -> dict[str, object]:
    """Return the engines that the roles name; one that is unknown is reported before anything starts."""
    known = engines(project)
    named = {role: backends.address(where, f"roles.{role}")[0] for role, where in recipe.roles.items()}
    for role, name in named.items():
        if name not in known:
            raise BadSetting(
                f"{name!r} is not a known engine; known: {', '.join(sorted(known))}.",
                where=f"roles.{role}",
                do=f"Name it in {project.engines_file} first.",
            )
    return dict(serving.resolved(project.servers, {name: known[name] for name in sorted(set(named.values()))}))


def _reserve(project: Project, stem: str) -> Path:
    """Make the next free run directory `stem-0001`, ..., safe against another process doing the same."""
    project.runs.mkdir(parents=True, exist_ok=True)
    number = 1 + sum(path.name.rpartition("-")[0] == stem for path in project.runs.iterdir())
    while True:
        directory = project.runs / f"{stem}-{number:04d}"
        try:
            directory.mkdir()
        except FileExistsError:
            number += 1
        else:
            return directory


def _inputs(directory: Path) -> Path:
    folder = directory / "inputs"
    folder.mkdir(exist_ok=True)
    return folder
