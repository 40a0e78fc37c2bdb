"""Scores become probabilities (CAL-22): method by labels, guard, monotone, every scale, weights."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from engine.curation.trust.calibrators import CalibratorRule, calibrate
from engine.curation.trust.folds import folds_of
from engine.curation.trust.judge_scale import RATING_TO_5, RATING_TO_10, SCORE, VERDICT, JudgeScale
from engine.curation.trust.logistic import fit

GRID = np.linspace(0, 1, 201)


def _judge(count: int, seed: int, curved: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores, labels, true probabilities: overconfident by a slope, or bent in the middle."""
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 1.5, count)
    truth = np.where(score < 0.6, 0.15 + 0.2 * score, 0.93) if curved else expit(0.3 + 0.6 * logit(score))
    return score, rng.random(count) < truth, truth


def _folds(count: int) -> np.ndarray:
    return folds_of([f"row {n}" for n in range(count)])


@pytest.mark.parametrize("weighted", [False, True])
def test_cal22_logistic_is_what_scikit_learn_fits(weighted: bool):
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    features = rng.normal(size=(300, 4)) * [1, 3, 0.2, 10]
    good = rng.random(300) < expit(features @ [1, -0.3, 2, 0.05] + 1)
    weights = rng.gamma(1, 1, 300) if weighted else np.ones(300)
    ours = fit(features, good, weights)
    theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000)
    theirs.fit(features, good, sample_weight=weights / weights.mean())
    assert ours.slopes == pytest.approx(theirs.coef_[0], abs=1e-5)
    assert ours.intercept == pytest.approx(theirs.intercept_[0], abs=1e-5)


def test_cal22_separated_rows_and_features_without_variation_are_fitted():
    said = np.r_[np.zeros(20), np.ones(20)]
    found = fit(np.column_stack([said * 50, np.zeros(40)]), said > 0)
    assert np.isfinite([found.intercept, *found.slopes]).all()
    with pytest.raises(ValueError, match="good and bad"):
        fit(np.zeros((5, 1)), np.ones(5, bool))


@pytest.mark.parametrize(("count", "method"), [(399, "logistic"), (400, "beta"), (999, "beta")])
def test_cal22_the_method_hangs_on_the_labels(count: int, method: str):
    score, good, _ = _judge(count, 0)
    assert calibrate(score, good, _folds(count)).method == method


def test_cal22_isotonic_from_a_thousand_only_where_it_is_surely_better():
    bent, straight = _judge(2000, 0, curved=True), _judge(2000, 0)
    assert calibrate(*bent[:2], _folds(2000)).method == "isotonic"
    assert calibrate(*straight[:2], _folds(2000)).method == "beta"


@pytest.mark.parametrize("bad", [0, 9])
def test_cal22_nine_bad_labels_keep_the_raw_score(bad: int):
    score = np.linspace(0, 1, 100)
    found = calibrate(score, np.arange(100) >= bad, _folds(100))
    assert (found.method, found.reason, found.labels, found.good) == ("raw", "few_of_a_class", 100, 100 - bad)
    assert found.of(GRID) == pytest.approx(GRID)
    assert calibrate(score, np.arange(100) >= 10, _folds(100)).method == "logistic"
    lax = calibrate(score, np.arange(100) >= 9, _folds(100), rule=CalibratorRule(each_class=9))
    assert lax.method == "logistic"


@pytest.mark.parametrize("count", [60, 200, 500, 1500])
@pytest.mark.parametrize("curved", [False, True])
@pytest.mark.parametrize("turned", [False, True])
def test_cal22_output_never_falls_as_the_judge_says_more(count: int, curved: bool, turned: bool):
    score, good, _ = _judge(count, count, curved)
    found = calibrate(1 - score if turned else score, good, _folds(count))
    said = found.of(GRID)
    assert (np.diff(said) >= -1e-12).all()
    assert ((said >= 0) & (said <= 1)).all()
    if turned and found.method == "logistic":
        assert found.reason == "falling_slope"
        assert said == pytest.approx(good.mean(), abs=0.02), "a judge that is wrong way round says nothing"


