"""Intervals of a share, against printed values and against exact enumeration."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, hypergeom

from engine.curation.trust.intervals import (
    clopper_lower,
    clopper_pearson,
    exact_interval,
    finite_base,
    least_good,
    most_good,
    normal_quantile,
    wilson,
    wilson_of,
)

CLOSE = pytest.approx


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0, 0.277533),
        (10, 10, 0.722467, 1),
        (8, 10, 0.490162, 0.943318),
        (45, 50, 0.786398, 0.956524),
        (95, 100, 0.888250, 0.978456),
        (188, 200, 0.898068, 0.965348),
        (59, 59, 0.938871, 1),
    ],
)
def test_cal04_w1_wilson(hits, of, low, high):
    assert wilson(hits, of) == CLOSE((low, high), abs=1e-6)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0, 0.308497),
        (8, 10, 0.443905, 0.974789),
        (45, 50, 0.781865, 0.966725),
        (95, 100, 0.887165, 0.983568),
        (59, 59, 0.939391, 1),
    ],
)
def test_cal04_w2_clopper_pearson(hits, of, low, high):
    assert clopper_pearson(hits, of) == CLOSE((low, high), abs=1e-6)


def test_cal04_w2_one_sided():
    assert float(clopper_lower(59, 59, 0.05)) == CLOSE(0.950492, abs=1e-6)


def test_cal04_w3_finite_population():
    assert finite_base(100, 500) == CLOSE(124.75)
    assert wilson(95, 100, 500) == CLOSE((0.896561, 0.976553), abs=1e-6)


def test_cal04_w4_hypergeometric():
    assert least_good(48, 50, 200, 0.05) == 178
    assert least_good(48, 50, 200, 0.025) == 176
    assert least_good(50, 50, 200, 0.05) == 190
    assert most_good(2, 50, 200, 0.05) == 200 - 178
    assert exact_interval(48, 50, 200)[0] == 176 / 200


def test_cal04_ends_are_exactly_0_and_1_and_all_rows_give_a_point():
    for n in range(1, 400):
        assert wilson(n, n)[1] == 1.0
        assert wilson(0, n)[0] == 0.0
        assert clopper_pearson(n, n)[1] == 1.0
        assert clopper_pearson(0, n)[0] == 0.0
    assert wilson(37, 40, 40) == (37 / 40, 37 / 40)
    assert exact_interval(37, 40, 40) == (37 / 40, 37 / 40)
    assert wilson_of(0.3, 0.0) == (0.0, 1.0)


def test_cal04_coverage_by_enumeration_is_that_of_the_literature():
    """Brown, Cai and DasGupta 2001: at p = .98 and 50 labels Wald covers 63.5 %, Wilson 92.2, Clopper-Pearson 98.2."""
    for p, n, expected in ((0.95, 100, 96.6), (0.98, 50, 92.2), (0.98, 200, 93.3), (0.99, 100, 92.1), (0.9, 50, 97.0)):
        inside = sum(binom.pmf(k, n, p) for k in range(n + 1) if wilson(k, n)[0] <= p <= wilson(k, n)[1])
        assert 100 * inside == CLOSE(expected, abs=0.05)
        above = sum(binom.pmf(k, n, p) for k in range(n + 1) if wilson(k, n)[0] > p)
        assert above < 0.02


def test_cal04_the_exact_bound_is_wrong_no_more_often_than_it_says():
    for population, good, of in ((60, 57, 20), (200, 180, 50), (40, 20, 39)):
        wrong = sum(
            hypergeom.pmf(k, population, good, of)
            for k in range(max(0, of - population + good), min(of, good) + 1)
            if least_good(k, of, population, 0.05) > good
        )
        assert wrong <= 0.05


@given(st.floats(0, 1), st.floats(0.5, 1e6), st.sampled_from([0.8, 0.95, 0.99]))
def test_cal05_an_interval_holds_its_share_and_lies_within_0_and_1(share, base, confidence):
    low, high = wilson_of(share, base, normal_quantile(confidence))
    assert 0.0 <= low <= share <= high <= 1.0


@given(st.integers(1, 60), st.integers(0, 60), st.integers(0, 100))
def test_cal04_more_rows_beyond_the_labels_widen(of, hits, more):
    hits = min(hits, of)
    narrow = wilson(hits, of, of + more)
    wide = wilson(hits, of, of + more + 1)
    assert wide[0] <= narrow[0] + 1e-12
    assert wide[1] >= narrow[1] - 1e-12
    assert np.isfinite(wide).all()
