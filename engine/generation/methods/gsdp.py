"""The GSDP way: write from a combination of the graph, compare, rate, solve, judge (GSDP 2.4-2.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from engine.core.errors import BadSetting
from engine.core.protocol import Item, Phase, Program, Way
from engine.core.records import KINDS, RANDOM, Combination, Kind, Problem
from engine.core.settings import Mixture, Recipe
from engine.generation import inputs, similarity_scores, steps
from engine.generation.agents import graph_problem
from engine.generation.record_factory import RecordFactory
from engine.generation.sources import DrawnItems, Sources
from engine.generation.work_item import WorkItem
from engine.knowledge import networks, random_pairs
from engine.knowledge.mixture import sample_mixture
from engine.runs.plan import GeneratePlan
from engine.similarity import contamination

STAGES = ("written", "not a copy", "solved", "score reached", "kept")
"""What an item reaches, in order. An item's outcome is the last stage it reached; `failed` reached none."""


def shares(mixture: Mixture) -> dict[Kind, float]:
    """Return the share of each kind that is in use, in percent."""
    values = (mixture.one_hop, mixture.two_hop, mixture.three_hop, mixture.community)
    return {kind: share for kind, share in zip(KINDS, values, strict=True) if share > 0}


def roles(recipe: Recipe) -> tuple[str, ...]:
    """Return the roles that the way asks."""
    return ("writer", "rater", "solver_low", "solver_high", *recipe.settings.judging.weights)


def draw(recipe: Recipe, sources: Sources) -> DrawnItems:
    """Draw combinations by the shares of the mixture, or those around one point, or pairs by lot."""
    if recipe.settings.mixture.random_pairs:
        return _by_lot(recipe, sources)
    if sources.point is not None:
        return _around(recipe, sources, sources.point)
    mixture = recipe.settings.mixture
    drawn = sample_mixture(
        sources.graph,
        shares(mixture),
        recipe.items,
        recipe.seed,
        repeat=mixture.repeat_by_weight,
        clusters=networks.clusters(sources.graph) if mixture.even_clusters else None,
    )
    return DrawnItems(tuple(_orders(drawn.combinations)), drawn.notes, tuple(dict.fromkeys(drawn.combinations)))


def _orders(combinations: Iterable[Combination]) -> Iterator[WorkItem]:
    """Yield a work item for each combination; one that was drawn before is another copy (GSDP-19)."""
    copies: Counter[str] = Counter()
    for combination in combinations:
        yield WorkItem.of(combination, copies[combination.id])
        copies[combination.id] += 1


def _by_lot(recipe: Recipe, sources: Sources) -> DrawnItems:
    """Draw different pairs of any points of the graph, as many as there are items (GSDP-43)."""
    if sources.point is not None:
        do = "Leave the point or mixture.random_pairs out."
        raise BadSetting("random pairs cannot all hold one point.", where="mixture.random_pairs", do=do)
    names = sources.graph.names
    there = len(names) * (len(names) - 1) // 2
    count = min(recipe.items, there)
    pairs = tuple(Combination.make(RANDOM, pair, 0, 0) for pair in random_pairs.draw(names, count, recipe.seed))
    notes = [f"{count:,} random pairs of the {len(names):,} points of the graph; the shares of its kinds do not count."]
    if count < recipe.items:
        notes.append(f"{recipe.items - count:,} of {recipe.items:,} items are left out: there are no more pairs.")
    return DrawnItems(tuple(map(WorkItem.of, pairs)), tuple(notes), pairs)


def _around(recipe: Recipe, sources: Sources, point: str) -> DrawnItems:
    kinds = shares(recipe.settings.mixture)
    found = [c for kind in kinds for c in sources.graph.combinations(kind) if point in c.points]
    shuffled = np.random.default_rng(recipe.seed).permutation(len(found)).tolist()
    chosen = tuple(found[n] for n in shuffled[: recipe.items])
    short = recipe.items - len(chosen)
    note = f"{point} is in {len(found):,} combinations; {short:,} of {recipe.items:,} items are left out."
    return DrawnItems(tuple(map(WorkItem.of, chosen)), (note,) if short else (), chosen)


def program(plan: GeneratePlan, directory: Path) -> Program:
    """Write every ordered problem, then measure what was written against seeds and against each other."""
    tests = inputs.tests(plan, directory)
    yield Phase("write", plan.total, _items(plan, inputs.work_items(directory), tests))
    yield from similarity_scores.program(plan, directory)


def _items(plan: GeneratePlan, work_items: Iterator[WorkItem], tests: contamination.NgramIndex) -> Iterator[Item]:
    for work_item in work_items:
        yield Item(
            work_item.item_id, partial(way, RecordFactory(plan, work_item.item_id), work_item.combination, tests)
        )


def way(factory: RecordFactory, combination: Combination, tests: contamination.NgramIndex) -> Way[str]:
    """One item from its combination to its last verdict; returns the last stage it reached."""
    problem = yield from written(factory, combination)
    if (yield from steps.copied(factory, problem, tests)):
        return "written"
    rating = yield from steps.rated(factory, problem)
    solutions = yield from steps.routed(factory, problem, rating)
    scored = yield from steps.judged(factory, problem)
    sound = yield from steps.checked(factory, problem, solutions)
    if not any(solution.answer for solution in solutions):
        return "not a copy"
    if not scored:
        return "solved"
    return "kept" if sound else "score reached"


def written(factory: RecordFactory, combination: Combination) -> Way[Problem]:
    """Have the problem written; it is journalled before anything is said about it."""
    draft = yield from graph_problem.write(combination, factory.sampling(), factory.reread)
    problem = factory.problem(draft.statement, "graph_problem", graph_problem.PROMPT, draft.reply, combination)
    yield problem
    yield from steps.formed(factory, problem)
    return problem
