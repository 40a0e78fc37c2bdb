"""Precision over a limit against brute force, bands that hold everywhere, and the limit that is chosen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.asked import JudgedFrame
from engine.curation.trust.axis import ScoreAxis, TickSet
from engine.curation.trust.bands import COUNTED, WEIGHTED, calibrated_errors, fitted_rates, joint_quantile
from engine.curation.trust.between import lower_between, upper_between
from engine.curation.trust.choose import choose, choose_strictly, fixed_sequence, good_start, p_values
from engine.curation.trust.curve import PrecisionCurve, precision_curve
from engine.curation.trust.estimate import estimate
from engine.curation.trust.intervals import clopper_lower
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.path import for_saved, ranked_path
from engine.curation.trust.path_band import path_band

ROWS = 5000
RNG = np.random.default_rng(0)
SCORE = np.round(RNG.beta(3, 1.5, ROWS), 2)
TRUTH = (RNG.random(ROWS) < 0.2 + 0.75 * SCORE).astype(float)
WORD = np.clip(SCORE + RNG.normal(0, 0.2, ROWS), 0, 1)
OTHER = RNG.random(ROWS) < 0.7
TAKEN = RNG.choice(ROWS, 600, replace=False)
PLAIN = LabelSet.uniform(TAKEN, TRUTH[TAKEN], ROWS)
PI = np.minimum(0.03 + 0.3 * SCORE * (1 - SCORE), 1)
DRAWN = np.flatnonzero(RNG.random(ROWS) < PI)
UNEVEN = LabelSet.drawn(DRAWN, TRUTH[DRAWN], PI[DRAWN])


@pytest.mark.parametrize("at_least", [True, False])
@pytest.mark.parametrize(("labels", "word"), [(PLAIN, None), (PLAIN, WORD), (UNEVEN, None), (UNEVEN, WORD)])
def test_cal15_each_limit_is_what_the_estimate_says_of_its_kept_rows(at_least, labels, word):
    """Brute force: the kept rows of every limit, estimated one by one."""
    axis = ScoreAxis.of(SCORE, at_least, word)
    curve = precision_curve(axis, labels, OTHER)
    assert len(curve.ticks) > 10
    loose = TrustSettings(balance=1e9, balance_many=1e9)
    for tick, limit in enumerate(curve.ticks.limit):
        kept = OTHER & (limit <= SCORE if at_least else limit >= SCORE)
        assert curve.ticks.size[tick] == kept.sum()
        if np.isnan(curve.value[tick]):
            continue
        judged = None if word is None else JudgedFrame(word)
        answer = estimate("precision", kept, labels, judged=judged, settings=loose)
        if answer.refusal is not None:
            continue
        assert curve.labels[tick] == answer.labels["random"]
        mine = (curve.value[tick], curve.low[tick], curve.high[tick])
        assert mine == pytest.approx((answer.value, answer.low, answer.high), abs=1e-9)


def test_cal15_rows_without_a_score_are_kept_at_no_limit_and_ties_stay_together():
    score = np.where(np.arange(ROWS) % 10 == 0, np.nan, SCORE)
    axis = ScoreAxis.of(score)
    ticks = axis.ticks(None, 40)
    assert ticks.size[-1] == ROWS - ROWS // 10
    for limit, size in zip(ticks.limit, ticks.size, strict=True):
        assert size == np.count_nonzero(score >= limit)
    one = ScoreAxis.of(np.ones(50)).ticks(None, 40)
    assert (one.size.tolist(), one.limit.tolist()) == ([50], [1.0])


def test_cal15_cal16_the_band_is_wider_than_the_interval_of_one_limit():
    for labels, word, method in ((PLAIN, None, COUNTED), (UNEVEN, None, WEIGHTED), (PLAIN, WORD, WEIGHTED)):
        curve = precision_curve(ScoreAxis.of(SCORE, f=word), labels, error=0.05)
        on = curve.live
        assert curve.method == method
        assert on.sum() > 20
        assert (curve.lower[on] <= curve.value[on] + 1e-12).all()
        assert (curve.lower[on] < curve.low[on] + 0.02).all()
        assert np.mean(curve.value[on] - curve.lower[on]) > np.mean(curve.value[on] - curve.low[on])
        assert np.isnan(curve.lower[~on]).all()


def test_cal16_the_same_seed_gives_the_same_band():
    axis = ScoreAxis.of(SCORE)
    one, two, other = (precision_curve(axis, UNEVEN, seed=seed) for seed in (3, 3, 4))
    assert np.array_equal(one.lower, two.lower, equal_nan=True)
    assert not np.array_equal(one.lower, other.lower, equal_nan=True)


def test_cal16_calibration_lies_between_bonferroni_and_one_limit():
    holds = np.arange(200)[:, None] < np.arange(20, 201, 10)[None, :]
    rates = fitted_rates((np.random.default_rng(1).random(200) < 0.9).astype(float), TrustSettings())
    for error in calibrated_errors(holds, rates, 0.1, 0, TrustSettings()):
        assert 0.1 / 19 <= error <= 0.1
    alone = calibrated_errors(holds[:, :1], rates, 0.1, 0, TrustSettings())
    assert alone == (0.1, 0.1)


def test_cal16_minimal_p_values_against_draws_label_by_label():
    """The grouped draws against Bernoulli draws of every label, for policies that are not nested."""
    rng = np.random.default_rng(2)
    holds = rng.random((80, 6)) < 0.6
    rates = np.repeat([0.6, 0.9], 40)
    settings = TrustSettings(calibrations=4000)
    found = calibrated_errors(holds, rates, 0.1, 0, settings)[0]
    n, mean = holds.sum(0), rates @ holds / holds.sum(0)
    hits = (rng.random((4000, 80)) < rates) @ holds.astype(float)
    least = binom.sf(hits - 1, n, mean).min(1)
    assert found == pytest.approx(np.quantile(least, 0.1), rel=0.15)


def test_cal16_the_multiplier_quantile_of_independent_and_of_equal_estimates():
    one = np.zeros((400, 10))
    for tick in range(10):
        one[tick * 40 : tick * 40 + 40, tick] = 1.0
    apart = joint_quantile(one, 0.05, 0, TrustSettings(calibrations=20_000))
    assert apart == pytest.approx(2.80, abs=0.06)  # Sidak: 10 independent ones.
    same = joint_quantile(np.ones((400, 10)), 0.05, 0, TrustSettings(calibrations=20_000))
    assert same == pytest.approx(1.96, abs=0.05)


def test_cal10_open_rows_widen_the_band_to_both_sides():
    verdict = np.where(np.arange(600) < 60, -1, TRUTH[TAKEN])
    curve = precision_curve(ScoreAxis.of(SCORE), LabelSet.uniform(TAKEN, verdict, ROWS))
    bad, good = (
        precision_curve(ScoreAxis.of(SCORE), LabelSet.uniform(TAKEN, np.where(verdict < 0, one, verdict), ROWS))
        for one in (0, 1)
    )
    both = curve.live & bad.live & good.live
    assert curve.lower[both] == pytest.approx(bad.lower[both])
    assert curve.upper[both] == pytest.approx(good.upper[both])
    assert "worst case" in curve.method


def test_cal35_an_axis_without_rows_labels_or_scores():
    nothing = precision_curve(ScoreAxis.of(np.full(20, np.nan)), PLAIN.where(PLAIN.row < 20))
    assert len(nothing.ticks) == 0
    none = precision_curve(ScoreAxis.of(SCORE), LabelSet.convenience(TAKEN, TRUTH[TAKEN]))
    assert not none.live.any()
    assert choose(none, 0.9).why == "No limit has enough random labels yet."
    empty = precision_curve(ScoreAxis.of(SCORE), PLAIN, np.zeros(ROWS, bool))
    assert len(empty.ticks) == 0
    assert choose(empty, 0.9).tick is None
    assert choose_strictly(empty, np.zeros(0, int), 0.9, True).tick is None


def test_cal17_t1_between_limits():
    found = lower_between([1000, 1500, 2000, 3000, 4000], [1000, 2000, 4000], [0.93, 0.91, 0.86])
    assert found == pytest.approx([0.93, 0.88, 0.91, 0.813333, 0.86], abs=1e-6)


@given(st.lists(st.booleans(), min_size=4, max_size=60), st.data())
def test_cal17_never_above_the_true_curve_where_the_bounds_hold(truth, data):
    good = np.cumsum(truth)
    sizes = np.unique(data.draw(st.lists(st.integers(1, len(truth)), min_size=1, max_size=6)))
    slack = np.array(data.draw(st.lists(st.floats(0, 0.3), min_size=len(sizes), max_size=len(sizes))))
    true = good[sizes - 1] / sizes
    at = np.arange(1, len(truth) + 1)
    lower = lower_between(at, sizes, np.maximum(true - slack, 0))
    upper = upper_between(at, sizes, np.minimum(true + slack, 1))
    assert (lower <= good / at + 1e-9).all()
    assert (upper >= good / at - 1e-9).all()
    assert (lower[sizes - 1] >= np.maximum(true - slack, 0) - 1e-9).all()


T2_GOOD, T2_LABELS = np.array([20, 38, 74, 108, 138, 180]), np.array([20, 40, 80, 120, 160, 240])


def test_cal18_t2():
    assert clopper_lower(T2_GOOD, T2_LABELS, 0.1) == pytest.approx(
        [0.8913, 0.8724, 0.8721, 0.8554, 0.8210, 0.7106], abs=5e-5
    )
    assert clopper_lower(T2_GOOD, T2_LABELS, 0.1 / 6) == pytest.approx(
        [0.8149, 0.8196, 0.8364, 0.8257, 0.7937, 0.6851], abs=5e-5
    )
    values = p_values(T2_GOOD, T2_LABELS, 0.85)
    assert values == pytest.approx([0.03876, 0.04860, 0.03451, 0.07463, 0.37880, 0.99998], abs=5e-6)
    assert fixed_sequence(values, 0.1) == 3
    assert fixed_sequence(values, 0.03) is None
    assert fixed_sequence(values, 0.05, 1) == 2


def curve_of(good, labels, sizes, lower, error=0.1):
    """A curve with given bounds."""
    ticks = TickSet(np.linspace(0.9, 0.1, len(sizes)), np.array(sizes), np.array(sizes))
    value = np.array(good) / np.array(labels)
    ends = np.minimum(value + 0.05, 1)
    return PrecisionCurve(
        ticks, value, value, value, np.array(lower), ends, np.ones(len(sizes), bool), np.array(labels), error, "given"
    )


def test_cal18_the_choice_is_the_largest_set_whose_bound_reaches_the_target():
    curve = curve_of(T2_GOOD, T2_LABELS, [500, 1000, 2000, 3000, 4000, 6000], [0.85, 0.84, 0.86, 0.851, 0.82, 0.7])
    picked = choose(curve, 0.85)
    assert (picked.tick, picked.kept) == (3, 3000)
    assert picked.limit == pytest.approx(curve.ticks.limit[3])
    strictly = choose_strictly(curve, T2_GOOD, 0.85, True)
    # 6 / .15 = 40 labels: the sequence begins at the second limit, .0486 of .05 passes, and the third.
    assert (strictly.tick, good_start(T2_LABELS, 0.85)) == (2, 1)
    assert choose_strictly(curve, T2_GOOD, 0.85, False).tick is None


def test_cal18_none_passes_and_says_what_it_would_cost():
    curve = curve_of(T2_GOOD, T2_LABELS, [500, 1000, 2000, 3000, 4000, 6000], [0.80, 0.82, 0.84, 0.83, 0.79, 0.68])
    none = choose(replace(curve, error=0.05), 0.9)
    assert (none.tick, none.clean) == (None, 29)
    assert none.expected is not None
    assert none.expected > 200
    assert "92.5%" in none.why
    hopeless = choose(replace(curve, upper=np.full(6, 0.85)), 0.9)
    assert hopeless.impossible
    assert "at most 85.0%" in hopeless.why


def test_cal18_exact_p_values_of_few_rows_are_smaller():
    few = p_values(np.array([57]), np.array([60]), 0.9, np.array([80]))
    many = p_values(np.array([57]), np.array([60]), 0.9)
    assert few[0] < many[0]
    assert p_values(np.array([0]), np.array([5]), 0.9)[0] == 1.0


@pytest.mark.parametrize("target", [0.8, 0.9])
def test_cal18_strict_mode_is_wrong_no_more_often_than_it_says(target):
    """A flat pool just below the target, 100 labels: the hardest case."""
    rng = np.random.default_rng(6)
    score, truth = rng.random(4000), (np.arange(4000) >= 4000 * (1 - target + 0.002)).astype(float)
    rng.shuffle(truth)
    axis = ScoreAxis.of(score)
    wrong, runs = 0, 150
    good = np.cumsum(truth[axis.order])
    sizes = axis.ticks(None, 40).size
    for run in range(runs):
        row = np.random.default_rng(run).choice(4000, 100, replace=False)
        inside = axis.place[row][:, None] < sizes[None, :]
        hits = truth[row] @ inside
        curve = curve_of(hits, np.maximum(inside.sum(0), 1), sizes, np.zeros(len(sizes)))
        found = choose_strictly(curve, hits.astype(int), target, True)
        wrong += found.tick is not None and good[found.kept - 1] / found.kept < target
    assert wrong / runs <= 0.1


def test_cal19_the_path_is_the_front_and_no_label_moves_it():
    size = np.array([100, 200, 200, 300, 400, 0])
    said = np.array([0.9, 0.95, 0.8, 0.7, 0.75, 0.99])
    assert ranked_path(size, said).tolist() == [1, 4]
    many = ranked_path(np.arange(1, 2001), np.linspace(0.99, 0.5, 2000))
    assert len(many) == 40
    assert (many[0], many[-1]) == (0, 1999)
    with pytest.raises(ValueError, match="at most 10,000"):
        ranked_path(np.arange(1, 10_002), np.ones(10_001))


def test_cal19_shuffled_labels_change_bounds_and_no_ranking():
    limits = np.round(np.linspace(0.2, 0.9, 12), 2)
    kept = np.array([(limit <= SCORE) & (other <= WORD) for limit in limits for other in limits[::3]])
    sizes, said = kept.sum(1), np.array([WORD[one].mean() if one.any() else np.nan for one in kept])
    path = ranked_path(sizes, said)
    shuffled = replace(PLAIN, verdict=np.random.default_rng(0).permutation(PLAIN.verdict))
    holds = kept[path][:, TAKEN].T
    bands = [path_band(holds, sizes[path], labels, 0.1) for labels in (PLAIN, shuffled)]
    assert not np.array_equal(bands[0].lower, bands[1].lower, equal_nan=True)
    truth = np.array([TRUTH[one].mean() for one in kept[path]])
    on = np.isfinite(bands[0].lower)
    assert on.sum() > 3
    assert (bands[0].lower[on] <= truth[on]).all()


def test_cal19_a_path_of_weighted_labels_and_one_without_labels():
    kept = np.array([limit <= SCORE for limit in (0.9, 0.7, 0.5, 0.0)])
    weighted = path_band(kept[:, DRAWN].T, kept.sum(1), UNEVEN, 0.05)
    assert weighted.method == WEIGHTED
    assert (weighted.lower[1:] < weighted.upper[1:]).all()
    none = path_band(kept[:, :3].T, kept.sum(1), LabelSet.convenience(range(3), [1, 1, 0]), 0.05)
    assert np.isnan(none.lower).all()


def test_cal19_saved_policies_share_the_error():
    assert for_saved(5).confidence == pytest.approx(0.99)
    kept = SCORE > 0.5
    narrow, wide = (estimate("precision", kept, PLAIN, settings=for_saved(many)) for many in (1, 10))
    assert wide.low < narrow.low
