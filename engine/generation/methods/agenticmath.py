"""The AgenticMath way: rate and filter seeds, rephrase, review and revise, solve, evaluate, curate, rank.

rate       each seed gets three ratings; neighbours correct them; seeds below the limit are left out
rephrase   each kept seed gives six variants
write      each variant is reviewed and revised, solved and evaluated together with its solutions
resolve    seeds that join the data set are solved anew; their own answers are never looked at (AM-01)
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from engine.core.errors import ItemFailure
from engine.core.protocol import Item, Phase, Program, Way
from engine.core.records import Problem, Seed, Solution, Verdict
from engine.core.settings import Recipe
from engine.generation import inputs, similarity_scores, steps
from engine.generation.agents import rephrase
from engine.generation.judges import joint, marks, seed_rating
from engine.generation.methods import agenticmath_ratings, review_revise
from engine.generation.record_factory import RecordFactory, Voice
from engine.generation.solvers import ONE_SHOT
from engine.generation.sources import DrawnItems, Sources
from engine.generation.work_item import WorkItem
from engine.runs import journal
from engine.runs.plan import GeneratePlan
from engine.runs.status import PhaseCount
from engine.similarity import contamination
from engine.verification.checks import figure

STAGES = ("written", "passed review", "not a copy", "solved", "kept")
"""What a variant reaches, in order. Seeds end as rated, rephrased or resolved, which are no stages of a variant."""
SOLVER = "solver"


def roles(recipe: Recipe) -> tuple[str, ...]:
    """Return the roles that the way asks."""
    chosen = recipe.settings.agenticmath
    evaluator = ("evaluator",) if chosen.filter_seeds or chosen.evaluate else ()
    return ("writer", SOLVER, *evaluator, *(("reviewer", "reviser") if chosen.review else ()))


def draw(recipe: Recipe, sources: Sources) -> DrawnItems:
    """Draw the seeds to rate: enough that, after the filter, their variants are as many as asked for."""
    chosen = recipe.settings.agenticmath
    kept = math.ceil(recipe.items / chosen.variants)
    wanted = math.ceil(kept / chosen.seed_pass) if chosen.filter_seeds else kept
    shuffled = np.random.default_rng(recipe.seed).permutation(len(sources.seeds))[:wanted].tolist()
    short = wanted - len(shuffled)
    note = f"{wanted:,} seeds are wanted for {recipe.items:,} variants, there are {len(shuffled):,}."
    work_items = tuple(WorkItem.of_seed(sources.seeds[n]) for n in shuffled)
    return DrawnItems(work_items, (note,) if short else (), items=recipe.items)


def program(plan: GeneratePlan, directory: Path) -> Program:
    """Take seeds to ranked pairs of problem and solution."""
    chosen = plan.recipe.settings.agenticmath
    work_items = list(inputs.work_items(directory))
    found = inputs.seeds(directory, (ident for work_item in work_items for ident in work_item.seeds))
    seeds = [found[work_item.seeds[0]] for work_item in work_items if work_item.seeds[0] in found]
    kept = seeds
    if chosen.filter_seeds:
        yield Phase("rate", len(seeds), (_item(plan, "rate", seed, rated) for seed in seeds))
        kept = yield from agenticmath_ratings.seeds(plan, directory, seeds)
    needed = kept[: math.ceil(plan.total / chosen.variants)]
    yield Phase("rephrase", len(needed), (_item(plan, "rephrase", seed, rephrased) for seed in needed))
    tests = inputs.tests(plan, directory)
    variants = _variants(directory)[: plan.total]
    yield Phase("write", len(variants), _each(plan, variants, tests))
    half = {"all": seeds, "kept": kept, "none": []}[chosen.seed_half]
    if half:
        yield Phase("resolve", len(half), (_item(plan, "resolve", seed, resolved) for seed in half))
    yield from agenticmath_ratings.pairs(plan, directory)
    yield from similarity_scores.program(plan, directory)


def shortfall(recipe: Recipe, phases: Iterable[PhaseCount]) -> str:
    """Say why fewer variants are written than were asked for; empty where seeds enough passed the filter (AM-05)."""
    chosen, totals = recipe.settings.agenticmath, {phase.name: phase.total for phase in phases}
    if "rate" not in totals or "rephrase" not in totals:
        return ""
    rated, kept = totals["rate"], totals["rephrase"]
    if kept * chosen.variants >= recipe.items:
        return ""
    come = f"{recipe.items:,} variants were asked for, and {kept * chosen.variants:,} can come"
    return (
        f"{come}: {kept:,} of {rated:,} rated seeds reached {chosen.seed_limit:g}, and each gives {chosen.variants:,}."
    )


def _item(plan: GeneratePlan, verb: str, seed: Seed, along: Callable[[RecordFactory, Seed], Way[str]]) -> Item:
    item_id = f"{verb} {seed.id}"
    return Item(item_id, partial(along, RecordFactory(plan, item_id), seed))


def _variants(directory: Path) -> list[Problem]:
    """Return the variants of this run, sorted by seed, so that the same replies give the same items."""
    said = journal.records(directory / "journal")
    found = {r.id: r for r in said if isinstance(r, Problem) and r.agent == "rephrase" and not r.parent_id}
    return sorted(found.values(), key=lambda problem: (problem.item_id, problem.id))


def _each(plan: GeneratePlan, variants: Sequence[Problem], tests: contamination.NgramIndex) -> Iterator[Item]:
    for problem in variants:
        item_id = f"variant {problem.id}"
        yield Item(item_id, partial(way, RecordFactory(plan, item_id), problem, tests))


def rated(factory: RecordFactory, seed: Seed) -> Way[str]:
    """Rate one seed in three respects; only its statement is shown (AM-01, AM-02)."""
    chosen, scale = factory.plan.recipe.settings.agenticmath, factory.plan.recipe.settings.curation.scale
    said = yield from seed_rating.rate(seed.statement, sampling=factory.sampling(), reread=factory.reread, scale=scale)
    prompt = seed_rating.prompt_of(scale)
    values = {
        "seed_complexity": said.complexity,
        "seed_information": said.information,
        "seed_clarity": said.clarity,
        "seed_rating": said.aggregate(chosen.rating, chosen.rating_weights),
    }
    for name, value in values.items():
        yield factory.of_seed(seed, name, float(value), said.reason, prompt, said.reply)
    faults = figure.reference(seed.statement)
    yield factory.of_seed(seed, "seed_figure", float(bool(faults)), faults or "needs no picture")
    return "rated"


def rephrased(factory: RecordFactory, seed: Seed) -> Way[str]:
    """Write the variants of one seed; each is a problem of its own that names its seed (AM-07)."""
    count = factory.plan.recipe.settings.agenticmath.variants
    drafts = yield from rephrase.rephrase(seed.statement, count, factory.sampling, factory.reread)
    for number, draft in enumerate(drafts):
        problem = factory.drafted(draft, "rephrase", seed_id=seed.id, points=seed.points)
        yield problem
        for place, note in enumerate(draft.notes):
            yield factory.note(note, "rephrase", problem, number * 100 + place)
    return "rephrased"


def way(factory: RecordFactory, problem: Problem, tests: contamination.NgramIndex) -> Way[str]:
    """One variant from its first review to its evaluation; returns the last stage it reached."""
    chosen = factory.plan.recipe.settings.agenticmath
    yield from steps.formed(factory, problem)
    if chosen.review:
        problem, passed = yield from review_revise.reviewed(factory, problem)
        if not passed:
            return "written"
    if (yield from steps.copied(factory, problem, tests)):
        return "passed review"
    solutions = yield from steps.solved(factory, problem, SOLVER, chosen.solutions, ONE_SHOT)
    if not any(solution.answer for solution in solutions):
        return "not a copy"
    if not chosen.evaluate:
        return "kept"
    return "kept" if (yield from evaluated(factory, problem, solutions)) else "solved"


def resolved(factory: RecordFactory, seed: Seed) -> Way[str]:
    """Solve a seed anew for the seed half of the data set, and evaluate it like the others (AM-15, AM-20)."""
    chosen = factory.plan.recipe.settings.agenticmath
    problem = factory.taken(seed)
    yield problem
    solutions = yield from steps.solved(factory, problem, SOLVER, chosen.solutions, ONE_SHOT)
    for solution in solutions:
        words = "the seed half takes every answered solution"
        yield factory.ruled(solution, "solution_veto", float(bool(solution.answer)), words)
    if chosen.evaluate:
        yield from evaluated(factory, problem, solutions)
    return "resolved"


def evaluated(factory: RecordFactory, problem: Problem, solutions: Iterable[Solution]) -> Way[bool]:
    """Evaluate problem and solution together, for each solution (AM-17); True where one could be evaluated."""
    found = False
    for solution in solutions:
        try:
            said = yield from joint.evaluate(
                problem.statement,
                solution.text,
                sampling=factory.sampling(("joint", solution.index)),
                reread=factory.reread,
                scale=factory.plan.recipe.settings.curation.scale,
            )
        except ItemFailure as failure:
            yield factory.lived_with(failure, f"{joint.PROMPT} {solution.index}", solution.id)
            continue
        found = True
        yield from _told(factory, problem, solution, said)
    return found


def _told(factory: RecordFactory, problem: Problem, solution: Solution, said: joint.Joint) -> Iterator[Verdict]:
    values = {
        "joint_clarity": said.clarity,
        "joint_correctness": said.correctness,
        "joint_completeness": said.completeness,
        "joint": said.aggregate("mean"),
    }
    for name, value in values.items():
        yield factory.said(
            solution, name, float(value), said.reason,
            Voice("evaluator", joint.prompt_of(factory.plan.recipe.settings.curation.scale), said.reply), kind="rating",
        )  # fmt: skip
    if not factory.plan.recipe.settings.agenticmath.review or problem.agent == "seed":
        # Nobody reviewed the problem, so the evaluation is the only word on it.
        words = f"joint evaluation {values['joint']:.1f} of {marks.HIGHEST}"
        score = values["joint"] / marks.HIGHEST
        yield factory.ruled(problem, "problem_score", score, words, kind="score")
