"""What every way does with a written problem: compare it with test problems, rate it, solve it, judge it.

Each step journals what it finds as it goes and returns what the next step needs. What cannot be had is a failure
that the item lives with, never a made-up value.
"""

from __future__ import annotations

from engine.core.errors import ItemFailure
from engine.core.protocol import Talk, Together, Way
from engine.core.records import Problem, Solution
from engine.generation.judges import problem as problem_judge
from engine.generation.judges import problem_alone, weigh
from engine.generation.judges import solution as solution_judge
from engine.generation.record_factory import RecordFactory, Voice
from engine.generation.solvers import SOLVE, Solver, difficulty
from engine.similarity import contamination
from engine.verification.checks import agreement, form


def formed(factory: RecordFactory, problem: Problem) -> Way[None]:
    """Say whether the statement has the form of a problem."""
    faults = form.of_statement(problem.statement)
    yield factory.ruled(problem, "format", float(not faults), "; ".join(faults) or "well formed")


def copied(factory: RecordFactory, problem: Problem, tests: contamination.NgramIndex) -> Way[bool]:
    """Compare with the test problems (GSDP-24); a copy is kept as evidence and gets no further.

    Without test problems nothing is known, which is no share of 0.
    """
    if not len(tests):
        yield factory.ruled(
            problem, "contamination", None, "not compared with test problems: none were imported",
            kind="share", version=tests.version,
        )  # fmt: skip
        return False
    match = tests.match(problem.statement)
    share = match.share if match else 0.0
    reason = match.reason if match else "shares no long run of words with any test problem"
    found = bool(match and match.copied)
    yield factory.ruled(
        problem, "contamination", share, reason,
        kind="share", version=tests.version, evidence=match.evidence if match else "",
    )  # fmt: skip
    return found


def rated(factory: RecordFactory, problem: Problem) -> Way[float | None]:
    """Rate the difficulty; a rating that cannot be had leaves the problem to the strong solver."""
    try:
        rating = yield from difficulty.rate(problem.statement, factory.sampling("rate"), factory.reread)
    except ItemFailure as failure:
        yield factory.lived_with(failure, difficulty.PROMPT, problem.id)
        return None
    yield factory.said(
        problem, "difficulty", rating.value, rating.reason,
        Voice("rater", difficulty.PROMPT, rating.reply), kind="difficulty",
    )  # fmt: skip
    return rating.value


def routed(factory: RecordFactory, problem: Problem, rating: float | None) -> Way[tuple[Solution, ...]]:
    """Have it solved by the solver that its difficulty calls for (GSDP-22)."""
    routing = factory.plan.recipe.settings.routing
    return (yield from solved(factory, problem, difficulty.solver_role(rating, routing), routing.solutions))


def solved(
    factory: RecordFactory, problem: Problem, role: str, count: int, solver: Solver = SOLVE
) -> Way[tuple[Solution, ...]]:
    """Ask `role` for `count` independent solutions; flag what has no box (GSDP-23); say how far they agree."""
    talks = tuple(
        solver.talk(problem.statement, role, factory.sampling(("solve", index)), factory.reread)
        for index in range(count)
    )
    results = yield Together(talks)
    solutions: list[Solution] = []
    for index, worked in enumerate(results):
        if isinstance(worked, ItemFailure):
            yield factory.lived_with(worked, f"{solver.prompt} {index}", problem.id)
            continue
        solution = factory.solution(problem, index, worked.text, worked.answer, solver.prompt, worked.reply)
        solutions.append(solution)
        yield solution
        faults = form.of_solution(worked.text, worked.answer, worked.reply.finish)
        yield factory.ruled(solution, "format", float(not faults), "; ".join(faults) or "well formed")
    if len(solutions) > 1:
        agreed = agreement.of(
            [solution.answer for solution in solutions], factory.plan.recipe.settings.flames.rounded_from
        )
        yield factory.ruled(problem, "agreement", agreed.share, agreed.reason, kind="share")
    return tuple(solutions)


def judged(factory: RecordFactory, problem: Problem) -> Way[bool]:
    """Let every judge score the problem, and weigh the scores (GSDP-25..27).

    It is scored against the points that it was written for; one that was written for none, by itself.
    """
    judging = factory.plan.recipe.settings.judging
    judges = tuple(judging.weights)
    asked = problem_judge.PROMPT if problem.points else problem_alone.PROMPT
    results = yield Together(tuple(_scored(factory, problem, judge) for judge in judges))
    scores: dict[str, float | None] = {}
    for judge, opinion in zip(judges, results, strict=True):
        if isinstance(opinion, ItemFailure):
            scores[judge] = None
            yield factory.lived_with(opinion, f"{asked} {judge}", problem.id)
            continue
        scores[judge] = opinion.score
        yield factory.said(
            problem, "judge_problem", opinion.score, opinion.reason,
            Voice(judge, asked, opinion.reply),
        )  # fmt: skip
    weighed = weigh.weighted(scores, judging.weights, judging.missing_judge)
    yield factory.ruled(problem, "problem_score", weighed.value, weighed.reason, kind="score")
    return weigh.passes(weighed.value, judging.keep_at)


def _scored(factory: RecordFactory, problem: Problem, judge: str) -> Talk[problem_judge.ProblemScore]:
    sampling = factory.sampling(judge)
    if problem.points:
        return problem_judge.score(problem.statement, problem.points, judge, sampling, factory.reread)
    return problem_alone.score(problem.statement, judge, sampling, factory.reread)


def checked(factory: RecordFactory, problem: Problem, solutions: tuple[Solution, ...]) -> Way[bool]:
    """Let every judge check every solution; one veto drops a solution (GSDP-28). True when one is left."""
    sound = False
    for solution in solutions:
        sound |= yield from _vetoed(factory, problem, solution)
    return sound


def _vetoed(factory: RecordFactory, problem: Problem, solution: Solution) -> Way[bool]:
    judging = factory.plan.recipe.settings.judging
    judges = tuple(judging.weights)
    results = yield Together(
        tuple(
            solution_judge.check(
                problem.statement, solution.text, judge, factory.sampling((judge, solution.index)), factory.reread
            )
            for judge in judges
        )
    )
    findings: dict[str, bool | None] = {}
    for judge, finding in zip(judges, results, strict=True):
        if isinstance(finding, ItemFailure):
            findings[judge] = None
            yield factory.lived_with(finding, f"{solution_judge.PROMPT} {judge} {solution.index}", solution.id)
            continue
        findings[judge] = finding.passed
        yield factory.said(
            solution, "judge_solution", float(finding.passed), finding.reason,
            Voice(judge, solution_judge.PROMPT, finding.reply), kind="bool",
        )  # fmt: skip
    verdict = weigh.veto(findings, judging.unreadable_solution_verdict)
    yield factory.ruled(solution, "solution_veto", verdict.value, verdict.reason)
    return verdict.value == 1.0
