"""Judges as one probability (CAL-23): stacking, cross-fitted, and accuracies without labels with their warning."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.curation.trust.dawid_skene import WARNING, covariances, dawid_skene, moments
from engine.curation.trust.folds import folds_of
from engine.curation.trust.judge_scale import RATING_TO_5, VERDICT
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.stacking import BLOCK, JudgeColumn, stack
from tests.support import panel_data

PATTERNS = {"111": 50, "110": 12, "101": 8, "011": 5, "100": 4, "010": 3, "001": 3, "000": 15}


def _rows(patterns: dict[str, int]) -> np.ndarray:
    return np.array([[int(vote) for vote in text] for text, count in patterns.items() for _ in range(count)], np.int8)


def test_cal23_dawid_skene_vector_d1():
    found = dawid_skene(_rows(PATTERNS))
    assert found.converged
    assert found.prevalence == pytest.approx(0.778392, abs=1e-4)
    assert found.sensitivity == pytest.approx([0.913860, 0.867027, 0.809997], abs=1e-4)
    assert found.specificity == pytest.approx([0.870678, 0.886678, 0.866860], abs=1e-4)
    assert len(found.posterior) == 100
    assert found.warning == WARNING == "assumes independent judges; not verified"


def test_cal23_moments_vector_d2():
    found = moments((0.09, 0.06, 0.048), 0.5)
    assert found.informed == pytest.approx([0.670820, 0.536656, 0.357771], abs=1e-6)
    assert found.balanced == pytest.approx([0.835410, 0.768328, 0.678885], abs=1e-6)
    assert (found.reason, found.warning) == ("", WARNING)


@pytest.mark.real_data
def test_cal23_accuracies_without_labels_are_far_off_on_models_that_share_mistakes(real_data: Path):
    rows = panel_data.best_model()
    found = dawid_skene(rows.votes)
    assert abs(found.rounds - 122) <= 1, "counted from 0, or from 1"
    assert found.prevalence == pytest.approx(0.32498, abs=1e-5)
    assert found.sensitivity == pytest.approx([0.56011, 0.87714, 0.76942], abs=1e-5)
    assert found.specificity == pytest.approx([0.94844, 0.81691, 0.88522], abs=1e-5)
    yes = rows.votes == 1
    assert yes[rows.good].mean(axis=0) == pytest.approx([0.32749, 0.58760, 0.51482], abs=1e-5)
    assert (~yes[~rows.good]).mean(axis=0) == pytest.approx([0.92548, 0.82149, 0.91334], abs=1e-5)
    assert rows.good.mean() == pytest.approx(0.562547, abs=1e-6)
    three = moments(covariances(rows.votes), rows.good.mean())
    assert three.balanced == pytest.approx([0.740, 0.828, 0.809], abs=2e-3)


def test_cal23_independent_judges_are_found_with_votes_missing():
    rng = np.random.default_rng(0)
    good = rng.random(20_000) < 0.7
    passes, fails = np.array([0.9, 0.8, 0.7, 0.95]), np.array([0.7, 0.9, 0.8, 0.6])
    votes = (rng.random((20_000, 4)) < np.where(good[:, None], passes, 1 - fails)).astype(np.int8)
    votes[rng.random(votes.shape) < 0.3] = -1
    found = dawid_skene(votes)
    assert found.prevalence == pytest.approx(0.7, abs=0.03)
    assert found.sensitivity == pytest.approx(passes, abs=0.03)
    assert found.specificity == pytest.approx(fails, abs=0.04)
    nobody = (votes < 0).all(axis=1)
    assert nobody.any()
    assert (np.isnan(found.posterior) == nobody).all()


def test_cal23_judges_that_are_mostly_right_are_taken_for_right():
    found = dawid_skene(1 - _rows({text: count for text, count in PATTERNS.items() if text != "111"} | {"000": 80}))
    assert (found.sensitivity + found.specificity).mean() > 1


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        (np.ones((10, 1)), "few_judges"),
        (np.eye(10)[:, :2], "few_judges"),
        (np.ones((10, 3)), "no_variation"),
        (np.zeros((10, 3)), "no_variation"),
        (np.full((10, 3), -1), "no_votes"),
        (np.empty((0, 3)), "no_votes"),
        (np.column_stack([np.eye(10)[:, :2], np.full(10, -1)]), "no_votes"),
    ],
)
def test_cal23_votes_that_tell_nothing_give_no_numbers(votes: np.ndarray, why: str):
    found = dawid_skene(votes.astype(np.int8))
    assert (found.reason, found.prevalence, found.rounds) == (why, None, 0)
    assert np.isnan(found.sensitivity).all()


@pytest.mark.parametrize(
    ("covariance", "why"),
    [((0.1, -0.1, 0.1), "judges_oppose"), ((0.0, 0.0, 0.0), "no_variation"), ((0.25, 0.25, 0.2), "too_alike")],
)
def test_cal23_moments_that_cannot_be_say_so(covariance: tuple[float, float, float], why: str):
    assert moments(covariance, 0.5).reason == why
    assert np.isnan(covariances(np.full((5, 3), -1, np.int8))).all()


def _judged(rows: int, seed: int = 0) -> tuple[list[JudgeColumn], np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    good = rng.random(rows) < 0.6
    score = np.clip(rng.normal(np.where(good, 0.65, 0.45), 0.15), 0.01, 0.99)
    rating = np.clip(np.round(rng.normal(np.where(good, 3.5, 2.5), 1)), 0, 5)
    verdict = (rng.random(rows) < np.where(good, 0.85, 0.4)).astype(float)
    rating[rng.random(rows) < 0.1] = np.nan
    verdict[rng.random(rows) < 0.05] = np.nan
    length = np.exp(rng.normal(np.where(good, 5.5, 6.2), 0.5))
    return [JudgeColumn(score), JudgeColumn(rating, RATING_TO_5), JudgeColumn(verdict, VERDICT)], length, good


def _labels(good: np.ndarray, count: int) -> tuple[LabelSet, np.ndarray]:
    rows = np.random.default_rng(9).choice(len(good), count, replace=False)
    return LabelSet.uniform(rows, good[rows], len(good)), folds_of([f"row {row}" for row in rows])


def test_cal23_stacked_judges_know_more_than_each_alone():
    columns, length, good = _judged(BLOCK + 500)
    labels, folds = _labels(good, 400)
    found = stack(columns, length, labels, folds)
    assert (found.reason, len(found.models)) == ("cross_fitted", 5)
    rest = np.setdiff1d(np.arange(len(good)), labels.row)
    together = np.corrcoef(found.values[rest], good[rest])[0, 1]
    alone = [stack([one], None, labels, folds).values for one in columns]
    assert together > max(np.corrcoef(values[rest], good[rest])[0, 1] for values in alone) + 0.05
    assert found.values[rest].mean() == pytest.approx(good[rest].mean(), abs=0.05), "a probability, not a rank"


def test_cal23_a_labelled_row_never_trains_the_model_that_scores_it():
    """Turning the labels of one part round leaves the scores of that part as they were."""
    columns, length, good = _judged(3000)
    labels, folds = _labels(good, 200)
    turned = LabelSet.uniform(labels.row, np.where(folds == 2, 1 - labels.verdict, labels.verdict), len(good))
    one, two = stack(columns, length, labels, folds).values, stack(columns, length, turned, folds).values
    assert one[labels.row[folds == 2]] == pytest.approx(two[labels.row[folds == 2]], abs=1e-9)
    assert np.abs(one[labels.row[folds != 2]] - two[labels.row[folds != 2]]).max() > 0.01
    mean = np.mean([model.intercept for model in stack(columns, length, labels, folds).models])
    assert np.isfinite(mean)


def test_cal23_noise_stacks_to_nearly_nothing():
    """Without cross-fitting the correlation with the labels would be up to .2 by chance."""
    rng = np.random.default_rng(0)
    good = rng.random(2000) < 0.5
    noise = [JudgeColumn(rng.random(2000)) for _ in range(6)]
    labels, folds = _labels(good, 300)
    values = stack(noise, None, labels, folds).values
    assert np.corrcoef(values[labels.row], labels.good)[0, 1] < 0.1


def test_cal23_few_of_a_class_leave_the_mean_of_the_judges():
    columns, length, good = _judged(1000)
    rows = np.flatnonzero(good)[:60]
    labels = LabelSet.uniform(rows, np.arange(60) > 8, 1000)
    found = stack(columns, length, labels, folds_of([str(row) for row in rows]))
    assert (found.reason, found.models) == ("few_of_a_class", ())
    unit = np.column_stack([one.scale.unit(one.values) for one in columns])
    assert found.values == pytest.approx(np.nanmean(unit, axis=1), nan_ok=True)
    none = stack(columns, None, LabelSet.uniform([], [], 1000), np.empty(0, np.intp))
    assert none.reason == "few_of_a_class"
    with pytest.raises(ValueError, match="needs judges"):
        stack([], None, labels, np.zeros(60, np.intp))


def test_cal23_labels_nobody_drew_may_train():
    columns, length, good = _judged(3000)
    labels, folds = _labels(good, 300)
    picked = LabelSet.convenience(labels.row, labels.verdict)
    assert stack(columns, length, picked, folds).values == pytest.approx(stack(columns, length, labels, folds).values)
