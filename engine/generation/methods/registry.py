"""The methods that a recipe may follow: each a program, and the stages that its items reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.core.errors import BadSetting, UserError
from engine.core.protocol import Program
from engine.core.settings import Recipe
from engine.curation import strategies
from engine.generation.methods import agenticmath, combined, continual, flames, gsdp
from engine.generation.sources import DrawnItems, Sources
from engine.runs.plan import GeneratePlan
from engine.runs.status import Status


@dataclass(frozen=True, slots=True)
class Method:
    """Which roles a recipe asks, how its orders are drawn, what a worker does with them, what its items reach."""

    roles: Callable[[Recipe], tuple[str, ...]]
    draw: Callable[[Recipe, Sources], DrawnItems]
    program: Callable[[GeneratePlan, Path], Program]
    stages: tuple[str, ...]


METHODS: dict[str, Method] = {
    "gsdp": Method(gsdp.roles, gsdp.draw, gsdp.program, gsdp.STAGES),
    "agenticmath": Method(agenticmath.roles, agenticmath.draw, agenticmath.program, agenticmath.STAGES),
    "flames": Method(flames.roles, flames.draw, flames.program, flames.STAGES),
    "continual": Method(continual.roles, continual.draw, continual.program, continual.STAGES),
    "house": Method(combined.roles, combined.draw, combined.program, combined.STAGES),
}
"""Every method by the name that a recipe gives as its `way`."""


def draw(recipe: Recipe, sources: Sources) -> DrawnItems:
    """Draw the work items of a recipe; UserError where there is nothing to draw from or a role has no model."""
    missing = [role for role in METHODS[recipe.way].roles(recipe) if not recipe.roles.get(role)]
    if missing:
        raise BadSetting(
            f"roles.{missing[0]} has no model.", where=f"recipe {recipe.name}", do="Give it BACKEND:MODEL."
        )
    drawn = METHODS[recipe.way].draw(recipe, sources)
    if not drawn.work_items:
        raise _nothing(recipe, sources)
    return drawn


def _nothing(recipe: Recipe, sources: Sources) -> UserError:
    """Say why nothing was drawn: a small graph may have no combination at all."""
    if recipe.way == "gsdp" and sources.point is None and not recipe.settings.mixture.random_pairs:
        points = len(sources.graph)
        held = "1 point" if points == 1 else f"{points:,} points"
        do = "Build it from more seeds or with another model (lemma knowledge build), or change the shares."
        return UserError(f"the knowledge graph ({held}) has no combination of the kinds that are asked for.", do=do)
    about = f" with {sources.point}" if sources.point else ""
    return UserError(f"there is nothing to write from{about}.", do="Add seeds, or change the shares.")


def program(plan: GeneratePlan, directory: Path) -> Program:
    """Return the program of the plan's recipe."""
    return METHODS[plan.recipe.way].program(plan, directory)


def filter_alarms(recipe: Recipe, status: Status) -> tuple[str, ...]:
    """Return a warning for each filter that removes more problems than the method thinks wise (FL-28).

    FLAMES warns of its own filters; other methods drop most of what they write by design.
    """
    if recipe.way != "flames":
        return ()
    return strategies.losses(reached(status.funnel, recipe.way), recipe.settings.alarm_share)


def shortfalls(recipe: Recipe, status: Status) -> tuple[str, ...]:
    """Return a sentence where a method writes less than was asked for because its sources did not suffice."""
    said = agenticmath.shortfall(recipe, status.phases) if recipe.way == "agenticmath" else ""
    return (said,) if said else ()


def reached(funnel: Mapping[str, int], way: str = "gsdp") -> dict[str, int]:
    """Return how many items reached each stage, in order, from how many ended at each (`Status.funnel`)."""
    stages = METHODS[way].stages
    return {stage: sum(funnel.get(later, 0) for later in stages[n:]) for n, stage in enumerate(stages)}
