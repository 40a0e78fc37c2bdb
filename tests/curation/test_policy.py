import tomllib

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import BadInput, BadSetting
from engine.core.records import Policy, Rule
from engine.curation import policy_file
from engine.curation.policy import BY_HAND, BY_SIZE, NO_RULE, apply, check, gsdp, make
from engine.curation.scores import SCORES, grid
from engine.curation.table import NO_NAME, ScoreTable


def board(**columns) -> pa.Table:
    n = len(next(iter(columns.values())))
    good = {"judge_score": [0.9] * n, "solution_pass": [1.0] * n, "contamination": [0.0] * n}
    return pa.table({"id": [f"Q-{i}" for i in range(n)], **good, **columns})


def kept(policy, table, **more) -> list[bool]:
    return apply(policy, table, **more).kept.tolist()


def test_the_limit_is_inclusive():
    """GSDP-27: .85 is kept and .8499 dropped."""
    table = board(judge_score=pa.array([0.85, 0.8499, 0.8500001, 1.0], pa.float32()))
    assert kept(gsdp(), table) == [True, False, True, True]


@pytest.mark.parametrize("key", SCORES)
@pytest.mark.parametrize("op", ["at least", "at most"])
def test_a_score_on_a_grid_point_passes_a_limit_on_it_in_both_directions(key, op):
    spec = SCORES[key]
    for index in range(spec.steps + 1):
        rule = Rule(key, op, spec.value(index), "drop")
        table = pa.table({"id": ["a"], key: pa.array([spec.value(index)], pa.float32())})
        assert kept(make("p", (rule,)), table) == [True]


def test_the_weighted_score_of_the_published_example_is_kept():
    """GSDP-26: weights .5/.3/.2 over 1, .9, .5 give .87, which the default policy keeps."""
    score = 0.5 * 1 + 0.3 * 0.9 + 0.2 * 0.5
    assert score == pytest.approx(0.87)
    assert kept(gsdp(), board(judge_score=[score])) == [True]


def test_the_default_policy_holds_the_published_limits():
    """X-07: every score with a published limit names it, its method and its grade."""
    limits = {rule.score: (rule.op, rule.limit) for rule in gsdp().rules if rule.use}
    assert limits == {
        "judge_score": ("at least", 0.85),
        "solution_pass": ("at least", 1.0),
        "contamination": ("at most", 0.94),
    }
    assert SCORES["judge_score"].source == "The method used 0.85."
    assert SCORES["contamination"].source == "The method drops from 0.95 on."
    assert all(spec.method and spec.grade in "SRPN" for spec in SCORES.values() if spec.source)


def test_a_veto_drops_the_problem():
    """GSDP-28: the solution verdict is 0 after one veto."""
    assert kept(gsdp(), board(solution_pass=[1.0, 0.0])) == [True, False]


def test_a_person_stands_above_every_score():
    """X-08: approved rows are kept and rejected rows dropped whatever their scores, and after every re-scoring."""
    table = board(judge_score=[0.1, 0.99, 0.1, 0.99], human=[1, 0, None, None])
    chosen = apply(gsdp(), table)
    assert chosen.kept.tolist() == [True, False, False, True]
    assert chosen.failed.tolist() == [NO_RULE, BY_HAND, 0, NO_RULE]
    assert chosen.reasons() == {"rejected by hand": 1, "judge_score": 1}
    rescored = board(judge_score=[0.0, 1.0, 1.0, 0.0], human=[1, 0, None, None])
    assert kept(gsdp(), rescored) == [True, False, True, False]
    assert kept(gsdp(), table, override=False) == [False, True, False, True]


def test_each_rule_says_what_happens_to_a_missing_score():
    table = pa.table({"id": list("abc"), "agreement": pa.array([0.9, None, 0.1], pa.float64())})
    found = {
        word: apply(make("p", (Rule("agreement", "at least", 0.5, word),)), table)
        for word in ("drop", "keep", "review")
    }
    assert found["drop"].kept.tolist() == [True, False, False]
    assert found["keep"].kept.tolist() == [True, True, False]
    assert found["review"].kept.tolist() == [True, False, False]
    assert found["review"].review.tolist() == [False, True, False]
    assert found["review"].failed.tolist() == [NO_RULE, NO_RULE, 0]
    assert found["review"].reasons() == {"agreement": 1}, "a row that waits was dropped by nothing"


