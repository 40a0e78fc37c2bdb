"""What the worker of two stages does: fine-tuning, then preference training of what came of it.

Each stage is a training of its own beside this run, with its own curves, checkpoints and pre-flight, so a resume does
not repeat a stage that has ended.
"""

from __future__ import annotations

from pathlib import Path

from engine.contracts import Program
from engine.pipeline import fine_tuning
from engine.plans import SftDpoPlan, TrainPlan
from engine.rounds import children
from engine.settings import Recipe
from engine.training import launching


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
