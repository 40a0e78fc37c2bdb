"""What each kind of run does, phase by phase: the program of a plan by its kind.

knowledge   seeds -> points -> filtered points                     engine.generation.knowledge_run
generate    items -> problems, solutions, verdicts, by a method    engine.generation.methods.registry
map         problems -> positions                                  engine.generation.similarity_scores
train       rows -> a trained model                                engine.learning.training.program
evaluate    questions -> graded answers                            engine.learning.evaluation.program
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.core.protocol import Program
from engine.generation import knowledge_run, similarity_scores
from engine.generation.methods import registry
from engine.learning.evaluation import program as evaluation
from engine.learning.training import program as training
from engine.runs.plan import Plan

PROGRAMS: dict[str, Callable[[Plan, Path], Program]] = {
    "knowledge": knowledge_run.program,
    "generate": registry.program,
    "map": similarity_scores.draw,
    "train": training.program,
    "evaluate": evaluation.program,
}
