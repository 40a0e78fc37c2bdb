"""Difficulty rating, routing and chain-of-thought solutions."""

from typing import Any

from engine.core.protocol import Plugin, Sampling, summary
from engine.generation.solvers import difficulty, one_shot, self_play, solve
from engine.generation.solvers.solve import SolvedProblem

Solver = Plugin[[str, str, Sampling, int], SolvedProblem]
"""Takes a statement, the role that solves, how to sample, and how often to ask again."""

ONE_SHOT: Solver = Plugin("one_shot", summary(one_shot), (one_shot.PROMPT,), one_shot.solve)
SELF_PLAY: Solver = Plugin("self_play", summary(self_play), (self_play.PROMPT,), self_play.solve)
SOLVE: Solver = Plugin("solve", summary(solve), (solve.PROMPT,), solve.solve)

SOLVING: tuple[Plugin[..., Any], ...] = (
    Plugin("difficulty", summary(difficulty), (difficulty.PROMPT,), difficulty.rate),
    ONE_SHOT,
    SELF_PLAY,
    SOLVE,
)
"""Every talk that rates or solves."""
