"""How many items a run must write so that as many come out as asked: stages that are off let more through (AM-21).

Runs of different stages compare at equal size when each takes the same number of pairs and has enough to take from.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.core.settings import Recipe
from engine.planning.forecast import Forecast

PUBLISHED_PASS = 18_682 / 42_006
"""Share of variants that passed review in the published run (AgenticMath stage 2)."""


@dataclass(frozen=True, slots=True)
class Needed:
    """How many items, the share of them that is expected to pass, and the items it is known from; 0 for the paper's."""

    items: int
    share: float
    basis: int


def needed(recipe: Recipe, expected: Forecast | None) -> Needed:
    """Return how many variants the pairs of a plan need.

    `expected` is the forecast of the plan, whose lower bound is taken; without one the published share counts where
    variants are reviewed, and all pass where they are not.
    """
    chosen = recipe.settings.agenticmath
    if expected and expected.kept_low > 0:
        share, basis = expected.kept_low / expected.items, expected.basis
    else:
        share, basis = (PUBLISHED_PASS if chosen.review else 1.0), 0
    return Needed(math.ceil(chosen.pairs / share), share, basis)
