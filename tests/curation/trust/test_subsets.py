"""Every set of judges by every rule (CAL-23, CAL-24): vectors, real votes, and what no judge could be read on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.curation.trust import combining
from engine.curation.trust.intervals import wilson
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.subsets import PanelRule, SubsetRow, every_rule, packed, pareto, table
from tests.support import panel_data

NAMES = ("6b_ft", "6b_ver", "175b_ft")
WEIGHTS = (0.2, 0.3, 0.5)
PRINTED = """
alone 0 .5891/.8497/.3275/.4728/.2168 (286)
alone 1 .6899/.8089/.5876/.6807/.4086 (539)
alone 2 .6892/.8843/.5148/.6508/.3275 (432)
veto 01 .5732/.9087/.2682/.4142/.1660 (219)
veto 02 .5679/.9526/.2439/.3884/.1440 (190)
veto 12 .6346/.9221/.3827/.5410/.2335 (308)
veto 012 .5504/.9571/.2102/.3448/.1236 (163)
majority 012 .6748/.9003/.4744/.6214/.2964 (391)
any 01 .7058/.7921/.6469/.7122/.4594 (606)
any 02 .7104/.8409/.5984/.6992/.4003 (528)
any 12 .7445/.8054/.7197/.7601/.5027 (663)
any 012 .7430/.7866/.7453/.7654/.5330 (703)
>=.5 012 .7119/.8709/.5728/.6911/.3700 (488)
>=.7 012 .6520/.9224/.4164/.5738/.2540 (335)
"""


def _weighted(limit: float) -> PanelRule:
    return PanelRule((0, 1, 2), "weighted", WEIGHTS, limit)


def _name(rule: PanelRule) -> str:
    what = f">={rule.limit:g}".replace("0.", ".") if rule.rule == "weighted" else rule.rule
    return f"{what} {''.join(map(str, rule.judges))}"


def _census(also: tuple[PanelRule, ...] = ()) -> dict[str, SubsetRow]:
    rows = panel_data.best_model()
    labels = LabelSet.uniform(np.arange(len(rows.good)), rows.good, len(rows.good))
    return {_name(row.rule): row for row in table(list(rows.votes.T), labels, also)}


def test_cal23_a_weighted_sum_that_rounding_took_below_the_limit_passes():
    assert 0.7 + 0.1 < 0.8
    assert combining.reaches(np.array([0.7 + 0.1, 0.799999, 0.8, np.nan]), 0.8).tolist() == [True, False, True, False]
    votes = np.array([[1, 1, 0], [1, 0, 0]], np.int8)
    assert combining.weighted(votes, np.array([0.7, 0.1, 0.2]), 0.8).tolist() == [True, False]


def test_cal23_weights_are_shared_out_over_the_judges_that_are_there():
    scores = np.array([[1.0, 0.0, np.nan], [np.nan] * 3, [0.2, 0.4, 0.9]])
    found = combining.weighted_sum(scores, np.array([1.0, 3.0, 4.0]))
    assert found[0] == pytest.approx(0.25)
    assert np.isnan(found[1])
    assert found[2] == pytest.approx((0.2 + 1.2 + 3.6) / 8)


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0], [-1.0, 2.0]])
def test_cal23_weights_that_cannot_be_are_refused(weights: list[float]):
    with pytest.raises(ValueError, match="do not fit 2 judges"):
        combining.weighted_sum(np.ones((1, 2)), np.array(weights))


def test_cal23_veto_majority_and_any_say_what_an_unread_vote_counts_for():
    votes = np.array([[1, 1, -1], [1, 0, -1], [-1, -1, -1], [1, 1, 0]], np.int8)
    assert combining.veto(votes).tolist() == [False] * 4
    assert combining.veto(votes, "absent").tolist() == [True, False, False, False]
    assert combining.majority(votes).tolist() == [True, False, False, True]
    assert combining.majority(votes, "absent").tolist() == [True, False, False, True]
    assert combining.majority(np.array([[1, -1, -1]], np.int8), "absent").tolist() == [True]
    assert combining.at_least(votes, 2).tolist() == [True, False, False, True]
    assert combining.at_least(votes, 0).tolist() == [True, True, False, True], "a row that nobody passed is not kept"


@pytest.mark.real_data
@pytest.mark.parametrize("line", PRINTED.strip().splitlines())
def test_cal23_cal24_rows_of_the_printed_table(line: str, real_data: Path):
    rule, judges, figures, kept = line.split()
    row = _census((_weighted(0.5), _weighted(0.7)))[f"{rule} {judges}"]
    shown = (row.accuracy.value, row.precision.value, row.recall.value, row.f1.value, row.retention)
    assert "/".join(f"{value:.4f}"[1:] for value in shown) == figures
    assert f"({row.kept})" == kept


@pytest.mark.real_data
def test_cal24_all_rows_labelled_leave_nothing_uncertain(real_data: Path):
    for row in _census().values():
        for share in (row.accuracy, row.precision, row.recall, row.f1):
            assert share.low == share.high == pytest.approx(share.value)


@pytest.mark.real_data
def test_cal24_the_front_and_what_weighted_rows_push_off_it(real_data: Path):
    front = {"alone 1", "alone 2", "veto 02", "veto 012", "majority 012", "any 02", "any 12", "any 012"}
    assert {name for name, row in _census().items() if row.front} == front | {"veto 12"}
    whole = _census((_weighted(0.5), _weighted(0.7)))
    assert not whole["veto 12"].front
    assert whole[">=.7 012"].front


@pytest.mark.real_data
def test_cal23_limits_of_the_weighted_sum_are_vetoes(real_data: Path):
    votes = panel_data.best_model().votes
    assert (_weighted(0.8).keeps(votes) == PanelRule((1, 2), "veto").keeps(votes)).all()
    assert (_weighted(1.0).keeps(votes) == PanelRule((0, 1, 2), "veto").keeps(votes)).all()


def _panel(rows: int, judges: int, unread: float, seed: int = 0) -> tuple[list[np.ndarray], np.ndarray]:
    rng = np.random.default_rng(seed)
    good = rng.random(rows) < 0.6
    votes = [(rng.random(rows) < np.where(good, 0.8, 0.3)).astype(np.int8) for _ in range(judges)]
    for column in votes:
        column[rng.random(rows) < unread] = -1
    return votes, good


@pytest.mark.parametrize("unread", ["no", "absent"])
def test_cal24_the_table_is_what_counting_row_by_row_gives(unread: combining.Unread):
    votes, good = _panel(3000, 4, 0.1)
    chosen = np.random.default_rng(1).choice(3000, 400, replace=False)
    found = table(votes, LabelSet.uniform(chosen, good[chosen], 3000), unread=unread)
    assert len(found) == 4 + 11 + 5 + 11
    matrix = np.column_stack(votes)
    for row in found:
        kept = row.rule.keeps(matrix, unread)
        assert row.kept == kept.sum()
        inside, truth = kept[chosen], good[chosen]
        hits = int((inside & truth).sum())
        assert row.precision.value == pytest.approx(hits / inside.sum())
        assert row.recall.value == pytest.approx(hits / truth.sum())
        assert row.accuracy.value == pytest.approx((inside == truth).mean())
        assert row.f1.value == pytest.approx(2 * hits / (inside.sum() + truth.sum()))
        if row.precision.low is not None:
            assert (row.precision.low, row.precision.high) == pytest.approx(wilson(hits, int(inside.sum()), row.kept))
        assert (row.recall.low, row.recall.high) == pytest.approx(wilson(hits, int(truth.sum())))


def test_cal24_eight_judges_give_every_set_by_every_rule():
    rules = list(every_rule(8))
    assert len(rules) == len(set(rules)) == 255 + 219 + 247
    votes, good = _panel(5000, 8, 0.02)
    found = table(votes, LabelSet.uniform(np.arange(300), good[:300], 5000))
    assert [row.rule for row in found] == rules


def test_cal24_like_the_best_is_a_paired_question():
    """Two judges nearly alike cannot be told apart, a coin can; what has no labels between them stays untold."""
    rng = np.random.default_rng(4)
    good = rng.random(20_000) < 0.5
    sharp = (rng.random(20_000) < np.where(good, 0.9, 0.1)).astype(np.int8)
    alike = np.where(rng.random(20_000) < 0.01, 1 - sharp, sharp).astype(np.int8)
    coin = rng.integers(0, 2, 20_000).astype(np.int8)
    chosen = rng.choice(20_000, 1500, replace=False)
    found = {row.rule: row for row in table([sharp, alike, coin], LabelSet.uniform(chosen, good[chosen], 20_000))}
    assert found[PanelRule((2,), "alone")].like_best is False
    best = max((row for row in found.values() if row.retention >= 0.15), key=lambda row: row.precision.value or 0)
    assert best.like_best is True
    few = table([sharp, alike, coin], LabelSet.uniform(chosen[:60], good[chosen[:60]], 20_000))
    assert any(row.like_best is None for row in few)


def test_cal24_weights_of_the_ledger_undo_a_skewed_draw():
    """Rows that judges disagree on are drawn four times as often; weighted, precision is right within its interval."""
    votes, good = _panel(40_000, 3, 0.0, seed=2)
    yes = np.column_stack(votes).sum(axis=1)
    pi = np.where((yes == 1) | (yes == 2), 0.04, 0.01)
    kept = yes >= 2
    truth, inside, biased = good[kept].mean(), 0, []
    for seed in range(60):
        drawn = np.flatnonzero(np.random.default_rng(seed).random(40_000) < pi)
        labels = LabelSet.drawn(drawn, good[drawn], pi[drawn])
        row = next(row for row in table(votes, labels) if row.rule.rule == "majority")
        inside += row.precision.low <= truth <= row.precision.high
        biased.append(good[drawn][kept[drawn]].mean())
    assert inside >= 54
    assert np.mean(biased) < truth - 0.04


def test_cal24_few_labels_and_picked_labels_give_values_without_intervals():
    votes, good = _panel(3000, 2, 0.0)
    row = table(votes, LabelSet.uniform(np.arange(8), good[:8], 3000))[0]
    assert (row.precision.low, row.precision.reason) == (None, "too_few")
    assert row.recall.reason == "few_good"
    picked = LabelSet.convenience(np.arange(100), good[:100])
    row = table(votes, picked)[0]
    assert (row.precision.value, row.precision.low, row.precision.reason) == (None, None, "not_random")
    assert all(row.like_best is None for row in table(votes, picked))


def test_cal24_nothing_to_tell_is_said_without_an_error():
    votes, _ = _panel(50, 1, 0.0)
    none = LabelSet.uniform([], [], 50)
    (row,) = table(votes, none)
    assert (row.precision.value, row.precision.reason, row.front, row.like_best) == (None, "no_labels", False, None)
    assert row.retention == votes[0].mean()
    assert table([np.empty(0, np.int8)], none)[0].kept == 0
    never = table([np.zeros(50, np.int8)], LabelSet.uniform(np.arange(20), np.ones(20), 50))[0]
    assert (never.kept, never.precision.value, never.recall.value) == (0, None, 0.0)


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        ([], "0 judges"),
        ([np.zeros(1, np.int8)] * 9, "9 judges"),
        ([np.zeros(1, np.int8), np.zeros(2, np.int8)], "same rows"),
        ([np.full(3, 2, np.int8)], "something else"),
    ],
)
def test_cal24_votes_that_cannot_be_are_refused(votes: list[np.ndarray], why: str):
    with pytest.raises(ValueError, match=why):
        packed(votes)


def test_cal24_equal_rows_share_the_front():
    front = pareto(np.array([0.9, 0.9, 0.8, 0.8, np.nan, 0.7]), np.array([0.3, 0.3, 0.5, 0.4, 0.9, 0.5]))
    assert front.tolist() == [True, True, True, False, False, False]
