"""Audits of a frozen set, the meter, forecasts and rules to stop."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.certificate import AuditLabels, anytime, clean_run, exact_bound, fixed_plan, plan_size
from engine.curation.trust.estimate import estimate
from engine.curation.trust.forecast import forecast, labels_to_prove, labels_to_width, narrow_enough, out_of_reach
from engine.curation.trust.intervals import clopper_lower, wilson
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.meter import evidence, evidence_below, full, readings


@pytest.mark.parametrize(
    ("good", "labels", "tau", "reading"),
    [(59, 59, 0.95, 1.880527), (95, 100, 0.9, 1.017100), (190, 200, 0.9, 2.385871), (120, 122, 0.95, 1.370753)],
)
def test_cal31_m1_meter(good, labels, tau, reading):
    assert evidence(good, labels, tau) == pytest.approx(reading, abs=1e-6)
    assert full(0.05) == pytest.approx(2.995732, abs=1e-6)


def test_cal31_the_meter_is_the_mean_likelihood_ratio():
    """Against the integral over p, by the midpoint rule."""
    p = 0.9 + 0.1 * (np.arange(20_000) + 0.5) / 20_000
    ratio = np.exp(95 * np.log(p / 0.9) + 5 * np.log((1 - p) / 0.1))
    assert evidence(95, 100, 0.9) == pytest.approx(np.log(ratio.mean()), abs=1e-6)
    assert evidence(0, 0, 0.9) == 0.0
    assert evidence_below(2, 40, 0.9) == pytest.approx(evidence(38, 40, 0.1))
    assert evidence_below(5, 40, 0.9) > full(0.05)
    assert -20 < evidence(0, 4000, 0.99) < -5, "hopeless, and still a number"
    near = [evidence(k, 4000, 0.99) for k in range(3000, 4001)]
    assert np.diff(near).min() > -0.01, "no step where the integral becomes too small for floating point"


TABLE = {
    0.80: (14, 22, 30, 37, 50),
    0.85: (19, 30, 40, 50, 68),
    0.90: (29, 46, 61, 76, 103),
    0.95: (59, 93, 124, 153, 208),
    0.98: (149, 236, 313, 386, 523),
    0.99: (299, 473, 628, 773, 1049),
}


def test_cal31_labels_of_a_fixed_plan():
    for tau, sizes in TABLE.items():
        assert tuple(plan_size(tau, bad) for bad in (0, 1, 2, 3, 5)) == sizes
        assert clean_run(tau, 0.05) == sizes[0]
    assert [plan_size(0.95, 0, 0.05, rows) for rows in (100, 200, 1000)] == [39, 47, 56]
    assert plan_size(0.95, 3, 0.05, 5) == 5


def test_cal31_bounds_are_exact_for_few_rows_and_known_rows_count_as_they_are():
    assert exact_bound(48, 50, 200, 0.05) == 178 / 200
    assert exact_bound(59, 59, 10_000, 0.05) == pytest.approx(0.950492, abs=1e-6)
    assert exact_bound(0, 0, 200, 0.05) == 0.0
    fresh = fixed_plan(AuditLabels(48, 50, 200), 0.88)
    assert (fresh.bound, fresh.passed) == (0.89, True)
    assert not fixed_plan(AuditLabels(48, 50, 200), 0.9).passed
    known = fixed_plan(AuditLabels(48, 50, 300, known=100, known_good=90), 0.8)
    assert known.bound == pytest.approx((90 + 178) / 300)
    assert fixed_plan(AuditLabels(0, 0, 10, known=10, known_good=9), 0.9).bound == 0.9


def test_cal31_the_anytime_bound_is_what_the_meter_certifies():
    audit = AuditLabels(190, 200, 10**6)
    bound = anytime(audit, 0.85).bound
    assert evidence(190, 200, bound) >= full(0.05) - 1e-9
    assert evidence(190, 200, bound + 1e-6) < full(0.05)
    assert anytime(audit, bound - 1e-9).passed
    assert not anytime(audit, bound + 1e-6).passed
    assert bound < float(clopper_lower(190, 200, 0.05)), "the freedom to stop has its price"
    assert anytime(AuditLabels(0, 30, 1000), 0.5).bound == 0.0


def test_cal27_looking_at_every_label_certifies_falsely_no_more_often_than_it_says():
    """Truth exactly at the target, a look at every label up to 400; a bound of fixed size is fooled."""
    rng = np.random.default_rng(0)
    meter = cheat = 0
    runs = 300
    for _ in range(runs):
        good = np.cumsum(rng.random(400) < 0.9)
        n = np.arange(1, 401)
        meter += bool((readings(good, n, 0.9) >= full(0.05)).any())
        cheat += bool((clopper_lower(good, n, 0.05)[49::10] > 0.9).any())
    assert meter / runs <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)
    assert cheat / runs > 0.09


def test_cal27_rules_to_stop():
    kept = np.ones(1000, bool)
    few, many = (
        estimate("precision", kept, LabelSet.uniform(range(n), np.arange(n) < 0.9 * n, 1000)) for n in (40, 400)
    )
    assert narrow_enough(many, 0.03)
    assert not narrow_enough(many, 0.02)
    assert not narrow_enough(few, 0.2), "not before fifty labels"
    assert narrow_enough(few, 0.2, TrustSettings(stop_labels=40))
    assert out_of_reach(many, 0.95)
    assert not out_of_reach(many, 0.91)
    refused = estimate("precision", kept, LabelSet.convenience([1], [1]))
    assert not narrow_enough(refused, 0.5)
    assert not out_of_reach(refused, 0.99)


@pytest.mark.parametrize(
    ("half", "sizes"),
    [
        (0.02, (2014, 1535, 868, 469, 223)),
        (0.03, (894, 682, 388, 215, 113)),
        (0.05, (320, 245, 141, 83, 52)),
    ],
)
def test_cal28_labels_to_a_width(half, sizes):
    found = [labels_to_width(p, half) for p in (0.7, 0.8, 0.9, 0.95, 0.98)]
    assert found == pytest.approx(sizes, abs=1)


@given(st.floats(0.5, 0.99), st.floats(0.01, 0.1), st.integers(50, 5000))
def test_cal28_the_forecast_is_the_first_width_that_fits(share, half, rows):
    n = labels_to_width(share, half, rows)
    low, high = wilson(share * n, n, rows)
    assert high - low <= 2 * half + 1e-9
    if n > 1:
        low, high = wilson(share * (n - 1), n - 1, rows)
        assert high - low > 2 * half - 1e-9


def test_cal28_judges_spare_their_share_and_the_target_has_its_price():
    assert labels_to_width(0.9, 0.02, None, 0.5) == pytest.approx(868 / 2, abs=1)
    assert labels_to_prove(0.97, 0.90, 0.05) <= 90
    assert labels_to_prove(0.98, 0.95, 0.05) == pytest.approx(235, abs=1)
    assert labels_to_prove(0.99, 0.95, 0.05) == pytest.approx(125, abs=1)
    assert labels_to_prove(0.9, 0.95, 0.05) is None
    rng = np.random.default_rng(0)
    n = labels_to_prove(0.97, 0.90, 0.05)
    assert np.mean(clopper_lower(rng.binomial(n, 0.97, 4000), n, 0.05) >= 0.9) == pytest.approx(0.8, abs=0.03)


def test_cal28_batches():
    assert forecast(430, 200).sentence() == "about 230 more (4-6 batches)"
    assert forecast(230, 200).sentence() == "about 30 more (1 batches)".replace("1 batches", "1 batch")
    assert forecast(100, 200).more == 0
    assert replace(forecast(430, 200)).batches == (4, 6)
