"""Judges: models that score problems and veto solutions."""

from engine.judges import distraction, joint, problem, review, reward, seed_rating, solution, solvability

JUDGES = (distraction, joint, problem, review, reward, seed_rating, solution, solvability)
"""Every judge module; each has a prompt file of the same stem under prompts/."""
