"""Judges: models that score problems and veto solutions."""

from engine.generation.judges import (
    arbiter,
    consistency,
    dimensions,
    distraction,
    expert,
    joint,
    problem,
    review,
    reward,
    seed_rating,
    solution,
    solvability,
)

JUDGES = (
    problem,
    solution,
    seed_rating,
    review,
    joint,
    distraction,
    solvability,
    reward,
    consistency,
    expert,
    arbiter,
    dimensions,
)
"""Every judge module; each has a prompt file of the same stem under prompts/."""
