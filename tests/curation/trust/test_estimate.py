"""The one function a number comes from: what it says, what it refuses and at what price, and degenerate input."""

from dataclasses import replace

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.asked import JudgedFrame
from engine.curation.trust.effective import effective_wilson
from engine.curation.trust.estimate import estimate
from engine.curation.trust.intervals import wilson
from engine.curation.trust.label_set import CONVENIENCE, GOLD, NO_DRAW, LabelSet
from engine.curation.trust.undecided import missing_at_random, taken_as
from engine.curation.trust.weighted import hajek_precision, hajek_recall, simple_precision

ROWS = 1000
ALL = np.ones(ROWS, bool)
HALF = np.arange(ROWS) < 500
QUANTITIES = ("precision", "recall", "good kept", "f1", "accuracy", "retention")


def drawn(good, bad, undecided=0, start=0, population=ROWS):
    """One uniform draw: rows from `start` on, the good ones first."""
    verdict = np.repeat([1, 0, -1], [good, bad, undecided])
    return LabelSet.uniform(start + np.arange(len(verdict)), verdict, population)


def spread_draw(inside, outside):
    """One uniform draw with (good, bad) labels inside the first 500 rows and outside."""
    verdict = np.repeat([1, 0, 1, 0], [*inside, *outside])
    row = np.concatenate((np.arange(sum(inside)), 500 + np.arange(sum(outside))))
    return LabelSet.uniform(row, verdict, ROWS)


def joined(one, two, shares):
    """Labels of two sets over draws of these shares."""
    parts = ("row", "verdict", "provenance", "draw", "pi", "weight")
    both = {name: np.concatenate((getattr(one, name), getattr(two, name))) for name in parts}
    share = np.where(both["draw"] < 0, 0.0, np.array(shares)[both["draw"]])
    return LabelSet(**both, share=share)


def test_cal04_a_simple_draw_has_wilsons_interval_of_a_finite_set():
    answer = estimate("precision", HALF, drawn(95, 5))
    assert answer.value == 0.95
    assert (answer.low, answer.high) == pytest.approx((0.896561, 0.976553), abs=1e-6)
    assert answer.effective == pytest.approx(124.75)
    assert answer.labels == {"random": 100}
    assert "one simple random draw" in answer.assumptions[0]


def test_cal07_good_kept_is_precision_times_the_kept_rows():
    share, rows = (estimate(name, HALF, drawn(95, 5)) for name in ("precision", "good kept"))
    assert (rows.value, rows.low, rows.high) == pytest.approx((475, 500 * share.low, 500 * share.high))
    assert rows.narrower[0].half_width == pytest.approx(500 * share.narrower[0].half_width)


def test_cal07_retention_is_exact_and_has_no_interval():
    answer = estimate("retention", HALF, LabelSet.convenience([], []))
    assert (answer.value, answer.low, answer.high, answer.refusal) == (0.5, None, None, None)
    assert answer.estimator == "exact count"


def test_cal07_recall_of_a_uniform_draw_is_wilsons_of_the_good_rows():
    answer = estimate("recall", HALF, spread_draw((40, 10), (20, 30)))
    assert answer.value == pytest.approx(40 / 60)
    assert (answer.low, answer.high) == pytest.approx(wilson(40, 60))
    assert answer.labels == {"random": 100}


def test_cal07_a_true_recall_of_1_has_an_end_of_exactly_1():
    for good in range(20, 300):
        verdict = np.repeat([1, 0, 0], [good, 10, 30])
        row = np.concatenate((np.arange(good + 10), 500 + np.arange(30)))
        answer = estimate("recall", HALF, LabelSet.uniform(row, verdict, ROWS))
        assert answer.high == 1.0
        assert answer.low < 1
    assert estimate("recall", ALL, drawn(40, 20)).value == 1.0
    assert estimate("recall", ALL, drawn(40, 20)).estimator == "exact: every row is kept"


def test_cal07_recall_by_weights():
    """Twice as dense outside: good rows there weigh half."""
    inside, outside = LabelSet.drawn(range(40), [1] * 30 + [0] * 10, [0.1] * 40), np.arange(500, 560)
    labels = joined(inside, LabelSet.drawn(outside, [1] * 20 + [0] * 40, [0.2] * 60), [1.0])
    answer = estimate("recall", HALF, labels)
    assert answer.value == pytest.approx(300 / (300 + 100))
    moments = hajek_recall(labels, HALF[labels.row])
    error = np.where(
        np.arange(100) < 30, 0.25, np.where(np.arange(100) < 40, 0, np.where(np.arange(100) < 60, -0.75, 0))
    )
    pi = np.repeat([0.1, 0.2], [40, 60])
    assert moments.variance == pytest.approx(np.sum((1 - pi) / pi**2 * error**2) / 400**2)
    assert (moments.size, moments.fewest) == (50, 20)


