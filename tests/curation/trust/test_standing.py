"""What a judge is worth: never better than its labels show, biased where it is, and silent where it cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.separation import separation
from engine.curation.trust.standing import sentences, standing


def _labels(good, bad):
    return [True] * good + [False] * bad


def _said(good_passed, good, bad_passed, bad):
    return [n < good_passed for n in range(good)] + [n < bad_passed for n in range(bad)]


@pytest.mark.parametrize(
    ("counts", "word", "leans"),
    [
        ((30, 30, 30, 30), "chance", "True"),
        ((0, 30, 0, 30), "chance", "False"),
        ((27, 30, 3, 30), "better", ""),
        ((3, 30, 27, 30), "worse", "True"),
        ((28, 30, 24, 30), "chance", "True"),
        ((60, 60, 40, 60), "better", "True"),
        ((9, 9, 0, 50), "can't tell", ""),
        ((6, 12, 6, 12), "can't tell", ""),
        ((0, 0, 5, 30), "can't tell", ""),
    ],
)
def test_words(counts, word, leans):
    good_passed, good, _, bad = counts
    found = standing(_said(*counts), _labels(good, bad))
    assert (found.word, found.leans) == (word, leans)
    assert found.needs_attention == (word in ("chance", "worse") or bool(leans))
    assert found.agreed.both == good_passed
    assert sentences(found)


def test_a_judge_that_always_says_yes_has_half_and_a_width():
    found = standing([True] * 60, _labels(54, 6))
    assert found.balanced == 0.5
    assert found.agreed.values["kappa"] == 0
    assert found.agreed.values["po"] == pytest.approx(0.9), "which looks good and means nothing"
    low, high = found.balanced_interval
    assert low < 0.5 < high


def test_unreadable_replies_are_neither_true_nor_false():
    said = [None] * 12 + _said(20, 20, 2, 20)
    found = standing(said, _labels(12, 0) + _labels(20, 20))
    assert (found.rows, found.unreadable, found.agreed.rows) == (52, 12, 40)
    assert found.good.value == 0.5
    assert found.word == "better"
    assert any("12 of 52 replies could not be read" in line for line in sentences(found))
    mostly = standing([None] * 20 + [True] * 10 + [False] * 9, _labels(20, 0) + _labels(10, 9))
    assert mostly.word == "unreadable"
    assert mostly.needs_attention


def test_nothing_is_said_of_nothing():
    found = standing([], [])
    assert (found.word, found.balanced, found.good) == ("can't tell", None, None)
    assert "Can't tell (n = 0)" in sentences(found)[0]


def test_the_fewest_labels_are_named():
    least = TrustSettings().judge_class
    found = standing(_said(30, 30, 0, least - 1), _labels(30, least - 1))
    assert found.word == "can't tell"
    assert "only 9 bad rows, at least 10 are needed" in sentences(found)[0]
    assert standing(_said(30, 30, 0, 9), _labels(30, 9), settings=TrustSettings(judge_class=9)).word == "better"
    wide = standing(_said(6, 12, 6, 12), _labels(12, 12))
    assert wide.word == "can't tell"
    assert standing(_said(6, 12, 6, 12), _labels(12, 12), settings=TrustSettings(judge_widest=0.4)).word == "chance"


def test_an_end_beside_one_half_is_written_with_digits_enough():
    found = standing(_said(28, 28, 27, 32), _labels(28, 32))
    assert found.word == "better"
    low = found.balanced_interval[0]
    assert 0.5 < low < 0.505
    assert f"{low:.3f}" in sentences(found)[0]


@pytest.mark.parametrize(("good", "bad", "share"), [(30, 30, 0.9), (12, 48, 0.5), (15, 45, 0.97), (100, 100, 0.2)])
def test_a_coin_is_seldom_called_anything_else(good, bad, share):
    """Nominal: at most 2.5 % on either side, whatever share a judge passes without looking."""
    rng = np.random.default_rng(3)
    words = [
        standing(list(rng.random(good + bad) < share), _labels(good, bad)).word for _ in range(150)
    ]  # fmt: skip
    assert words.count("better") <= 0.07 * len(words)
    assert words.count("worse") <= 0.07 * len(words)


def test_a_score_that_ranks_well_is_seen_whatever_its_limit():
    labels = _labels(20, 40)
    ranked = [0.3 + 0.001 * n for n in range(20)] + [0.2 + 0.001 * n for n in range(40)]
    found = separation(ranked, labels)
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.8 < found.low < 1
    flat = separation([0.5] * 60, labels)
    assert flat.value == 0.5
    assert flat.low < 0.5 < flat.high
    assert separation([0.5], [True]) is None


def test_wilson_of_areas_covers():
    rng = np.random.default_rng(5)
    labels = np.array(_labels(20, 40))
    found = [separation(rng.normal(size=60) + labels, labels) for _ in range(300)]
    truth = 0.760250
    assert 0.91 <= np.mean([one.low <= truth <= one.high for one in found]) <= 0.99
