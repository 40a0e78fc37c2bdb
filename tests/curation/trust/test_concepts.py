"""Concepts that lend each other strength, and the list of those below a target."""

from functools import cache

import numpy as np
import pytest
from scipy import special

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.concepts import AVERAGE, ONE_BY_ONE, below, concept_shares, prior
from engine.curation.trust.intervals import wilson

GOOD, LABELS = [9, 10, 4, 19, 8, 30, 2, 0], [10, 10, 8, 20, 10, 31, 2, 1]


def test_cal12_e1():
    found = concept_shares(GOOD, LABELS)
    assert (found.a, found.b) == pytest.approx((6.881, 1.189), abs=1e-3)
    means = [0.8788, 0.9342, 0.6771, 0.9220, 0.8235, 0.9440, 0.8819, 0.7586]
    assert found.value == pytest.approx(means, abs=1e-3)
    assert (found.low[0], found.high[0]) == pytest.approx((0.6987, 0.9817), abs=1e-3)
    assert (found.low[7], found.high[7]) == pytest.approx((0.4515, 0.9600), abs=1e-3)
    assert found.method == AVERAGE
    assert "average" in found.method


def test_cal12_few_groups_or_labels_stand_alone():
    found = concept_shares([9, 4, 7, 0], [10, 10, 10, 0])
    assert found.method == ONE_BY_ONE
    assert (found.low[0], found.high[0]) == wilson(9, 10)
    assert np.isnan(found.value[3])
    assert concept_shares([4] * 5, [5] * 5).method == ONE_BY_ONE
    assert concept_shares([4] * 5, [6] * 5).method == AVERAGE
    assert concept_shares([4] * 5, [5] * 5, TrustSettings(concept_labels=25)).method == AVERAGE
    assert below(found, [9, 4, 7, 0], [10, 10, 10, 0], 0.9).numbers == ()


def test_cal12_a_concept_without_a_label_shows_the_prior_and_is_never_flagged():
    found = concept_shares([*GOOD, 0], [*LABELS, 0])
    assert not found.labelled[8]
    assert found.value[8] == pytest.approx(found.a / (found.a + found.b))
    assert 8 not in below(found, [*GOOD, 0], [*LABELS, 0], 0.9999).numbers


@cache
def _groups(seed):
    rng = np.random.default_rng(seed)
    truth = rng.beta(12, 2.5, 40)
    labels = rng.integers(2, 21, 40)
    good = rng.binomial(labels, truth)
    return truth, good, labels, concept_shares(good, labels)


def test_cal12_forty_groups_average_coverage_and_error():
    """40 groups of 2 to 20 labels: coverage 91.2 on average, a squared error under half of the raw one."""
    inside, mine, raw = [], [], []
    for seed in range(40):
        truth, good, labels, found = _groups(seed)
        inside.append(np.mean((found.low <= truth) & (truth <= found.high)))
        mine.append(np.mean((found.value - truth) ** 2))
        raw.append(np.mean((good / labels - truth) ** 2))
    assert 0.90 <= np.mean(inside) <= 0.96
    assert np.mean(mine) < 0.5 * np.mean(raw)


def test_cal12_flags_are_mostly_true_and_say_how_many_are_not():
    flagged = false = expected = alone = alone_false = 0
    for seed in range(40):
        truth, good, labels, shares = _groups(seed)
        found = below(shares, good, labels, 0.8)
        flagged += len(found.numbers)
        false += int(np.sum(truth[list(found.numbers)] >= 0.8))
        expected += found.false
        one = np.array([wilson(k, n)[1] < 0.9 and k / n < 0.8 for k, n in zip(good, labels, strict=True)])
        alone += int(one.sum())
        alone_false += int(np.sum(truth[one] >= 0.8))
    assert flagged > 50
    assert false / flagged < 0.2
    assert expected == pytest.approx(false, abs=4 * np.sqrt(false + 1))
    assert false / flagged < alone_false / alone


def test_cal12_the_prior_is_the_most_likely_one():
    """Against a grid: no other pair makes the labels, with the guess of the strength, likelier."""
    good, labels = np.array(GOOD, float), np.array(LABELS, float)

    def fit(a, b):
        size = np.log(a + b)
        return (
            np.sum(special.betaln(good + a, labels - good + b) - special.betaln(a, b))
            - 0.5 * ((size - np.log(10)) / 1.5) ** 2
        )

    best = fit(*prior(good, labels))
    grid = [fit(m * s, (1 - m) * s) for m in np.linspace(0.05, 0.98, 60) for s in np.geomspace(0.5, 300, 60)]
    assert best >= max(grid) - 1e-9