def test_a_row_that_fails_another_rule_is_not_sent_to_review():
    table = pa.table({"id": ["a"], "judge_score": [0.1]})
    rules = (Rule("agreement", "at least", 0.5, "review"), Rule("judge_score", "at least", 0.85))
    chosen = apply(make("p", rules), table)
    assert (chosen.review.tolist(), chosen.failed.tolist()) == ([False], [1])


def test_the_size_keeps_the_best_by_judge_then_rarity_then_id():
    table = pa.table(
        {
            "id": ["e", "d", "c", "b", "a"],
            "judge_score": [0.9, 0.95, 0.9, 0.9, 0.9],
            "rarity": [0.5, 0.1, None, 0.2, 0.2],
        }
    )
    policy = make("p", (Rule("judge_score", "at least", 0.5),), size=3)
    chosen = apply(policy, table)
    assert chosen.kept.tolist() == [True, True, False, False, True]
    assert chosen.failed.tolist() == [NO_RULE, NO_RULE, BY_SIZE, BY_SIZE, NO_RULE]
    assert chosen.count == 3


def test_approved_rows_fill_the_size_first():
    table = pa.table({"id": ["a", "b"], "judge_score": [0.99, 0.1], "human": [None, 1]})
    assert kept(make("p", (Rule("judge_score", "at least", 0.5),), size=1), table) == [False, True]


def test_margins_are_shares_of_the_range_and_the_smallest_counts():
    table = board(judge_score=[0.95, 0.80], contamination=[0.90, 0.0])
    assert apply(gsdp(), table).margin.tolist() == pytest.approx([0.04, -0.05], abs=1e-6)


def test_rules_that_are_not_in_use_do_nothing():
    assert kept(make("p", (Rule("judge_score", "at least", 1.0, "drop", use=False),)), board(judge_score=[0.0])) == [
        True
    ]


@pytest.mark.parametrize(
    ("rules", "size", "words"),
    [
        ((Rule("charm", "at least", 0.5),), None, "charm is no score"),
        ((Rule("judge_score", "above", 0.5),), None, "'above' is no comparison"),
        ((Rule("judge_score", "at least", 1.5),), None, "1.5 is outside its range"),
        ((Rule("judge_score", "at least", float("nan")),), None, "outside its range"),
        ((Rule("judge_score", "at least", 0.5, "guess"),), None, "if_missing 'guess'"),
        ((Rule("rarity", "at least", 0.1), Rule("rarity", "at least", 0.2)), None, "two limits"),
        ((), 0, "size 0"),
    ],
)
def test_a_policy_that_cannot_be_applied_says_why(rules, size, words):
    with pytest.raises(BadSetting, match=words):
        check(Policy("P", "p", rules, size))


def test_a_band_may_have_two_limits_of_one_score():
    table = pa.table({"id": list("abc"), "difficulty": [0.1, 0.5, 0.9]})
    rules = (Rule("difficulty", "at least", 0.3), Rule("difficulty", "at most", 0.7))
    assert kept(make("band", rules), table) == [False, True, False]


def test_equal_policies_have_equal_ids():
    assert gsdp().id == gsdp().id
    assert make("p", gsdp().rules).id != make("p", gsdp().rules, size=3).id


def test_a_table_without_ids_or_with_texts_for_scores_is_refused():
    with pytest.raises(BadInput, match="no column id"):
        ScoreTable.of(pa.table({"judge_score": [1.0]}))
    with pytest.raises(BadInput, match="judge_score holds list"):
        ScoreTable.of(pa.table({"id": ["a"], "judge_score": [[1.0]]}))


def test_an_empty_table_selects_nothing():
    chosen = apply(gsdp(), pa.table({"id": pa.array([], pa.string())}))
    assert (chosen.count, chosen.reasons()) == (0, {})


def test_concepts_are_coded_by_falling_frequency():
    table = ScoreTable.of(pa.table({"id": list("abcd"), "concept": ["x", "y", None, "y"]}))
    assert table.concepts.names == ("y", "x")
    assert table.concepts.codes.tolist() == [1, 0, NO_NAME, 0]


