"""How far probabilities can be believed (CAL-21): the vector, the bias of the plain error, coverage, odd input."""

from __future__ import annotations

import numpy as np
import pytest

from engine.curation.trust.reliability import reliability

SAID = np.array([0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99])
GOOD = np.array([0, 0, 1, 0, 1, 1, 0, 1, 1, 1], bool)


def _judge(count: int, seed: int, shift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.beta(2, 1.5, count)
    return np.clip(truth + shift, 0, 1), rng.random(count) < truth


def test_cal21_vector_c1():
    found = reliability(SAID, GOOD)
    assert len(found.bins) == 2
    assert found.plain == pytest.approx(0.074, abs=1e-9)
    assert found.squared == pytest.approx(0.005512, abs=1e-9)
    assert found.debiased == pytest.approx(-0.044488, abs=1e-9)
    assert found.error == 0.0
    assert [one.labels for one in found.bins] == [5, 5]
    assert (found.bins[0].lowest, found.bins[0].highest, found.bins[1].lowest) == (0.1, 0.6, 0.7)


def test_cal21_a_perfect_judge_has_no_debiased_error_and_a_plain_one():
    """Plain error shrinks with labels alone; the debiased square is right on average."""
    plain = {}
    for count in (100, 200, 1000):
        found = [reliability(*_judge(count, seed), rounds=1, bins=10) for seed in range(400)]
        plain[count] = np.mean([one.plain for one in found])
        assert np.mean([one.debiased for one in found]) == pytest.approx(0, abs=0.001)
    assert plain[100] > 0.08
    assert plain[100] > plain[200] > plain[1000] > 0.02


def test_cal21_the_interval_contains_the_error_there_is():
    inside, width = 0, []
    for seed in range(150):
        found = reliability(*_judge(400, seed, shift=-0.1), rounds=300)
        inside += found.low <= 0.1 <= found.high
        width.append(found.high - found.low)
        assert found.low <= found.error <= found.high
    assert inside >= 135
    assert np.mean(width) < 0.14


def test_cal21_a_perfect_judge_is_not_convicted():
    convicted = sum(reliability(*_judge(400, seed), rounds=300).low > 0 for seed in range(150))
    assert convicted <= 9


def test_cal21_the_brier_score_is_the_sum_of_its_parts():
    said, good = _judge(500, 0, shift=0.1)
    parts = reliability(said, good, rounds=10).brier
    assert parts.score == pytest.approx(((said - good) ** 2).mean())
    assert parts.score == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty + parts.within)
    levels = reliability(np.clip(np.round(said, 1), 0.2, 0.9), good, rounds=10, bins=500).brier
    assert levels.within == pytest.approx(0, abs=1e-9), "nothing is lost in bins of one score each"


def test_cal21_weights_undo_a_skewed_draw():
    said, good = _judge(60_000, 0, shift=0.1)
    pi = np.where(said > 0.7, 0.1, 0.02)
    drawn = np.random.default_rng(3).random(len(said)) < pi
    found = reliability(said[drawn], good[drawn], 1 / pi[drawn], rounds=200)
    truth = reliability(said, good, rounds=1, bins=10)
    assert found.brier.score == pytest.approx(truth.brier.score, abs=0.01)
    assert reliability(said[drawn], good[drawn], rounds=1).brier.score != pytest.approx(truth.brier.score, abs=0.01)
    assert sum(one.weight for one in found.bins) == pytest.approx(1)


def test_cal21_the_same_seed_gives_the_same_interval_and_order_does_not_matter():
    said, good = _judge(150, 0)
    order = np.random.default_rng(0).permutation(150)
    one, same, turned = (
        reliability(said, good, rounds=200, seed=1),
        reliability(said, good, rounds=200, seed=1),
        reliability(said[order], good[order], rounds=200, seed=1),
    )
    assert one == same
    assert (turned.debiased, turned.bins) == (one.debiased, one.bins)
    assert reliability(said, good, rounds=200, seed=2).high != one.high


def test_cal21_equal_scores_are_never_split_and_small_bins_join():
    said = np.repeat([0.0, 1.0], [150, 50])
    found = reliability(said, np.arange(200) % 3 > 0, rounds=50)
    assert [(one.lowest, one.highest, one.labels) for one in found.bins] == [(0, 0, 150), (1, 1, 50)]
    lonely = reliability(np.r_[np.full(197, 0.5), 0.7, 0.8, 0.9], np.arange(200) % 2 > 0, rounds=50)
    assert [one.labels for one in lonely.bins] == [200]


@pytest.mark.parametrize("good", [np.ones(60, bool), np.zeros(60, bool)])
def test_cal21_one_class_alone_has_an_error_and_no_fault(good: np.ndarray):
    found = reliability(np.linspace(0, 1, 60), good, rounds=50)
    assert found.debiased == pytest.approx(found.squared), "no noise is seen in bins of one class"
    assert found.brier.uncertainty == 0
    assert all(0 <= one.low <= one.good <= one.high <= 1 for one in found.bins)


def test_cal21_few_labels_and_missing_scores():
    assert reliability(SAID[:9], GOOD[:9]).reason == "too_few"
    assert reliability(np.empty(0), np.empty(0, bool)).bins == ()
    said = np.r_[SAID, np.nan, np.nan]
    found = reliability(said, np.r_[GOOD, True, False])
    assert found.unscored == 2
    assert found.debiased == pytest.approx(-0.044488, abs=1e-9)
