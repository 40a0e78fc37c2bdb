"""All sections in the order of the road: what was made, how good it is, how new, what it cost, what was learnt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.core.project import Project
from engine.core.settings import Recipe
from engine.generation import recipes
from engine.reporting import (
    equal_sets,
    filtering,
    hours,
    judging,
    learning,
    model_marks,
    model_pairs,
    pairing,
    spending,
    spread,
    thresholds,
    topics,
    yields,
)
from engine.reporting.economy import GPU_RATE
from engine.reporting.own_points import OwnData, own_data
from engine.reporting.published import ReferenceTable, tables
from engine.reporting.shapes import Section
from engine.store import Store

Told = Callable[[int, int, str], None]
"""Called with the sections done, how many there are, and the title of the one that was done last."""


CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "Made": ("funnel", "components", "data_sets", "topics", "classes", "strategies", "equal_sizes", "model_pairs"),
    "Judged": ("rounds", "judges", "rejections", "filters", "dimensions", "ratings", "limits", "raters"),
    "New": ("similarity", "diversity", "random_pairs", "overlay"),
    "Spent": ("expansion", "cost", "gpu_hours"),
    "Learnt": ("evaluations", "model_dimensions", "loop", "experiments"),
}
"""Sections by what they look at."""
BESIDE: Mapping[str, tuple[str, ...]] = {
    "funnel": ("agenticmath_funnel",),
    "components": ("gsdp_components",),
    "classes": ("continual_classes",),
    "strategies": ("flames_strategies",),
    "equal_sizes": ("flames_strategies",),
    "judges": ("gsdp_judges",),
    "rejections": ("flames_solvability",),
    "filters": ("gsdp_filters",),
    "dimensions": ("continual_dimensions",),
    "similarity": ("gsdp_similarity",),
    "diversity": ("gsdp_diversity",),
    "expansion": ("gsdp_data_sets", "gsdp_price"),
    "gpu_hours": ("continual_cost", "gsdp_price"),
    "model_dimensions": ("continual_dimensions",),
    "evaluations": ("gsdp_main", "agenticmath_main"),
    "loop": ("continual_rounds",),
}
"""Published tables that are shown, with their label, beside a section (GSDP-45)."""


@dataclass(frozen=True, slots=True)
class Report:
    """Own figures as sections, and what papers report; the two are never in one table."""

    project: str
    revision: int
    made_at: float
    sections: tuple[Section, ...]
    published: tuple[ReferenceTable, ...]

    def beside(self, name: str) -> tuple[ReferenceTable, ...]:
        """Return the published tables that belong beside a section."""
        known = {each.name: each for each in self.published}
        return tuple(known[each] for each in BESIDE.get(name, ()))

    @property
    def own(self) -> OwnData:
        """Where the project's own data stands in the published comparison (GSDP-48)."""
        return own_data(self.sections)

    def section(self, name: str) -> Section:
        """Return one section; KeyError for a name that is none."""
        return {section.name: section for section in self.sections}[name]


def build(
    store: Store,
    project: Project,
    told: Told = lambda done, total, title: None,
    radius: float | None = None,
    gpu_rate: float = GPU_RATE,
) -> Report:
    """Count everything; takes seconds, because texts are embedded. `told` hears of every section done.

    `radius` is that of the clusters of ideas; None takes the knee of each k-distance curve (GSDP-36). `gpu_rate` is
    the price in dollars of a GPU-hour that no engine names.
    """
    recipe = recipes.load("gsdp")
    revision = store.revision
    parts = _parts(store, project, recipe, radius, gpu_rate)
    sections: list[Section] = []
    for make in parts:
        sections.append(make())
        told(len(sections), len(parts), sections[-1].title)
    return Report(project.root.name, revision, time.time(), tuple(sections), tables())


def _parts(
    store: Store, project: Project, recipe: Recipe, radius: float | None, gpu_rate: float
) -> tuple[Callable[[], Section], ...]:
    return (
        lambda: yields.funnel(store),
        lambda: yields.components(store),
        lambda: yields.data_sets(store),
        lambda: topics.topics(store),
        lambda: yields.classes(store),
        lambda: yields.coverage(store),
        lambda: equal_sets.equal_sizes(store, recipe),
        lambda: model_pairs.model_pairs(store),
        lambda: judging.rounds(store, recipe),
        lambda: judging.judges(store, recipe),
        lambda: judging.rejections(store),
        lambda: filtering.filters(store, project),
        lambda: judging.dimensions(store),
        lambda: spread.ratings(store),
        lambda: thresholds.seed_limits(store, recipes.load("agenticmath")),
        lambda: spread.raters(store, recipe),
        lambda: spread.nearness(store),
        lambda: spread.ideas(store, recipe, radius),
        lambda: pairing.random_baseline(store, recipe),
        lambda: spread.overlay(store, recipe),
        lambda: spending.expansion(store),
        lambda: spending.cost(store),
        lambda: hours.gpu_hours(store, project, gpu_rate),
        lambda: learning.evaluations(store),
        lambda: model_marks.model_dimensions(store),
        lambda: learning.rounds(store),
        lambda: learning.experiments(project),
    )
