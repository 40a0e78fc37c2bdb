"""Judges: models that score problems and veto solutions."""

from engine.judges import distraction, problem, reward, solution, solvability

JUDGES = (distraction, problem, reward, solution, solvability)
"""Every judge module; each has a prompt file of the same stem under prompts/."""
