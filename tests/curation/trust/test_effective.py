"""The common interval: capped effective labels, t's tails, and the estimators that use it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import Moments, cap_of, effective_wilson, kish
from engine.curation.trust.estimate import estimate
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.strata import (
    StratumCells,
    allocation,
    merged,
    neyman,
    pilot_rates,
    stratified,
)
from engine.curation.trust.weighted import hajek_precision, horvitz_thompson, weight_check

S1 = StratumCells.of([600, 300, 100], [30, 30, 40], [29, 26, 22])
H1_Y, H1_PI = [1, 1, 0, 1, 1, 0, 1, 1], [0.5, 0.5, 0.5, 0.2, 0.2, 0.8, 0.8, 0.4]


def test_cal11_cal05_s1_strata():
    found = stratified(S1)
    assert found.value == pytest.approx(0.895, abs=1e-9)
    assert found.variance == pytest.approx(7.408355e-4, abs=1e-10)
    ends = effective_wilson(replace(found, capped=False))
    assert (ends.low, ends.high) == pytest.approx((0.828588, 0.937618), abs=1e-6)


def test_cal05_the_cap_only_ever_widens():
    """Sampling fractions of .05, .1 and .4 are unequal, so that the cap is there: 1.5 of Kish's labels with 23 bad."""
    free, capped = effective_wilson(replace(stratified(S1), capped=False)), effective_wilson(stratified(S1))
    assert capped.low < free.low
    assert capped.high > free.high
    assert [cap_of(n, TrustSettings()) for n in (0, 9, 10, 29, 30, 500)] == [1, 1, 1.5, 1.5, 3, 3]


moments = st.builds(
    Moments,
    value=st.floats(0, 1),
    variance=st.floats(0, 0.05),
    size=st.integers(10, 500),
    base=st.floats(10, 500),
    freedom=st.floats(1, 500),
    fewest=st.integers(0, 60),
    capped=st.booleans(),
    explained=st.floats(0, 0.99),
)


@given(moments, st.floats(1.01, 4))
def test_cal05_contains_the_estimate_widens_with_variance_and_obeys_the_cap(one, more):
    found = effective_wilson(one)
    assert found.low <= one.value <= found.high
    wider = effective_wilson(replace(one, variance=one.variance * more))
    if 0 < one.value < 1 and one.variance > 1e-9:
        assert wider.labels <= found.labels * (1 + 1e-12)
        assert wider.low <= found.low + 1e-12
        assert wider.high >= found.high - 1e-12
    loose = effective_wilson(replace(one, fewest=1000))
    assert loose.labels >= found.labels * (1 - 1e-12)


def test_cal06_h1_unequal_probabilities():
    labels = LabelSet.drawn(range(8), H1_Y, H1_PI)
    assert labels.weight.sum() == pytest.approx(21)
    assert horvitz_thompson(labels, 30) == pytest.approx((0.591667, 0.053403), abs=1e-6)
    found = hajek_precision(labels)
    assert found.value == pytest.approx(0.845238, abs=1e-6)
    assert found.variance == pytest.approx(0.006356622, abs=1e-9)
    assert kish(labels.weight) == pytest.approx(6.178634, abs=1e-6)


def test_cal06_h1_is_refused_for_want_of_labels():
    answer = estimate("precision", np.ones(30, bool), LabelSet.drawn(range(8), H1_Y, H1_PI))
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.labels) == ("too_few", 2)
    assert (answer.value, answer.low, answer.high) == (None, None, None)


def test_cal06_the_weight_check_finds_probabilities_that_are_not_the_draws():
    rng = np.random.default_rng(3)
    pi = rng.uniform(0.02, 0.2, 2000)
    taken = np.flatnonzero(rng.random(2000) < pi)
    good = np.ones(len(taken))
    assert weight_check(LabelSet.drawn(taken, good, pi[taken]), 2000).sizes < 3
    assert weight_check(LabelSet.drawn(taken, good, pi[taken] / 2), 2000).sizes > 3


def test_cal11_neyman_of_s1_and_whole_numbers():
    raw = neyman(S1.rows, S1.good / S1.labels)
    assert 100 * raw == pytest.approx([41.51, 39.31, 19.18], abs=0.005)
    assert 100 * neyman(S1.rows, pilot_rates(S1.labels, S1.good)) == pytest.approx([47.79, 35.84, 16.38], abs=0.005)
    assert allocation(100, S1.rows, S1.good / S1.labels).tolist() == [42, 39, 19]


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0, 1)), min_size=1, max_size=12), st.integers(1, 900))
def test_cal11_an_allocation_adds_up_and_forgets_no_stratum(strata, n):
    rows, rates = zip(*strata, strict=True)
    made = allocation(n, rows, rates)
    assert made.sum() == min(n, sum(rows))
    assert (made <= np.array(rows)).all()
    if n >= 5 * len(rows):
        assert (made >= np.minimum(5, rows)).all()


def test_cal11_strata_of_too_few_labels_join_a_neighbour():
    found = merged(StratumCells.of([100, 40, 300], [10, 0, 30], [9, 0, 20]))
    assert found.rows.tolist() == [140, 300]
    assert (found.joined, found.unseen) == (1, pytest.approx(40 / 440))
    one = merged(StratumCells.of([5, 5], [1, 1], [1, 0]))
    assert (one.rows.tolist(), one.labels.tolist(), one.good.tolist()) == ([10], [2], [1])


def _by_strata(sizes, labelled, good):
    """Rows of strata one after the other, the first of each labelled."""
    strata = np.repeat(np.arange(len(sizes)), sizes)
    start = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    row = np.concatenate([start[at] + np.arange(n) for at, n in enumerate(labelled)])
    verdict = np.concatenate([np.arange(n) < k for n, k in zip(labelled, good, strict=True)])
    pi = np.concatenate([np.full(n, n / size) for n, size in zip(labelled, sizes, strict=True)])
    return strata, LabelSet.drawn(row, verdict, pi)


def test_cal11_the_estimate_takes_the_strata_of_the_draw():
    strata, labels = _by_strata([600, 300, 100], [30, 30, 40], [29, 26, 22])
    answer = estimate("precision", np.ones(1000, bool), labels, strata=strata)
    assert answer.value == pytest.approx(0.895)
    assert answer.estimator.startswith("stratified")
    capped = effective_wilson(stratified(S1))
    assert (answer.low, answer.high) == pytest.approx((capped.low, capped.high))


def test_cal11_a_stratum_that_nobody_looked_at_refuses_where_it_is_large():
    strata, labels = _by_strata([500, 440, 60], [40, 40, 0], [36, 30, 0])
    large = estimate("precision", np.ones(1000, bool), labels, strata=strata)
    assert large.refusal is not None
    assert large.refusal.code == "unseen_stratum"
    strata, labels = _by_strata([500, 460, 40], [40, 40, 0], [36, 30, 0])
    small = estimate("precision", np.ones(1000, bool), labels, strata=strata)
    assert small.refusal is None
    assert any("joined" in note for note in small.notes)


def test_cal11_strata_chosen_after_the_draw_need_five_labels_each():
    rng = np.random.default_rng(0)
    row, strata = rng.permutation(1000)[:100], np.repeat([0, 1], [980, 20])
    labels = LabelSet.uniform(row, rng.random(100) < 0.8, 1000)
    thin = estimate("precision", np.ones(1000, bool), labels, strata=strata)
    assert thin.estimator.startswith("Wilson")
    full = estimate("precision", np.ones(1000, bool), labels, strata=np.arange(1000) % 4)
    assert full.estimator.startswith("stratified")
