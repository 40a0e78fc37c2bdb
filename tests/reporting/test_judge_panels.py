"""Panels of judges on the page's own road (CAL-20, 21, 23, 24, 25): real votes in a project, labels from its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from engine.core.records import Verdict
from engine.core.settings.trust import TrustSettings
from engine.curation import policy as policies
from engine.curation.review.disagreements import CHECKED, SOLVERS, SPLIT, disagreements
from engine.curation.trust import drawing
from engine.curation.trust.combining import weighted_sum
from engine.curation.trust.intervals import wilson
from engine.curation.trust.label_set import LabelSet
from engine.reporting.judge_drift import judge_drift
from engine.reporting.judge_panels import VotedPanel, labels_told, project_panels
from engine.reporting.panel_reliability import NOT_RANDOM, panel_reliability
from engine.reporting.panel_table import misjudged, panel_table
from engine.store import Store
from engine.store.decisions import BatchDecision
from tests.support import panel_data
from tests.support.store_factories import a_plan, a_problem, a_score, a_solution

JUDGES = ("6b_ft", "6b_ver", "175b_ft")
PRINTED = """
6b_ver|its own word .6899/.8089/.5876/.6807/.4086 (539)
175b_ft|its own word .6892/.8843/.5148/.6508/.3275 (432)
175b_ft + 6b_ver|one False drops .6346/.9221/.3827/.5410/.2335 (308)
175b_ft + 6b_ft + 6b_ver|more than half True .6748/.9003/.4744/.6214/.2964 (391)
175b_ft + 6b_ft|one True keeps .7104/.8409/.5984/.6992/.4003 (528)
175b_ft + 6b_ft + 6b_ver|one True keeps .7430/.7866/.7453/.7654/.5330 (703)
"""


def _voted(store: Store, votes: np.ndarray, judges: Sequence[str] = JUDGES) -> list[str]:
    """Put rows with these votes (rows, judges) into a store; -1 is a judge that said nothing."""
    problems = [a_problem(n, statement=f"Problem {n}") for n in range(len(votes))]
    solutions = [a_solution(problem, text="x" * (5 + n % 40)) for n, problem in enumerate(problems)]
    store.runs.register(a_plan(total=len(votes)), "")
    store.problems.add(problems)
    store.problems.add_solutions(solutions)
    store.verdicts.add(
        Verdict.make(
            "run-1", "solution", solution.id, "judge_solution", judge, float(vote), "", problem_id=solution.problem_id,
            at=1.0, kind="bool", model="m", version="v",
        )
        for solution, row in zip(solutions, votes, strict=True)
        for judge, vote in zip(judges, row, strict=True)
        if vote >= 0
    )  # fmt: skip
    return [problem.id for problem in problems]


def _labelled(store: Store, ids: Sequence[str], good: Sequence[bool], drawn: bool) -> None:
    """Label every row by a draw that takes them all, or the first sixty as somebody picked them."""
    truth = dict(zip(ids, good, strict=True))
    if drawn:
        drawing.draw(store, policies.gsdp(), len(ids))
    chosen = ids if drawn else ids[:60]
    store.decisions.decide_all(
        [BatchDecision(ident, "approve" if truth[ident] else "reject") for ident in chosen], "ada",
        queue="draw" if drawn else "random",
    )  # fmt: skip


def _panel(votes: np.ndarray, labels: LabelSet, **other: object) -> VotedPanel:
    count, judges = votes.shape
    ids = pa.array([f"P-{n}" for n in range(count)])
    names = tuple("abcdefgh"[:judges])
    given = {"about": "solution", "source": "x", "origin": "project", "limit": 0.5} | other
    said = np.where(votes < 0, np.nan, votes).astype(float)
    return VotedPanel(judges=names, ids=ids, said=said, labels=labels, **given)  # type: ignore[arg-type]


@pytest.mark.real_data
def test_cal20_cal24_the_printed_table_by_verdicts_and_ledger_of_a_project(real_data: Path):
    rows = panel_data.best_model()
    with Store(":memory:") as store:
        ids = _voted(store, rows.votes)
        _labelled(store, ids, rows.good.tolist(), drawn=True)
        panel = next(project_panels(store))
        found = panel_table(panel)
        assert labels_told(panel) == {"random": len(ids)}
        shown = {f"{row.names}|{row.rule}": row for row in found.rows}
        for line in PRINTED.strip().splitlines():
            name, figures, kept = line.rsplit(" ", 2)
            one = shown[name].found
            said = (one.accuracy.value, one.precision.value, one.recall.value, one.f1.value, one.retention)
            assert "/".join(f"{value:.4f}"[1:] for value in said) == figures
            assert f"({one.kept})" == kept
        kappas = [shown[f"{judge}|its own word"].kappa for judge in JUDGES]
        assert kappas == pytest.approx([0.2325, 0.3937, 0.4040], abs=5e-5)
        assert found.base == pytest.approx(0.562547, abs=1e-6)
        assert found.best is not None
        assert f"{found.best.names}|{found.best.rule}" == "175b_ft + 6b_ft|one True keeps"
        wrong = misjudged(found, found.best, 10_000)
        assert len(wrong) == found.best.counts.bad_kept + found.best.counts.good_dropped == 84 + 298
        drift = judge_drift(store, panel)
        assert [one.agreed.values["kappa"] for one in drift.rounds if one.agreed] == pytest.approx(
            [0.4040, 0.2325, 0.3937], abs=5e-5
        )


def test_cal08_hand_picked_labels_give_counts_and_choose_nothing():
    votes = np.array([[1, 1], [1, 0], [0, 1], [0, 0]] * 20, np.int8)
    with Store(":memory:") as store:
        ids = _voted(store, votes, ("a", "b"))
        _labelled(store, ids, [row[0] == 1 for row in votes.tolist()], drawn=False)
        panel = next(project_panels(store))
        found, curve = panel_table(panel), panel_reliability(panel)
        drift = judge_drift(store, panel)
    assert labels_told(panel) == {"convenience": 60}
    assert found.best is None
    assert found.base is None
    assert found.rows[0].counts.labels == 60
    assert (found.rows[0].counts.good_kept, found.rows[0].counts.bad_kept) == (30, 0)
    for row in found.rows:
        assert row.kappa is None
        for share in (row.found.accuracy, row.found.precision, row.found.recall, row.found.f1):
            assert share.value is share.low is share.high is None
    assert curve.found.reason == NOT_RANDOM
    assert not curve.calibrated
    assert all(one.agreed is None for one in drift.rounds)
    assert all(one.good_longer is None for one in drift.lengths)


def test_rows_of_which_no_judge_spoke_are_no_part_of_the_panel_and_an_unread_vote_is_no():
    votes = np.array([[1, 1], [1, -1], [-1, -1], [0, 1]], np.int8)
    with Store(":memory:") as store:
        _voted(store, votes, ("a", "b"))
        panel = next(project_panels(store))
    assert (len(panel), panel.silent) == (3, 1)
    kept = {f"{row.names}|{row.rule}": row.found.kept for row in panel_table(panel).rows}
    assert kept == {
        "a|its own word": 2, "b|its own word": 2, "a + b|one False drops": 1, "a + b|one True keeps": 3
    }  # fmt: skip


def test_scores_are_combined_by_weighted_means_as_a_policy_combines_them():
    rng = np.random.default_rng(5)
    said = np.round(rng.random((400, 3)), 2)
    said[rng.random(said.shape) < 0.1] = np.nan
    good = rng.random(400) < np.nanmean(said, axis=1)
    labels = LabelSet.uniform(np.arange(0, 400, 2), good[::2], 400)
    weights = (0.2, 0.3, 0.5)
    found = panel_table(_panel(said, labels, about="problem", limit=0.5, weights=weights))
    assert len(found.rows) == 7
    for row in found.rows:
        own = list(row.found.rule.judges)
        mean = weighted_sum(said[:, own], np.array(weights)[own])
        kept = np.round(mean, 10) >= 0.5
        assert row.found.kept == np.count_nonzero(kept)
        half = kept[::2]
        assert row.found.precision.value == pytest.approx(good[::2][half].mean())
        assert row.counts.good_kept == np.count_nonzero(half & good[::2])


def test_weighted_means_of_sets_differ_from_the_best_by_cells_of_all_rows():
    """The comparison with the best rests on how many of all rows either keeps alone, not on the labelled ones."""
    rng = np.random.default_rng(6)
    truth = rng.random(6000) < 0.5
    said = np.column_stack([np.where(truth, 0.9, 0.1), rng.random(6000)])
    labels = LabelSet.uniform(np.arange(600), truth[:600], 6000)
    found = {row.names: row for row in panel_table(_panel(said, labels, about="problem", weights=(0.5, 0.5))).rows}
    assert found["a"].found.precision.value == 1.0
    assert found["a"].found.like_best is True
    assert found["b"].found.like_best is False


def test_cal25_the_choice_is_reported_by_labels_that_did_not_make_it():
    """CAL-25 on the page's road: judges that know nothing, one of them lucky."""
    gaps, reported = [], []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        votes = (rng.random((3000, 6)) < 0.6).astype(np.int8)
        good = rng.random(3000) < 0.7
        found = panel_table(_panel(votes, LabelSet.uniform(np.arange(100), good[:100], 3000)))
        assert found.chosen.apparent is not None
        assert found.chosen.value is not None
        gaps.append(found.chosen.apparent - 0.7)
        reported.append(found.chosen.value - 0.7)
    assert np.mean(gaps) > 0.06
    assert abs(np.mean(reported)) < 0.03


