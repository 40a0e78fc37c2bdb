"""How fast the model of a recipe was when it was measured, for a forecast and where there is no history for one."""

from __future__ import annotations

import time

from engine.core.project import Project, engines
from engine.core.settings import Recipe
from engine.core.wording import duration, speed
from engine.generation.methods.registry import METHODS
from engine.models import measured_speed
from engine.models.independence import model_of
from engine.models.measured_speed import MeasuredSpeed


def measured(project: Project, recipe: Recipe) -> MeasuredSpeed | None:
    """Return how fast the model of a recipe was; None where its roles have several, or where it was never measured."""
    asked = METHODS[recipe.way].roles(recipe)
    return measured_speed.of_models(
        project, engines(project), {model_of(recipe.roles[role]) for role in asked if recipe.roles.get(role)}
    )


def speed_of(project: Project, recipe: Recipe) -> float:
    """Return its tokens a second, 0 where nothing is known."""
    found = measured(project, recipe)
    return found.tokens_per_second if found else 0.0


def measured_line(project: Project, recipe: Recipe) -> str:
    """Return what the measurement means for a run, in a sentence; '' where there was none."""
    found = measured(project, recipe)
    if found is None:
        return ""
    when = time.strftime("%d %b, %H:%M", time.localtime(found.at))
    takes = duration(1000 / found.tokens_per_second)
    rate = speed(found.tokens_per_second)
    return (
        f"{found.engine}:{found.model} answered {rate} tokens a second when it was measured ({when}): "
        f"1,000 tokens of replies take {takes}."
    )
