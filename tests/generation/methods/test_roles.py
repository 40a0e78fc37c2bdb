"""Which roles a way asks under which settings: a role that is named needs an engine before a run may start."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.settings import Recipe, RecipeSettings
from engine.generation.methods import agenticmath, combined, flames


def _recipe(way: str, **settings: Any) -> Recipe:
    return Recipe(name=way, title="t", way=way, roles={}, settings=RecipeSettings.model_validate({way: settings}))


REVIEWERS = ("reviewer", "reviser")


@pytest.mark.parametrize(
    ("settings", "more"),
    [
        ({"filter_seeds": True, "evaluate": True, "review": True}, ("evaluator", *REVIEWERS)),
        ({"filter_seeds": False, "evaluate": True, "review": False}, ("evaluator",)),
        ({"filter_seeds": True, "evaluate": False, "review": False}, ("evaluator",)),
        ({"filter_seeds": False, "evaluate": False, "review": True}, REVIEWERS),
        ({"filter_seeds": False, "evaluate": False, "review": False}, ()),
    ],
)
def test_agenticmath_asks_its_evaluator_and_reviewers_only_where_they_are_used(
    settings: dict[str, bool], more: tuple[str, ...]
) -> None:
    assert agenticmath.roles(_recipe("agenticmath", **settings)) == ("writer", "solver", *more)


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({"keep": "first", "judge_solvability": False, "shares": {"fobar": 100}}, ("solver",)),
        (
            {"keep": "solvability_reward", "judge_solvability": False, "shares": {"fobar": 50, "key_concepts": 50}},
            ("writer", "solver", "solvability_judge", "reward"),
        ),
        ({"keep": "first", "judge_solvability": True, "shares": {"fobar": 100}}, ("solver", "solvability_judge")),
    ],
)
def test_flames_asks_a_judge_and_a_reward_model_only_where_something_is_kept_by_them(
    settings: dict[str, Any], asked: tuple[str, ...]
) -> None:
    assert flames.roles(_recipe("flames", **settings)) == asked


@pytest.mark.parametrize(("share", "writers"), [(100, 1), (0, 1), (50, 1)])
def test_the_combined_way_names_no_role_twice(share: int, writers: int) -> None:
    """Graph and agents share one writer."""
    found = combined.roles(_recipe("house", graph_share=share, review=False))
    assert found.count("writer") == writers
    assert {"rater", "solver_high"} <= set(found)
    assert not set(found) & set(REVIEWERS)
    assert set(REVIEWERS) <= set(combined.roles(_recipe("house", graph_share=share, review=True)))
