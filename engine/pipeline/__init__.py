"""The way of one problem and of one run, from seeds to scores. `PROGRAMS` maps a plan's kind to what its worker does.

knowledge   seeds -> points -> filtered points            engine.pipeline.knowledge
generate    combinations -> problems, solutions, verdicts engine.pipeline.generate
map         problems -> positions                         engine.pipeline.measure
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from engine.contracts import Program
from engine.pipeline import generate, knowledge, measure
from engine.pipeline.whole import Made, run
from engine.plans import Plan

__all__ = ["PROGRAMS", "Made", "reached", "run"]

PROGRAMS: dict[str, Callable[[Plan, Path], Program]] = {
    "knowledge": knowledge.program,
    "generate": generate.program,
    "map": measure.draw,
}
"""What each kind of run does, phase by phase."""


def reached(funnel: Mapping[str, int]) -> dict[str, int]:
    """Return how many items reached each stage, in order, from how many ended at each (`Status.funnel`)."""
    stages = generate.STAGES
    return {stage: sum(funnel.get(later, 0) for later in stages[n:]) for n, stage in enumerate(stages)}
