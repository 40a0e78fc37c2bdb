"""The way of one problem: write, compare, rate, solve, judge (GSDP 2.4-2.5), and the run that sends many along it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.agents import graph_problem
from engine.checks import agreement, contamination, form
from engine.contracts import Item, Phase, Program, Together, Way
from engine.errors import ItemFailure
from engine.judges import problem as problem_judge
from engine.judges import solution as solution_judge
from engine.judges import weigh
from engine.pipeline import inputs, measure
from engine.pipeline.desk import Desk
from engine.plans import Plan
from engine.records import KINDS, BenchmarkItem, Combination, Kind, Problem, Solution, content_id
from engine.settings import Mixture
from engine.solving import difficulty, solve

STAGES = ("written", "not a copy", "solved", "score reached", "kept")
"""What an item reaches, in order. An item's outcome is the last stage it reached; `failed` reached none."""


@dataclass(frozen=True, slots=True)
class Order:
    """A combination to write from; `copy` tells repeats of one combination apart (GSDP-19)."""

    id: str
    kind: str
    points: tuple[str, ...]
    distance: int
    weight: int
    copy: int = 0

    @staticmethod
    def of(combination: Combination, copy: int = 0) -> Order:
        """Return the order for one writing of a combination."""
        c = combination
        return Order(c.id, c.kind, c.points, c.distance, c.weight, copy)

    @property
    def item_id(self) -> str:
        """Identity of the item within its run."""
        return content_id("O", self.id, self.copy)

    @property
    def combination(self) -> Combination:
        """The combination itself."""
        return Combination(self.id, self.kind, self.points, self.distance, self.weight)  # type: ignore[arg-type]


def shares(mixture: Mixture) -> dict[Kind, float]:
    """Return the share of each kind that is in use, in percent."""
    values = (mixture.one_hop, mixture.two_hop, mixture.three_hop, mixture.community)
    return {kind: share for kind, share in zip(KINDS, values, strict=True) if share > 0}


def program(plan: Plan, directory: Path) -> Program:
    """Write every ordered problem, then measure what was written against seeds and against each other."""
    folder = directory / "inputs"
    tests = contamination.Index(inputs.stream(folder / "benchmarks.parquet", BenchmarkItem), _limits(plan))
    orders = inputs.stream(folder / "orders.parquet", Order)
    yield Phase("write", plan.total, _items(plan, orders, tests))
    yield from measure.program(plan, directory)


def _items(plan: Plan, orders: Iterator[Order], tests: contamination.Index) -> Iterator[Item]:
    for order in orders:
        yield Item(order.item_id, partial(way, Desk(plan, order.item_id), order.combination, tests))


def _limits(plan: Plan) -> contamination.Limits:
    chosen = plan.recipe.settings.decontamination
    return contamination.Limits(chosen.n, chosen.share)


def way(desk: Desk, combination: Combination, tests: contamination.Index) -> Way[str]:
    """One item from its combination to its last verdict; returns the last stage it reached."""
    problem = yield from written(desk, combination)
    if (yield from copied(desk, problem, tests)):
        return "written"
    rating = yield from rated(desk, problem)
    solutions = yield from solved(desk, problem, rating)
    scored = yield from judged(desk, problem)
    sound = yield from checked(desk, problem, solutions)
    if not any(solution.answer for solution in solutions):
        return "not a copy"
    if not scored:
        return "solved"
    return "kept" if sound else "score reached"


def written(desk: Desk, combination: Combination) -> Way[Problem]:
    """Have the problem written; it is journalled before anything is said about it."""
    draft = yield from graph_problem.write(combination, desk.sampling(), desk.reread)
    problem = desk.problem(draft.statement, "graph_problem", graph_problem.PROMPT, draft.reply, combination)
    yield problem
    faults = form.of_statement(draft.statement)
    yield desk.ruled("problem", problem.id, problem, "format", float(not faults), "; ".join(faults) or "well formed")
    return problem


def copied(desk: Desk, problem: Problem, tests: contamination.Index) -> Way[bool]:
    """Compare with the test problems (GSDP-24); a copy is kept as evidence and gets no further."""
    match = tests.match(problem.statement)
    share = match.share if match else 0.0
    reason = match.reason if match else "shares no long run of words with any test problem"
    found = bool(match and match.copied)
    yield desk.ruled(
        "problem", problem.id, problem, "contamination", share, reason,
        kind="share", version=tests.version, evidence=match.evidence if match else "",
    )  # fmt: skip
    return found


