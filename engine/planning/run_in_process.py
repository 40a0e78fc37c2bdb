"""The whole way from a notebook or a script: seeds in, problems with solutions and verdicts out; no database.

It makes the same two run directories as the studio would, so `lemma ingest DIR` folds them into a project later.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from engine.core import prompts
from engine.core.errors import UserError
from engine.core.project import EngineSpec
from engine.core.records import Failure, JournalRecord, Problem, Request, Seed, Solution, Verdict
from engine.core.settings import Recipe
from engine.execution import PROGRAMS, work
from engine.generation import inputs
from engine.generation.knowledge_run import incidence, unpointed
from engine.generation.methods import registry
from engine.generation.recipes import load
from engine.generation.sources import Sources
from engine.generation.work_item import WorkItem
from engine.knowledge.graph import KnowledgeGraph
from engine.runs import journal
from engine.runs.plan import GeneratePlan, KnowledgePlan, P, save_plan
from engine.runs.status import Status

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Made:
    """What a run made, read from its journal; `status` is how it ended and what it cost."""

    directory: Path
    status: Status
    recipe: Recipe

    @property
    def graph(self) -> KnowledgeGraph:
        """The knowledge graph; empty where the recipe did without one."""
        return _graph(journal.records(self.directory.parent / "knowledge" / "journal"), self.recipe)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, in the order of their writing."""
        return self._all(Problem)

    @property
    def solutions(self) -> tuple[Solution, ...]:
        """The solutions."""
        return self._all(Solution)

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """Everything that checks and judges said."""
        return self._all(Verdict)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What did not make it, and why."""
        return self._all(Failure)

    def _all(self, kind: type[R]) -> tuple[R, ...]:
        return tuple(record for record in journal.records(self.directory / "journal") if isinstance(record, kind))


def run(
    recipe: str | Recipe,
    seeds: Iterable[Seed],
    directory: Path,
    *,
    items: int | None = None,
    engines: Mapping[str, EngineSpec] | None = None,
) -> Made:
    """Take `seeds` the whole way of `recipe` in this process, and return what was made.

    Args:
        recipe: a name, a file, or a recipe with changes already in it.
        seeds: trusted problems.
        directory: where the run directories `knowledge` and `generate` are made; the same call again resumes.
        items: how many problems; the recipe's number by default.
        engines: named engines that the recipe's roles use, beside the embedded one.

    Raises:
        UserError: where a run fails, or the seeds give no combination of points.
    """
    chosen = load(recipe) if isinstance(recipe, str) else recipe
    chosen = chosen.model_copy(update={"items": items or chosen.items})
    known = {"abacus": EngineSpec(kind="abacus"), **(engines or {})}
    first, second = directory / "knowledge", directory / "generate"
    given = first / "inputs" / "seeds.parquet"
    inputs.save(given, Seed, seeds)

    def graph() -> KnowledgeGraph:
        total = sum(1 for _ in unpointed(given, chosen.settings.extraction))
        _work(first, KnowledgePlan(id=first.name, recipe=chosen, engines=known, total=total))
        return _graph(journal.records(first / "journal"), chosen)

    drawn = registry.draw(chosen, Sources(graph, lambda: list(inputs.stream(given, Seed))))
    inputs.save(second / "inputs" / "orders.parquet", WorkItem, drawn.work_items)
    inputs.save(second / "inputs" / "evaluation.parquet", Request, drawn.evaluation)
    inputs.save(second / "inputs" / "seeds.parquet", Seed, _pointed(inputs.stream(given, Seed), first / "journal"))
    plan = GeneratePlan(id=second.name, recipe=chosen, engines=known, total=drawn.total)
    return Made(second, _work(second, plan), chosen)


def _pointed(seeds: Iterable[Seed], extracted: Path) -> Iterator[Seed]:
    """Yield the seeds with the points that were found in them, where they were looked for: problems inherit them."""
    now = inputs.points_of(incidence(journal.records(extracted))) if extracted.exists() else {}
    for seed in seeds:
        yield replace(seed, points=tuple(now.get(seed.id, seed.points)))


def _graph(said: Iterator[JournalRecord], recipe: Recipe) -> KnowledgeGraph:
    shape = recipe.settings.graph
    pairs = incidence(said)
    return KnowledgeGraph.from_incidence(pairs, core_points=shape.core_points, core_percentile=shape.core_percentile)


def _work(directory: Path, plan: P) -> Status:
    save_plan(directory, plan.model_copy(update={"prompts": prompts.hashes(), "created": time.time()}))
    status = work(directory, PROGRAMS)
    if status.state != "finished":
        raise UserError(f"the run ended as {status.state}: {status.reason}", where=str(directory))
    return status
