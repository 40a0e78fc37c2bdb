"""Ratings, rounds and data sets of AgenticMath."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import LemmaError
from engine.curation import curate
from engine.curation.ratings import Reviewed, deciding, limits, rating_class, rounds, sweep, uncurable
from engine.export.dataset import Solved, build


@pytest.mark.parametrize(("value", "whole"), [(3.0, 3), (13 / 3, 4), (4.5, 5), (4.49, 4), (0, 0), (5, 5)])
def test_am03_ratings_become_classes(value, whole):
    """AM-03: (5, 4, 4) is 4.33 and class 4; halves go up."""
    assert rating_class(value) == whole


@pytest.mark.parametrize("value", [-0.1, 5.1, float("nan")])
def test_a_rating_off_the_scale_is_an_error(value):
    with pytest.raises(ValueError, match="no rating"):
        rating_class(value)


def test_am05_the_limit_itself_is_kept():
    """AM-05: 3 is kept, 2 is dropped; the counts follow the limit."""
    assert sweep([2, 3, 3, 5], [2, 3, 4, 5]) == {2: 4, 3: 3, 4: 1, 5: 1}


@given(st.lists(st.floats(0, 5)), st.lists(st.floats(0, 5), min_size=2).map(sorted))
def test_am22_counts_never_rise_with_the_limit(ratings, limits):
    """AM-22: the threshold study."""
    counts = list(sweep(ratings, limits).values())
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(("step", "count"), [(1.0, 6), (0.5, 11), (0.05, 101), (5.0, 2)])
def test_am22_limits_reach_from_nothing_to_the_highest_rating(step, count):
    tried = limits(step)
    assert (tried[0], tried[-1], len(tried)) == (0, 5, count)
    with pytest.raises(ValueError, match="no step"):
        limits(0)


def test_am06_the_published_funnel():
    """AM-06: 7,001 seeds give 42,006 candidates; the funnel only narrows."""
    published = (7_001 * 6, 18_682, 15_000)
    assert published[0] == 42_006
    assert list(published) == sorted(published, reverse=True)


def test_am14_rounds():
    """AM-14: mean of each criterion and share that passes, round by round."""
    said = [
        Reviewed(0, {"clarity": 4, "validity": 2}, 3),
        Reviewed(0, {"clarity": 5, "validity": 5}, 5),
        Reviewed(1, {"clarity": 5, "validity": 4}, 4.5),
    ]
    first, second = rounds(said)
    assert (first.number, first.reviews, first.passed, first.pass_rate) == (0, 2, 1, 0.5)
    assert first.means == {"clarity": 4.5, "validity": 3.5}
    assert second.pass_rate == 1
    assert rounds([]) == ()


def _clusters(planted: int):
    """Five tight clusters of one score each, and one item in the first with another score."""
    rng = np.random.default_rng(7)
    centres = np.linalg.qr(rng.normal(size=(16, 6)))[0].T
    scores = np.repeat(np.arange(6), 60)
    points = centres[scores] + rng.normal(scale=0.02, size=(len(scores), 16))
    scores[planted] = (scores[planted] + 3) % 6
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), scores


@pytest.mark.parametrize("requirement", ["AM-04", "AM-18"])
def test_am04_am18_a_planted_wrong_rating_is_corrected(requirement):
    """AM-04, AM-18: one wrong rating in a tight cluster gets the rating of its neighbours."""
    points, scores = _clusters(planted=5)
    done = curate(points, scores, 6, seed=1, epochs=21)
    assert done.scores[5] == 0, requirement
    assert done.flagged[5]


def _solved(prefix: str, count: int, solutions: int = 3):
    return [
        Solved(f"{prefix}{n}", tuple((f"{prefix}{n}-{i}", f"text {n} {i}") for i in range(solutions)))
        for n in range(count)
    ]


def test_am19_buckets_and_rarity_choose():
    """AM-19: from 5 down; in the bucket that overflows the rarest first."""
    made = _solved("v", 6)
    rows = build([], made, [5, 5, 4, 4, 4, 3], [0.1, 0.2, 0.3, 0.1, 0.2, 0.9], pairs=4)
    assert [row.problem_id for row in rows] == ["v1", "v0", "v2", "v4"] or {r.problem_id for r in rows} == {
        "v0", "v1", "v2", "v4"
    }  # fmt: skip


@pytest.mark.parametrize("solutions", [1, 2, 3])
def test_am20_one_two_three_solutions_of_the_same_problems(solutions):
    """AM-20: n, 2n, 3n rows; the problems do not change, and no pair stands twice."""
    seeds, made = _solved("s", 15), _solved("v", 20)
    rows = build(seeds, made, np.arange(20) % 6, np.zeros(20), pairs=15, solutions=solutions)
    assert len(rows) == 30 * solutions
    assert len({(row.problem_id, row.solution_id) for row in rows}) == len(rows)
    base = build(seeds, made, np.arange(20) % 6, np.zeros(20), pairs=15)
    assert {row.problem_id for row in rows} == {row.problem_id for row in base}


def test_am20_equal_solutions_are_not_repeated():
    twice = [Solved("v0", (("a", "same"), ("b", "same"), ("c", "other")))]
    assert [row.solution_id for row in build([], twice, [5], [0], pairs=1, solutions=3)] == ["a", "c"]


def test_too_few_ratings_are_an_error_that_says_so():
    with pytest.raises(LemmaError):
        curate(np.eye(2, dtype=np.float32), [1, 2], 6, seed=0)


def test_am05_a_mean_below_the_limit_is_not_rounded_over_it():
    """AM-03, AM-05: 2.67 does not reach 3 unless rounding is asked for; a class that neighbours overwrote counts."""
    two_thirds = 8 / 3
    assert deciding(two_thirds, 3) == two_thirds
    assert deciding(two_thirds, 3, "rounded") == 3.0
    assert deciding(two_thirds, 2) == 2.0
    assert deciding(4.0, 4) == 4.0
    assert sweep([deciding(two_thirds, 3), deciding(3.0, 3)], [3.0]) == {3.0: 1}


def test_too_few_ratings_say_that_nothing_can_be_corrected():
    assert uncurable(15, 100) == "15 ratings are too few to tell how raters err; 100 are needed"
    assert uncurable(100, 100) == ""
    assert uncurable(100, 100, reliable=0.51) == ""
    assert "agree too little" in uncurable(100, 100, reliable=0.5)
