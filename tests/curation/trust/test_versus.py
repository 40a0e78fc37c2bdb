"""Policy A against policy B, and curators' errors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.curation.trust.curator_error import corrected, error_of, rogan_gladen
from engine.curation.trust.effective import Moments
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.versus import coefficients, difference, recall_difference, square_and_add

ROWS = 900
TRUTH = (np.random.default_rng(0).random(ROWS) < np.linspace(0.95, 0.4, ROWS)).astype(float)
STRICT, LAX = np.arange(ROWS) < 300, np.arange(ROWS) < 700


def uniform(n=200, seed=1):
    row = np.random.default_rng(seed).choice(ROWS, n, replace=False)
    return LabelSet.uniform(row, TRUTH[row], ROWS)


def test_cal30_a1_square_and_add():
    found = square_and_add([0.2, -0.5, -0.1], [18, 30, 45], [20, 50, 48])
    assert found == pytest.approx((-0.213750, -0.287724, -0.142378), abs=1e-6)


@given(st.lists(st.booleans(), min_size=6, max_size=30), st.data())
def test_cal30_coefficients_make_the_difference_of_precisions(a, data):
    a = np.array(a)
    b = np.array(data.draw(st.lists(st.booleans(), min_size=len(a), max_size=len(a))))
    truth = np.array(data.draw(st.lists(st.booleans(), min_size=len(a), max_size=len(a))), float)
    if not a.any() or not b.any():
        return
    parts = (a & ~b, b & ~a, a & b)
    shares = np.array([truth[part].mean() if part.any() else 0.0 for part in parts])
    factors = coefficients([part.sum() for part in parts])
    assert factors @ shares == pytest.approx(truth[a].mean() - truth[b].mean())


def test_cal30_identical_policies_differ_by_exactly_nothing():
    for one in (difference(STRICT, STRICT, uniform()), recall_difference(STRICT, STRICT, uniform())):
        assert (one.value, one.low, one.high) == (0.0, 0.0, 0.0)
        assert one.refusal is None
    assert difference(STRICT, STRICT, LabelSet.convenience([], [])).value == 0.0


def test_cal30_added_rows_have_a_precision_of_their_own():
    found = difference(STRICT, LAX, uniform())
    rows, good, bad = found.parts.added()
    assert rows == 400
    assert good + bad == pytest.approx(400)
    assert good / 400 == pytest.approx(TRUTH[300:700].mean(), abs=0.12)
    assert found.low < TRUTH[STRICT].mean() - TRUTH[LAX].mean() < found.high
    assert found.low > 0


def test_cal30_weighted_labels_agree_where_weights_are_equal():
    labels = uniform()
    pi = np.where(np.arange(len(labels)) == 0, labels.pi * 1.0001, labels.pi)
    weighted = difference(STRICT, LAX, LabelSet.drawn(labels.row, labels.verdict, pi))
    plain = difference(STRICT, LAX, labels)
    assert weighted.estimator != plain.estimator
    assert weighted.value == pytest.approx(plain.value, abs=1e-4)
    assert weighted.high - weighted.low == pytest.approx(plain.high - plain.low, rel=0.1)


def test_cal30_too_few_labels_name_the_part_and_what_to_label_next():
    row = np.concatenate((np.arange(30), 300 + np.arange(3)))
    found = difference(STRICT, LAX, LabelSet.uniform(row, TRUTH[row], ROWS))
    assert found.refusal.code == "few_in_part"
    assert found.refusal.labels == 2
    assert "only B (3)" in found.refusal.why
    following = found.parts.next_labels()
    assert following.sum() == pytest.approx(1)
    assert following[0] == 0, "no row is kept by A alone"
    assert following[1] > following[2] > 0
    assert difference(STRICT & False, LAX, uniform()).refusal.code == "empty"


def test_cal30_hand_picked_rows_compare_nothing():
    picked = LabelSet.convenience(np.arange(0, 700, 3), TRUTH[0:700:3])
    assert difference(STRICT, LAX, picked).refusal.code == "few_in_part"


def test_cal30_recall_of_two_policies():
    truth = (TRUTH[STRICT].sum() - TRUTH[LAX].sum()) / TRUTH.sum()
    inside = 0
    for seed in range(100):
        found = recall_difference(STRICT, LAX, uniform(seed=seed))
        inside += found.low <= truth <= found.high
    assert 90 <= inside <= 100
    few = LabelSet.uniform(range(10), TRUTH[:10], ROWS)
    assert recall_difference(STRICT, LAX, few).refusal.code == "few_good"


def test_cal29_n1_curator_error():
    assert rogan_gladen(0.9, 0.97, 0.9) == pytest.approx(0.919540, abs=1e-6)
    assert [error_of(r) for r in (0.95, 0.9, 0.8)] == pytest.approx([0.025658, 0.052786, 0.112702], abs=1e-6)
    assert error_of(0.5) is None
    assert rogan_gladen(0.02, 0.97, 0.9) == 0.0


def test_cal29_n2_the_correction_with_its_variance():
    found = corrected(Moments(0.9, 0.9 * 0.1 / 200, 200, 200.0, 199.0, 20, False), (58, 60), (36, 40))
    assert found.value == pytest.approx(0.930508, abs=1e-6)
    assert found.variance == pytest.approx(0.001426679, abs=1e-9)
    assert found.low < 0.930508 < found.high


def test_cal29_unskilled_verdicts_and_few_gold_rows_are_not_corrected():
    observed = Moments(0.9, 0.9 * 0.1 / 200, 200, 200.0, 199.0, 20, False)
    assert corrected(observed, (58, 60), (10, 19)).refusal.labels == 1
    assert corrected(observed, (40, 60), (24, 40)).refusal.code == "unskilled"
