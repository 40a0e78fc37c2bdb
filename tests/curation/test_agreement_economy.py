"""Judges against labels; what an item costs."""

import pytest

from engine.curation.review.agreement import AgreementRow, best, by_rule, f1, table
from engine.reporting.economy import API_PRICES, HUNDREDTH_CENT, api_cost, expansion_ratio, gpu_cost, total


def row(name, precision, retention):
    return AgreementRow((name,), 0.5, precision, 0.5, 0.5, retention, 5_000)


def test_gsdp30_every_set_of_judges_against_the_labels():
    """GSDP-30: of solutions, an item is kept when every judge of the set says yes."""
    labels = [True, True, True, False, False]
    votes = {"a": [True, True, False, True, False], "b": [True, False, None, False, False]}
    single, other, both = table(votes, labels)
    assert single.judges == ("a",)
    assert other.judges == ("b",)
    assert both.judges == ("a", "b")
    assert (single.accuracy, single.precision, single.recall, single.retention) == (0.6, 2 / 3, 2 / 3, 0.6)
    assert single.f1 == pytest.approx(2 / 3)
    assert (both.accuracy, both.precision, both.recall, both.retention) == (0.6, 1.0, 1 / 3, 0.2)
    assert both.items == 5


def test_gsdp30_a_set_keeps_what_its_rule_keeps():
    """GSDP-30: the rule sees what each judge of a set said of an item; here the mean of scores, from .85 on."""
    votes = {"a": [1.0, 0.8], "b": [0.7, 0.8]}
    single, other, both = by_rule(votes, [True, False], lambda said: sum(said.values()) / len(said) >= 0.85)
    assert (single.retention, other.retention, both.retention) == (0.5, 0.0, 0.5)
    assert (both.judges, both.accuracy, both.precision, both.recall) == (("a", "b"), 1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="another number of votes by a"):
        by_rule({"a": [1.0]}, [True, False], bool)


def test_gsdp30_nothing_kept_has_no_precision_and_uneven_votes_are_refused():
    """GSDP-30: what cannot be divided is None, never zero."""
    (only,) = table({"a": [False, None]}, [True, False])
    assert only.precision is None
    assert only.f1 is None
    assert only.recall == 0.0
    assert len(table({"a": [True], "b": [True], "c": [True]}, [True])) == 7
    assert table({"a": []}, []) == ()
    with pytest.raises(ValueError, match="another number of votes by b"):
        table({"a": [True], "b": []}, [True])


@pytest.mark.parametrize(("accuracy", "precision", "recall", "retention"), [(0.90, 0.94, 0.85, 0.45)])
def test_gsdp30_published_experiment_4_comes_out_of_the_table(accuracy, precision, recall, retention):
    """GSDP-30: 5,000 items with 45 % kept at P .94 and R .85 give the published accuracy and F1."""
    kept = round(5_000 * retention)
    right = round(kept * precision)
    good = round(right / recall)
    labels = [True] * good + [False] * (5_000 - good)
    vote = [True] * right + [False] * (good - right) + [True] * (kept - right)
    vote += [False] * (5_000 - len(vote))
    (found,) = table({"judges": vote}, labels)
    assert found.precision == pytest.approx(precision, abs=1e-3)
    assert found.retention == retention
    assert round(found.accuracy, 2) == accuracy
    assert round(found.f1, 2) == 0.89


def test_gsdp31_precision_decides_among_those_that_keep_enough():
    """GSDP-31: experiment 4 (.94 at .45) is chosen over experiment 5 (.97 at .27)."""
    rows = [row("3", 0.88, 0.5), row("4", 0.94, 0.45), row("5", 0.97, 0.27)]
    assert best(rows).judges == ("4",)
    assert best(rows, min_retention=0.2).judges == ("5",)
    assert best(rows, min_retention=0.9) is None
    assert best([AgreementRow(("x",), 0.5, None, 0.0, None, 1.0, 2)]) is None


def test_f1_of_nothing_is_zero():
    assert f1(0.0, 0.0) == 0.0
    assert round(f1(0.94, 0.85), 2) == 0.89


def test_gsdp32_expansion_ratio():
    """GSDP-32: 1.91M items from 7,500 seeds are 254.7 per seed, printed as 255."""
    ratio = expansion_ratio(1_910_000, 7_500)
    assert round(ratio, 1) == 254.7
    assert round(ratio) == 255
    assert expansion_ratio(10, 0) is None


def test_gsdp33_cost_per_item():
    """GSDP-33: 8 GPUs for 84 hours at $0.35, or 1,000 + 400 tokens by the published prices."""
    own = gpu_cost(8, 84, 1_910_000, rate=0.35)
    assert round(own, 6) == 0.000123
    assert round(own / HUNDREDTH_CENT, 2) == 1.23
    strong, cheap = (api_cost(*API_PRICES[name]) for name in ("GPT-4", "GPT-3.5"))
    assert strong == pytest.approx(0.022)
    assert cheap == pytest.approx(0.0023)
    assert round(strong / HUNDREDTH_CENT) == 220
    assert round(cheap / HUNDREDTH_CENT) == 23
    with pytest.raises(ValueError, match="needs items"):
        gpu_cost(8, 84, 0)


def test_gsdp50_price_of_two_million():
    """GSDP-50: $44,000, $4,600 and $246 for 2M items."""
    assert total(api_cost(*API_PRICES["GPT-4"]), 2_000_000) == pytest.approx(44_000)
    assert total(api_cost(*API_PRICES["GPT-3.5"]), 2_000_000) == pytest.approx(4_600)
    assert total(round(gpu_cost(8, 84, 1_910_000), 6), 2_000_000) == pytest.approx(246)
