"""What people's own errors do (CAL-29): both vectors, coverage, and when no correction is given."""

from __future__ import annotations

import numpy as np
import pytest

from engine.curation.trust.curator_noise import corrected, error_of, rogan_gladen, self_agreement, within_reach
from engine.curation.trust.limit_arrays import wilson_limits


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
    assert (found.low, found.high) == pytest.approx(
        [float(end) for end in wilson_limits(np.array(0.95), np.array(40.0))]
    )
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
        low, high = wilson_limits(np.array(hits / 300), np.array(300.0))
        plain += low <= truth <= high
        found = corrected(hits / 300, 300, (rng.binomial(80, se), 80), (rng.binomial(60, sp), 60))
        fixed += found.low <= truth <= found.high
    assert fixed / 1000 >= 0.895
    if truth >= 0.9:
        assert plain / 1000 < 0.88


@pytest.mark.parametrize(
    ("good", "bad", "why"),
    [((58, 60), (18, 19), "few_gold"), ((0, 0), (36, 40), "few_gold"), ((30, 60), (36, 40), "uninformed")],
)
def test_cal29_no_correction_on_little_gold_or_poor_readers(good: tuple[int, int], bad: tuple[int, int], why: str):
    found = corrected(0.9, 200, good, bad)
    assert (found.value, found.low, found.reason) == (None, None, why)


def test_cal29_ends_stay_within_0_and_1():
    top, bottom = corrected(1.0, 50, (60, 60), (40, 40)), corrected(0.0, 50, (60, 60), (40, 40))
    assert (top.value, top.high, bottom.value, bottom.low) == (1.0, 1.0, 0.0, 0.0)
    assert 0.5 < top.low < 1
    assert corrected(0.9, 0, (58, 60), (36, 40)).reason == "few_gold"
    with pytest.raises(ValueError, match="cannot be"):
        corrected(0.9, 200, (61, 60), (36, 40))
    with pytest.raises(ValueError, match="say nothing"):
        rogan_gladen(0.9, 0.5, 0.5)


def test_cal29_a_target_that_noisy_labels_cannot_show():
    assert not within_reach(0.99, 0.02)
    assert within_reach(0.95, 0.02)
