"""Every method's problems by its own rules: which, why, in which order, and the same count on every road."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from engine.core.errors import BadSetting
from engine.core.records import Rule
from engine.curation import policy as policies
from engine.curation import policy_file
from engine.curation.apply_policy import select
from engine.curation.methods import METHODS, by_method, of_method, with_method
from engine.curation.table import ScoreTable
from engine.export import deliver
from engine.store import Store
from tests.support.methods_project import KEPT, WAYS, fill_methods
from tests.support.store_factories import a_problem, a_score

GOOD = {"judge_score": 0.0, "solution_pass": 1.0, "contamination": 0.0, "difficulty": 0.5}


def board(*methods: str, **columns: list) -> pa.Table:
    n = len(methods)
    known = {name: [value] * n for name, value in GOOD.items()} | columns
    return pa.table({"id": [f"Q-{i}" for i in range(n)], "method": list(methods), **known})


def kept(policy, table, **more) -> list[bool]:
    return policies.apply(policy, table, **more).kept.tolist()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "project.duckdb") as opened:
        yield opened


def test_each_method_judges_its_own_problems_alone():
    """GSDP-27 asks a judge score, FL-24 does not, CL-14 a difficulty: a score of 0 drops two methods of five."""
    table = board(*METHODS)
    said = dict(zip(METHODS, kept(policies.published(), table), strict=True))
    assert said == {name: name not in ("gsdp", "house") for name in METHODS}
    easy = dict(zip(METHODS, kept(policies.published(), board(*METHODS, difficulty=[0.29] * 7)), strict=True))
    assert not easy["continual"]
    assert easy["continual-pairs"]
    assert easy["flames"]


def test_a_single_limit_stands_where_its_paper_put_it():
    """CL-14, GSDP-27: .30 and .85 are in, .29 and .84 out."""
    table = board("continual", "continual", difficulty=[0.3, 0.29])
    assert kept(policies.published(), table) == [True, False]
    table = board("gsdp", "gsdp", "flames", judge_score=[0.85, 0.84, 0.0])
    assert kept(policies.published(), table) == [True, False, True]


def test_a_difficulty_that_nobody_knows_is_no_reason_to_keep_a_sample():
    table = board("continual", "flames", difficulty=[None, None])
    assert kept(policies.published(), table) == [False, True]


def test_x08_a_person_stands_above_the_rules_of_every_method():
    table = board(*METHODS, solution_pass=[0.0] * 7, human=[1] * 7)
    assert all(kept(policies.published(), table))
    table = board(*METHODS, judge_score=[1.0] * 7, human=[0] * 7)
    assert not any(kept(policies.published(), table))


def test_the_reason_is_the_first_rule_of_the_own_method():
    table = board("gsdp", "flames", "continual", solution_pass=[1.0, 0.0, 1.0], difficulty=[0.1, 0.1, 0.1])
    made = policies.apply(policies.published(), table)
    rules = [made.policy.rules[code] for code in made.failed.tolist()]
    assert [(rule.method, rule.score) for rule in rules] == [
        ("gsdp", "judge_score"), ("flames", "solution_pass"), ("continual", "difficulty"),
    ]  # fmt: skip
    assert np.isnan(policies.margins(rules[0], made.table)).tolist() == [False, True, True]


def test_am19_the_curated_score_ranks_and_seeds_take_no_place():
    """AM-19, AM-20: of 2 places the best by curated score, the rarer among equals; seeds come on top."""
    rows = ["agenticmath"] * 4 + ["agenticmath-seeds"] * 3
    table = board(*rows, curated=[3.0, 5.0, 3.0, 4.0, None, None, None], rarity=[0.1, 0.0, 0.9, 0.0, 0, 0, 0],
                  judge_score=[1.0, 0.9, 0.9, 0.9, 0, 0, 0])  # fmt: skip
    for size, expected in ((1, [1]), (2, [1, 3]), (3, [1, 2, 3])):
        policy = replace(policies.published(), sizes=(("agenticmath", size),))
        assert np.flatnonzero(kept(policy, table)).tolist() == [*expected, 4, 5, 6]


def test_a_size_for_all_is_shared_out_over_the_methods():
    """Scores of different methods do not compare: of 6 + 3 that pass, 3 places are 2 + 1."""
    table = ScoreTable.of(board(*["gsdp"] * 6, *["flames"] * 3, judge_score=[0.9] * 6 + [1.0] * 3))
    policy = replace(policies.published(), size=3)
    found = np.array(kept(policy, table))
    assert (found[:6].sum(), found[6:].sum()) == (2, 1)
    assert kept(policies.shared_out(policy, table), table) == found.tolist()
    approved = board(*["gsdp"] * 6, *["flames"] * 3, human=[None] * 6 + [1, 1, 1], judge_score=[0.9] * 6 + [0.0] * 3)
    assert np.flatnonzero(kept(policy, approved)).tolist() == [6, 7, 8]


def test_a_solution_without_an_answer_is_dropped_unless_the_policy_says_so():
    table = board("flames", "flames", "gsdp", answered=[1, 0, 0], human=[None, None, 1], judge_score=[1.0] * 3)
    made = policies.apply(policies.published(), table)
    assert made.kept.tolist() == [True, False, True]
    assert made.reasons() == {"no answer": 1}
    assert kept(policies.published(), table, override=False) == [True, False, False]
    assert kept(replace(policies.published(), unanswered=True), table) == [True, True, True]


def test_the_rules_of_one_method_are_changed_and_the_others_stay():
    start = policies.published()
    now = replace(of_method(start, "flames"), rules=(Rule("judge_score", "at least", 0.5, "drop"),), size=9)
    changed = with_method(start, "flames", now)
    assert of_method(changed, "flames").rules == now.rules
    assert dict(changed.sizes) == {"agenticmath": 15_000, "flames": 9}
    assert all(of_method(changed, name) == replace(of_method(start, name), id=changed.id) for name in METHODS
               if name != "flames")  # fmt: skip
    shared = policies.make("for all", (Rule("judge_score", "at least", 0.7),))
    split = with_method(shared, "gsdp", of_method(start, "gsdp"))
    table = board("gsdp", "flames", judge_score=[0.75, 0.75])
    assert kept(shared, table) == [True, True]
    assert kept(split, table) == [False, True]


def test_one_method_is_asked_what_the_whole_policy_asks_of_its_problems():
    """A rule for all counts for it as well, its own size stands before the size for all, and other sizes are gone."""
    rules = (Rule("judge_score", "at least", 0.5), Rule("difficulty", "at least", 0.4, method="gsdp"))
    policy = policies.make("mixed", (*rules, Rule("judge_score", "at least", 0.9, method="flames")))
    policy = replace(policy, size=4, sizes=(("gsdp", 2),))
    own = of_method(policy, "gsdp")
    assert [(rule.score, rule.limit, rule.method) for rule in own.rules] == [
        ("judge_score", 0.5, ""),
        ("difficulty", 0.4, ""),
    ]
    assert (own.size, own.sizes) == (2, ())
    assert (of_method(policy, "flames").size, of_method(policy, "house").size) == (4, 4)
    assert of_method(policy, "flames").sizes == ()
    table = board(*["gsdp"] * 5, judge_score=[0.6, 0.7, 0.8, 0.9, 0.4])
    assert kept(own, table) == kept(policy, table) == [False, False, True, True, False]


def test_a_file_holds_one_policy_for_all_or_one_for_each_method(tmp_path: Path):
    """`--policy FILE`: methods that a file says nothing of keep their published rules; what is kept comes back."""
    whole = replace(policies.published(), sizes=(("agenticmath", 5),), unanswered=True)
    again = policy_file.parse(policy_file.to_toml(whole))
    assert (again.rules, again.sizes, again.unanswered) == (whole.rules, whole.sizes, True)
    mine = policy_file.parse('name = "mine"\n[[rules]]\nscore = "rarity"\nlimit = 0.4\nmethod = "flames"\n')
    assert [rule.score for rule in of_method(mine, "flames").rules] == ["rarity"]
    assert of_method(mine, "gsdp").rules == of_method(policies.published(), "gsdp").rules
    assert dict(mine.sizes) == {"agenticmath": 15_000}
    plain = policy_file.parse('name = "plain"\n[[rules]]\nscore = "rarity"\nlimit = 0.4\n')
    assert not by_method(plain)
    for wrong, what in (
        ('[[rules]]\nscore = "rarity"\nmethod = "magic"\n', "'magic' is no method"),
        ("[sizes]\nflames = 0\n", "size 0"),
        ("[sizes]\nflames = true\n", "no table of whole numbers"),
        ("unanswered = 1\n", "neither true nor false"),
    ):
        with pytest.raises(BadSetting, match=what):
            policy_file.parse(wrong)


def test_a_policy_by_method_comes_back_from_the_store(store: Store):
    saved = store.policies.save(replace(policies.published(), sizes=(("flames", 3),), unanswered=True))
    assert store.policies.get(saved.id) == saved
    old = store.policies.save(policies.gsdp())
    assert store.policies.get("gsdp") == old
    assert not by_method(old)


def test_what_is_selected_is_what_each_method_keeps_and_what_goes_out(store: Store, tmp_path: Path):
    """Decisions, funnel by method, selection and export of one project with five recipes tell the same numbers."""
    made = fill_methods(store)
    done = select(store, policies.published())
    expected = {made[way][name].id for way in WAYS for name in KEPT[way]}
    items = store.selections.items(kept=True)["problem_id"].to_pylist()
    assert set(items) == expected
    assert done.kept == len(expected) == sum(each.kept for each in done.methods.values())
    assert {name: each.kept for name, each in done.methods.items()} == {
        "gsdp": 1, "agenticmath": 2, "agenticmath-seeds": 1, "flames": 2, "continual": 1, "continual-pairs": 1,
        "house": 1,
    }  # fmt: skip
    for each in done.methods.values():
        assert list(each.funnel.values())[-1] == each.kept
        assert each.total - each.kept == sum(each.reasons.values())
    assert list(done.funnel.values()) == sorted(done.funnel.values(), reverse=True)
    assert list(done.funnel.values())[-1] == done.kept
    assert done.methods["gsdp"].reasons == {"no answer": 1, "judge_score": 1, "solution_pass": 1}
    assert done.methods["continual"].reasons == {"difficulty": 1}
    sent = deliver(store, "set", tmp_path / "set", only="selected").exported
    assert sent.rows + sum(sent.left_out.values()) == store.exports.count("selected") == done.kept
    assert sent.left_out == {"one half of a preference pair": 1}


def test_only_what_has_an_answer_is_counted_as_answered(store: Store):
    """A refusal and a problem that nobody solved fall at the step that names them, whatever judges hold of them."""
    made = fill_methods(store)
    unsolved = a_problem(90, "gsdp-1", statement="How many grains lie on the last field of a board of 64?")
    mended = a_problem(91, "gsdp-1", statement="How many grains lie on the first field of a board of 64?")
    store.problems.add([unsolved, mended])
    store.verdicts.add(a_score(one, 0.99) for one in (unsolved, mended))
    funnel = select(store, policies.published()).methods["gsdp"].funnel
    assert (funnel["problems"], funnel["with an answer"]) == (6, 3)
    store.decisions.decide(mended.id, "ada", "edit", solution=r"One: \boxed{1}.")
    funnel = select(store, policies.published()).methods["gsdp"].funnel
    assert (funnel["problems"], funnel["with an answer"]) == (6, 4)
    reasons = dict(zip(*(store.selections.items()[name].to_pylist() for name in ("problem_id", "reason")), strict=True))
    assert reasons[unsolved.id] == reasons[made["gsdp"]["refused"].id] == "no answer"
    asked = select(store, replace(policies.published(), unanswered=True))
    assert "with an answer" not in asked.funnel


def test_a_repair_that_was_carried_over_brings_the_answer(store: Store):
    """It is no yes to the problem, but the solution that stands is the mended one."""
    made = fill_methods(store)
    ident = made["gsdp"]["refused"].id
    store.decisions.decide(ident, "ada", "edit", solution=r"Six: \boxed{6}.", queue="alike")
    (row,) = [row for row in store.problems.scoreboard().to_pylist() if row["id"] == ident]
    assert (row["human"], row["answered"]) == (None, 1)


def test_every_problem_says_whose_rules_judge_it(store: Store):
    made = fill_methods(store)
    ids = [made["agenticmath"]["seed"].id, made["continual"]["better"].id, made["house"]["good"].id]
    assert store.problems.methods(ids) == dict(zip(ids, ("agenticmath-seeds", "continual-pairs", "house"), strict=True))
    found = store.problems.scoreboard()
    assert set(found["method"].to_pylist()) == set(METHODS)
    assert found.filter(pa.compute.equal(found["answered"], 0)).num_rows == 2
