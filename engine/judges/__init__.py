"""Judges: models that score problems and veto solutions."""

from engine.judges import distraction, problem, solution

JUDGES = (distraction, problem, solution)
"""Every judge module; each has a prompt file of the same stem under prompts/."""
