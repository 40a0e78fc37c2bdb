"""Keep strategies by the vectors of the method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.curation import strategies
from engine.curation.strategies import STRATEGIES, alarms, equal_size, kept, losses

ANSWERS = st.lists(st.sampled_from(["1", "2", "3", None]), min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("name", "answers", "index"),
    [
        ("strict", ["42", "42", "41"], None),
        ("strict", ["42", "42", "42"], 0),
        ("strict", ["42", None, "42"], None),
        ("majority", ["42", "42", "41"], 0),
        ("majority", ["1", "2", "3"], None),
        ("majority", ["7", "5", "5"], 1),
        ("majority", [None, None, "5"], None),
        ("majority", ["5", "5", "1", "2"], None),
        ("majority", ["5", "1", "5", "5"], 0),
        ("first", ["1", "2", "3"], 0),
        ("first", [None], None),
        ("first", [None, "2", "3"], 1),
        ("majority_first", [None, "1", "2"], 1),
        ("solvability_first", ["1"], None),
        ("first", [], None),
        ("majority_first", ["1", "2", "3"], 0),
        ("majority_first", ["7", "5", "5"], 1),
    ],
)
def test_fl20_fl21_fl24_fl25_vectors(name, answers, index):
    """FL-20, FL-21, FL-24, FL-25: strict, majority, first, majority with the first as a fallback."""
    assert STRATEGIES[name](answers) == index


def test_fl26_answers_are_compared_by_meaning():
    """FL-26: numeric, fraction, LaTeX and thousands notations are one answer."""
    assert STRATEGIES["strict"](["1/2", "0.5", r"\frac12"]) == 0
    assert STRATEGIES["majority"](["1,001", "1,000", "1000"]) == 1


def test_fl22_solvability_and_reward():
    """FL-22: the judge decides over the problem, the reward over the solution; equal rewards go to the first."""
    assert kept("solvability_reward", ["1", "2", "3"], solvable=True, rewards=[0.1, 0.9, 0.9]) == 1
    assert kept("solvability_reward", ["1", "2", "3"], solvable=True, rewards=[None, None, 0.2]) == 2
    assert kept("solvability_reward", ["1", "2"], solvable=False, rewards=[0.1, 0.9]) is None


def test_fl23_solvability_and_first():
    """FL-23: the first solution whatever its reward; a problem that no judge spoke of is not kept."""
    assert kept("solvability_first", ["1", "2"], solvable=True, rewards=[0.1, 0.9]) == 0
    assert kept("solvability_first", ["1", "2"], solvable=None) is None


@given(st.lists(ANSWERS, max_size=30))
def test_fl27_coverage_is_ordered(many):
    """FL-27: strict keeps no more than majority, majority no more than first, and the fallback keeps all.

    All is what has an answer; by the paper's words, `literal`, it is every problem.
    """
    found = {name: sum(kept(name, one) is not None for one in many) for name in STRATEGIES}
    answered = sum(any(one) for one in many)
    assert found["strict"] <= found["majority"] <= found["first"] == found["majority_first"] == answered
    assert all(sum(kept(name, one, literal=True) is not None for one in many) == len(many)
               for name in ("first", "majority_first"))  # fmt: skip


@pytest.mark.parametrize("name", ["first", "majority_first", "solvability_first", "solvability_reward"])
def test_a_refusal_is_kept_by_the_letter_only(name):
    """FL-24: the first solution with an answer; the very first one where the setting takes the paper at its word."""
    assert kept(name, [None, "4", "5"], solvable=True) == 1
    assert kept(name, [None, "4", "5"], solvable=True, literal=True) == 0
    assert kept(name, [None, None], solvable=True) is None
    assert kept(name, [None, None], solvable=True, literal=True) == 0


def test_fl22_the_best_reward_goes_to_a_solution_with_an_answer():
    assert kept("solvability_reward", [None, "4", "5"], solvable=True, rewards=[9.0, 1.0, 2.0]) == 2
    assert kept("solvability_reward", [None, "4"], solvable=True, rewards=[9.0, None], literal=True) == 0


@given(ANSWERS)
def test_what_is_kept_by_agreement_has_an_answer(answers):
    for name in ("strict", "majority"):
        index = STRATEGIES[name](answers)
        assert index is None or answers[index] is not None


def test_fl27_strategies_are_compared_at_one_size():
    """FL-27: the same number from each, the same problems where both keep them, the same draw for the same seed."""
    everything = [f"P-{n}" for n in range(50)]
    found = equal_size({"strict": everything[:20], "first": everything}, 15, seed=3)
    assert {len(ids) for ids in found.values()} == {15}
    assert found == equal_size({"strict": everything[:20], "first": everything}, 15, seed=3)
    shared = set(found["strict"]) & set(found["first"])
    assert shared == set(found["first"]) & set(everything[:20])
    assert len(equal_size({"strict": everything[:4]}, 15, seed=3)["strict"]) == 4


@pytest.mark.parametrize(("after", "alarm"), [(69, True), (70, False), (71, False), (100, False)])
def test_fl28_a_filter_that_removes_over_thirty_percent_alarms(after, alarm):
    """FL-28: 31 % alarms, 29 % does not."""
    assert alarms(100, after) is alarm


def test_all_six_are_there():
    assert list(STRATEGIES) == [
        "strict", "majority", "solvability_reward", "solvability_first", "first", "majority_first"
    ]  # fmt: skip
    assert strategies.alarms(0, 0) is False


def test_fl28_each_step_that_loses_too_much_is_told():
    """FL-28: the setting decides, step by step, and a step that loses exactly the share is silent."""
    stages = {"written": 100, "not a copy": 70, "solved": 48, "kept": 48}
    (told,) = losses(stages, 0.30)
    assert told.startswith("31% of the problems are lost between not a copy and solved: 22 of 70.")
    assert losses(stages, 0.32) == ()
    assert len(losses(stages, 0.29)) == 2
    assert losses({"written": 0, "kept": 0}) == ()
