"""All sections in the order of the road: what was made, how good it is, how new, what it cost, what was learnt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.core.project import Project
from engine.core.settings import Recipe
from engine.generation import recipes
from engine.reporting import judging, learning, spending, spread, thresholds, yields
from engine.reporting.published import ReferenceTable, tables
from engine.reporting.shapes import Section
from engine.store import Store

Told = Callable[[int, int, str], None]
"""Called with the sections done, how many there are, and the title of the one that was done last."""


CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "Made": ("funnel", "components", "data_sets", "classes", "strategies"),
    "Judged": ("rounds", "judges", "rejections", "dimensions", "ratings", "limits", "raters"),
    "New": ("similarity", "diversity", "overlay"),
    "Spent": ("expansion", "cost"),
    "Learnt": ("evaluations", "loop", "experiments"),
}
"""Sections by what they look at."""


@dataclass(frozen=True, slots=True)
class Report:
    """Own figures as sections, and what papers report; the two are never in one table."""

    project: str
    revision: int
    made_at: float
    sections: tuple[Section, ...]
    published: tuple[ReferenceTable, ...]

    def section(self, name: str) -> Section:
        """Return one section; KeyError for a name that is none."""
        return {section.name: section for section in self.sections}[name]


def build(
    store: Store, project: Project, told: Told = lambda done, total, title: None, radius: float | None = None
) -> Report:
    """Count everything; takes seconds, because texts are embedded. `told` hears of every section done.

    `radius` is that of the clusters of ideas; None takes the knee of each k-distance curve (GSDP-36).
    """
    recipe = recipes.load("gsdp")
    revision = store.revision
    parts = _parts(store, project, recipe, radius)
    sections: list[Section] = []
    for make in parts:
        sections.append(make())
        told(len(sections), len(parts), sections[-1].title)
    return Report(project.root.name, revision, time.time(), tuple(sections), tables())


def _parts(store: Store, project: Project, recipe: Recipe, radius: float | None) -> tuple[Callable[[], Section], ...]:
    return (
        lambda: yields.funnel(store),
        lambda: yields.components(store),
        lambda: yields.data_sets(store),
        lambda: yields.classes(store),
        lambda: yields.coverage(store),
        lambda: judging.rounds(store, recipe),
        lambda: judging.judges(store, recipe),
        lambda: judging.rejections(store),
        lambda: judging.dimensions(store),
        lambda: spread.ratings(store),
        lambda: thresholds.seed_limits(store, recipes.load("agenticmath")),
        lambda: spread.raters(store, recipe),
        lambda: spread.nearness(store),
        lambda: spread.ideas(store, recipe, radius),
        lambda: spread.overlay(store, recipe),
        lambda: spending.expansion(store),
        lambda: spending.cost(store),
        lambda: learning.evaluations(store),
        lambda: learning.rounds(store),
        lambda: learning.experiments(project),
    )
