"""Plans of runs that write: knowledge points and their graph, problems by the method of a recipe, maps of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.core.errors import UserError
from engine.core.project import Project
from engine.core.records import RANDOM, KnowledgePoint, Request
from engine.core.settings import Recipe
from engine.generation import inputs
from engine.generation.knowledge_run import unpointed
from engine.generation.methods import registry
from engine.generation.sources import DrawnItems, Sources
from engine.generation.work_item import WorkItem
from engine.knowledge.graph import KnowledgeGraph
from engine.planning.ready import Planned, inputs_of, known_problems, ready, reserve, untested, used
from engine.runs.plan import GeneratePlan, KnowledgePlan, MapPlan
from engine.store import Store


def knowledge(store: Store, project: Project, recipe: Recipe) -> Planned[KnowledgePlan]:
    """Plan the extraction and filtering of knowledge points over all seeds.

    Seeds with points given by people need no model. Replies of earlier knowledge runs are reused, never paid again.
    """
    engines = used(project, recipe)
    seeds = store.seeds.arrow()
    if not seeds.num_rows:
        raise UserError("there are no seeds yet.", where=str(project.root), do="Add some with: lemma seeds add FILE")
    directory = reserve(project, "knowledge")
    path = inputs_of(directory) / "seeds.parquet"
    pq.write_table(seeds, path)
    asked = sum(1 for _ in unpointed(path, recipe.settings.extraction))
    inputs.save(inputs_of(directory) / "points.parquet", KnowledgePoint, _human_points(store))
    earlier = tuple(run.id for run in store.runs.list() if run.kind == "knowledge")
    plan = KnowledgePlan(id=directory.name, recipe=recipe, engines=engines, total=asked, reuse=earlier)
    return ready(store, directory, plan)


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
) -> Planned[GeneratePlan]:
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
    engines = used(project, recipe)
    earlier = sum(run.kind == "generate" and not run.dry for run in store.runs.list())
    recipe = recipe.model_copy(update={"seed": recipe.seed + earlier})
    drawn = registry.draw(recipe, ground(store, recipe, graph, point))
    work_items = drawn.head(dry) if dry else drawn.work_items
    total = min(dry, drawn.total) if dry else drawn.total
    directory = reserve(project, f"{recipe.name}{'-dry' if dry else ''}")
    write_inputs(store, directory, work_items, drawn)
    store.combinations.add(drawn.combinations[: len(work_items)])
    plan = GeneratePlan(
        id=directory.name, recipe=recipe, engines=engines, total=total,
        reuse=tuple(reuse), dry=bool(dry), point=point or "",
    )  # fmt: skip
    return ready(store, directory, plan, (*drawn.notes, *beside_graph(store, recipe, total), *untested(store)))


def beside_graph(store: Store, recipe: Recipe, items: int) -> tuple[str, ...]:
    """Say of how many pairs of the graph problems were written, so that as many random ones are compared (GSDP-43)."""
    if not recipe.settings.mixture.random_pairs:
        return ()
    pairs = int((store.figures.pairs()["kind"] != RANDOM).sum())
    if not pairs:
        return ("No problem was written from a pair of the graph yet: there is nothing to compare random pairs with.",)
    as_many = "" if pairs == items else f" To compare as many, ask for {pairs:,} items."
    return (f"Problems were written from {pairs:,} pairs of the graph.{as_many}",)


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What a run would write: how many items, and notes on what runs short."""

    items: int
    notes: tuple[str, ...]


def preview(store: Store, project: Project, recipe: Recipe, *, point: str | None = None) -> RunPreview:
    """Draw what `generation` would draw, without making a run."""
    used(project, recipe)
    drawn = registry.draw(recipe, ground(store, recipe, None, point))
    notes = (*drawn.notes, *beside_graph(store, recipe, drawn.total), *untested(store))
    return RunPreview(drawn.total, notes)


def ground(store: Store, recipe: Recipe, graph: KnowledgeGraph | None, point: str | None) -> Sources:
    """Return what the items of a run are drawn from."""
    return Sources(lambda: graph or graph_of(store, recipe), lambda: store.seeds.records(), point or None)


def _pointed_seeds(store: Store) -> pa.Table:
    """Return the seeds with their knowledge points as they are now, so that what is written from a seed inherits them.

    A seed that no graph has pointed keeps what people gave it.
    """
    seeds, pairs = store.seeds.arrow(), store.points.incidence()
    now = inputs.points_of(zip(pairs["seed_id"].to_pylist(), pairs["point"].to_pylist(), strict=True))
    given = zip(seeds["id"].to_pylist(), seeds["points"].to_pylist(), strict=True)
    points = pa.array([now.get(ident) or named for ident, named in given], pa.list_(pa.string()))
    return seeds.set_column(seeds.column_names.index("points"), "points", points)


def write_inputs(store: Store, directory: Path, work_items: Sequence[WorkItem], drawn: DrawnItems) -> None:
    """Write what a run reads: its items, seeds, test problems, and the problems that there are."""
    folder = inputs_of(directory)
    inputs.save(folder / "orders.parquet", WorkItem, work_items)
    inputs.save(folder / "evaluation.parquet", Request, drawn.evaluation)
    pq.write_table(_pointed_seeds(store), folder / "seeds.parquet")
    pq.write_table(store.benchmarks.arrow(), folder / "benchmarks.parquet")
    known_problems(store, folder / "problems.parquet")


def redraw_map(store: Store, project: Project, recipe: Recipe) -> Planned[MapPlan]:
    """Plan a new map over all problems of the project."""
    directory = reserve(project, "map")
    total = known_problems(store, inputs_of(directory) / "problems.parquet")
    if not total:
        shutil.rmtree(directory)
        raise UserError("there are no problems yet.", do="Write some first; then the map can be drawn.")
    plan = MapPlan(id=directory.name, recipe=recipe, engines=used(project, recipe), total=total)
    return ready(store, directory, plan)
