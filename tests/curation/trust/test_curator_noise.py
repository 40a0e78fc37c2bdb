"""What people's own errors do (CAL-29): both vectors, coverage, and when no correction is given."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.curator_noise import corrected, error_of, rogan_gladen, self_agreement, within_reach
from engine.curation.trust.intervals import wilson


def test_cal29_vector_n1():
    assert rogan_gladen(0.9, 0.97, 0.9) == pytest.approx(0.919540, abs=1e-6)
    assert [error_of(r) for r in (0.95, 0.9, 0.8)] == pytest.approx([0.025658, 0.052786, 0.112702], abs=1e-6)
    assert (error_of(0.5), error_of(0.3), error_of(1.0)) == (None, None, 0.0)


def test_cal29_vector_n2():
    found = corrected(180 / 200, 200, (58, 60), (36, 40))
    assert found.value == pytest.approx(0.930508, abs=1e-6)
    assert found.variance == pytest.approx(0.001426679, abs=1e-9)
    assert found.low < found.value < found.high


def test_cal29_self_agreement_has_wilsons_interval():
    found = self_agreement(38, 40)
    assert (found.share, found.repeats) == (0.95, 40)
    assert (found.low, found.high) == wilson(38, 40)
    assert found.error == pytest.approx(0.025658, abs=1e-6)
    assert self_agreement(0, 0) is None
    assert self_agreement(2, 10).error is None
    assert self_agreement(10, 10).high == 1.0
    with pytest.raises(ValueError, match="cannot be"):
        self_agreement(3, 2)


@pytest.mark.parametrize(("truth", "se", "sp"), [(0.9, 0.97, 0.9), (0.95, 0.98, 0.85), (0.7, 0.95, 0.9)])
def test_cal29_the_correction_covers_where_the_plain_interval_does_not(truth: float, se: float, sp: float):
    rng = np.random.default_rng(0)
    plain = fixed = 0
    for _ in range(1000):
        hits = rng.binomial(300, truth * se + (1 - truth) * (1 - sp))
        low, high = wilson(hits, 300)
        plain += low <= truth <= high
        found = corrected(hits / 300, 300, (rng.binomial(80, se), 80), (rng.binomial(60, sp), 60))
        fixed += found.low <= truth <= found.high
    assert fixed / 1000 >= 0.895
    if truth >= 0.9:
        assert plain / 1000 < 0.88


@pytest.mark.parametrize(
    ("good", "bad", "why", "more"),
    [
        ((58, 60), (18, 19), "few_gold", 1),
        ((58, 60), (10, 12), "few_gold", 8),
        ((0, 0), (36, 40), "few_gold", 1),
        ((30, 60), (36, 40), "uninformed", 0),
        ((40, 60), (24, 40), "uninformed", 0),
    ],
)
def test_cal29_no_correction_on_little_gold_or_poor_readers(good: tuple, bad: tuple, why: str, more: int):
    found = corrected(0.9, 200, good, bad)
    assert (found.value, found.low, found.refusal.code, found.refusal.labels) == (None, None, why, more)


def test_cal29_ends_stay_within_0_and_1():
    top, bottom = corrected(1.0, 50, (60, 60), (40, 40)), corrected(0.0, 50, (60, 60), (40, 40))
    assert (top.value, top.high, bottom.value, bottom.low) == (1.0, 1.0, 0.0, 0.0)
    assert 0.5 < top.low < 1
    assert corrected(0.9, 0, (58, 60), (36, 40)).refusal.code == "no_labels"
    with pytest.raises(ValueError, match="cannot be"):
        corrected(0.9, 200, (61, 60), (36, 40))
    with pytest.raises(ValueError, match="say nothing"):
        rogan_gladen(0.9, 0.5, 0.5)


def test_cal29_all_rows_labelled_leave_the_doubt_of_the_gold_rows():
    """Every row has a verdict, so that only the readers are in doubt; at the end, by as many labels as gold rows."""
    inner, end = corrected(0.9, np.inf, (58, 60), (36, 40)), corrected(1.0, np.inf, (60, 60), (40, 40))
    assert inner.variance == pytest.approx(0.001426679 - 0.9 * 0.1 / 200 / (58.5 / 61 + 36.5 / 41 - 1) ** 2, abs=1e-8)
    assert (end.low, end.high) == pytest.approx(wilson(60, 60))


def test_cal29_the_settings_say_how_many_gold_rows_and_how_skilled():
    assert corrected(0.9, 200, (58, 60), (9, 10)).refusal.code == "few_gold"
    assert corrected(0.9, 200, (58, 60), (9, 10), TrustSettings(gold_bad=10)).refusal is None
    assert corrected(0.9, 200, (58, 60), (36, 40), TrustSettings(least_skill=0.9)).refusal.code == "uninformed"


def test_cal29_a_target_that_noisy_labels_cannot_show():
    assert not within_reach(0.99, 0.02)
    assert within_reach(0.95, 0.02)
