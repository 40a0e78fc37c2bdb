"""Sorting by two examinations."""

import pytest

from engine.curation.sorting import (
    EXAMINATIONS,
    assigned,
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


def test_cl14_a_sample_that_is_left_out_says_why():
    """CL-14: the words go into the journal and are counted by the round report."""
    assert fault(0.29, "4", 0.3) == "too easy: 0.29 is below 0.3"
    assert fault(0.5, "4", 0.6) == "too easy: 0.5 is below 0.6"
    assert fault(0.5, None) == "no boxed answer"
    assert fault(0.5, "4") == ""


def test_cl16_own_shares_add_up():
    found = shares(["fine-tuning", "fine-tuning", "discarded", "preference"])
    assert found == {"fine-tuning": 0.5, "preference": 0.25, "discarded": 0.25}
    assert sum(shares([]).values()) == 0


def test_cl36_a_data_set_per_study():
    """CL-36: everything; by self-play alone; by the agents alone; by both."""
    samples = {"a": (True, True), "b": (False, False), "c": (True, False), "d": (False, True)}
    found = {}
    for study, (self_play, experts) in EXAMINATIONS.items():
        groups = {name: assigned(*said, self_play=self_play, experts=experts) for name, said in samples.items()}
        found[study] = tuple(
            "".join(name for name, one in groups.items() if one == wanted) for wanted in ("fine-tuning", "preference")
        )
    assert found == {"sft": ("abcd", ""), "self-play": ("ac", "bd"), "agents": ("ad", "bc"), "both": ("a", "b")}


def test_cl36_a_wanted_examination_that_failed_speaks_against_any_use():
    assert assigned(None, True) == "discarded"
    assert assigned(True, None, self_play=False) == "discarded"
    assert assigned(None, False, self_play=False) == "preference"
