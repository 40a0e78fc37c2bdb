"""Review and revise: a reviewer scores a problem, a reviser mends it, and it is reviewed again (AM-09..13).

Every version is a problem of its own that names its parent, so that the trace replays from the first to the last.
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from engine.core.protocol import Way
from engine.core.records import Problem, Verdict
from engine.generation.agents import revise
from engine.generation.judges import marks, review
from engine.generation.record_factory import RecordFactory, Voice


def reviewed(factory: RecordFactory, problem: Problem) -> Way[tuple[Problem, bool]]:
    """Return the last version and whether it passed, after at most `rounds` revisions (AM-12).

    A problem that passes at once is not revised; one that never passes is revised exactly `rounds` times and dropped.
    """
    chosen = factory.plan.recipe.settings.agenticmath
    for number in range(chosen.rounds + 1):
        said = yield from review.review(
            problem.statement, sampling=factory.sampling(("review", number)), reread=factory.reread
        )
        value = said.aggregate(chosen.review_score)
        yield from _told(factory, problem, said, value, number)
        if review.passes(value, chosen.review_limit):
            return problem, True
        if number == chosen.rounds:
            break
        draft = yield from revise.revise(
            problem.statement, said.feedback, sampling=factory.sampling(("revise", number)), reread=factory.reread
        )
        problem = factory.revised(problem, draft, "revise", number + 1)
        yield problem
    yield factory.ruled(problem, "review_passed", 0.0, f"rounds exhausted: {chosen.rounds} revisions")
    return problem, False


def _told(
    factory: RecordFactory, problem: Problem, said: review.Review, value: float, number: int
) -> Iterator[Verdict]:
    evidence = orjson.dumps({"round": number}).decode()
    parts = {
        "review_clarity": said.clarity,
        "review_coherence": said.coherence,
        "review_validity": said.validity,
        "review": value,
    }
    for name, score in parts.items():
        yield factory.said(
            problem, name, score, said.feedback,
            Voice("reviewer", review.PROMPT, said.reply), kind="rating", evidence=evidence,
        )  # fmt: skip
    words = f"review {value:.1f} of {marks.HIGHEST}"
    score = value / marks.HIGHEST
    # A version of its own, because judges may score the problem later in the same run.
    yield factory.ruled(problem, "problem_score", score, words, kind="score", version="review")
