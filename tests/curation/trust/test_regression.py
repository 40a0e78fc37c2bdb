"""Judges narrow and never move: the regression estimator, its gate, cross-fitting, balance and revisions."""

import numpy as np
import pytest

from engine.curation.trust.asked import JudgedFrame
from engine.curation.trust.balance import balance, unbalanced
from engine.curation.trust.crossfit import cross_fit
from engine.curation.trust.effective import effective_wilson
from engine.curation.trust.estimate import estimate
from engine.curation.trust.folds import folds_of
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.regression import correlation, fill, gate, regress
from tests.support.trust_simulation import logistic

P1 = LabelSet.uniform(range(10), [1, 1, 1, 0, 1, 1, 0, 1, 1, 1], 1000)
F1 = np.array([0.9, 0.8, 0.95, 0.3, 0.7, 0.9, 0.6, 0.85, 0.4, 0.9])
ROWS = 4000


def world(seed=0, sd=0.1, m=400):
    """Rows, a probability that judges see with noise, and a uniform draw."""
    rng = np.random.default_rng(seed)
    p = np.clip(rng.normal(0.6, 0.3, ROWS), 0.02, 0.98)
    truth = (rng.random(ROWS) < p).astype(float)
    row = rng.choice(ROWS, m, replace=False)
    return np.clip(p + rng.normal(0, sd, ROWS), 0, 1), truth, LabelSet.uniform(row, truth[row], ROWS)


def test_cal13_p1():
    found = regress(P1, F1, 0.75, 1000)
    assert found.slope == pytest.approx(1.201717, abs=1e-6)
    assert found.moments.value == pytest.approx(0.824034, abs=1e-6)
    assert found.moments.variance == pytest.approx(0.01147210, abs=1e-8)
    assert found.moments.variance * 8 / 9 == pytest.approx(0.01019742, abs=1e-8)
    ends = effective_wilson(found.moments)
    assert (ends.low, ends.high) == pytest.approx((0.499721, 0.956435), abs=1e-6)


@pytest.mark.parametrize(("slope", "value", "variance"), [(1.0, 0.82, 0.010406), (0.0, 0.8, 0.0176)])
def test_cal13_p1_with_a_given_slope(slope, value, variance):
    found = regress(P1, F1, 0.75, 1000, slope).moments
    assert found.value == pytest.approx(value, abs=1e-9)
    assert found.variance * 8 / 9 == pytest.approx(variance, abs=1e-6)


def test_cal14_p1_balance():
    assert balance(P1, F1, 0.75, 1000) == pytest.approx(-0.279345, abs=1e-6)


def test_cal13_the_gate_refuses_ten_labels_one_class_and_noise():
    assert not gate(P1, F1).open
    rng = np.random.default_rng(1)
    row = np.arange(200)
    few_bad = LabelSet.uniform(row, row >= 4, ROWS)
    assert "either verdict" in gate(few_bad, (row >= 4) + rng.normal(0, 0.1, 200)).why
    noisy = LabelSet.uniform(row, rng.random(200) < 0.6, ROWS)
    assert "not informative" in gate(noisy, rng.random(200)).why
    assert gate(noisy, noisy.good + rng.normal(0, 0.5, 200)).open
    assert not gate(noisy, -noisy.good).open, "a judge that is wrong on purpose is of no use either"


def test_cal13_good_judges_narrow_and_the_answer_says_what_they_are_worth():
    f, _, labels = world()
    plain, helped = (estimate("precision", np.ones(ROWS, bool), labels, judged=j) for j in (None, JudgedFrame(f)))
    assert helped.half_width < 0.9 * plain.half_width
    assert helped.estimator.startswith("prediction-powered")
    assert helped.effective > 1.2 * len(labels)
    gain = len(labels) * (1 / (1 - correlation(labels, f[labels.row]) ** 2) - 1)
    assert helped.notes == (f"inside the kept set the judges add the equivalent of {gain:.0f} labels",)


def test_cal13_a_constant_judge_gives_exactly_the_classical_interval():
    _, _, labels = world()
    plain, same = (
        estimate("precision", np.ones(ROWS, bool), labels, judged=j) for j in (None, JudgedFrame(np.full(ROWS, 0.7)))
    )
    assert (same.value, same.low, same.high) == (plain.value, plain.low, plain.high)


def test_cal13_noise_widens_by_less_than_a_hundredth():
    """Over draws: mostly the gate is shut, and where it opens by accident little changes."""
    widths = []
    for seed in range(60):
        _, _, labels = world(seed)
        noise = np.random.default_rng(1000 + seed).random(ROWS)
        plain, other = (
            estimate("precision", np.ones(ROWS, bool), labels, judged=j) for j in (None, JudgedFrame(noise))
        )
        widths.append(other.half_width / plain.half_width)
    assert np.mean(widths) < 1.01
    assert np.mean(np.array(widths) == 1) > 0.85