def test_cal07_f1_and_accuracy_hold_the_formula_and_the_same_seed():
    labels = spread_draw((40, 10), (20, 30))
    f1, accuracy = (estimate(name, HALF, labels, seed=3) for name in ("f1", "accuracy"))
    # 500 kept rows at .8, 500 others at .4: 400 hits of 500 kept and 600 good.
    assert f1.value == pytest.approx(2 * 400 / (500 + 600))
    assert accuracy.value == pytest.approx((400 + 300) / 1000)
    assert f1.low < f1.value < f1.high
    assert f1 == estimate("f1", HALF, labels, seed=3)
    assert f1.low != estimate("f1", HALF, labels, seed=4).low


def test_cal07_one_kind_of_verdict_alone_is_no_certainty():
    answer = estimate("f1", HALF, spread_draw((40, 0), (0, 40)))
    assert answer.value == 1.0
    assert answer.low < 0.99


def test_cal07_f1_covers_about_as_often_as_it_says():
    rng = np.random.default_rng(8)
    truth = (rng.random(ROWS) < np.where(HALF, 0.8, 0.3)).astype(int)
    hits = truth[HALF].sum()
    f1 = 2 * hits / (500 + truth.sum())
    inside = 0
    for run in range(200):
        row = rng.choice(ROWS, 120, replace=False)
        answer = estimate("f1", HALF, LabelSet.uniform(row, truth[row], ROWS), seed=run)
        inside += answer.low <= f1 <= answer.high
    assert 182 <= inside <= 200


def test_cal08_hand_picked_rows_have_counts_and_no_number():
    labels = LabelSet.convenience(range(52), [1] * 37 + [0] * 15)
    for quantity in ("precision", "good kept", "recall", "f1", "accuracy"):
        answer = estimate(quantity, HALF, labels)
        assert (answer.value, answer.low, answer.high) == (None, None, None)
        assert answer.refusal.code == "not_random"
        assert answer.refusal.why == "37 of 52 hand-reviewed rows were good (not a random sample)."
        assert answer.refusal.labels == 60
        assert (answer.good, answer.decided) == (37, 52)
        assert "%" not in answer.refusal.why


def test_cal08_an_import_that_claims_no_draw_and_gold_rows_are_in_no_number():
    gold = replace(drawn(50, 10), provenance=np.full(60, GOLD, np.int8))
    assert estimate("precision", HALF, gold).refusal.code == "not_random"
    mixed = replace(drawn(50, 10, start=0), provenance=np.repeat([0, GOLD], [40, 20]).astype(np.int8))
    answer = estimate("precision", HALF, mixed)
    assert answer.labels == {"random": 40, "gold": 20}
    assert (answer.value, answer.decided) == (1.0, 40)


def test_cal06_known_rows_count_from_the_next_draw_on():
    """Hand-picked bad rows before a draw stand for themselves; after the last draw they stand for nothing."""
    random = drawn(80, 20)
    picked = LabelSet.convenience(range(300, 330), [0] * 30)
    after = estimate("precision", HALF, joined(random, picked, [1.0]))
    assert (after.value, after.low) == (
        estimate("precision", HALF, random).value,
        estimate("precision", HALF, random).low,
    )
    before = joined(random, replace(picked, weight=np.ones(30)), [1.0])
    found = estimate("precision", HALF, before)
    total = 80 / 0.1 + 20 / 0.1 + 30
    assert found.value == pytest.approx(800 / total)
    assert found.estimator.startswith("Hajek")
    assert found.labels == {"random": 100, "convenience": 30}


def refusals():
    """A fixture for each rule: its code, the question, the labels it would take."""
    unknown = drawn(50, 10)
    yield "empty", ("precision", np.zeros(ROWS, bool), drawn(50, 10)), {}, 0
    yield "no_labels", ("precision", HALF, LabelSet.convenience([], [])), {}, 50
    yield "no_labels", ("precision", HALF, drawn(50, 10, start=600)), {}, 60
    yield "not_random", ("precision", HALF, LabelSet.convenience([1], [1])), {}, 60
    yield "missing_pi", ("precision", HALF, replace(unknown, pi=np.full(60, np.nan))), {}, 50
    yield "missing_pi", ("precision", HALF, replace(unknown, share=np.zeros(60))), {}, 50
    yield "ledger", ("precision", HALF, replace(unknown, faults=("draw 2 is gone",))), {}, 50
    yield "stale_rows", ("precision", HALF, replace(unknown, stale=2)), {}, 2
    yield "too_few", ("precision", HALF, drawn(6, 3)), {}, 1
    yield "one_class", ("precision", np.arange(ROWS) < 8, drawn(5, 0)), {}, 3
    yield "unreachable", ("precision", HALF, drawn(50, 10)), {"reachable": np.arange(ROWS) >= 100}, 50
    few = LabelSet.drawn(range(15), [1] * 10 + [0] * 5, [0.001] * 2 + [0.5] * 13)
    yield "uneven", ("precision", HALF, few), {}, 59
    heavy = LabelSet.drawn(range(101), [1] * 70 + [0] * 31, [0.01] + [0.26] * 100)
    yield "one_weight", ("precision", HALF, heavy), {}, 4
    yield "few_good", ("recall", HALF, spread_draw((10, 30), (5, 30))), {}, 25
    yield "few_outside", ("recall", HALF, spread_draw((40, 10), (2, 3))), {}, 5
    yield "few_good", ("f1", HALF, spread_draw((20, 30), (5, 30))), {}, 17
    yield "few_outside", ("f1", HALF, spread_draw((40, 10), (2, 3))), {}, 5


