"""Sorting by two examinations."""

import pytest

from engine.curation.sorting import (
    CALLS_PER_SAMPLE,
    PUBLISHED,
    PUBLISHED_KEPT,
    Sorted,
    ablation,
    fault,
    group,
    shares,
)


@pytest.mark.parametrize(
    ("consistent", "sound", "name"),
    [
        (True, True, "fine-tuning"),
        (False, False, "preference"),
        (True, False, "discarded"),
        (False, True, "discarded"),
    ],
)
def test_cl13_the_truth_table(consistent, sound, name):
    """CL-13: (1,1) tunes, (0,0) pairs, mixed is waste."""
    assert group(consistent, sound) == name


def test_cl13_without_any_examination_nothing_is_used():
    assert group(None, None) == "discarded"


@pytest.mark.parametrize(
    ("difficulty", "answer", "stays"),
    [(0.29, "4", False), (0.30, "4", True), (0.9, None, False), (0.1 + 0.2, "4", True)],
)
def test_cl14_too_easy_or_without_a_box_is_left_out(difficulty, answer, stays):
    """CL-14: .29 out, .30 in; a missing box out."""
    assert (fault(difficulty, answer) == "") is stays


def test_cl16_the_published_rates():
    """CL-16: 27,350 / 13,300 / 9,350 of 50,000, about 24,000 and 12,400 after the filters."""
    assert sum(PUBLISHED.values()) == pytest.approx(1)
    assert [round(50_000 * share) for share in PUBLISHED.values()] == [27_350, 13_300, 9_350]
    assert 50_000 * PUBLISHED["fine-tuning"] * PUBLISHED_KEPT["fine-tuning"] == pytest.approx(24_000, rel=0.01)
    assert 50_000 * PUBLISHED["preference"] * PUBLISHED_KEPT["preference"] == pytest.approx(12_400, rel=0.01)


def test_cl16_own_shares_add_up():
    found = shares(["fine-tuning", "fine-tuning", "discarded", "preference"])
    assert found == {"fine-tuning": 0.5, "preference": 0.25, "discarded": 0.25}
    assert sum(shares([]).values()) == 0


def test_cl36_a_data_set_per_switch():
    """CL-36: everything; by self-play alone; by the agents alone; by both."""
    samples = [Sorted("a", True, True), Sorted("b", False, False), Sorted("c", True, False), Sorted("d", False, True)]
    assert ablation(samples, "sft") == type(ablation(samples, "sft"))(("a", "b", "c", "d"), ())
    by = {name: ablation(samples, name) for name in ("self-play", "agents", "both")}
    assert (by["self-play"].tuned, by["self-play"].paired) == (("a", "c"), ("b", "d"))
    assert (by["agents"].tuned, by["agents"].paired) == (("a", "d"), ("b", "c"))
    assert (by["both"].tuned, by["both"].paired) == (("a",), ("b",))


def test_cl34_four_calls_a_sample():
    """CL-34: self-play, two experts, an arbiter."""
    assert CALLS_PER_SAMPLE == 4