def test_a_check_speaks_of_rows_like_its_own_and_keeps_a_width():
    votes = np.array([[1, 1], [1, 0], [0, 1], [0, 0]] * 25, np.int8)
    labels = LabelSet.uniform(np.arange(100), votes[:, 0], 100)
    inside, beyond = (
        panel_table(_panel(votes, labels, origin=origin)).rows[1].found for origin in ("project", "check")
    )
    assert inside.precision.low == inside.precision.high == inside.precision.value
    assert beyond.precision.value == inside.precision.value
    assert (beyond.precision.low, beyond.precision.high) == pytest.approx(wilson(25, 50))


def test_cal21_cal22_a_curve_and_a_calibrated_score_from_enough_labels_of_both_sorts():
    rng = np.random.default_rng(8)
    said = rng.random((900, 1))
    good = rng.random(900) < said[:, 0] ** 2
    panel = _panel(said, LabelSet.uniform(np.arange(300), good[:300], 900), about="problem", weights=(1.0,))
    one = panel_reliability(panel, 0)
    assert one.found.error is not None
    assert one.found.error > 0.1
    assert one.calibrated
    means = np.interp([0.3, 0.9], one.said, one.means)
    assert means == pytest.approx([0.09, 0.81], abs=0.12)
    few = _panel(said, LabelSet.uniform(np.arange(60), np.arange(60) >= 9, 900), about="problem", weights=(1.0,))
    kept = panel_reliability(few, 0)
    assert not kept.calibrated
    assert kept.calibrator is not None
    assert kept.calibrator.reason == "few_of_a_class"
    asked = TrustSettings(judge_class=9)
    assert panel_reliability(few, 0, asked).calibrated


