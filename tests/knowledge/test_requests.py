"""The task space of continual learning."""

import tracemalloc

import pytest

from engine.core.errors import UserError
from engine.core.records import Request
from engine.knowledge.requests import BANDS, TYPES, band, draw, space, text
from engine.knowledge.taxonomy import Taxonomy

POINTS = [point.name for point in Taxonomy.load().points]


def test_cl01_the_task_space():
    """CL-01: six question types, over 1,200 points, three bands of difficulty."""
    assert len(TYPES) == len(set(TYPES)) == 6
    assert len(set(POINTS)) > 1200
    assert list(BANDS) == ["easy", "medium", "difficult"]


@pytest.mark.parametrize(
    ("value", "name"),
    [(0.1, "easy"), (0.3, "easy"), (0.4, "medium"), (0.6, "medium"), (0.7, "difficult"), (0.9, "difficult")],
)
def test_cl02_difficulties_have_bands(value, name):
    """CL-02: both ends belong to the band."""
    assert band(value) == name


@pytest.mark.parametrize("value", [0.35, 0.65, 0.0, 1.0, 0.05])
def test_cl02_between_the_bands_there_is_none(value):
    """CL-02: .35 is undefined and rejected."""
    with pytest.raises(ValueError, match="no band"):
        band(value)


def test_cl03_fifty_thousand_different_requests():
    """CL-03: type, one to three points, difficulty; no two alike, whatever the order of the points."""
    found = draw(POINTS, 50_000, seed=4)
    assert len({(r.type, frozenset(r.points), r.difficulty) for r in found}) == len(found) == 50_000
    assert {len(r.points) for r in found} == {1, 2, 3}
    assert {r.type for r in found} == set(TYPES)
    assert all(len(set(r.points)) == len(r.points) for r in found)
    assert {band(r.difficulty) for r in found} == set(BANDS)
    assert found[:100] == draw(POINTS, 50_000, seed=4)[:100]


def test_cl03_a_draw_that_repeats_itself_never_lists_the_whole_space():
    """With this seed the last few requests of a large draw come twice; memory must stay that of the draw."""
    tracemalloc.start()
    found = draw([f"point {n}" for n in range(1200)], 50_000, seed=11)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len({request.id for request in found}) == 50_000
    assert peak < 200e6


def test_cl03_the_order_of_points_makes_no_other_request():
    assert Request.make("proof", ("A", "B"), 0.3).id == Request.make("proof", ("B", "A"), 0.3).id


def test_cl03_a_small_space_can_be_used_up_and_no_more():
    """CL-03: sampling without replacement to the last request; one more is an error that names the size."""
    size = space(3)
    assert size == 6 * 9 * 7
    assert len({r.id for r in draw(["a", "b", "c"], size, seed=0)}) == size
    with pytest.raises(UserError, match=f"{size:,} there are over 3 points"):
        draw(["a", "b", "c"], size + 1, seed=0)


def test_cl05_evaluation_requests_never_meet_training_requests():
    """CL-05: 500 are held back."""
    held = draw(POINTS, 500, seed=500)
    trained = draw(POINTS, 20_000, seed=1, forbidden=frozenset(r.id for r in held))
    assert len(held) == 500
    assert not {r.id for r in held} & {r.id for r in trained}
    small = draw(["a", "b"], 100, seed=0)
    rest = draw(["a", "b"], space(2) - 100, seed=0, forbidden=frozenset(r.id for r in small))
    assert not {r.id for r in small} & {r.id for r in rest}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_cl04_the_text_fills_every_slot(language):
    """CL-04: type, points, difficulty, step-by-step reasoning and a boxed answer."""
    said = text(Request.make("multiple choice", ("Ratios", "Percentages"), 0.4), language)
    wanted = {
        "en": ("multiple choice", "Ratios; Percentages", "0.4", "medium", "step by step", "\\boxed{}"),
        "zh": ("选择题", "Ratios、Percentages", "0.4", "中等", "逐步", "\\boxed{}"),
    }
    assert all(part in said for part in wanted[language])
