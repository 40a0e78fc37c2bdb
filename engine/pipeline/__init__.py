"""The way of one problem and of one run, from seeds to scores. `PROGRAMS` maps a plan's kind to what its worker does.

knowledge   seeds -> points -> filtered points                     engine.pipeline.knowledge
generate    orders -> problems, solutions, verdicts, by a method   engine.pipeline.methods
map         problems -> positions                                  engine.pipeline.measure
train       rows -> a trained model                                engine.pipeline.fine_tuning
evaluate    questions -> graded answers                            engine.pipeline.evaluation
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.contracts import Program
from engine.pipeline import evaluation, fine_tuning, knowledge, measure, methods
from engine.pipeline.methods import reached
from engine.pipeline.whole import Made, run
from engine.plans import Plan

__all__ = ["PROGRAMS", "Made", "reached", "run"]

PROGRAMS: dict[str, Callable[[Plan, Path], Program]] = {
    "knowledge": knowledge.program,
    "generate": methods.program,
    "map": measure.draw,
    "train": fine_tuning.program,
    "evaluate": evaluation.program,
}
"""What each kind of run does, phase by phase."""
