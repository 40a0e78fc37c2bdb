"""The same pair asked both ways: what holds, what leans to a place, and what cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from engine.curation.trust.order_bias import PairReading, order_bias


@pytest.mark.parametrize(
    ("forward", "swapped", "preferred", "leaning"),
    [
        ("first", "second", "A", 0),
        ("second", "first", "B", 0),
        ("tie", "tie", "tie", 0),
        ("first", "first", "can't tell", 1),
        ("second", "second", "can't tell", -1),
        ("first", "tie", "can't tell", 1),
        ("tie", "second", "can't tell", -1),
        (None, "second", "can't tell", -1),
        (None, None, "can't tell", 0),
    ],
)
def test_order_bias_a_pair_is_told_only_where_both_orders_agree(forward, swapped, preferred: str, leaning: int):
    reading = PairReading(forward, swapped)
    assert (reading.preferred, reading.leaning) == (preferred, leaning)


def test_order_bias_counts_and_shares():
    readings = [PairReading("first", "second")] * 12 + [PairReading("first", "first")] * 9
    readings += [PairReading("second", "second")] * 1 + [PairReading("tie", "tie")] + [PairReading(None, "first")] * 3
    found = order_bias(readings)
    assert (found.pairs, found.unread, found.consistent, found.to_first, found.to_second) == (23, 3, 13, 9, 1)
    assert found.consistent_share == 13 / 23
    assert found.preference == pytest.approx(8 / 23)
    assert found.consistent_low < 13 / 23 < found.consistent_high
    assert found.preference_low < 8 / 23 < found.preference_high
    assert found.biased is True


def _judge(pairs: int, keen: float, first: float, seed: int) -> list[PairReading]:
    """Judges that see a difference with probability `keen` and else name the first place with `first`."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(pairs):
        if rng.random() < keen:
            found.append(PairReading("first", "second"))
        else:
            found.append(PairReading(*np.where(rng.random(2) < first, "first", "second").tolist()))
    return found


def test_order_bias_a_fair_judge_is_seldom_convicted_and_a_leaning_one_is():
    fair = [order_bias(_judge(80, 0.5, 0.5, seed)).biased for seed in range(300)]
    assert np.mean(fair) <= 0.07
    leaning = [order_bias(_judge(80, 0.5, 0.8, seed)).biased for seed in range(100)]
    assert np.mean(leaning) > 0.9


def test_order_bias_without_pairs_or_with_few_says_no_interval():
    assert order_bias([]).reason == "no_pairs"
    lost = order_bias([PairReading(None, None)] * 4)
    assert (lost.reason, lost.unread, lost.consistent_share, lost.biased) == ("no_pairs", 4, None, None)
    few = order_bias([PairReading("first", "second")] * 9)
    assert (few.reason, few.consistent_share, few.consistent_low, few.biased) == ("few_pairs", 1.0, None, None)
    whole = order_bias([PairReading("first", "second")] * 10)
    assert (whole.consistent_high, whole.preference, whole.biased) == (1.0, 0.0, False)
