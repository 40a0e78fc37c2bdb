"""The way of one problem and of one run, from seeds to scores. `PROGRAMS` maps a plan's kind to what its worker does.

knowledge   seeds -> points -> filtered points                     engine.knowledge.program
generate    orders -> problems, solutions, verdicts, by a method   engine.generation.methods.registry
map         problems -> positions                                  engine.generation.similarity_scores
train       rows -> a trained model                                engine.learning.training.program
evaluate    questions -> graded answers                            engine.learning.evaluation.program
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.core.protocol import Program
from engine.generation import similarity_scores
from engine.generation.methods import registry
from engine.generation.methods.registry import reached
from engine.knowledge import program
from engine.learning.evaluation import program
from engine.learning.training import program
from engine.planning.run_in_process import Made, run
from engine.runs.plan import Plan

__all__ = ["PROGRAMS", "Made", "reached", "run"]

PROGRAMS: dict[str, Callable[[Plan, Path], Program]] = {
    "knowledge": program.program,
    "generate": registry.program,
    "map": similarity_scores.draw,
    "train": program.program,
    "evaluate": program.program,
}
"""What each kind of run does, phase by phase."""
