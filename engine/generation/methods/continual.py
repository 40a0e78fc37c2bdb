"""The continual-learning way, data side: a request, a sample, self-play, experts, sorting, a self-refined pair.

A sample that passes both examinations is fine-tuning data; one that fails both becomes a preference pair with its own
better version; one on which they disagree is discarded (CL-13).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from engine.core.errors import ItemFailure
from engine.core.protocol import Item, Phase, Program, Way
from engine.core.records import Problem, Request, Solution
from engine.core.settings import Continual, Recipe
from engine.curation import sorting
from engine.generation import inputs, similarity_scores, steps
from engine.generation.agents import request_problem, self_refine
from engine.generation.agents.writing import Draft, Note
from engine.generation.judges import consistency, consult, dimensions
from engine.generation.record_factory import RecordFactory, Voice
from engine.generation.solvers import self_play
from engine.generation.sources import DrawnItems, Sources
from engine.generation.work_item import WorkItem
from engine.knowledge import requests
from engine.runs.plan import GeneratePlan
from engine.similarity import contamination

STAGES = ("written", "not a copy", "examined", "kept")
"""What an item reaches: `examined` has been sorted; `kept` is fine-tuning data or a preference pair."""
EVALUATION_SEED = 500
"""Seed of the requests that are held back: the same in every round, so that no round trains on them (CL-05)."""


def roles(recipe: Recipe) -> tuple[str, ...]:
    """Return the roles that the way asks."""
    chosen = recipe.settings.continual
    experts = ("expert_a", "expert_b") if chosen.experts and chosen.consult != "roles" else ()
    return ("writer", "arbiter", *(("self",) if chosen.self_play else ()), *experts)


def draw(recipe: Recipe, sources: Sources) -> DrawnItems:
    """Draw requests that are all different, and hold back others for evaluation (CL-03, CL-05)."""
    chosen = recipe.settings.continual
    names = sources.graph.names if chosen.points == "graph" else [point.name for point in sources.taxonomy.points]
    held = requests.draw(names, chosen.evaluation_requests, EVALUATION_SEED, most_points=chosen.most_points)
    forbidden = frozenset(request.id for request in held)
    found = requests.draw(names, recipe.items, recipe.seed, most_points=chosen.most_points, forbidden=forbidden)
    return DrawnItems(tuple(map(WorkItem.of_request, found)), evaluation=held)


def program(plan: GeneratePlan, directory: Path) -> Program:
    """Answer every request and sort the answers, then measure what was written."""
    tests = inputs.tests(plan, directory)
    yield from (work_item.request for work_item in inputs.work_items(directory))
    yield Phase("write", plan.total, _items(plan, inputs.work_items(directory), tests))
    yield from similarity_scores.program(plan, directory)


def _items(plan: GeneratePlan, work_items: Iterator[WorkItem], tests: contamination.NgramIndex) -> Iterator[Item]:
    for work_item in work_items:
        yield Item(work_item.item_id, partial(way, RecordFactory(plan, work_item.item_id), work_item.request, tests))


def way(factory: RecordFactory, request: Request, tests: contamination.NgramIndex) -> Way[str]:
    """One item from its request to its class; returns the last stage it reached."""
    problem, sample, draft = yield from written(factory, request)
    if (yield from steps.copied(factory, problem, tests)):
        return "written"
    again = yield from replayed(factory, problem)
    consistent = yield from compared(factory, problem, sample, again)
    sound, feedback = yield from examined(factory, request, problem, sample)
    chosen = factory.plan.recipe.settings.continual
    group = sorting.assigned(consistent, sound, self_play=chosen.self_play, experts=chosen.experts)
    value = {"fine-tuning": 1.0, "preference": 0.0}.get(group, 0.5)
    yield factory.ruled(problem, "sorted", value, group, kind="class")
    if chosen.dimensions:
        yield from measured(factory, request, problem, sample)
    tuned = group == "fine-tuning"
    yield factory.ruled(sample, "solution_veto", float(tuned), f"sorted as {group}")
    if tuned:
        return (yield from _tuned(factory, request, problem, sample))
    if group == "preference":
        better = yield from _mended(factory, request, problem, draft, again, feedback)
        return "kept" if better and (yield from _paired(factory, better, tests)) else "examined"
    yield factory.ruled(problem, "method", 0.0, "the two examinations disagree")
    return "examined"


def _text(factory: RecordFactory, request: Request) -> str:
    return requests.text(request, factory.plan.recipe.settings.continual.language)


def written(factory: RecordFactory, request: Request) -> Way[tuple[Problem, Solution, Draft]]:
    """Have the request answered, and split the answer into question and solution (CL-07)."""
    draft = yield from request_problem.write(
        _text(factory, request), request.points, factory.sampling(), factory.reread
    )
    problem = factory.asked(draft, request)
    yield problem
    sample = factory.claimed(problem, draft)
    yield sample
    for number, note in enumerate(draft.notes):
        yield factory.note(note, problem.agent, problem, number)
    yield from steps.formed(factory, problem)
    value = request.difficulty
    yield factory.ruled(problem, "difficulty", value, f"asked for at {value:g}", kind="difficulty")
    return problem, sample, draft


def replayed(factory: RecordFactory, problem: Problem) -> Way[Solution | None]:
    """Let a frozen copy of the model solve the question again, without its own solution (CL-08)."""
    if not factory.plan.recipe.settings.continual.self_play:
        return None
    try:
        worked = yield from self_play.solve(problem.statement, "self", factory.sampling("self-play"), factory.reread)
    except ItemFailure as failure:
        yield factory.lived_with(failure, self_play.PROMPT, problem.id)
        return None
    again = factory.solution(problem, 1, worked.text, worked.answer, self_play.PROMPT, worked.reply, agent="self_play")
    yield again
    return again


def compared(factory: RecordFactory, problem: Problem, sample: Solution, again: Solution | None) -> Way[bool | None]:
    """Judge whether the two solutions agree (CL-09); None where there is no second."""
    if again is None:
        return None
    try:
        said = yield from consistency.judge(
            problem.statement, sample.text, again.text, "arbiter", factory.sampling("consistency"), factory.reread
        )
    except ItemFailure as failure:
        yield factory.lived_with(failure, consistency.PROMPT, problem.id)
        return None
    verdict = (
        factory.said(
            problem, "consistent", float(said.consistent), said.reason,
            Voice("arbiter", consistency.PROMPT, said.reply), kind="bool",
        )
        if said.reply
        else factory.ruled(problem, "consistent", float(said.consistent), said.reason)
    )  # fmt: skip
    yield verdict
    return bool(said.consistent)


def examined(
    factory: RecordFactory, request: Request, problem: Problem, sample: Solution
) -> Way[tuple[bool | None, str]]:
    """Have experts examine the sample (CL-10..12); None where the recipe does without them or none could be had."""
    chosen = factory.plan.recipe.settings.continual
    if not chosen.experts:
        return None, ""
    talk = consult.CONSULT[chosen.consult]
    asked = _text(factory, request)
    try:
        said = yield from talk(asked, problem.statement, sample.text, factory.sampling, factory.reread)
    except ItemFailure as failure:
        yield factory.lived_with(failure, f"judges/{chosen.consult}", problem.id)
        return None, ""
    for part in said.parts:
        yield factory.said(
            problem, part.name, part.value, part.reason,
            Voice(part.role, part.prompt, part.reply), kind="bool",
        )  # fmt: skip
    reason = said.feedback or "nothing to mend"
    yield factory.ruled(problem, "sound", float(said.sound), reason)
    yield factory.ruled(problem, "problem_score", float(said.sound), reason, kind="score")
    return bool(said.sound), said.feedback


def measured(factory: RecordFactory, request: Request, problem: Problem, sample: Solution) -> Way[None]:
    """Have the sample judged in eight dimensions (CL-28)."""
    talk = dimensions.judge(
        _text(factory, request),
        problem.statement,
        sample.text,
        "arbiter",
        factory.sampling("dimensions"),
        factory.reread,
    )
    try:
        said = yield from talk
    except ItemFailure as failure:
        yield factory.lived_with(failure, dimensions.PROMPT, problem.id)
        return
    for mark in said.marks:
        yield factory.said(
            problem, f"{dimensions.NAMED}{mark.key}", float(mark.value), mark.reason,
            Voice("arbiter", dimensions.PROMPT, said.reply), kind="rating",
        )  # fmt: skip


def _tuned(factory: RecordFactory, request: Request, problem: Problem, sample: Solution) -> Way[str]:
    """Apply the filters behind sorting (CL-14)."""
    chosen: Continual = factory.plan.recipe.settings.continual
    fault = sorting.fault(request.difficulty, sample.answer, chosen.min_difficulty)
    yield factory.ruled(problem, "method", float(not fault), fault or "fine-tuning data")
    return "examined" if fault else "kept"


def _mended(
    factory: RecordFactory, request: Request, problem: Problem, draft: Draft, again: Solution | None, feedback: str
) -> Way[Problem | None]:
    """Have the writer mend its own sample (CL-15); None where no better version could be had."""
    try:
        better = yield from self_refine.refine(
            _text(factory, request),
            draft,
            again.text if again else "",
            feedback,
            factory.sampling("refine"),
            factory.reread,
        )
    except ItemFailure as failure:
        yield factory.lived_with(failure, self_refine.PROMPT, problem.id)
        yield factory.ruled(problem, "method", 0.0, "no better version could be had")
        return None
    revised = factory.revised(problem, better, "self_refine", 1)
    yield revised
    yield factory.claimed(revised, better)
    for number, note in enumerate((Note("request", _text(factory, request)), *better.notes)):
        yield factory.note(note, revised.agent, revised, number)
    return revised


def _paired(factory: RecordFactory, better: Problem, tests: contamination.NgramIndex) -> Way[bool]:
    """Prefer the better version to the first one (CL-15), unless it copies a test problem."""
    # What was said of the first version says nothing of another text.
    if (yield from steps.copied(factory, better, tests)):
        yield factory.ruled(better, "method", 0.0, "the better version copies a test problem")
        return False
    yield factory.ruled(better, "sorted", 0.0, "preference", kind="class")
    yield factory.ruled(better, "method", 1.0, "chosen in a preference pair")
    return True
