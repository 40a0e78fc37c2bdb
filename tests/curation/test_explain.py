import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.records import Rule
from engine.curation.explain import shown, why
from engine.curation.policy import apply, gsdp, make
from engine.curation.scores import SCORES
from engine.curation.trust.intervals import wilson

FINE = {"judge_score": 0.9, "solution_pass": 1.0, "contamination": 0.1}


def test_a_dropped_row_names_its_rule_the_margin_and_where_it_would_be_kept():
    told = why(FINE | {"judge_score": 0.683}, gsdp())
    assert told.sentence == "Dropped by Judge score (−0.17). Would be kept at 0.68."
    assert [(c.score, c.op, c.limit) for c in told.changes] == [("judge_score", "at least", 0.68)]
    assert [rule.score for rule in told.rules] == ["judge_score", "contamination", "solution_pass"]


def test_several_failing_rules_are_all_named_with_what_they_ask():
    told = why(FINE | {"judge_score": 0.8, "contamination": 1.0}, gsdp())
    assert told.sentence == (
        "Dropped by Contamination (−0.06) and 1 more. "
        "Would be kept with Contamination at most 1.00 and Judge score at least 0.80."
    )


def test_a_kept_row_names_its_closest_limit_and_the_change_that_would_drop_it():
    told = why(FINE, make("p", (Rule("judge_score", "at least", 0.85), Rule("contamination", "at most", 0.94))))
    assert told.sentence == "Kept. Closest limit: Judge score (+0.05)."
    assert (told.changes[0].limit, told.rules[0].ok, told.rules[0].needs) == (0.91, True, "at least 0.85")


def test_missing_scores_are_told_as_what_they_are():
    """A missing score is never a zero."""
    assert why({}, gsdp()).sentence == "Dropped: Judge score is missing and 1 more."
    told = why({}, make("p", (Rule("agreement", "at least", 0.5, "review"),)))
    assert (told.review, told.sentence) == (True, "Sent to review: Answer agreement missing.")
    assert why({"rarity": float("nan")}, make("p", (Rule("rarity", "at least", 0.5),))).kept


def test_a_person_stands_above_the_rules():
    """X-08: the panel says so."""
    assert why({"judge_score": 0.0}, gsdp(), human=1).sentence == "Kept: approved by a person."
    assert why(FINE, gsdp(), human=0).sentence == "Dropped: rejected by a person."


def test_values_print_with_the_decimals_of_their_grid():
    assert shown(4.333, SCORES["judge_score"]) == "4.33"


unit = st.none() | st.floats(0, 1, width=32)


@settings(deadline=None)
@given(st.fixed_dictionaries({key: unit for key in SCORES}), st.lists(st.integers(0, 100), min_size=8, max_size=8))
def test_the_explanation_agrees_with_the_selection_and_its_changes_flip_the_row(row, limits):
    rules = tuple(
        Rule(spec.key, spec.op, spec.value(index), spec.if_missing)
        for spec, index in zip(SCORES.values(), limits, strict=True)
    )
    table = pa.table({"id": ["a"], **{key: pa.array([value], pa.float32()) for key, value in row.items()}})
    told = why(row, make("p", rules))
    chosen = apply(make("p", rules), table)
    assert told.kept == bool(chosen.kept[0])
    if told.changes:
        new = {change.score: change for change in told.changes}
        moved = tuple(
            Rule(rule.score, rule.op, new[rule.score].limit if rule.score in new else rule.limit, rule.if_missing)
            for rule in rules
        )
        assert bool(apply(make("p", moved), table).kept[0]) != told.kept


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.277533),
        (10, 10, 0.722467, 1.0),
        (8, 10, 0.490162, 0.943318),
        (45, 50, 0.786398, 0.956524),
        (95, 100, 0.888250, 0.978456),
        (188, 200, 0.898068, 0.965348),
        (59, 59, 0.938871, 1.0),
    ],
)
def test_wilson_intervals(hits, of, low, high):
    assert wilson(hits, of) == pytest.approx((low, high), abs=1e-6)
    assert wilson(10, 10)[1] == 1.0
    assert wilson(0, 10)[0] == 0.0


def test_wilson_with_a_finite_population():
    assert wilson(95, 100, 500) == pytest.approx((0.896561, 0.976553), abs=1e-6)
    assert wilson(95, 100, 100) == (0.95, 0.95)
    assert wilson(0, 0) == (0.0, 1.0)
    for impossible in ((3, 2, None), (-1, 2, None), (1, 5, 4)):
        with pytest.raises(ValueError, match="cannot be"):
            wilson(*impossible)


def test_a_yes_is_never_the_closest_limit():
    told = why(FINE, gsdp())
    assert told.sentence == "Kept. Closest limit: Judge score (+0.05)."
    assert why(FINE | {"solution_pass": 0.0}, gsdp()).rules[-1].score == "solution_pass"
