"""Labels that chose a policy must not report it (CAL-25): optimism on real votes, and what the report says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.curation.trust.chosen import cross_fitted, most_precise
from engine.curation.trust.folds import folds_of
from engine.curation.trust.label_set import LabelSet
from tests.support import panel_data


def _parts(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    ids = [f"row {row}" for row in rows]
    return folds_of(ids), folds_of(ids, 2, "half") == 0


@pytest.mark.real_data
def test_cal25_the_cross_fitted_report_is_right_where_the_naive_one_is_four_points_off(real_data: Path):
    kept, good = panel_data.seventeen_policies()
    sizes = kept.sum(axis=1)
    eligible = sizes >= 0.15 * len(good)
    assert (len(kept), int(eligible.sum())) == (17, 15)
    truth = np.array([good[one].mean() for one in kept])
    assert truth[eligible].max() == pytest.approx(0.9224, abs=5e-5)
    naive, honest, inside, halves = [], [], 0, 0
    for seed in range(400):
        rows = np.random.default_rng(seed).choice(len(good), 100, replace=False)
        found = cross_fitted(
            kept[:, rows], sizes, LabelSet.uniform(rows, good[rows], len(good)), *_parts(rows), most_precise(eligible)
        )  # fmt: skip
        naive.append(found.apparent - truth[found.policy])
        honest.append(found.value - truth[found.policy])
        assert found.optimism == found.apparent - found.value
        if found.split is not None and found.split.low is not None:
            halves += 1
            inside += found.split.low <= truth[found.split.policy] <= found.split.high
    assert np.mean(naive) == pytest.approx(0.041, abs=0.008)
    assert abs(np.mean(honest)) <= 0.015
    assert halves > 100
    assert 0.93 <= inside / halves <= 1


def test_cal25_the_report_of_a_fold_hangs_on_the_other_folds():
    """The first policy wins by both its rows of one fold; chosen without them, what is left of it is one bad row."""
    kept = np.arange(6) // 3 == [[0], [1]]
    good = np.array([True, True, False, True, False, False])
    labels = LabelSet.uniform(np.arange(6), good, 6)
    found = cross_fitted(
        kept, np.array([3, 3]), labels, np.array([0, 0, 1, 1, 1, 1]), np.arange(6) % 2 == 0,
        most_precise(np.ones(2, bool)),
    )  # fmt: skip
    assert (found.policy, found.apparent) == (0, 2 / 3)
    assert (found.value, found.labels) == (0.0, 1)


def test_cal25_weights_count_in_choice_and_report():
    kept = np.array([[True, True, False, False], [False, False, True, True]])
    good = np.array([True, False, True, False])
    labels = LabelSet.drawn(np.arange(4), good, 1 / np.array([1.0, 3.0, 3.0, 1.0]))
    found = cross_fitted(
        kept, np.array([2, 2]), labels, np.arange(4), np.arange(4) % 2 == 0, most_precise(np.ones(2, bool))
    )
    assert (found.policy, found.apparent) == (1, 0.75)


def test_cal25_nothing_to_choose_or_to_score_is_said():
    labels = LabelSet.uniform(np.arange(4), np.ones(4), 4)
    kept = np.zeros((2, 4), bool)
    parts = (np.arange(4), np.arange(4) % 2 == 0)
    found = cross_fitted(kept, np.zeros(2, int), labels, *parts, most_precise(np.ones(2, bool)))
    assert (found.policy, found.value, found.optimism, found.reason) == (None, None, None, "none_eligible")
    nobody = cross_fitted(~kept, np.full(2, 4), labels, *parts, most_precise(np.zeros(2, bool)))
    assert nobody.reason == "none_eligible"
    none = LabelSet.uniform([], [], 4)
    empty = np.empty(0, np.intp)
    assert cross_fitted(
        kept[:, :0], np.zeros(2, int), none, empty, empty > 0, most_precise(np.ones(2, bool))
    ).reason == "none_eligible"  # fmt: skip
    one = cross_fitted(
        np.eye(2, 4, dtype=bool), np.ones(2, int), labels, np.zeros(4, int), parts[1], most_precise(np.ones(2, bool))
    )
    assert (one.policy, one.value, one.reason) == (0, None, "no_labels"), "one fold leaves nothing to choose by"


def test_cal25_only_labels_that_count_choose_and_report():
    """Hand-picked labels all speak for the second policy; they neither choose it nor are they in the report."""
    kept = np.array([[True] * 4 + [False] * 8, [False] * 4 + [True] * 8])
    drawn = LabelSet.uniform(np.arange(4), [1, 1, 1, 0], 12)
    picked = LabelSet.convenience(np.arange(4, 12), np.ones(8))
    names = ("row", "verdict", "provenance", "draw", "pi", "weight", "share")
    labels = LabelSet(*(np.concatenate([getattr(drawn, name), getattr(picked, name)]) for name in names))
    parts = (np.arange(12) % 3, np.arange(12) % 2 == 0)
    found = cross_fitted(kept, np.array([4, 8]), labels, *parts, most_precise(np.ones(2, bool)))
    assert (found.policy, found.apparent, found.labels) == (0, 0.75, 4)
    only = cross_fitted(
        kept[:, 4:], np.array([4, 8]), picked, *(part[4:] for part in parts), most_precise(np.ones(2, bool))
    )
    assert only.reason == "none_eligible"
