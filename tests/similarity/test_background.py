"""From which cosine on nearness says something: measured on unrelated problems, one limit for each test set."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.core.settings import OverlapTiers
from engine.similarity.background import FEW, MANY, measure, nearest_unrelated


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def drawn(count: int, dim: int = 24, seed: int = 4) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(count, dim)))


def nobody(left: int, right: int) -> bool:
    return False


def test_the_limit_follows_the_tail_from_the_ninetieth_to_the_ninety_ninth_percentile() -> None:
    """RR-19: one factor of ten a step, as far as the allowed share of false hits."""
    vectors = drawn(600)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    low, high = np.quantile(cosines.max(axis=1), (0.9, 0.99))
    for share, steps in ((0.01, 1), (0.001, 2), (0.0001, 3)):
        found = measure(vectors, nobody, OverlapTiers(false_hits=share, least_limit=0.0))
        assert found.limit == pytest.approx(min(1.0, math.ceil((low + steps * (high - low)) * 1000) / 1000), abs=1e-3)
        assert (found.items, found.measured) == (600, True)


def test_fresh_unrelated_vectors_come_beyond_it_as_rarely_as_was_asked() -> None:
    """RR-19: 40,000 draws that had no part in measuring it."""
    vectors = drawn(1_000, dim=48)
    limit = measure(vectors, nobody, OverlapTiers(least_limit=0.0)).limit
    fresh = drawn(40_000, dim=48, seed=9)
    beyond = sum(
        float(((fresh[at : at + 4_000] @ vectors.T).max(axis=1) >= limit).sum()) for at in range(0, 40_000, 4_000)
    )
    assert beyond / 40_000 <= 0.001


def test_related_items_do_not_raise_it() -> None:
    """RR-19: a test set holds the same problem with other numbers now and then."""
    vectors = drawn(500)
    twins = np.concatenate([vectors, unit(vectors[:60] + 0.02 * drawn(60, seed=8))])
    alone = measure(vectors, nobody, OverlapTiers(least_limit=0.0)).limit
    with_twins = measure(twins, nobody, OverlapTiers(least_limit=0.0)).limit
    told = measure(twins, lambda left, right: abs(left - right) == 500, OverlapTiers(least_limit=0.0)).limit
    assert with_twins > alone + 0.1
    assert told == pytest.approx(alone, abs=0.03)


def test_an_item_whose_neighbours_are_all_related_says_nothing() -> None:
    assert len(nearest_unrelated(drawn(30), lambda left, right: True)) == 0
    assert len(nearest_unrelated(drawn(1), nobody)) == 0
    assert len(nearest_unrelated(drawn(30), nobody)) == 30


def test_a_set_that_is_too_small_has_the_limit_of_the_settings() -> None:
    found = measure(drawn(FEW - 1), nobody, OverlapTiers(unmeasured_limit=0.77))
    assert (found.limit, found.measured) == (0.77, False)
    assert found.words == "0.770: not measured, 19 unrelated test problems are too few"
    small = measure(drawn(MANY - 1), nobody, OverlapTiers(least_limit=0.0))
    assert small.measured
    assert small.limit >= small.ninety_ninth


def test_a_given_limit_is_taken_and_no_measured_one_is_below_the_least() -> None:
    assert measure(drawn(300), nobody, OverlapTiers(limit=0.42)).words == "0.420: given"
    assert measure(drawn(300, dim=300), nobody, OverlapTiers()).limit == 0.65
    assert measure(drawn(300, dim=300), nobody, OverlapTiers(least_limit=0.7)).limit == 0.7


def test_where_unrelated_ones_come_as_near_as_copies_it_says_that_it_finds_nothing() -> None:
    close = unit(np.ones(24) + 0.4 * np.random.default_rng(1).normal(size=(400, 24)))
    close[:200] = unit(np.ones(24) + 0.01 * np.random.default_rng(2).normal(size=(200, 24)))
    found = measure(close, nobody, OverlapTiers())
    assert found.blind == (found.limit >= 1.0)
    assert measure(np.repeat(drawn(3), 100, axis=0), nobody, OverlapTiers()).blind
