"""What the worker of two stages does: fine-tuning, then preference training of what came of it.

Each stage is a training of its own beside this run, with its own curves, checkpoints and pre-flight, so a resume does
not repeat a stage that has ended.
"""

from __future__ import annotations

from pathlib import Path

from engine.core.protocol import Program
from engine.core.settings import Recipe
from engine.learning.rounds import children
from engine.learning.training import launching
from engine.learning.training import program as fine_tuning
from engine.runs.plan import SftDpoPlan, TrainPlan


def program(plan: SftDpoPlan, directory: Path) -> Program:
    """Train the first stage, then the second one from its model."""
    for training in (plan.training, plan.preferring):
        place = stage(directory, training.method)
        title = f"{fine_tuning.TITLES[training.method]} of {plan.id}"
        recipe = Recipe(name=training.method, title=title, roles={})
        launching.write_configs(training, place)
        child = TrainPlan(id=place.name, recipe=recipe, training=training)
        yield from children.run(place, children.planned(plan, child), training.method)


def stage(directory: Path, method: str) -> Path:
    """Return the run directory of a stage; it is there once the stage has begun."""
    return directory.with_name(f"{directory.name}-{method}")