def test_cal22_the_line_beats_the_raw_score_and_isotonic_on_few_labels():
    """Root mean squared error to the true probability, 40 runs each of 200 labels."""
    errors = {"raw": [], "line": [], "steps": []}
    for seed in range(40):
        score, good, truth = _judge(200, seed)
        folds = _folds(200)
        line = calibrate(score, good, folds)
        from engine.curation.trust.calibrators import _isotonic

        steps = _isotonic(score, good, np.ones(200), SCORE)
        for name, said in (("raw", score), ("line", line.of(score)), ("steps", steps(score))):
            errors[name].append(np.sqrt(np.mean((said - truth) ** 2)))
    mean = {name: np.mean(found) for name, found in errors.items()}
    assert mean["line"] < 0.05
    assert mean["steps"] > 1.5 * mean["line"]
    assert mean["raw"] > 1.5 * mean["line"]


@pytest.mark.parametrize("scale", [RATING_TO_5, RATING_TO_10])
def test_cal22_ratings_are_levels_and_a_missing_one_is_its_own_kind(scale: JudgeScale):
    rng = np.random.default_rng(0)
    level = rng.integers(scale.low, scale.high + 1, 800).astype(float)
    good = rng.random(800) < expit(6 * scale.unit(level) - 3)
    lost = rng.random(800) < 0.2
    level[lost] = np.nan
    good[lost] = rng.random(lost.sum()) < 0.15
    found = calibrate(level, good, _folds(800), scale)
    levels = found.of(np.arange(scale.low, scale.high + 1))
    assert found.method == "logistic", "a line on levels, however many labels below a thousand"
    assert (np.diff(levels) > 0).all()
    assert levels[0] < 0.12
    assert levels[-1] > 0.9
    assert found.of(np.array([np.nan]))[0] == pytest.approx(good[lost].mean(), abs=0.05)


def test_cal22_verdicts_are_true_false_and_unread():
    rng = np.random.default_rng(0)
    verdict = rng.choice([0.0, 1.0, np.nan], 600, p=[0.3, 0.5, 0.2])
    chance = np.select([verdict == 1, verdict == 0], [0.9, 0.2], 0.5)
    good = rng.random(600) < chance
    said = calibrate(verdict, good, _folds(600), VERDICT).of(np.array([0.0, np.nan, 1.0]))
    for value, kind in zip(said, (verdict == 0, np.isnan(verdict), verdict == 1), strict=True):
        assert value == pytest.approx(good[kind].mean(), abs=0.03)


def test_cal22_raw_scores_stay_missing_where_the_judge_is():
    found = calibrate(np.array([0.2, np.nan]), np.array([True, False]), _folds(2))
    assert np.isnan(found.of(np.array([np.nan, 1.0]))).tolist() == [True, False]
    assert calibrate(np.empty(0), np.empty(0, bool), np.empty(0, np.intp)).labels == 0


def test_cal22_weights_undo_a_skewed_draw():
    """Bad rows of a score were drawn more often, so that unweighted the judge seems worse than it is."""
    score, good, truth = _judge(60_000, 0)
    pi = np.where(good, 0.005, 0.02)
    drawn = np.random.default_rng(1).random(60_000) < pi
    folds = _folds(drawn.sum())
    weighted = calibrate(score[drawn], good[drawn], folds, weights=1 / pi[drawn])
    plain = calibrate(score[drawn], good[drawn], folds)
    error = [np.abs(found.of(score) - truth).mean() for found in (weighted, plain)]
    assert error[0] < 0.04
    assert error[1] > 0.15


def test_cal22_folds_hang_on_ids_alone():
    ids = [f"row {n}" for n in range(3000)]
    found = dict(zip(ids, folds_of(ids), strict=True))
    assert folds_of(ids[::-1]).tolist() == [found[ident] for ident in ids[::-1]]
    assert np.bincount(folds_of(ids)).min() > 500
    assert (folds_of(ids, 2, "half") != folds_of(ids, 2)).any()
