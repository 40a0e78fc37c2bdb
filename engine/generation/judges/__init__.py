"""Judges: models that score problems and veto solutions."""

from typing import Any

from engine.core.protocol import Plugin, summary
from engine.generation.judges import (
    arbiter,
    consistency,
    dimensions,
    distraction,
    expert,
    joint,
    pairwise,
    problem,
    problem_alone,
    review,
    reward,
    same_problem,
    seed_rating,
    solution,
    solvability,
)

JUDGES: tuple[Plugin[..., Any], ...] = (
    Plugin("problem", summary(problem), (problem.PROMPT,), problem.score),
    Plugin("problem_alone", summary(problem_alone), (problem_alone.PROMPT,), problem_alone.score),
    Plugin("solution", summary(solution), (solution.PROMPT,), solution.check),
    Plugin("seed_rating", summary(seed_rating), (seed_rating.PROMPT, seed_rating.PROMPT_TEN), seed_rating.rate),
    Plugin("review", summary(review), (review.PROMPT,), review.review),
    Plugin("joint", summary(joint), (joint.PROMPT, joint.PROMPT_TEN), joint.evaluate),
    Plugin("distraction", summary(distraction), (distraction.PROMPT,), distraction.judge),
    Plugin("solvability", summary(solvability), (solvability.PROMPT,), solvability.judge),
    Plugin("reward", summary(reward), (reward.PROMPT,), reward.score),
    Plugin("consistency", summary(consistency), (consistency.PROMPT,), consistency.judge),
    Plugin("expert", summary(expert), (expert.PROMPT,), expert.examine),
    Plugin("arbiter", summary(arbiter), (arbiter.PROMPT,), arbiter.settle),
    Plugin("same_problem", summary(same_problem), (same_problem.PROMPT,), same_problem.judge),
    Plugin("dimensions", summary(dimensions), (dimensions.PROMPT,), dimensions.judge),
    Plugin("pairwise", summary(pairwise), (pairwise.PROMPT, pairwise.CHINESE), pairwise.both_ways),
)
"""Every judge."""
