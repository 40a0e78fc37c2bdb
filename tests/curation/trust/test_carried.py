"""From a measured set to the rows that go out: bounds that hold whatever made the sets differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.curation.trust.carried import RowShift, between, least, most

COUNT = st.integers(0, 6)


@given(st.integers(0, 30), st.integers(0, 30), COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, st.integers(0, 6), COUNT)
def test_cal08_bounds_hold_for_every_truth(
    stay_good: int, stay_bad: int, lost_bad: int, lost_good: int, lost_open: int, came_bad: int, came_good: int,
    came_open: int, open_good: int, came_open_good: int,
) -> None:  # fmt: skip
    """Whatever unread rows are like, the true share lies between the ends that the true share of the set gives."""
    open_good, came_open_good = min(open_good, lost_open), min(came_open_good, came_open)
    measured = stay_good + stay_bad + lost_bad + lost_good + lost_open
    exported = stay_good + stay_bad + came_bad + came_good + came_open
    if not measured or not exported:
        return
    shift = RowShift(measured, exported, lost_bad, lost_good, lost_open, came_bad, came_good, came_open)
    share = (stay_good + lost_good + open_good) / measured
    truth = (stay_good + came_good + came_open_good) / exported
    assert least(share, shift) <= truth + 1e-12
    assert most(share, shift) >= truth - 1e-12
    assert least(share, shift) - 1e-12 <= between(share, shift) <= most(share, shift) + 1e-12
    assert least(max(share - 0.1, 0), shift) <= least(share, shift)
    if not shift.unread:
        assert least(share, shift) == pytest.approx(truth) == most(share, shift)


def test_cal08_dropping_what_was_found_bad_raises_the_share() -> None:
    shift = RowShift(100, 95, lost_bad=5)
    assert least(0.9, shift) == pytest.approx(90 / 95)
    assert shift.sentence() == "5 that people found bad do not go out"
    mended = RowShift(100, 100, lost_bad=5, gained_unread=5)
    assert least(0.9, mended) == pytest.approx(0.9)
    assert RowShift(100, 100).sentence() == "exactly these rows go out"
    assert least(0.9, RowShift(100, 0, lost_unread=100)) == 0.0
