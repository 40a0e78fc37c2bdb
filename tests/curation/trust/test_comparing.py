"""A against B on cells (CAL-30): the vector, coverage on real solutions, and policies that are one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.comparing import (
    CELLS,
    PAIRED,
    coefficients,
    compare,
    paired_shares,
    square_and_add,
    to_label,
)
from engine.curation.trust.intervals import wilson, wilson_limits
from engine.curation.trust.label_set import LabelSet
from tests.support import panel_data


def _uniform(count: int, good: np.ndarray, seed: int) -> LabelSet:
    rows = np.random.default_rng(seed).choice(len(good), count, replace=False)
    return LabelSet.uniform(rows, good[rows], len(good))


def test_cal30_square_and_add_vector_a1():
    good, of = np.array([18.0, 30, 45]), np.array([20.0, 50, 48])
    found = square_and_add(np.array([0.2, -0.5, -0.1]), good / of, *wilson_limits(good / of, of))
    assert found == pytest.approx((-0.213750, -0.287724, -0.142378), abs=1e-6)


def test_cal30_identical_policies_differ_by_exactly_nothing():
    kept = np.arange(500) < 200
    for labels in (_uniform(40, kept, 0), LabelSet.convenience([], [])):
        found = compare(kept, kept, labels)
        assert (found.precision.value, found.precision.low, found.precision.high) == (0.0, 0.0, 0.0)
        assert (found.recall.value, found.recall.low, found.recall.high) == (0.0, 0.0, 0.0)
        assert found.precision.told_apart is False
        assert found.needed is None
        assert to_label(found, 100) == (0, 0, 0)


def test_cal30_a_policy_that_keeps_nothing_has_no_precision():
    kept = np.arange(500) < 200
    found = compare(kept, np.zeros(500, bool), _uniform(120, kept, 0))
    assert (found.precision.value, found.precision.refusal.code, found.precision.told_apart) == (None, "empty", None)
    assert found.recall.value == 1.0
    with pytest.raises(ValueError, match="500 rows, B of 3"):
        compare(kept, kept[:3], _uniform(60, kept, 0))


def test_cal30_a_cell_with_few_labels_gives_no_interval_and_says_where_to_label():
    rng = np.random.default_rng(0)
    good = rng.random(4000) < 0.8
    narrow, wide = np.arange(4000) < 2000, np.arange(4000) < 2100
    rows = np.r_[np.arange(100), 2000, 2001, 2002]
    labels = LabelSet.uniform(rows, good[rows], 4000)
    found = compare(narrow, wide, labels)
    assert (found.precision.value, found.precision.low, found.needed) == (None, None, None)
    assert (found.precision.refusal.code, found.precision.refusal.labels) == ("few_in_cell", 2)
    assert "only B (3)" in found.precision.refusal.why
    assert compare(narrow, wide, labels, settings=TrustSettings(compare_labels=3)).precision.refusal is None
    only_a, only_b, both = to_label(found, 60)
    assert (only_a, only_b + both) == (0, 60)
    assert only_b > 20, "added rows are where the difference lies"


def test_cal30_labels_to_tell_apart_are_asked_of_the_cells_and_no_more_than_there_are():
    good = np.arange(1000) % 3 > 0
    found = compare(np.arange(1000) < 20, np.arange(1000) < 30, _uniform(500, good, 0))
    asked = to_label(found, 10_000)
    left = [cell.rows - cell.labels for cell in found.cells]
    assert all(one <= most for one, most in zip(asked, left, strict=True))
    assert asked[1] == left[1]


def _share_covered(kept_a: np.ndarray, kept_b: np.ndarray, good: np.ndarray, labels: int, draws: int) -> dict:
    precision, recall = good[kept_a].mean() - good[kept_b].mean(), (good & kept_a).sum() - (good & kept_b).sum()
    inside, widths, recalled, apart = [], [], [], []
    for seed in range(draws):
        drawn = _uniform(labels, good, seed)
        found = compare(kept_a, kept_b, drawn)
        if found.precision.low is None:
            continue
        inside.append(found.precision.low <= precision <= found.precision.high)
        recalled.append(found.recall.low <= recall / good.sum() <= found.recall.high)
        widths.append(found.precision.high - found.precision.low)
        seen = [drawn.good[kept[drawn.row]] for kept in (kept_a, kept_b)]
        ends = [wilson(float(one.sum()), len(one)) for one in seen]
        apart.append(np.hypot(*(high - low for low, high in ends)))
    named = {"covered": inside, "width": widths, "recall": recalled, "apart": apart}
    return {name: np.mean(found) for name, found in named.items()} | {"refused": 1 - len(inside) / draws}


@pytest.mark.real_data
@pytest.mark.parametrize(("labels", "width"), [(100, 0.196), (200, 0.141), (400, 0.100)])
def test_cal30_coverage_and_width_on_real_votes(labels: int, width: float, real_data: Path):
    """At least two of three others agree, against at least one: +.1536, and 3.3 times the labels as two samples."""
    rows = panel_data.every_model()
    yes = rows.votes.sum(axis=1)
    assert rows.good[yes >= 2].mean() - rows.good[yes >= 1].mean() == pytest.approx(0.1536, abs=5e-5)
    found = _share_covered(yes >= 2, yes >= 1, rows.good, labels, 400)
    assert 0.925 <= found["covered"] <= 0.975
    assert found["recall"] >= 0.92
    assert found["width"] == pytest.approx(width, rel=0.04)
    assert (found["apart"] / found["width"]) ** 2 > 2.8


@pytest.mark.real_data
@pytest.mark.parametrize(("labels", "width"), [(200, 0.156), (400, 0.110)])
def test_cal30_coverage_and_width_on_marked_solutions(labels: int, width: float, real_data: Path):
    rows = panel_data.processbench()
    short, few = rows.right & (rows.characters < 1500), rows.right & (rows.steps <= 7)
    cells = [int(one.sum()) for one in (short & ~few, few & ~short, few & short)]
    assert cells == [132, 380, 709]
    assert rows.good[short].mean() - rows.good[few].mean() == pytest.approx(0.1345, abs=5e-5)
    found = _share_covered(short, few, rows.good, labels, 400)
    assert found["refused"] < (0.2 if labels == 200 else 0.01), "132 rows of A alone give 200 labels hardly five"
    assert 0.925 <= found["covered"] <= 0.975
    assert found["width"] == pytest.approx(width, rel=0.05)


@pytest.mark.real_data
def test_cal30_added_rows_have_a_precision_of_their_own(real_data: Path):
    """The 926 rows that a laxer limit adds are 51 % good, and the kept set falls from 89 to 74."""
    rows = panel_data.every_model()
    yes = rows.votes.sum(axis=1)
    found = compare(yes >= 2, yes >= 1, LabelSet.uniform(np.arange(len(yes)), rows.good, len(yes)))
    added = found.cells[1]
    assert (added.rows, round(added.share, 2)) == (926, 0.51)
    assert added.low == added.high == added.share, "all of them are labelled"
    assert found.good_rows == (added.good, added.good, added.good)
    assert found.recall.value == pytest.approx(0.619190 - 0.855072, abs=1e-6)
    assert found.recall.low == found.recall.high


def test_cal30_weighted_labels_cover_where_a_cell_has_no_bad_label():
    """A draw four times as dense where B differs; a normal interval would have no width in a cell that is all good."""
    rng = np.random.default_rng(0)
    good = rng.random(20_000) < np.where(np.arange(20_000) < 4000, 0.97, 0.7)
    kept_a, kept_b = np.arange(20_000) < 4000, np.arange(20_000) < 6000
    truth = good[kept_a].mean() - good[kept_b].mean()
    pi = np.where(kept_b & ~kept_a, 0.08, 0.02)
    inside = 0
    for seed in range(300):
        rows = np.flatnonzero(np.random.default_rng(seed).random(20_000) < pi)
        found = compare(kept_a, kept_b, LabelSet.drawn(rows, good[rows], pi[rows])).precision
        inside += found.low <= truth <= found.high
    assert 0.93 <= inside / 300 <= 0.995


@pytest.mark.parametrize(("first", "second", "of"), [(0, 0, 30), (30, 0, 30), (0, 30, 30), (5, 5, 30), (0, 0, 0)])
def test_cal30_paired_shares_contain_their_difference(first: int, second: int, of: int):
    value, low, high = paired_shares(first, second, of)
    assert -1 <= low <= value <= high <= 1
    assert high - low > 0.05


def test_cal30_paired_shares_cover_the_truth():
    rng = np.random.default_rng(1)
    counts = rng.multinomial(80, [0.15, 0.05, 0.8], 2000)
    inside = [low <= 0.1 <= high for first, second, _ in counts for _, low, high in [paired_shares(first, second, 80)]]
    assert 0.93 <= np.mean(inside) <= 0.985


ROWS = 900
TRUTH = np.random.default_rng(0).random(ROWS) < np.linspace(0.95, 0.4, ROWS)
STRICT, LAX = np.arange(ROWS) < 300, np.arange(ROWS) < 700


@given(st.lists(st.booleans(), min_size=6, max_size=30), st.data())
def test_cal30_coefficients_make_the_difference_of_precisions(first: list[bool], data: st.DataObject):
    of = {"min_size": len(first), "max_size": len(first)}
    second, truth = (np.array(data.draw(st.lists(st.booleans(), **of))) for _ in range(2))
    a = np.array(first)
    if not a.any() or not second.any():
        return
    cells = (a & ~second, second & ~a, a & second)
    shares = np.array([truth[cell].mean() if cell.any() else 0.0 for cell in cells])
    factors = coefficients(np.array([cell.sum() for cell in cells], float))
    assert factors @ shares == pytest.approx(truth[a].mean() - truth[second].mean())


def test_cal30_added_rows_of_a_uniform_draw():
    found = compare(STRICT, LAX, _uniform(200, TRUTH, 1))
    added = found.cells[1]
    assert (added.rows, found.cells[0].rows) == (400, 0)
    assert added.low < TRUTH[300:700].mean() < added.high
    good, fewest, most = found.good_rows
    assert fewest < good < most <= 400
    assert 0 < found.precision.low < TRUTH[STRICT].mean() - TRUTH[LAX].mean() < found.precision.high
    assert found.precision.told_apart is True


def test_cal30_weighted_labels_agree_where_weights_are_equal():
    labels = _uniform(200, TRUTH, 1)
    pi = np.where(np.arange(len(labels)) == 0, labels.pi * 1.0001, labels.pi)
    weighted = compare(STRICT, LAX, LabelSet.drawn(labels.row, labels.verdict, pi)).precision
    plain = compare(STRICT, LAX, labels).precision
    assert (plain.estimator, weighted.estimator) == (PAIRED, f"{PAIRED}, weighted")
    assert weighted.value == pytest.approx(plain.value, abs=1e-4)
    assert weighted.high - weighted.low == pytest.approx(plain.high - plain.low, rel=0.15)


def test_cal30_hand_picked_rows_compare_nothing():
    picked = LabelSet.convenience(np.arange(0, 700, 3), TRUTH[0:700:3])
    found = compare(STRICT, LAX, picked)
    assert (found.precision.value, found.precision.refusal.code) == (None, "few_in_cell")
    assert (found.recall.value, found.recall.refusal.code) == (None, "few_good")
    assert all(cell.share is None for cell in found.cells)
    assert [cell.read for cell in found.cells] == [0, 134, 100]
    assert CELLS == ("only A", "only B", "both")


def test_cal30_undecided_and_gold_rows_are_in_no_cell():
    labels = _uniform(200, TRUTH, 1)
    provenance, verdict = labels.provenance.copy(), labels.verdict.copy()
    provenance[:40], verdict[40:60] = 3, -1
    names = ("row", "draw", "pi", "weight", "share")
    parts = {name: getattr(labels, name) for name in names} | {"provenance": provenance, "verdict": verdict}
    found, rest = compare(STRICT, LAX, LabelSet(**parts)), compare(STRICT, LAX, labels.where(np.arange(200) >= 60))
    assert found == rest


def test_cal30_a_ledger_in_doubt_compares_nothing_but_equal_sets():
    labels = _uniform(200, TRUTH, 1)
    names = ("row", "verdict", "provenance", "draw", "pi", "weight", "share")
    broken = LabelSet(*(getattr(labels, name) for name in names), faults=("DR-1: there is no record of this draw",))
    found = compare(STRICT, LAX, broken)
    assert (found.precision.refusal.code, found.recall.refusal.code) == ("ledger", "ledger")
    assert compare(STRICT, STRICT, broken).precision.value == 0.0


def test_cal30_rows_that_no_draw_could_take_are_compared_with_nothing():
    """Half of what B adds came after the draw: its labels speak of the other half alone."""
    labels = _uniform(200, TRUTH, 1)
    early = np.arange(ROWS) < 500
    found = compare(STRICT, LAX, labels.where(early[labels.row]), reachable=early)
    assert (found.precision.refusal.code, found.recall.refusal.code) == ("unreachable", "unreachable")
    assert (
        compare(STRICT, np.arange(ROWS) < 500, labels.where(early[labels.row]), reachable=early).precision.refusal
        is None
    )


def test_cal30_recall_of_two_policies():
    truth = (TRUTH[STRICT].sum() - TRUTH[LAX].sum()) / TRUTH.sum()
    inside = 0
    for seed in range(100):
        found = compare(STRICT, LAX, _uniform(200, TRUTH, seed)).recall
        inside += found.low <= truth <= found.high
    assert 90 <= inside <= 100
    few = compare(STRICT, LAX, LabelSet.uniform(range(10), TRUTH[:10], ROWS)).recall
    assert (few.value, few.refusal.code) == (None, "few_good")
