"""Replies that models cannot hold, and pairs that need more variants: known before anything is paid for."""

from __future__ import annotations

import math

import pytest

from engine.generation import recipes
from engine.models import context_limits
from engine.planning.equal_size import PUBLISHED_PASS, needed
from engine.planning.forecast import Forecast

ROLES = {"writer": "local:big", "solver": "local:small", "judge_a": "local:small@5ms", "rater": "other:unknown"}


def test_a_reply_that_does_not_fit_names_roles_model_and_context():
    found = context_limits.tight(ROLES, 4096, {"local:big": 32_768, "local:small": 2_048})
    assert [one.sentence for one in found] == ["Solver and judge A ask for 4,096 tokens, small has a context of 2,048."]
    assert context_limits.lowered(found) == 1_024
    assert context_limits.tight(ROLES, 1_024, {"local:big": 32_768, "local:small": 2_048}) == ()


@pytest.mark.parametrize(("context", "asked", "fits"), [(4_096, 3_584, True), (4_096, 3_585, False), (512, 256, True)])
def test_a_prompt_needs_room_as_well(context, asked, fits):
    assert (context_limits.tight({"solver": "a:b"}, asked, {"a:b": context}) == ()) == fits


@pytest.mark.parametrize("context", [64, 512, 2_048, 4_096, 8_192, 131_072])
def test_the_advice_fits_and_can_be_set(context):
    found = context_limits.tight({"solver": "a:b"}, 131_072, {"a:b": context})
    value = context_limits.lowered(found)
    assert context_limits.tight({"solver": "a:b"}, value, {"a:b": context}) == ()
    assert recipes.load("gsdp", {"sampling.max_tokens": str(value)}).settings.sampling.max_tokens == value


def test_a_model_of_unknown_context_is_not_judged():
    assert context_limits.tight(ROLES, 100_000, {"other:unknown": 0}) == ()


def test_am21_how_many_variants_pairs_need():
    """AM-21: with the published share where nothing ran yet, all where nothing is reviewed, else by earlier runs."""
    whole = recipes.load("agenticmath", {"agenticmath.pairs": "15000"})
    assert needed(whole, None).items == math.ceil(15_000 / PUBLISHED_PASS)
    unreviewed = recipes.load("agenticmath", {"agenticmath.pairs": "90", "agenticmath.review": "false"})
    assert needed(unreviewed, None).items == 90
    expected = Forecast(200, 50, 1, 1, 1, 1, 0, 120, 100, 140)
    assert (needed(unreviewed, expected).items, needed(unreviewed, expected).basis) == (180, 50)