policies = st.builds(
    lambda rules, size: make("any", tuple({(r.score, r.op): r for r in rules}.values()), size=size),
    st.lists(
        st.builds(
            lambda key, op, index, missing, use: Rule(key, op, SCORES[key].value(index), missing, use),
            st.sampled_from(list(SCORES)),
            st.sampled_from(["at least", "at most"]),
            st.integers(0, 100),
            st.sampled_from(["drop", "keep", "review"]),
            st.booleans(),
        ),
        max_size=8,
    ),
    st.none() | st.integers(1, 1000),
)


def as_json(policy):
    """A policy file may be JSON with the keys of the TOML form."""
    return orjson.dumps(tomllib.loads(policy_file.to_toml(policy))).decode()


@settings(deadline=None)
@given(policies)
def test_a_policy_survives_toml_and_json(policy):
    for text in (policy_file.to_toml(policy), as_json(policy)):
        assert policy_file.parse(text) == policy


@settings(deadline=None)
@given(policies, st.integers(0, 2**32))
def test_the_selection_is_what_the_rules_say_row_by_row(policy, seed):
    rng = np.random.default_rng(seed)
    n = 40
    scores = {key: rng.choice(np.append(grid(key), np.nan), n).astype(np.float32) for key in SCORES}
    table = pa.table({"id": [f"Q-{i:02}" for i in range(n)], **scores})
    chosen = apply(policy, table)
    for row in range(n):
        states = [_state(rule, float(scores[rule.score][row])) for rule in policy.rules if rule.use]
        fine = "fail" not in states and "review" not in states
        assert chosen.review[row] == ("fail" not in states and "review" in states)
        assert chosen.kept[row] == (fine and chosen.failed[row] != BY_SIZE)
    assert policy.size is None or chosen.count <= policy.size


def _state(rule: Rule, value: float) -> str:
    if np.isnan(value):
        return {"drop": "fail", "keep": "pass", "review": "review"}[rule.if_missing]
    limit = float(np.float32(rule.limit))
    return "pass" if (value >= limit if rule.op == "at least" else value <= limit) else "fail"


def test_a_policy_is_written_and_read_back(tmp_path):
    for name, text in (("gsdp.toml", policy_file.to_toml(gsdp())), ("gsdp.json", as_json(gsdp()))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert policy_file.load(tmp_path / name).rules == gsdp().rules
    assert policy_file.command("my policy.toml", "data/x") == "lemma select --policy 'my policy.toml' --project data/x"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "not valid TOML"),
        ("{", "not valid TOML or JSON"),
        ("limit = 3", "limit is not a known key"),
        ("rules = 3", "rules is no list"),
        ('size = "big"', "no whole number"),
        ("[[rules]]\nlimit = 0.5", "rule 1.*None is no score"),
        ('[[rules]]\nscore = "rarity"\nlimit = "high"', "rule 1.*no number"),
        ('[[rules]]\nscore = "rarity"\nuse = 1', "neither true nor false"),
        ('[[rules]]\nscore = "rarity"\nstep = 1', "step is not a known key"),
        ('[[rules]]\nscore = "rarity"\nlimit = 7', "outside its range"),
    ],
)
def test_a_bad_policy_file_names_file_rule_and_key(tmp_path, text, words):
    path = tmp_path / "p.toml"
    path.write_text(text)
    with pytest.raises((BadInput, BadSetting), match=words) as caught:
        policy_file.load(path)
    assert str(path) in str(caught.value)


def test_a_missing_policy_file_is_named(tmp_path):
    with pytest.raises(BadInput, match="cannot be read"):
        policy_file.load(tmp_path / "none.toml")


def test_a_rule_in_a_file_needs_no_more_than_its_score():
    (rule,) = policy_file.parse('[[rules]]\nscore = "judge_score"').rules
    assert rule == Rule("judge_score", "at least", 0.85, "drop", True)


def test_a_policy_says_who_made_it_and_when_and_neither_changes_its_id():
    made = make("p", (Rule("judge_score", "at least", 0.5),), size=3, by="Ann", at=2.0)
    assert (made.name, made.size, made.by, made.at) == ("p", 3, "Ann", 2.0)
    plain = make("p", made.rules, size=3)
    assert (plain.id, plain.by, plain.at) == (made.id, "", 0.0)
    assert make("p", made.rules).id != made.id