def test_disagreements_come_by_what_a_label_tells_and_say_who_differs():
    votes = np.array([[1, 1, 1], [1, 1, 0], [0, 0, 0], [1, 1, 1], [1, 0, 1]], np.int8)
    with Store(":memory:") as store:
        ids = _voted(store, votes, ("a", "b", "c"))
        problems = [a_problem(n) for n in range(5)]
        store.verdicts.add([a_score(problems[3], 0.5, "agreement")])
        store.verdicts.add(
            Verdict.make(
                "run-1", "solution", a_solution(problems[0]).id, "symbolic", "rule", 0.0, "", problem_id=ids[0]
            )
            for _ in range(1)
        )
        store.decisions.decide(ids[4], "ada", "approve")
        found = disagreements(store)
    assert [one.problem_id for one in found.rows] == [ids[0], ids[1], ids[3]]
    assert [one.bits for one in found.rows] == pytest.approx([1.0, 0.9183, 0.8113], abs=1e-4)
    assert found.counts == {SPLIT: 1, CHECKED: 1, SOLVERS: 1}
    assert found.compared == 4, "three judges read each of the four undecided rows"
    assert "the symbolic check fails" in found.rows[0].why
    assert found.rows[1].why == "67% of the judges pass the solution"
    assert found.rows[2].why == "50% of the solutions end otherwise than most"


def test_rows_with_one_witness_are_not_compared():
    with Store(":memory:") as store:
        _voted(store, np.array([[1], [0], [1]], np.int8), ("a",))
        assert (disagreements(store).compared, disagreements(store).total) == (0, 0)
        store.verdicts.add([a_score(a_problem(1), 1.0, "agreement")])
        assert (disagreements(store).compared, disagreements(store).total) == (1, 0)


def test_a_judge_that_passes_long_solutions_is_seen_to():
    lengths = np.array([5 + n % 40 for n in range(200)])
    votes = np.stack([lengths > 24, np.arange(200) % 2 == 0], axis=1).astype(np.int8)
    with Store(":memory:") as store:
        _voted(store, votes, ("long", "even"))
        found = judge_drift(store, next(project_panels(store)))
    leaning = {one.judge: one.passes_longer for one in found.lengths}
    assert leaning["long"] is not None
    assert leaning["even"] is not None
    assert leaning["long"].value == 1.0
    assert leaning["even"].low < 0.5 < leaning["even"].high
    parts = next(one.parts for one in found.lengths if one.judge == "long")
    assert [passed for _, _, passed in parts] == [0, 0, 50, 50]
    accepted = {one.judge: one.accepts for one in found.rounds}
    assert accepted == {"long": 0.5, "even": 0.5}
