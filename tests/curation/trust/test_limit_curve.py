"""What a page says of limits: the same as `estimate` of the same rows, and nothing where that refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from engine.core.records import Rule
from engine.core.settings.trust import TrustSettings
from engine.curation import policy as policies
from engine.curation.scores import SCORES
from engine.curation.table import ScoreTable
from engine.curation.trust.estimate import estimate
from engine.curation.trust.from_ledger import StoredLabels
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.limit_search import search_limits
from engine.curation.trust.policy_trust import LimitAxes, PolicyTrust, look_of
from engine.store import Store

ROWS = 4000
RNG = np.random.default_rng(3)
TRUE_CHANCE = np.clip(RNG.beta(3, 1.5, ROWS), 0, 1)
SCORE = np.where(RNG.random(ROWS) < 0.05, np.nan, TRUE_CHANCE).astype(np.float32)
HARD = np.where(RNG.random(ROWS) < 0.1, np.nan, RNG.random(ROWS)).astype(np.float32)
GOOD = RNG.random(ROWS) < 0.25 + 0.7 * TRUE_CHANCE
IDS = pa.array([f"P{row:05}" for row in range(ROWS)])
TABLE = ScoreTable.of({"id": IDS, "judge_score": SCORE, "difficulty": HARD, "rarity": RNG.random(ROWS)})
RULES = (Rule("judge_score", "at least", 0.6, "drop"), Rule("difficulty", "at most", 0.8, "keep"))
POLICY = policies.make("ours", RULES)


def stored(labels: LabelSet, reached: np.ndarray | None = None) -> StoredLabels:
    ids = IDS.take(pa.array(labels.row))
    return StoredLabels(ids, labels, None if reached is None else IDS.filter(pa.array(reached)))


def uniform(count: int, open_share: float = 0.0) -> LabelSet:
    row = np.sort(RNG.choice(ROWS, count, replace=False))
    verdict = GOOD[row].astype(np.int8)
    verdict[RNG.random(count) < open_share] = -1
    return LabelSet.uniform(row, verdict, ROWS)


def uneven(count: int) -> LabelSet:
    pi = np.clip(count / ROWS * (0.4 + 1.2 * np.nan_to_num(SCORE)), 0, 1)
    row = np.flatnonzero(RNG.random(ROWS) < pi)
    return LabelSet.drawn(row, GOOD[row], pi[row])


def trust_of(labels: LabelSet, reached: np.ndarray | None = None) -> PolicyTrust:
    return PolicyTrust(LimitAxes(TABLE)).read(stored(labels, reached))


LABELS = {"uniform": uniform(400), "uneven": uneven(300), "open rows": uniform(400, 0.1), "few": uniform(60)}


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("part", [False, True])
def test_cal15_every_limit_of_the_curve_is_what_the_estimate_says_of_the_policy_there(
    name: str, index: int, part: bool
) -> None:
    """Precision and recall, both directions, missing scores kept and dropped, rows that no draw could take."""
    reached = np.isnan(SCORE) | (SCORE < 0.97) if part else None
    trust = trust_of(LABELS[name], reached)
    curve = trust.curve(POLICY, index)
    assert curve.refusal is None
    assert len(curve.precision.ticks) > 10
    for at, limit in enumerate(curve.precision.ticks.limit):
        moved = replace(RULES[index], limit=float(limit))
        rules = tuple(moved if number == index else rule for number, rule in enumerate(RULES))
        kept = policies.apply(replace(POLICY, rules=rules), TABLE, override=False).kept
        assert curve.precision.ticks.size[at] == kept.sum()
        both = [
            ("precision", (curve.precision.value, curve.precision.low, curve.precision.high)),
            ("recall", (curve.recall.value, curve.recall.low, curve.recall.high)),
        ]
        for quantity, mine in both:
            told = estimate(quantity, kept, trust.labels, reachable=trust.reachable)  # type: ignore[arg-type]
            found = [one[at] for one in mine]
            if told.refusal is None:
                assert found == pytest.approx([told.value, told.low, told.high], abs=1e-9), (quantity, limit)
            else:
                assert np.isnan(found).all(), (quantity, limit, told.refusal)


def test_cal15_limits_are_those_that_can_be_set_and_bounds_hold_between_the_ticks() -> None:
    curve = trust_of(LABELS["uniform"]).curve(POLICY, 0)
    grid = {SCORES["judge_score"].value(step) for step in range(101)}
    assert set(curve.every.limit.tolist()) <= grid
    assert set(curve.precision.ticks.limit.tolist()) <= set(curve.every.limit.tolist())
    lower, upper = curve.band()
    truth = np.array([GOOD[_kept(float(limit))].mean() for limit in curve.every.limit])
    at = np.searchsorted(curve.every.size, curve.precision.ticks.size)
    live = curve.precision.live
    assert np.all(lower[at][live] >= curve.precision.lower[live] - 1e-12)
    if np.all((curve.precision.lower <= truth[at]) | ~live) and np.all((curve.precision.upper >= truth[at]) | ~live):
        assert np.all((lower <= truth + 1e-12) & (truth <= upper + 1e-12))


def _kept(limit: float) -> np.ndarray:
    rules = (replace(RULES[0], limit=limit), RULES[1])
    return policies.apply(replace(POLICY, rules=rules), TABLE, override=False).kept


def test_rows_that_no_draw_could_take_widen_the_band_and_stop_the_exact_test() -> None:
    reached = (np.arange(ROWS) % 50) > 0
    plain, part = trust_of(LABELS["uniform"]), trust_of(LABELS["uniform"], reached)
    one, other = plain.curve(POLICY, 0), part.curve(POLICY, 0)
    live = one.precision.live
    assert np.all(other.precision.lower[live] < one.precision.lower[live])
    assert np.all(other.precision.upper[live] >= one.precision.upper[live])
    assert one.chosen_strictly(0.6).tick is not None
    assert other.chosen_strictly(0.6).tick is None
    assert "could not have been drawn" in other.chosen_strictly(0.6).why


def test_open_rows_are_no_good_rows_to_an_exact_test() -> None:
    curve = trust_of(LABELS["open rows"]).curve(POLICY, 0)
    assert np.all(curve.strict.labels >= curve.precision.labels)
    assert curve.strict.labels[-1] > curve.precision.labels[-1]
    assert np.all(curve.good <= curve.precision.labels)


def test_where_drawn_rows_wait_no_price_is_told() -> None:
    row = np.sort(RNG.choice(ROWS, 60, replace=False))
    for unread, said in ((58, "58 drawn rows have no verdict"), (1, "1 drawn row has no verdict")):
        verdict = np.ones(60, np.int8)
        verdict[:unread] = -1
        few = LabelSet.uniform(row, verdict, ROWS)
        everything = policies.make("all", (Rule("rarity", "at least", 0.0, "keep"),))
        found = trust_of(few.where(np.arange(unread + 2))).curve(everything, 0).chosen(0.9)
        assert found.tick is None
        assert said in found.why
        assert (found.clean, found.expected) == (0, None)


@pytest.mark.parametrize("labels", [LabelSet.convenience(np.arange(90), np.ones(90)), LabelSet.convenience([], [])])
def test_cal08_hand_picked_rows_alone_draw_no_curve_and_choose_no_limit(labels: LabelSet) -> None:
    trust = trust_of(labels, np.zeros(ROWS, np.bool_))
    curve = trust.curve(POLICY, 0)
    assert curve.refusal is not None
    assert curve.refusal.code in ("not_random", "no_labels")
    for one in (curve.precision.value, curve.precision.lower, curve.recall.value):
        assert np.isnan(one).all()
    assert curve.chosen(0.1).tick is None
    assert curve.chosen_strictly(0.1).tick is None
    assert search_limits(trust, POLICY, 0.1, 0.1).rules is None
    assert not trust.quality(POLICY).looked


def test_cal18_the_chosen_limit_is_the_one_whose_bound_the_curve_shows() -> None:
    curve = trust_of(LABELS["uniform"]).curve(POLICY, 0)
    found = curve.chosen(0.7)
    assert found.tick is not None
    assert curve.precision.lower[found.tick] >= 0.7
    assert found.kept == _kept(float(found.limit or 0)).sum()


def test_cal19_a_search_over_several_limits_is_ranked_without_labels_and_keeps_what_it_says() -> None:
    trust = trust_of(LABELS["uniform"])
    found = search_limits(trust, POLICY, 0.7, 0.1)
    assert found.moved == ("judge_score", "difficulty")
    assert 1 < found.tested <= 40 < found.candidates <= 10_000
    assert found.rules is not None
    kept = policies.apply(replace(POLICY, rules=found.rules), TABLE, override=False).kept
    assert kept.sum() == found.choice.kept
    shuffled = trust.labels.verdict[np.random.default_rng(0).permutation(len(trust.labels))]
    other = search_limits(trust_of(replace(trust.labels, verdict=shuffled)), POLICY, 0.7, 0.1)
    assert (other.candidates, other.tested) == (found.candidates, found.tested)
    assert search_limits(trust, POLICY, 0.999, 0.1).rules is None


def test_a_search_leaves_yes_or_no_and_unused_limits_alone() -> None:
    trust = trust_of(LABELS["uniform"])
    fixed = policies.make("p", (Rule("solution_pass", "at least", 1.0, "keep"), replace(RULES[0], use=False)))
    found = search_limits(trust, fixed, 0.7, 0.1)
    assert (found.rules, found.moved) == (None, ())
    assert found.refusal is not None
    assert found.refusal.code == "no_limit"


def test_a_move_along_its_own_limit_asks_nothing_anew_and_new_labels_do() -> None:
    trust = trust_of(LABELS["uniform"])
    first = trust.curve(POLICY, 0)
    moved = replace(POLICY, rules=(replace(RULES[0], limit=0.9), RULES[1]))
    assert trust.curve(moved, 0) is first
    assert trust.curve(moved, 0, 0.05) is not first
    assert trust.curve(replace(POLICY, rules=(RULES[0], replace(RULES[1], limit=0.5))), 0) is not first
    assert trust.quality(moved) is not trust.quality(POLICY)
    same = trust.quality(POLICY)
    assert trust.quality(replace(POLICY, name="other", id="x")) is same
    assert trust.read(stored(LABELS["few"])).quality(POLICY) is not same


@pytest.mark.parametrize("size", [None, 300])
def test_quality_is_that_of_the_rules_alone_with_their_size(size: int | None) -> None:
    policy = replace(POLICY, size=size)
    trust = trust_of(LABELS["uniform"])
    kept = policies.apply(policy, TABLE, override=False).kept
    assert trust.quality(policy).precision == estimate("precision", kept, trust.labels, reachable=trust.reachable)
    assert trust.quality(policy).recall == estimate("recall", kept, trust.labels, reachable=trust.reachable)


def test_agreement_goes_by_drawn_rows_and_counts_the_hand_picked_ones() -> None:
    trust = trust_of(LABELS["uniform"])
    told = trust.agreement(RULES[0])
    assert told.drawn is not None
    assert (told.labels, told.picked) == (400, 0)
    row = trust.labels.row
    passes = SCORE[row] >= np.float32(0.6)
    assert told.drawn.first_rate == pytest.approx(passes.mean())
    assert told.drawn.second_rate == pytest.approx(GOOD[row].mean())
    assert told.kappa is not None
    assert told.interval is not None
    assert told.interval[0] <= told.kappa <= told.interval[1]
    picked = trust_of(LabelSet.convenience(row, GOOD[row])).agreement(RULES[0])
    assert (picked.drawn, picked.kappa) == (None, None)
    assert (picked.labels, picked.picked, picked.same) == (0, 400, int((passes == GOOD[row]).sum()))
    broken = trust_of(replace(LABELS["uniform"], faults=("a draw is gone",))).agreement(RULES[0])
    assert broken.kappa is None


def test_cal19_looks_are_counted_by_what_a_policy_keeps_and_outlive_the_store(tmp_path) -> None:
    unused = Rule("rarity", "at least", 0.3, use=False)
    same = [POLICY, replace(POLICY, name="b"), replace(POLICY, rules=(*reversed(RULES), unused))]
    other = [
        replace(POLICY, size=9), replace(POLICY, unanswered=True),
        replace(POLICY, rules=(replace(RULES[0], limit=0.61), RULES[1])),
    ]  # fmt: skip
    with Store(tmp_path / "project.duckdb") as store:
        before = store.revision
        for policy in (*same, *other):
            store.looks.add(look_of(policy), "Ann")
        assert len(store.looks.seen()) == 4
        assert store.revision == before
    with Store(tmp_path / "project.duckdb") as store:
        assert store.looks.seen() == {look_of(policy) for policy in (POLICY, *other)}


def test_settings_reach_every_number() -> None:
    strict = TrustSettings(least_labels=500)
    trust = PolicyTrust(LimitAxes(TABLE), strict).read(stored(LABELS["uniform"]))
    assert trust.quality(POLICY).precision.refusal is not None
    assert trust.curve(POLICY, 0).refusal is not None