def rated(desk: Desk, problem: Problem) -> Way[float | None]:
    """Rate the difficulty; a rating that cannot be had leaves the problem to the strong solver."""
    try:
        rating = yield from difficulty.rate(problem.statement, desk.sampling("rate"), desk.reread)
    except ItemFailure as failure:
        yield desk.lived_with(failure, difficulty.PROMPT, problem.id)
        return None
    yield desk.said(
        "problem", problem.id, problem, "difficulty", "rater",
        rating.value, rating.reason, difficulty.PROMPT, rating.reply, kind="difficulty",
    )  # fmt: skip
    return rating.value


def solved(desk: Desk, problem: Problem, rating: float | None) -> Way[tuple[Solution, ...]]:
    """Have it solved by the solver that its difficulty calls for (GSDP-22); flag what has no box (GSDP-23)."""
    routing = desk.plan.recipe.settings.routing
    role = difficulty.solver_role(rating, routing)
    talks = tuple(
        solve.solve(problem.statement, role, desk.sampling(("solve", index)), desk.reread)
        for index in range(routing.solutions)
    )
    results = yield Together(talks)
    solutions: list[Solution] = []
    for index, worked in enumerate(results):
        if isinstance(worked, ItemFailure):
            yield desk.lived_with(worked, f"{solve.PROMPT} {index}", problem.id)
            continue
        solution = desk.solution(problem, index, worked.text, worked.answer, solve.PROMPT, worked.reply)
        solutions.append(solution)
        yield solution
        faults = form.of_solution(worked.text, worked.answer, worked.reply.finish)
        yield desk.ruled(
            "solution", solution.id, problem, "format", float(not faults), "; ".join(faults) or "well formed"
        )
    if len(solutions) > 1:
        agreed = agreement.of([solution.answer for solution in solutions])
        yield desk.ruled("problem", problem.id, problem, "agreement", agreed.share, agreed.reason, kind="share")
    return tuple(solutions)


def judged(desk: Desk, problem: Problem) -> Way[bool]:
    """Let every judge score the problem, and weigh the scores (GSDP-25..27)."""
    judging = desk.plan.recipe.settings.judging
    judges = tuple(judging.weights)
    results = yield Together(
        tuple(
            problem_judge.score(problem.statement, problem.points, judge, desk.sampling(judge), desk.reread)
            for judge in judges
        )
    )
    scores: dict[str, float | None] = {}
    for judge, opinion in zip(judges, results, strict=True):
        if isinstance(opinion, ItemFailure):
            scores[judge] = None
            yield desk.lived_with(opinion, f"{problem_judge.PROMPT} {judge}", problem.id)
            continue
        scores[judge] = opinion.score
        yield desk.said(
            "problem", problem.id, problem, "judge_problem", judge,
            opinion.score, opinion.reason, problem_judge.PROMPT, opinion.reply,
        )  # fmt: skip
    weighed = weigh.weighted(scores, judging.weights, judging.missing_judge)
    yield desk.ruled("problem", problem.id, problem, "problem_score", weighed.value, weighed.reason, kind="score")
    return weigh.passes(weighed.value, judging.keep_at)


def checked(desk: Desk, problem: Problem, solutions: tuple[Solution, ...]) -> Way[bool]:
    """Let every judge check every solution; one veto drops a solution (GSDP-28). True when one is left."""
    sound = False
    for solution in solutions:
        sound |= yield from _vetoed(desk, problem, solution)
    return sound


def _vetoed(desk: Desk, problem: Problem, solution: Solution) -> Way[bool]:
    judging = desk.plan.recipe.settings.judging
    judges = tuple(judging.weights)
    results = yield Together(
        tuple(
            solution_judge.check(
                problem.statement, solution.text, judge, desk.sampling((judge, solution.index)), desk.reread
            )
            for judge in judges
        )
    )
    findings: dict[str, bool | None] = {}
    for judge, finding in zip(judges, results, strict=True):
        if isinstance(finding, ItemFailure):
            findings[judge] = None
            yield desk.lived_with(finding, f"{solution_judge.PROMPT} {judge} {solution.index}", solution.id)
            continue
        findings[judge] = finding.passed
        yield desk.said(
            "solution", solution.id, problem, "judge_solution", judge,
            float(finding.passed), finding.reason, solution_judge.PROMPT, finding.reply, kind="bool",
        )  # fmt: skip
    verdict = weigh.veto(findings, judging.unreadable_solution_verdict)
    yield desk.ruled("solution", solution.id, problem, "solution_veto", verdict.value, verdict.reason)
    return verdict.value == 1.0
