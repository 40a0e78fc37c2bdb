"""A policy that says whose word counts: files, digests, and the same rows for table, command, what-if and lens."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
import pytest

from engine.core.errors import BadSetting
from engine.core.project import Project
from engine.core.records import Policy, PolicyPanel
from engine.curation import policy as policies
from engine.curation import policy_file
from engine.curation.apply_policy import select
from engine.curation.arrays import Arrays
from engine.curation.judge_words import JudgeWords, judges_there, scores_of
from engine.curation.lens_payload import payload
from engine.curation.panel import check_panel, heard
from engine.curation.table import ScoreTable
from engine.curation.whatif import WhatIf
from engine.store import Store
from tests.support.page_project import filled

JUDGES = ("judge_a", "judge_b", "judge_c")
PANELS = (
    PolicyPanel(weights=(("judge_a", 1.0),)),
    PolicyPanel(weights=(("judge_a", 0.2), ("judge_c", 0.6)), judges=("judge_b", "judge_c"), rule="any"),
    PolicyPanel(judges=JUDGES, rule="majority"),
    PolicyPanel(strategy="all"),
    PolicyPanel(judges=("judge_a",), strategy="majority"),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("panel") / "project")


def _by(panel: PolicyPanel) -> Policy:
    return policies.checked(replace(policies.gsdp(), name="panel", panel=panel))


def _told(store: Store) -> dict[str, dict[str, dict[str, float]]]:
    """What each judge said, by problem, read without the code under test."""
    stands = {
        row.id: store.problems.chosen_solution(row.id) for row in store.problems.page(limit=1000).rows.itertuples()
    }
    found: dict[str, dict[str, dict[str, float]]] = {}
    for ident, solution in stands.items():
        mine = found[ident] = {"problem": {}, "solution": {}}
        for said in store.verdicts.of(ident):
            if said.name == "judge_problem":
                mine["problem"][said.by] = said.value
            if said.name == "judge_solution" and solution and said.subject_id == solution.id:
                mine["solution"][said.by] = said.value
    return found


def test_a_policy_without_a_panel_keeps_its_digest_and_its_file():
    assert policies.gsdp().more() == {}
    assert policies.checked(replace(policies.gsdp(), panel=PolicyPanel())).id == policies.gsdp().id
    assert "panel" not in policy_file.to_toml(policies.gsdp())
    assert _by(PANELS[0]).id != policies.gsdp().id


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_comes_back_from_toml_json_and_store(panel: PolicyPanel):
    policy = _by(panel)
    assert policy_file.parse(policy_file.to_toml(policy)).panel == panel
    body = {"name": "panel", "rules": [rule.told() for rule in policy.rules], **policy.more()}
    assert policy_file.parse(orjson.dumps(body).decode()) == policy_file.parse(policy_file.to_toml(policy))
    with Store(":memory:") as store:
        saved = store.policies.save(policy)
        assert store.policies.get("panel") == saved
        assert saved.panel == panel


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("panel = 3", "panel is no table"),
        ('[panel]\nweights = {judge_a = "much"}', "no table of numbers"),
        ("[panel]\nweights = {judge_a = 0}", "weigh nothing"),
        ("[panel]\nweights = {judge_a = -1, judge_b = 2}", "weigh nothing"),
        ('[panel]\njudges = "judge_a"', "no list of names"),
        ('[panel]\njudges = ["judge_a"]\nrule = "most"', "no rule of votes"),
        ('[panel]\nstrategy = "best"', "no keep strategy"),
        ("[panel]\nlimit = 1", "not a known key"),
    ],
)
def test_a_panel_that_cannot_be_heard_is_refused(text: str, said: str):
    with pytest.raises(BadSetting, match=said):
        policy_file.parse(text)


def test_judges_weights_and_votes_as_counted_by_hand(root: Path):
    with Store(Project(root).database) as store:
        table, told = scores_of(store), _told(store)
        ids = table.ids.to_pylist()
        assert set(judges_there(store)["solution"]) == set(JUDGES)
        two = heard(PANELS[1], table)
        for row, ident in enumerate(ids):
            scores, votes = told[ident]["problem"], told[ident]["solution"]
            weights = {judge: weight for judge, weight in PANELS[1].weights if judge in scores}
            if weights:
                mean = sum(scores[judge] * weight for judge, weight in weights.items()) / sum(weights.values())
                assert two.scores["judge_score"][row] == pytest.approx(mean, abs=1e-6)
            if {"judge_b", "judge_c"} & votes.keys():
                assert two.scores["solution_pass"][row] == max(votes.get("judge_b", 0), votes.get("judge_c", 0))
            else:
                np.testing.assert_equal(two.scores["solution_pass"][row], table.scores["solution_pass"][row])


def test_the_weights_of_the_run_give_the_scores_of_the_run(root: Path):
    with Store(Project(root).database) as store:
        table = scores_of(store)
        same = heard(PolicyPanel.of({"weights": {"judge_a": 0.4, "judge_b": 0.3, "judge_c": 0.3}}), table)
        assert not np.isnan(table.scores["judge_score"]).all()
        np.testing.assert_allclose(same.scores["judge_score"], table.scores["judge_score"], atol=1e-6)


def test_strategies_ask_that_the_solution_that_goes_out_is_of_the_majority(root: Path):
    with Store(Project(root).database) as store:
        table = scores_of(store)
        assert table.words is not None
        words: JudgeWords = table.words(table.ids)
        kept = {name: words.ends(name) for name in ("all", "majority", "first", "majority_first")}
        share = table.scores["agreement"]
        np.testing.assert_array_equal(kept["all"], (share == 1) & kept["first"])
        assert kept["majority"].sum() > kept["all"].sum()
        assert not (kept["majority"] & ~(share > 0.5)).any()
        assert (kept["majority"] <= kept["majority_first"]).all()
        assert (kept["majority_first"] <= kept["first"]).all()


@pytest.mark.parametrize("panel", PANELS)
def test_command_table_what_if_and_lens_keep_the_same_rows(root: Path, panel: PolicyPanel):
    policy = _by(panel)
    with Store(Project(root).database) as store:
        table = scores_of(store)
        done = select(store, policy)
        kept = policies.apply(policy, table)
        assert done.kept == kept.count
        assert 0 < kept.count < len(table)
        walking = WhatIf(Arrays.of(table))
        before = walking.move(policies.gsdp()).kept
        moved = walking.move(policy)
        np.testing.assert_array_equal(moved.chosen.kept, kept.kept)
        assert moved.concepts.sum() == moved.kept
        assert walking.move(policies.gsdp()).kept == before
        over = WhatIf(Arrays.of(heard(panel, table)))
        np.testing.assert_array_equal(over.move(policy).chosen.kept, kept.kept)
        assert _in_browser(heard(panel, table), policy) == kept.count


def _in_browser(table: ScoreTable, policy: Policy) -> int:
    """Count the kept rows as the lens does: by positions of one byte, limits on the grid."""
    block = payload(table, policies.gsdp())
    length = struct.unpack("<I", block[:4])[0]
    head = orjson.loads(block[4 : 4 + length])
    arrays = {one["name"]: np.frombuffer(block, one["type"], head["n"], one["offset"]) for one in head["arrays"]}
    kept = table.answered.copy()
    for rule in policy.rules:
        spec = next(one for one in head["scores"] if one["key"] == rule.score)
        at, missing = 2 * round((rule.limit - spec["low"]) / spec["step"]), arrays[rule.score] == 255
        passes = arrays[rule.score] >= at if rule.op == "at least" else arrays[rule.score] <= at
        kept &= ~np.bool_(rule.use) | np.where(missing, rule.if_missing == "keep", passes)
    return int(kept.sum())


def test_a_table_without_the_words_of_judges_refuses_such_a_policy():
    with pytest.raises(BadSetting, match="single judges"):
        policies.apply(_by(PANELS[0]), {"id": ["a"], "judge_score": [0.9]})
    check_panel(PolicyPanel())
