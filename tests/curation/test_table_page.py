import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadSetting
from engine.core.records import Rule
from engine.curation.policy import apply, make
from engine.curation.table import ScoreTable
from engine.curation.table_page import ORDERS, inside, listing, of_concept


def table(**more) -> ScoreTable:
    base = {"id": list("abcde"), "judge_score": [0.2, 0.55, 0.45, 0.9, None], "human": [1, None, None, 0, None]}
    return ScoreTable.of(pa.table(base | more))


def at(limit: float, missing: str = "drop"):
    return make("p", (Rule("judge_score", "at least", limit, missing),))


def test_each_order_lists_its_rows_closest_to_the_limit_first():
    rows = table()
    now, saved = (apply(at(limit), rows, override=False) for limit in (0.5, 0.4))
    found = {order: listing(rows, now, order, saved=saved).ids for order in ORDERS}
    assert found == {
        "borderline": ("b", "c", "a", "d", "e"),
        "kept": ("b", "d"),
        "dropped": ("c", "a", "e"),
        "review": (),
        "only this": (),
        "only saved": ("c",),
        "disagrees": ("a", "d"),
    }
    assert listing(rows, apply(at(0.5, "review"), rows), "review").ids == ("e",)


def test_pages_join_to_the_whole_and_filters_narrow_it():
    rows = table(concept=["x", "y", "x", "x", None])
    chosen = apply(at(0.5), rows)
    pages = [listing(rows, chosen, size=2, offset=start) for start in (0, 2, 4, 6)]
    assert [page.ids for page in pages] == [("b", "c"), ("a", "d"), ("e",), ()]
    assert {page.total for page in pages} == {5}
    assert listing(rows, chosen, within=of_concept(rows, 0)).ids == ("c", "a", "d")
    assert listing(rows, chosen, size=0).ids == ()


def test_a_comparison_needs_something_to_compare_with():
    rows = table()
    with pytest.raises(BadSetting, match="cannot be listed"):
        listing(rows, apply(at(0.5), rows), "only this")
    with pytest.raises(BadSetting, match="'best' cannot be listed"):
        listing(rows, apply(at(0.5), rows), "best")


@settings(deadline=None)
@given(st.lists(st.floats(0, 1, width=32), max_size=30), st.integers(0, 40), st.integers(0, 12))
def test_a_page_is_a_cut_of_the_sorted_rows(scores, offset, size):
    rows = ScoreTable.of(pa.table({"id": [str(n) for n in range(len(scores))], "judge_score": pa.array(scores, "f4")}))
    chosen = apply(at(0.5), rows)
    order = sorted(range(len(scores)), key=lambda row: (abs(chosen.margin[row]), row))
    assert listing(rows, chosen, size=size, offset=offset).rows == tuple(order[offset : offset + size])


def test_a_lasso_takes_what_lies_inside_it_holes_and_all():
    side = np.linspace(0, 1, 21)
    x, y = (axis.ravel() for axis in np.meshgrid(side, side))
    rows = ScoreTable.of(
        pa.table({"id": [str(n) for n in range(len(x) + 1)], "x": [*x.tolist(), None], "y": [*y.tolist(), 0.5]})
    )
    top = 65534
    arrow = [(0.1, 0.1), (0.9, 0.1), (0.5, 0.5), (0.9, 0.9), (0.1, 0.9)]
    found = inside(rows, [(a * top, b * top) for a, b in arrow])
    assert found[-1] == np.False_
    for index, (a, b) in enumerate(zip(x, y, strict=True)):
        notch = a > 0.9 or (a > 0.5 and abs(b - 0.5) < a - 0.5 - 1e-9)
        clear = 0.11 < a < 0.89 and 0.11 < b < 0.89 and abs(abs(b - 0.5) - (a - 0.5)) > 0.01
        if clear:
            assert found[index] == (not notch)
    assert not inside(rows, [(0, 0), (1, 1)]).any()


@pytest.mark.parametrize("levels", [3, 50, 100_000])
def test_pages_of_many_rows_are_those_of_a_whole_sort(levels):
    """A page is found by a sample, whether rows are alike or all different, and however far it is."""
    rng = np.random.default_rng(levels)
    scores = rng.integers(0, levels, 30_000) / levels
    rows = ScoreTable.of({"id": [f"Q-{n:06}" for n in range(30_000)], "judge_score": scores})
    selection = apply(at(0.5), rows)
    whole = np.argsort(np.abs(selection.margin), kind="stable")
    kept = whole[selection.kept[whole]]
    for offset in (0, 200, 14_900, 29_900, 31_000):
        assert listing(rows, selection, "borderline", offset=offset).rows == tuple(whole[offset : offset + 200])
        assert listing(rows, selection, "kept", offset=offset).rows == tuple(kept[offset : offset + 200])
    assert listing(rows, selection, "kept", within=np.arange(30_000) < 100).total == int(selection.kept[:100].sum())
