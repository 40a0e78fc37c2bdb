"""All sections in the order of the road: what was made, how good it is, how new, what it cost, what was learnt."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.core.errors import UserError
from engine.core.project import Project
from engine.core.settings import Recipe
from engine.generation import recipes
from engine.reporting import (
    audit,
    diversity,
    equal_sets,
    filtering,
    hours,
    judging,
    kept_set,
    learning,
    measured,
    model_marks,
    model_pairs,
    model_study,
    pairing,
    preferences,
    spending,
    spread,
    thresholds,
    topics,
    yields,
)
from engine.reporting.economy import GPU_RATE
from engine.reporting.published import ReferenceTable, tables
from engine.reporting.shapes import Section
from engine.similarity import Embedder, embedder
from engine.store import Store

Told = Callable[[int, int, str], None]
"""Called with the sections done, how many there are, and the title of the one that was done last."""


CHAPTERS: Mapping[str, tuple[str, ...]] = {
    "Made": (
        "funnel",
        "components",
        "data_sets",
        "topics",
        "classes",
        "strategies",
        "equal_sizes",
        "model_pairs",
        "model_study",
    ),
    "Judged": ("kept", "rounds", "judges", "rejections", "filters", "dimensions", "ratings", "limits", "raters"),
    "New": ("similarity", "diversity", "random_pairs", "overlay", "quality", "preferences"),
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
    "model_study": ("flames_generators",),
    "judges": ("gsdp_judges",),
    "rejections": ("flames_solvability",),
    "filters": ("gsdp_filters",),
    "dimensions": ("continual_dimensions", "continual_generation"),
    "similarity": ("gsdp_similarity",),
    "diversity": ("gsdp_diversity",),
    "expansion": ("gsdp_data_sets", "gsdp_price"),
    "gpu_hours": ("continual_cost", "gsdp_price"),
    "quality": ("continual_quality",),
    "preferences": ("continual_preference",),
    "evaluations": ("gsdp_main", "continual_reasoning", "agenticmath_main", "flames_small", "gsdp_science"),
    "loop": ("continual_rounds", "continual_replay"),
    "model_dimensions": ("continual_dimensions",),
}
"""Published tables that are shown, with their label, beside a section (GSDP-45)."""


EMBEDDED = frozenset(("equal_sizes", "raters", "diversity", "random_pairs", "overlay"))
"""Sections whose figures rest on vectors that are made for the report."""


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

    def section(self, name: str) -> Section:
        """Return one section; KeyError for a name that is none."""
        return {section.name: section for section in self.sections}[name]


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a report may be asked for.

    `radius` is that of the clusters of ideas; None takes the knee of each k-distance curve (GSDP-36). `sample` is how
    many problems of each recipe are clustered (GSDP-35). `gpu_rate` is the price in dollars of a GPU-hour that no
    engine names. `proofs` are files with comparisons of training data, beside those in the project's folder.
    """

    radius: float | None = None
    gpu_rate: float = GPU_RATE
    sample: int = diversity.SAMPLE
    proofs: tuple[Path, ...] = ()


def build(
    store: Store,
    project: Project,
    told: Told = lambda done, total, title: None,
    asked: ReportOptions = ReportOptions(),
) -> Report:
    """Count everything; takes seconds to minutes, because texts are embedded. `told` hears of every section done."""
    # First, because a file that cannot be read should be told before minutes have gone by.
    experiments = learning.experiments(project, asked.proofs)
    recipe = recipes.load("gsdp")
    revision = store.revision
    model, lacking = _embedder(store, project, recipe)
    parts: tuple[Callable[[], Section], ...] = (*_parts(store, project, recipe, model, asked), lambda: experiments)
    sections: list[Section] = []
    for make in parts:
        made = make()
        sections.append(replace(made, notes=(*made.notes, lacking)) if lacking and made.name in EMBEDDED else made)
        told(len(sections), len(parts), made.title)
    return Report(project.root.name, revision, time.time(), tuple(sections), tables())


def _embedder(store: Store, project: Project, recipe: Recipe) -> tuple[Embedder, str]:
    """Return the embedder that the last run chose, with its kept vectors, and what to say where it is not at hand."""
    plans = (store.runs.plan(run.id) for run in store.runs.list(dry=False) if run.kind in ("knowledge", "generate"))
    last = next((plan for plan in plans if plan is not None), None)
    name = (last.recipe if last else recipe).settings.filter.embedder
    try:
        return embedder.choose(name, _texts(store), project.runs / ".embeddings"), ""
    except UserError as error:
        return embedder.load(embedder.HASHING), f"Runs embedded with {name}, which is not at hand: {error}"


def _texts(store: Store) -> list[str]:
    """Return statements of seeds, which tell what an embedder must be able to read."""
    return [str(text) for text in store.seeds.arrow(limit=embedder.LOOKED_AT)["statement"].to_pylist()]


def _parts(
    store: Store, project: Project, recipe: Recipe, model: Embedder, asked: ReportOptions
) -> tuple[Callable[[], Section], ...]:
    return (
        lambda: yields.funnel(store),
        lambda: yields.components(store),
        lambda: yields.data_sets(store),
        lambda: topics.topics(store),
        lambda: yields.classes(store),
        lambda: yields.coverage(store),
        lambda: equal_sets.equal_sizes(store, recipe, model),
        lambda: model_pairs.model_pairs(store),
        lambda: model_study.model_study(store, project),
        lambda: kept_set.kept_set(store),
        lambda: judging.rounds(store, recipe),
        lambda: judging.judges(store, recipe),
        lambda: audit.rejections(store),
        lambda: filtering.filters(store, project),
        lambda: judging.dimensions(store),
        lambda: spread.ratings(store),
        lambda: thresholds.seed_limits(store, recipes.load("agenticmath")),
        lambda: spread.raters(store, recipe, model),
        lambda: spread.nearness(store),
        lambda: spread.ideas(store, recipe, model, asked.radius, asked.sample),
        lambda: pairing.random_baseline(store, recipe, model),
        lambda: spread.overlay(store, recipe, model),
        lambda: measured.quality(project),
        lambda: preferences.preferences(project),
        lambda: spending.expansion(store, project),
        lambda: spending.cost(store, project),
        lambda: hours.gpu_hours(store, project, asked.gpu_rate),
        lambda: learning.evaluations(store),
        lambda: model_marks.model_dimensions(store),
        lambda: learning.rounds(store),
    )
