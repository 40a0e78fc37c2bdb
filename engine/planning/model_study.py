"""Plans of a study of models: the same items for each choice of who writes and who solves, at equal budget (FL-36).

FLAMES asks which matters more, the problem model or the solution model (table 5). Items are drawn once, so that seeds,
agents and samples are the same in every run within; each has the budget that the recipe gives.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from engine.core.errors import BadSetting
from engine.core.project import Project
from engine.core.settings import Recipe
from engine.generation.methods import registry
from engine.planning import forecast
from engine.planning.forecast import Forecast
from engine.planning.ready import Planned, ready, reserve, untested, used
from engine.planning.speed import speed_of
from engine.planning.writing import beside_graph, ground, write_inputs
from engine.runs.plan import GeneratePlan, StudyPlan
from engine.store import Store

MOST = 64
"""Runs of one study."""
Varied = Mapping[str, Sequence[str]]
"""The models that take turns in a role, by role."""


def choices(recipe: Recipe, varied: Varied) -> list[dict[str, str]]:
    """Return every choice of models, the last role changing first.

    BadSetting for a role that the recipe does not ask, a model that is named twice, and a single choice.
    """
    asked = registry.METHODS[recipe.way].roles(recipe)
    for role, models in varied.items():
        if role not in asked:
            raise BadSetting(f"{recipe.name} asks no {role!r}.", where="study", do=f"Its roles: {', '.join(asked)}.")
        if len(set(models)) < len(models):
            raise BadSetting(f"{role} is to be the same model twice.", where="study", do="Name each model once.")
    found = [dict(zip(varied, models, strict=True)) for models in product(*varied.values())]
    if not 1 < len(found) <= MOST:
        do = f"Name two models or more for a role, and at most {MOST} choices in all."
        raise BadSetting(f"a study of {len(found)} choices compares nothing or takes too long.", where="study", do=do)
    return found


def recipes_of(recipe: Recipe, varied: Varied) -> list[Recipe]:
    """Return the recipe with each choice of models."""
    return [recipe.model_copy(update={"roles": {**recipe.roles, **one}}) for one in choices(recipe, varied)]


def study(
    store: Store, project: Project, recipe: Recipe, varied: Varied, *, point: str | None = None
) -> Planned[StudyPlan]:
    """Plan a run for each choice of models, all over the same items, and the study that brings them to their end."""
    chosen = choices(recipe, varied)
    engines = [used(project, one) for one in recipes_of(recipe, varied)]
    earlier = sum(run.kind == "generate" and not run.dry for run in store.runs.list())
    recipe = recipe.model_copy(update={"seed": recipe.seed + earlier})
    drawn = registry.draw(recipe, ground(store, recipe, None, point))
    store.combinations.add(drawn.combinations)
    directory = reserve(project, "study")
    names = [f"{directory.name}-{number}" for number in range(1, len(chosen) + 1)]
    for name, one, known, place in zip(names, recipes_of(recipe, varied), engines, range(len(names)), strict=True):
        within = directory.with_name(name)
        within.mkdir()
        write_inputs(store, within, drawn.work_items, drawn)
        plan = GeneratePlan(
            id=name, recipe=one, engines=known, total=drawn.total, reuse=tuple(names[:place]), point=point or ""
        )
        ready(store, within, plan)
    titled = recipe.model_copy(update={"title": f"{recipe.title}: {len(names)} choices of models", "roles": {}})
    outer = StudyPlan(
        id=directory.name, recipe=titled, total=drawn.total * len(names),
        roles=dict(recipe.roles), varied={role: tuple(models) for role, models in varied.items()},
        cells=dict(zip(names, chosen, strict=True)),
    )  # fmt: skip
    notes = (*drawn.notes, *beside_graph(store, recipe, drawn.total), *untested(store))
    return ready(store, directory, outer, notes)


def expectations(project: Project, each: Sequence[Recipe]) -> list[Forecast | None]:
    """Return what each run of a study is expected to come to, None where nothing like it was run."""
    return [
        forecast.forecast(
            one.items, forecast.history(project.runs, one), one.settings.running.concurrency, speed_of(project, one)
        )
        for one in each
    ]


def in_all(project: Project, each: Sequence[Recipe]) -> str:
    """Return what is known of the cost of a whole study, in a sentence."""
    expected = expectations(project, each)
    known = [one for one in expected if one]
    if not known:
        return "No forecast: none of these models has a history here."
    of = "All" if len(known) == len(expected) else f"The {len(known)} of {len(expected)} with a history"
    calls, cost = sum(one.calls for one in known), sum(one.cost for one in known)
    return f"{of}: at most {calls:,.0f} calls, {cost:,.2f} USD; what several of them ask is paid for once."


def keep_forecasts(planned: Planned[StudyPlan], expected: Sequence[Forecast | None]) -> None:
    """Keep the forecast of each run in its directory."""
    for name, one in zip(planned.plan.cells, expected, strict=True):
        if one:
            forecast.save(planned.directory.with_name(name), one)