def test_cal13_missing_scores_are_filled_and_no_row_is_dropped():
    f, _, labels = world()
    holes = np.where(np.arange(ROWS) % 7 == 0, np.nan, f)
    answer = estimate("precision", np.ones(ROWS, bool), labels, judged=JudgedFrame(holes))
    assert answer.estimator.startswith("prediction-powered")
    assert answer.decided == len(labels)
    assert fill(np.array([1.0, np.nan, 3.0])).tolist() == [1, 2, 3]
    assert fill(np.array([np.nan])).tolist() == [0]


def test_cal13_cross_fitting_never_shows_a_model_its_own_label():
    rng = np.random.default_rng(0)
    columns, row = rng.normal(size=(50, 2)), np.arange(20)
    good, part = (rng.random(20) < 0.5).astype(float), np.arange(20) % 5
    seen: list[np.ndarray] = []

    def fit(x, y, weight):
        seen.append(x)
        number = float(len(seen))
        return lambda asked: np.full(len(asked), number)

    made = cross_fit(columns, row, good, np.ones(20), part, fit)
    for at, x in enumerate(seen):
        held = columns[row[part == at]]
        assert not (x[:, None] == held[None]).all(-1).any()
    assert made[row[part == 2]].tolist() == [3.0] * 4
    assert (made[20:] == 3.0).all()


def test_cal13_cross_fitting_does_not_overfit_where_judges_know_nothing():
    """Forty columns of noise and 100 labels: fitted on the same labels they seem to explain half of everything."""
    rng = np.random.default_rng(2)
    columns, truth = rng.normal(size=(2000, 40)), (rng.random(2000) < 0.7).astype(float)
    row = rng.choice(2000, 100, replace=False)
    part = folds_of([f"Q-{one}" for one in row], 5)
    honest = cross_fit(columns, row, truth[row], np.ones(100), part, logistic)
    greedy = logistic(columns[row], truth[row], np.ones(100))(columns)
    labels = LabelSet.uniform(row, truth[row], 2000)
    assert correlation(labels, greedy[row]) > 0.6
    assert correlation(labels, honest[row]) < 0.25


def test_cal13_parts_are_those_of_the_ids_in_any_order():
    ids = [f"Q-{n}" for n in range(300)]
    parts = folds_of(ids, 5)
    assert (folds_of(ids[::-1], 5)[::-1] == parts).all()
    assert set(parts) == set(range(5))
    assert np.bincount(parts).min() > 35


def test_cal14_a_shift_of_a_tenth_on_unlabelled_rows_refuses():
    """sd of f .3, 400 labels: expected 6.7 standard errors."""
    rng = np.random.default_rng(4)
    f = rng.normal(0.5, 0.3, ROWS)
    truth = (rng.random(ROWS) < np.clip(f, 0, 1)).astype(float)
    row = rng.choice(ROWS, 400, replace=False)
    labels = LabelSet.uniform(row, truth[row], ROWS)
    shifted = f + 0.1
    shifted[row] = f[row]
    answer = estimate("precision", np.ones(ROWS, bool), labels, judged=JudgedFrame(shifted))
    assert answer.refusal is not None
    assert answer.refusal.code == "unbalanced"
    assert "the judges' word" in answer.refusal.why
    sizes = [
        balance(LabelSet.uniform(one, truth[one], ROWS), f[one], float(f.mean()) + 0.1, ROWS)
        for one in (np.random.default_rng(seed).choice(ROWS, 400, replace=False) for seed in range(100))
    ]
    assert np.mean(sizes) == pytest.approx(-6.7 / np.sqrt(1 - 400 / ROWS), abs=0.35)


def test_cal14_other_columns_are_looked_at_and_many_have_a_wider_limit():
    f, _, labels = world()
    length = np.where(np.isin(np.arange(ROWS), labels.row), 2.0, 1.0) + np.random.default_rng(0).normal(0, 0.5, ROWS)
    judged = JudgedFrame(f, columns={"length": length})
    assert "length" in estimate("precision", np.ones(ROWS, bool), labels, judged=judged).refusal.why
    assert unbalanced({"a": 3.5}) == ("a",)
    assert unbalanced({str(n): 3.5 for n in range(11)}) == ()


def test_cal14_mixed_revisions_make_no_use_of_judges_even_where_no_shift_shows():
    f, _, labels = world()
    plain, mixed = (
        estimate("precision", np.ones(ROWS, bool), labels, judged=j) for j in (None, JudgedFrame(f, revisions=2))
    )
    assert (mixed.low, mixed.high) == (plain.low, plain.high)
    assert "judges of several revisions: no use is made of them" in mixed.notes


def test_cal14_a_draw_with_wrong_probabilities_is_found():
    """A draw that prefers high scores, told as uniform."""
    f, truth, _ = world()
    rng = np.random.default_rng(9)
    taken = np.flatnonzero(rng.random(ROWS) < 0.12 * f)
    answer = estimate(
        "precision", np.ones(ROWS, bool), LabelSet.uniform(taken, truth[taken], ROWS), judged=JudgedFrame(f)
    )
    assert answer.refusal.code == "unbalanced"
