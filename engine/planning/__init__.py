"""Plans runs: draws what will be done, writes it into a run directory, and registers it in the store.

ready.py           a run directory with its plan; what every plan shares
model_study.py     the same items by several models
solve_again.py     a new solution for an edited statement
overlap_judging.py  which texts are test problems in other words, as a model says
judge_checks.py    judges beside people
writing.py         points and their graph, problems by a method, maps
learning.py        trainings, evaluations, rounds
forecast.py  equal_size.py    what a run will cost and give; how many items give so many pairs
speed.py           how fast a recipe's model was when it was measured
run_in_process.py  the whole way from a notebook

After this nothing needs the database until the journal is folded in again.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.planning.judge_checks import judge_check
    from engine.planning.learning import choice, evaluation, loop, training, two_stages
    from engine.planning.model_study import study
    from engine.planning.overlap_judging import same_problems
    from engine.planning.ready import Planned
    from engine.planning.solve_again import solving
    from engine.planning.writing import RunPreview, generation, graph_of, knowledge, preview, redraw_map

__all__ = [
    "Planned",
    "RunPreview",
    "choice",
    "evaluation",
    "generation",
    "graph_of",
    "judge_check",
    "knowledge",
    "loop",
    "preview",
    "redraw_map",
    "same_problems",
    "solving",
    "study",
    "training",
    "two_stages",
]
_HOMES = {
    "judge_checks": ("judge_check",),
    "learning": ("choice", "evaluation", "loop", "training", "two_stages"),
    "model_study": ("study",),
    "overlap_judging": ("same_problems",),
    "ready": ("Planned",),
    "solve_again": ("solving",),
    "writing": ("RunPreview", "generation", "graph_of", "knowledge", "preview", "redraw_map"),
}


def __getattr__(name: str) -> object:
    """Load a planner when it is asked for: planning needs the store, a run in a notebook does not."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(f"engine.planning.{module}"), name)
    raise AttributeError(f"module 'engine.planning' has no attribute {name!r}")