@pytest.mark.parametrize(("code", "asked", "more", "labels"), list(refusals()))
def test_cal09_each_rule_refuses_with_its_reason_and_its_price(code, asked, more, labels):
    answer = estimate(*asked, **more)
    assert answer.refusal is not None
    assert (answer.refusal.code, answer.refusal.labels) == (code, labels)
    assert (answer.value, answer.low, answer.high) == (None, None, None)
    assert answer.refusal.why.endswith(".")


def test_cal09_few_unreachable_rows_restrict_what_is_said():
    answer = estimate("precision", HALF, drawn(50, 10, start=20), reachable=np.arange(ROWS) >= 20)
    assert answer.refusal is None
    assert any("4.0% of the kept rows could not be drawn" in note for note in answer.notes)


def test_cal09_few_labels_are_rough_and_settings_move_every_limit():
    assert estimate("precision", HALF, drawn(20, 5)).rough
    assert not estimate("precision", HALF, drawn(30, 5)).rough
    assert estimate("precision", HALF, drawn(6, 3), settings=TrustSettings(least_labels=9)).refusal is None
    assert estimate("precision", HALF, drawn(20, 5), settings=TrustSettings(least_labels=26)).refusal.labels == 1
    wide, narrow = (
        estimate("precision", HALF, drawn(50, 9), settings=TrustSettings(confidence=c)) for c in (0.99, 0.8)
    )
    assert wide.half_width > 1.5 * narrow.half_width


def test_cal10_a_few_open_rows_are_noted():
    answer = estimate("precision", HALF, drawn(80, 16, undecided=4))
    assert answer.value == pytest.approx(80 / 96)
    assert (answer.low, answer.high) == pytest.approx(wilson(80, 96, 500))
    assert answer.notes == ("4 undecided",)


def test_cal10_many_open_rows_show_the_worst_case():
    labels = drawn(80, 12, undecided=8)
    answer = estimate("precision", HALF, labels)
    assert answer.low == pytest.approx(wilson(80, 100, 500)[0])
    assert answer.high == pytest.approx(wilson(88, 100, 500)[1])
    assert "worst case" in answer.estimator
    assert answer.narrower[0].action == "decide the open rows"
    recall = estimate("recall", HALF, joined(labels, drawn(30, 60, undecided=10, start=600), [1.0]))
    assert recall.low < wilson(80, 110)[0]
    assert recall.high > wilson(80, 110)[1]


def test_cal10_open_rows_stand_behind_the_decided_ones_of_their_band():
    """All open rows have the highest f: the good rows there count for them."""
    labels = drawn(10, 40, undecided=2)
    f = np.where(np.arange(52) < 10, 0.9, np.where(np.arange(52) < 50, np.linspace(0.1, 0.5, 52), 0.95))
    kept = missing_at_random(labels, f)
    assert kept.weight[:8].mean() > kept.weight[20:50].mean()
    assert kept.weight.sum() == pytest.approx(labels.weight.sum())
    assert (missing_at_random(labels).weight == labels.weight[:50]).all()
    assert set(taken_as(labels, False).verdict.tolist()) == {0, 1}


def test_cal32_the_same_input_gives_the_same_bytes_and_everything_beside_the_number():
    labels = joined(drawn(80, 20, undecided=3), LabelSet.convenience(range(300, 330), [0] * 30), [1.0])
    one, two = (estimate("precision", HALF, labels, seed=7).as_json() for _ in range(2))
    assert one == two
    said = orjson.loads(one)
    assert said["labels"] == {"random": 103, "convenience": 30}
    assert set(said) >= {
        "value",
        "low",
        "high",
        "estimator",
        "effective_labels",
        "assumptions",
        "notes",
        "seed",
        "rough",
    }
    assert said["seed"] == 7
    refused = orjson.loads(estimate("precision", HALF, LabelSet.convenience([1], [1])).as_json())
    assert (refused["refused"], refused["labels_needed"], refused["value"]) == ("not_random", 60, None)
    assert refused["reason"]


