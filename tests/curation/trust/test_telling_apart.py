"""What to label to tell two policies apart (CAL-30): the forecast, and whether a draw of that size does it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.curation.trust.comparing import compare
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.telling_apart import to_tell_apart
from tests.support import trust_worlds as worlds


def _labels(truth: np.ndarray, rows: np.ndarray) -> LabelSet:
    return LabelSet.uniform(rows, truth[rows], len(truth))


def test_cal30_told_apart_or_the_same_or_unlabelled_asks_for_nothing_or_for_the_first_labels():
    truth = np.r_[np.ones(500), np.zeros(500)]
    a, b = np.arange(1000) < 600, np.arange(1000) >= 400
    every = compare(a, b, _labels(truth, np.arange(0, 1000, 2)))
    assert every.precision.told_apart
    assert to_tell_apart(every, 1000) is None
    assert to_tell_apart(compare(a, a, _labels(truth, np.arange(0, 1000, 9))), 1000) is None
    picked = compare(a, b, LabelSet.convenience(np.arange(50), truth[:50]))
    asked = to_tell_apart(picked, 1000)
    # Both keep as many rows, so that what both keep says nothing of the difference.
    assert asked.cells == (5, 5, 0)
    assert (asked.labels, asked.parts) == (10, "5 only A, 5 only B")
    assert asked.draw == 15  # Of the 400 rows of A alone 50 are read: 5 x 1000 / 350 rows bring 5 of them.


def test_cal30_the_forecast_of_a_draw_is_where_the_interval_ends_at_0():
    """4,000 rows each by one policy alone, .8 and .7 good among 20 labels of each."""
    rng = np.random.default_rng(1)
    parts = [np.r_[np.ones(good), np.zeros(4000 - good)] for good in (3200, 2800)]
    truth = np.concatenate([rng.permutation(part) for part in parts])
    a = np.arange(8000) < 4000
    one, two = np.arange(4000), np.arange(4000, 8000)
    read = ((one, 1, 16), (one, 0, 4), (two, 1, 14), (two, 0, 6))
    rows = [part[truth[part] == verdict][:count] for part, verdict, count in read]
    found = compare(a, ~a, _labels(truth, np.concatenate(rows)))
    assert found.precision.value == pytest.approx(0.1)
    assert found.precision.told_apart is False
    asked = to_tell_apart(found, 8000)
    # Rates to plan with are (k + 1) / (n + 2): .7727 and .6818; half of each draw falls into either part.
    spread = 0.7727 * 0.2273 + 0.6818 * 0.3182
    assert asked.draw == pytest.approx(2 * (1.96**2 * spread / 0.01 - 20), rel=0.06)
    assert asked.labels == pytest.approx(asked.draw, rel=0.12)


def test_cal30_where_no_number_of_labels_would_do_nothing_is_asked():
    truth = np.tile([1.0, 1.0, 0.0], 100)
    a, b = np.arange(300) < 150, np.arange(300) >= 150
    found = compare(a, b, _labels(truth, np.r_[0:30, 150:180]))
    assert found.precision.value == pytest.approx(0)
    assert to_tell_apart(found, 300) is None


@pytest.mark.real_data
def test_cal30_a_draw_of_that_size_tells_real_policies_apart_about_as_often_as_not(real_data):
    """ProcessBench: A = right and short, B = right in few steps, true difference .1345; 60 labels first."""
    truth, right, length, steps, _ = worlds.processbench_facts()
    a, b = right & (length < 1500), right & (steps <= 7)
    asked, told = [], []
    for seed in range(300):
        order = np.random.default_rng(seed).permutation(len(truth))
        first = compare(a, b, _labels(truth.astype(float), order[:60]))
        more = to_tell_apart(first, len(truth))
        if more is None or more.draw > 900:
            continue
        second = compare(a, b, _labels(truth.astype(float), order[: 60 + more.draw]))
        asked.append(more.draw)
        told.append(second.precision.told_apart)
    assert len(told) > 60
    assert 40 < np.median(asked) < 600
    assert np.mean([bool(one) for one in told]) > 0.3
