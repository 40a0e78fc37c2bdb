"""Difficulty rating, routing and chain-of-thought solutions."""

from engine.generation.solvers import difficulty, one_shot, self_play, solve

SOLVING = (difficulty, one_shot, self_play, solve)
"""Every module that talks to a model; each has a prompt file of the same stem under prompts/."""