def test_cal32_what_would_narrow_it_comes_with_labels_and_the_width_they_give():
    answer = estimate("precision", HALF, drawn(90, 10))
    forty, many = answer.narrower
    assert (forty.labels, many.labels) == (40, 300)
    assert answer.half_width > forty.half_width > many.half_width
    assert many.half_width == pytest.approx(answer.half_width / 2, rel=0.1)


def test_cal05_several_draws_are_capped_even_where_each_is_uniform():
    one = LabelSet.drawn(range(50), [1] * 48 + [0] * 2, [0.05] * 50)
    two = replace(LabelSet.drawn(range(50, 100), [1] * 48 + [0] * 2, [0.05] * 50), draw=np.ones(50, np.int32))
    both = joined(one, two, [0.5, 0.5])
    both = replace(both, weight=np.repeat([0.5 / 0.05 + 0.5, 0.5 / 0.05], 50))
    answer = estimate("precision", HALF, both)
    assert answer.estimator.startswith("Hajek")
    assert answer.effective <= hajek_precision(both).base
    capped = effective_wilson(hajek_precision(both))
    assert (answer.low, answer.high) == (capped.low, capped.high)


tiny = st.integers(0, 12)


@given(st.data())
def test_cal35_no_input_is_an_exception(data):
    """Any small frame, any mixture of labels: a number with its ends in order, or a reason."""
    rows = data.draw(st.integers(0, 12))
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows)), bool)
    n = data.draw(st.integers(0, rows))
    row = np.arange(rows)[:n]
    verdict = np.array(data.draw(st.lists(st.sampled_from([-1, 0, 1]), min_size=n, max_size=n)), np.int8)
    random = np.array(data.draw(st.lists(st.booleans(), min_size=n, max_size=n)), bool)
    pi = np.array(data.draw(st.lists(st.sampled_from([0.2, 0.7, 1.0]), min_size=n, max_size=n)), float)
    labels = LabelSet(
        row,
        verdict,
        np.where(random, 0, CONVENIENCE).astype(np.int8),
        np.where(random, 0, NO_DRAW).astype(np.int32),
        np.where(random, pi, np.nan),
        np.where(random, 1 / pi, 0.0),
        random.astype(float),
    )
    f = np.array(data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, np.nan]), min_size=rows, max_size=rows)), float)
    strata = np.zeros(rows, np.int64) if data.draw(st.booleans()) else None
    loose = TrustSettings(least_labels=2, recall_good=1, recall_outside=1, f1_good=1, resamples=200, gate_labels=3)
    for quantity in QUANTITIES:
        for settings in (None, loose):
            found = estimate(quantity, kept, labels, judged=JudgedFrame(f), strata=strata, settings=settings)
            assert orjson.loads(found.as_json())["quantity"] == quantity
            if found.refusal is not None:
                assert (found.value, found.low) == (None, None)
            elif quantity != "retention":
                assert found.low <= found.value + 1e-9
                assert found.value <= found.high + 1e-9


def test_cal35_named_degenerate_inputs():
    labels = drawn(40, 0)
    whole = estimate("precision", HALF, labels)
    assert (whole.value, whole.high) == (1.0, 1.0)
    assert whole.low < 1
    assert estimate("precision", HALF, drawn(0, 40)).low == 0.0
    one = np.arange(ROWS) == 3
    assert estimate("precision", one, drawn(0, 0)).refusal.code == "no_labels"
    assert (estimate("precision", one, drawn(4, 0)).value, estimate("precision", one, drawn(4, 0)).high) == (1.0, 1.0)
    assert "every kept row is labelled" in estimate("precision", one, drawn(4, 0)).estimator
    small = np.ones(40, bool)
    assert estimate("precision", small, drawn(20, 10, population=40)).refusal is None
    nothing = JudgedFrame(np.full(ROWS, np.nan))
    assert (
        estimate("precision", HALF, drawn(90, 10), judged=nothing).low == estimate("precision", HALF, drawn(90, 10)).low
    )


def test_arrays_that_do_not_fit_each_other_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="one entry for each"):
        estimate("precision", HALF, drawn(50, 10), judged=JudgedFrame(np.zeros(3)))
    with pytest.raises(ValueError, match="of no row"):
        estimate("precision", HALF, drawn(50, 10, start=990))
    with pytest.raises(ValueError, match="two labels"):
        estimate("precision", HALF, LabelSet.uniform([1, 1], [1, 0], ROWS))


def test_cal05_a_simple_draw_needs_no_cap_and_no_t():
    moments = simple_precision(drawn(95, 5), 500)
    assert effective_wilson(moments).labels == pytest.approx(124.75)
