"""Launches that take longer than a rerun: a thread draws combinations and starts the worker; the page waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine import planning
from engine.core.project import Project
from engine.core.settings import Recipe
from engine.planning import forecast, model_study
from engine.planning.speed import speed_of
from engine.runs import launcher
from engine.store import Store
from studio.tasks.background import Background


@dataclass
class LaunchJob(Background):
    """One run on its way to its worker; `run_id` or `error` is there when it has got one."""

    project: Project
    store: Store
    recipe: Recipe
    point: str = ""
    dry: int = 0
    """Plan only so many items, to look at; 0 for the whole run."""
    study: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The models that take turns in a role: a run for each choice of them; none for one run."""
    reuse: Sequence[str] = ()
    """Runs whose paid replies are used again."""
    run_id: str = ""
    notes: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether it is still being planned."""
        return not self.run_id and self.error is None

    def work(self) -> None:
        """Draw the items, keep the forecast and start the worker."""
        if self.study and not self.dry:
            self._begin_study()
            return
        planned = planning.generation(
            self.store, self.project, self.recipe, point=self.point or None, dry=self.dry, reuse=self.reuse
        )
        running = self.recipe.settings.running
        past = forecast.history(self.project.runs, self.recipe)
        if expected := forecast.forecast(
            planned.plan.total, past, running.concurrency, speed_of(self.project, self.recipe)
        ):
            forecast.save(planned.directory, expected)
        launcher.launch(planned.directory)
        self.notes, self.run_id = planned.notes, planned.plan.id

    def _begin_study(self) -> None:
        point, recipe = self.point or None, self.recipe
        planned = planning.study(self.store, self.project, recipe, self.study, point=point)
        each = model_study.recipes_of(recipe, self.study)
        model_study.keep_forecasts(planned, model_study.expectations(self.project, each))
        launcher.launch(planned.directory)
        self.notes, self.run_id = planned.notes, planned.plan.id
