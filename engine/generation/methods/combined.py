"""The combined method (recipe `house`): graph and FLAMES agents write, AgenticMath's loop revises, solvers must agree.

write -> compare -> review and revise -> solve three times -> a majority -> judges score -> judges veto
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from engine.core.protocol import Item, Phase, Program, Way
from engine.core.records import Problem, Seed, Solution
from engine.core.settings import Recipe
from engine.curation import strategies
from engine.generation import inputs, similarity_scores, steps
from engine.generation.methods import flames, gsdp, review_revise
from engine.generation.record_factory import RecordFactory
from engine.generation.sources import DrawnItems, Sources
from engine.generation.work_item import WorkItem
from engine.runs.plan import GeneratePlan
from engine.similarity import contamination
from engine.verification.answers import sorted_out
from engine.verification.checks import agreement

STAGES = ("written", "not a copy", "passed review", "agreed", "score reached", "kept")
"""What an item reaches, in order; of several problems of one item the furthest counts."""
SOLVER = "solver_high"


def roles(recipe: Recipe) -> tuple[str, ...]:
    """Return the roles that the way asks."""
    chosen = recipe.settings
    writers = ("writer",) if chosen.house.graph_share > 0 else ()
    agents = flames.writers(chosen.flames) if chosen.house.graph_share < 100 else ()
    reviewers = ("reviewer", "reviser") if chosen.house.review else ()
    return tuple(dict.fromkeys((*writers, *agents, "rater", SOLVER, *reviewers, *chosen.judging.weights)))


def draw(recipe: Recipe, sources: Sources) -> DrawnItems:
    """Draw the graph's share of the items from combinations, the rest from the agents."""
    combined = round(recipe.items * recipe.settings.house.graph_share / 100)
    parts = [
        source.draw(recipe.model_copy(update={"items": count}), sources)
        for source, count in ((gsdp, combined), (flames, recipe.items - combined))
        if count
    ]
    work_items = [work_item for part in parts for work_item in part.work_items]
    shuffled = np.random.default_rng(recipe.seed).permutation(len(work_items)).tolist()
    notes = tuple(note for part in parts for note in part.notes)
    combinations = tuple(one for part in parts for one in part.combinations)
    return DrawnItems(tuple(work_items[n] for n in shuffled), notes, combinations)


def program(plan: GeneratePlan, directory: Path) -> Program:
    """Send every order along the way, then measure what was written."""
    tests = inputs.tests(plan, directory)
    wanted = {ident for work_item in inputs.work_items(directory) for ident in work_item.seeds}
    yield Phase("write", plan.total, _items(plan, inputs.work_items(directory), inputs.seeds(directory, wanted), tests))
    yield from similarity_scores.program(plan, directory)


def _items(
    plan: GeneratePlan, work_items: Iterator[WorkItem], seeds: Mapping[str, Seed], tests: contamination.NgramIndex
) -> Iterator[Item]:
    for work_item in work_items:
        yield Item(work_item.item_id, partial(way, RecordFactory(plan, work_item.item_id), work_item, seeds, tests))


def way(
    factory: RecordFactory, work_item: WorkItem, seeds: Mapping[str, Seed], tests: contamination.NgramIndex
) -> Way[str]:
    """One item from its order to its last verdict; returns the furthest stage that one of its problems reached."""
    if work_item.agent == "graph_problem":
        problems = [(yield from gsdp.written(factory, work_item.combination))]
    else:
        made = yield from flames.written(factory, work_item.agent, flames.source(work_item, seeds))
        problems = [problem for problem, _ in made]
    furthest = 0
    for problem in problems:
        reached = yield from _onwards(factory, problem, tests)
        furthest = max(furthest, STAGES.index(reached))
    return STAGES[furthest]


def _onwards(factory: RecordFactory, problem: Problem, tests: contamination.NgramIndex) -> Way[str]:
    chosen = factory.plan.recipe.settings.house
    if (yield from steps.copied(factory, problem, tests)):
        return "written"
    if chosen.review:
        first = problem
        problem, passed = yield from review_revise.reviewed(factory, first)
        # What was said of the first version says nothing of another text.
        if problem.id != first.id and (yield from steps.copied(factory, problem, tests)):
            return "written"
        if not passed:
            return "not a copy"
    yield from steps.rated(factory, problem)
    solutions = yield from steps.solved(factory, problem, SOLVER, chosen.solutions)
    agreed = yield from _agreed(factory, problem, solutions)
    if not agreed:
        return "passed review"
    if not (yield from steps.judged(factory, problem)):
        return "agreed"
    return "kept" if (yield from steps.checked(factory, problem, agreed)) else "score reached"


def _agreed(factory: RecordFactory, problem: Problem, solutions: tuple[Solution, ...]) -> Way[tuple[Solution, ...]]:
    """Keep one solution of the majority, so that judges are paid once (FL-21); nothing where there is none."""
    answers = [solution.answer for solution in solutions]
    rounded_from = factory.plan.recipe.settings.flames.rounded_from
    index = strategies.majority(answers, rounded_from=rounded_from)
    said = agreement.doubts(sorted_out(answers, rounded_from))
    yield factory.ruled(problem, "keep_majority", float(index is not None), f"majority of solutions{said}")
    if index is None:
        return ()
    chosen = solutions[index]
    yield factory.ruled(chosen, "chosen", 1.0, "of the majority")
    return (chosen,)
