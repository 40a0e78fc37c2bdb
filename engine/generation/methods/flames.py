"""The FLAMES way: an agent writes, filters that need no model drop copies, a solver solves, a keep strategy decides.

Every strategy that can be told from what was asked is recorded, so that a curator sees what another would have kept;
the recipe's own decides over the item (FL-20..25).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from engine.core.errors import BadSetting, ItemFailure
from engine.core.protocol import Item, Phase, Program, Together, Way
from engine.core.records import EXAMPLE, Problem, Seed, Solution
from engine.core.settings import Flames, Recipe
from engine.curation import strategies
from engine.generation import inputs, similarity_scores, steps
from engine.generation.agents import BY_NAME, qft, suggester_editor
from engine.generation.agents.writing import Draft, Note, WritingSource
from engine.generation.judges import distraction, reward, solvability
from engine.generation.record_factory import RecordFactory, Voice
from engine.generation.sources import DrawnItems, Sources
from engine.generation.work_item import WorkItem
from engine.knowledge import quota
from engine.knowledge.mixture import largest_remainder
from engine.knowledge.taxonomy import Taxonomy
from engine.runs.plan import GeneratePlan
from engine.similarity import contamination
from engine.verification.answers import sorted_out
from engine.verification.checks import agreement

STAGES = ("written", "not a copy", "solved", "kept")
"""What an item reaches, in order; of several problems of one item the furthest counts."""
SOLVER = "solver"
JUDGE = "solvability_judge"


def roles(recipe: Recipe) -> tuple[str, ...]:
    """Return the roles that the way asks."""
    chosen = recipe.settings.flames
    judged = chosen.judge_solvability or chosen.keep.startswith("solvability")
    doubted = chosen.check_distraction and chosen.shares.get("distraction_insertion", 0) > 0
    judge = (JUDGE,) if judged or doubted else ()
    reward_model = ("reward",) if chosen.keep == "solvability_reward" else ()
    return (*writers(chosen), SOLVER, *judge, *reward_model)


def writers(chosen: Flames) -> tuple[str, ...]:
    """Return the roles that the chosen agents ask."""
    used = {agent for agent, share in chosen.shares.items() if share > 0}
    return (*(("writer",) if used - {"qft", "fobar"} else ()), *((qft.ROLE,) if "qft" in used else ()))


def draw(recipe: Recipe, sources: Sources) -> DrawnItems:
    """Split the items by the shares of the agents and give each what it writes from (FL-16, FL-30)."""
    counts = largest_remainder({a: s for a, s in recipe.settings.flames.shares.items() if s > 0}, recipe.items)
    work_items: list[WorkItem] = []
    notes: list[str] = []
    for place, (agent, count) in enumerate(counts.items()):
        made, said = _ordered(agent, count, recipe, sources, recipe.seed + place)
        work_items += made
        notes += said
    shuffled = np.random.default_rng(recipe.seed).permutation(len(work_items)).tolist()
    return DrawnItems(tuple(work_items[n] for n in shuffled), tuple(dict.fromkeys(notes)))


def _ordered(
    agent: str, count: int, recipe: Recipe, sources: Sources, seed: int
) -> tuple[list[WorkItem], tuple[str, ...]]:
    if agent not in BY_NAME:
        known = ", ".join(sorted(BY_NAME))
        raise BadSetting(f"flames.shares: there is no agent {agent!r}.", do=f"Known agents: {known}.")
    needs = BY_NAME[agent].card.needs
    if needs in ("nothing", "sources", "points"):
        return [WorkItem.of_agent(agent, n + seed * recipe.items) for n in range(count)], ()
    if needs == "topic":
        paths = _paths(sources.taxonomy, count, seed)
        version = sources.taxonomy.version
        return [WorkItem.of_agent(agent, n, topic=path, taxonomy=version) for n, path in enumerate(paths)], ()
    each = recipe.settings.flames.examples if needs == "seeds" else 1
    usable = _usable(agent, needs, sources.seeds)
    found = quota.balanced(usable, count * each, seed)
    groups = [tuple(found.ids[n * each : (n + 1) * each]) for n in range(count)]
    return [WorkItem.of_agent(agent, n, seeds=group) for n, group in enumerate(groups) if group], found.notes


def _paths(tree: Taxonomy, count: int, seed: int) -> list[str]:
    """Return topics as paths from the root, each as often as any other."""
    areas = {area.id: area.name for area in tree.areas}
    shuffled = np.random.default_rng(seed).permutation(len(tree.topics)).tolist()
    topics = (tree.topics[shuffled[n % len(shuffled)]] for n in range(count))
    return [f"{areas[topic.area]} > {topic.name}" for topic in topics]


def _usable(agent: str, needs: str, seeds: Sequence[Seed]) -> dict[str, list[str]]:
    """Return the seeds that an agent can use, by source; where no seed has a solution, those with an answer."""
    having = {
        "seed and answer": [seed for seed in seeds if seed.answer],
        "seed and solution": [seed for seed in seeds if seed.answer and seed.solution],
    }.get(needs, list(seeds))
    if needs == "seed and solution" and not having:
        having = [seed for seed in seeds if seed.answer]
    by_source: dict[str, list[str]] = {}
    for seed in filter(BY_NAME[agent].fits, having):
        by_source.setdefault(seed.source, []).append(seed.id)
    return by_source


def program(plan: GeneratePlan, directory: Path) -> Program:
    """Send every order to its agent, then measure what was written."""
    tests = inputs.tests(plan, directory)
    wanted = {ident for work_item in inputs.work_items(directory) for ident in work_item.seeds}
    seeds = inputs.seeds(directory, wanted)
    yield Phase("write", plan.total, _items(plan, inputs.work_items(directory), seeds, tests))
    yield from similarity_scores.program(plan, directory)


def _items(
    plan: GeneratePlan, work_items: Iterator[WorkItem], seeds: Mapping[str, Seed], tests: contamination.NgramIndex
) -> Iterator[Item]:
    for work_item in work_items:
        yield Item(
            work_item.item_id,
            partial(way, RecordFactory(plan, work_item.item_id), work_item, source(work_item, seeds), tests),
        )


def source(work_item: WorkItem, seeds: Mapping[str, Seed]) -> WritingSource:
    """Return what the agent of a work item writes from."""
    given = tuple(seeds[ident] for ident in work_item.seeds if ident in seeds)
    return WritingSource(given, work_item.points, work_item.topic, work_item.taxonomy)


def way(factory: RecordFactory, work_item: WorkItem, given: WritingSource, tests: contamination.NgramIndex) -> Way[str]:
    """One item from its order to its last verdict; returns the furthest stage that one of its problems reached."""
    furthest = 0
    for problem, draft in (yield from written(factory, work_item.agent, given)):
        reached = yield from _onwards(factory, problem, draft, given, tests)
        furthest = max(furthest, STAGES.index(reached))
    return STAGES[furthest]


def written(factory: RecordFactory, agent: str, given: WritingSource) -> Way[list[tuple[Problem, Draft]]]:
    """Have the agent write; problems and everything made on the way are journalled at once (FL-14)."""
    chosen = factory.plan.recipe.settings.flames
    drafts = yield from BY_NAME[agent].talk(given, factory.sampling, chosen, factory.reread)
    made: list[tuple[Problem, Draft]] = []
    for draft in drafts:
        one = given.seeds[0] if given.seeds else None
        # Of several examples nobody can say which points the problem has taken over.
        points = one.points if one and len(given.seeds) == 1 else ()
        problem = factory.drafted(draft, agent, seed_id=one.id if one else None, points=points)
        yield problem
        for number, note in enumerate((*draft.notes, *_shown(agent, given))):
            yield factory.note(note, agent, problem, number)
        yield from steps.formed(factory, problem)
        made.append((problem, draft))
    return made


def _shown(agent: str, given: WritingSource) -> tuple[Note, ...]:
    """Name every example of an agent that is shown some, so that exports compare all of them with tests (FL-18)."""
    return tuple(Note(EXAMPLE, seed.id) for seed in given.seeds) if BY_NAME[agent].card.needs == "seeds" else ()


def _onwards(
    factory: RecordFactory, problem: Problem, draft: Draft, given: WritingSource, tests: contamination.NgramIndex
) -> Way[str]:
    chosen = factory.plan.recipe.settings.flames
    if (yield from steps.copied(factory, problem, tests)):
        return "written"
    if not (yield from _undistracted(factory, problem, given)):
        return "not a copy"
    solutions = yield from steps.solved(factory, problem, SOLVER, chosen.solutions)
    yield from _measured(factory, solutions, chosen.longest_solution)
    solvable = yield from _solvable(factory, problem, chosen)
    rewards = yield from _rewarded(factory, problem, solutions, chosen)
    kept = yield from ruled(factory, problem, solutions, solvable, rewards)
    if kept is None:
        return "solved" if solutions else "not a copy"
    return "kept"


def _measured(factory: RecordFactory, solutions: tuple[Solution, ...], limit: int) -> Way[None]:
    """Flag solutions that are longer than the limit (FL-06); without a limit nothing is said."""
    for solution in solutions if limit else ():
        short = not suggester_editor.too_long(solution.text, limit)
        words = f"{len(solution.text):,} of {limit:,} characters"
        yield factory.ruled(solution, "length", float(short), words)


def _undistracted(factory: RecordFactory, problem: Problem, given: WritingSource) -> Way[bool]:
    """Let a judge say whether added content left question and answer alone (FL-13); no word is no veto."""
    if problem.agent != "distraction_insertion" or not factory.plan.recipe.settings.flames.check_distraction:
        return True
    before = given.seeds[0].statement
    talk = distraction.judge(before, problem.statement, JUDGE, factory.sampling("distraction"), factory.reread)
    try:
        said = yield from talk
    except ItemFailure as failure:
        yield factory.lived_with(failure, distraction.PROMPT, problem.id)
        return True
    yield factory.said(
        problem, "distraction", float(said.unchanged), said.reason,
        Voice(JUDGE, distraction.PROMPT, said.reply), kind="bool",
    )  # fmt: skip
    return bool(said.unchanged)


def _solvable(factory: RecordFactory, problem: Problem, chosen: Flames) -> Way[bool | None]:
    """Ask whether the problem can be solved, where the strategy needs it or the recipe wants it (FL-22, FL-23)."""
    if not (chosen.judge_solvability or chosen.keep.startswith("solvability")):
        return None
    try:
        said = yield from solvability.judge(problem.statement, JUDGE, factory.sampling("solvable"), factory.reread)
    except ItemFailure as failure:
        yield factory.lived_with(failure, solvability.PROMPT, problem.id)
        return None
    yield factory.said(
        problem, "solvable", float(said.solvable), said.reason,
        Voice(JUDGE, solvability.PROMPT, said.reply), kind="bool",
    )  # fmt: skip
    words = f"the solvability judge says {'yes' if said.solvable else 'no'}"
    yield factory.ruled(problem, "problem_score", float(said.solvable), words, kind="score")
    return bool(said.solvable)


def _rewarded(
    factory: RecordFactory, problem: Problem, solutions: tuple[Solution, ...], chosen: Flames
) -> Way[tuple[float | None, ...] | None]:
    """Have each solution scored by the reward model, where the strategy chooses by it (FL-22)."""
    if chosen.keep != "solvability_reward":
        return None
    results = yield Together(
        tuple(
            reward.score(problem.statement, s.text, "reward", factory.sampling(("reward", s.index)), factory.reread)
            for s in solutions
        )
    )
    values: list[float | None] = []
    for solution, said in zip(solutions, results, strict=True):
        if isinstance(said, ItemFailure):
            yield factory.lived_with(said, f"{reward.PROMPT} {solution.index}", solution.id)
            values.append(None)
            continue
        values.append(said.score)
        yield factory.said(solution, "reward", said.score, said.reason, Voice("reward", reward.PROMPT, said.reply))
    return tuple(values)


def ruled(
    factory: RecordFactory,
    problem: Problem,
    solutions: tuple[Solution, ...],
    solvable: bool | None,
    rewards: tuple[float | None, ...] | None,
) -> Way[int | None]:
    """Record what each strategy would keep; return the index that the recipe's own keeps, None where it drops."""
    chosen = factory.plan.recipe.settings.flames
    kept: int | None = None
    answers = [solution.answer for solution in solutions]
    said = agreement.doubts(sorted_out(answers, chosen.rounded_from))
    for name in strategies.STRATEGIES:
        if (name.startswith("solvability") and solvable is None) or (name == "solvability_reward" and rewards is None):
            continue
        index = strategies.kept(
            name,
            answers,
            solvable=solvable,
            rewards=rewards,
            literal=chosen.keep_unanswered,
            rounded_from=chosen.rounded_from,
        )
        reason = "drops it" if index is None else f"keeps solution {solutions[index].index + 1}"
        reason += said if name in strategies.VOTES else ""
        own = name == chosen.keep
        yield factory.ruled(problem, f"keep_{name}", float(index is not None), reason)
        if own and index is not None:
            yield factory.ruled(solutions[index], "chosen", 1.0, f"chosen by {name}")
        kept = index if own else kept
    yield factory.ruled(problem, "method", float(kept is not None), f"keep strategy {chosen.keep}")
    if solutions:
        stands = solutions[kept or 0]
        words = f"{'kept' if kept is not None else 'dropped'} by the strategy {chosen.keep.replace('_', ' ')}"
        yield factory.ruled(stands, "solution_veto", float(kept is not None), words)
    return kept
