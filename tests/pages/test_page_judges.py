"""The Judges page on a real store: empty, after a check, where curators decided, and with hostile words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.project import Project
from engine.core.prompts import load
from engine.core.records import CheckedVerdict
from engine.curation import policy as policies
from engine.curation import policy_file
from engine.curation.judge_words import scores_of
from engine.curation.panel import heard
from engine.curation.trust import drawing
from engine.curation.trust.order_bias import PairReading, order_bias
from engine.generation.judges import solution
from engine.learning.evaluation.order_results import keep_order
from engine.reporting.judge_panels import project_panels
from engine.reporting.panel_table import keeps, panel_table
from engine.runs import launcher
from engine.store import Store
from engine.store.decisions import BatchDecision
from studio import workspace
from studio.parts.judges.hand_over import as_policy
from tests.support.page_project import filled
from tests.support.store_factories import a_problem, a_score
from tests.support.worker_runs import wait_for

PAGE = Path(__file__).resolve().parents[2] / "pages" / "judges.py"
MODELS = ("abacus:abacus-judge-a", "abacus:abacus-judge-b")


def store_of(root: Path) -> Store:
    """Return the store that the opened page holds."""
    return workspace._open(str(root.resolve())).store


def _said(page: AppTest) -> str:
    return re.sub(r"\\(.)", r"\1", _raw(page))


def _raw(page: AppTest) -> str:
    return " ".join(text.value for text in (*page.main.markdown, *page.main.caption))


def _verdict(number: int, *, good: bool, passed: bool | None, **other: object) -> CheckedVerdict:
    said = {
        "run_id": "judge-0009", "source": "people", "item_id": f"J{number}", "judge": "solution", "role": "judge",
        "statement": f"Problem {number}", "solution": f"Solution {number}", "good": good,
        "value": None if passed is None else float(passed), "limit": 0.5, "reason": "it seems so",
        "model": "here:tiny", "version": load(solution.PROMPT).ref.hash, "at": 1.0,
    }  # fmt: skip
    return CheckedVerdict(**(said | other))  # type: ignore[arg-type]


def _with(root: Path, verdicts: list[CheckedVerdict]) -> Path:
    with Store(Project(root).database) as store:
        store.judged.add(verdicts)
    return root


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return project.create(tmp_path / "project").root


def test_an_empty_project_says_what_to_do(bare: Path, open_page: Callable[[Path], AppTest]) -> None:
    page = open_page(bare)
    assert not page.exception
    assert [button.label for button in page.main.button] == ["Plan a run", "Check"]
    assert "lemma judges check --against FILE" in " ".join(code.value for code in page.main.code)


def test_labels_beside_judges_that_only_rate_are_not_called_missing(
    bare: Path, open_page: Callable[[Path], AppTest]
) -> None:
    """A project of AgenticMath: ratings from 0 to 5 that can be curated, labels, and no verdict beside them."""
    with Store(Project(bare).database) as store:
        problems = [a_problem(n) for n in range(3)]
        store.problems.add(problems)
        store.verdicts.add(a_score(one, 4.0, "joint") for one in problems)
    page = open_page(bare)
    assert "No human labels yet" in _said(page)
    with Store(Project(bare).database) as store:
        store.decisions.decide(problems[0].id, "ada", "approve")
    page = open_page(bare)
    assert not page.exception
    assert "1 row is labelled, but no judge of this project said pass or fail" in _said(page)
    assert "3 " in page.main.selectbox(key="judges.curated").options[0]
    page.session_state["judges.view"] = "disagree"
    assert "No undecided row has two witnesses" in _said(page.run())


def test_a_judge_that_always_says_true_is_called_no_better_than_chance(
    bare: Path, open_page: Callable[[Path], AppTest]
) -> None:
    page = open_page(_with(bare, [_verdict(number, good=number % 2 == 0, passed=True) for number in range(60)]))
    assert not page.exception
    said = _said(page)
    assert "No better than chance, biased to True: solution · here:tiny on people." in said
    assert "30 of 30) of the bad rows pass this judge" in said
    row = page.main.dataframe[0].value.iloc[0]
    assert (row["κ"], row["Balanced"], row["Good"], row["Passed"]) == (0.0, 0.5, 0.5, 1.0)


def test_a_judge_below_chance_is_called_so(bare: Path, open_page: Callable[[Path], AppTest]) -> None:
    rows = [
        _verdict(number, good=number % 2 == 0, passed=(number % 2 == 1) ^ (number % 10 == 0)) for number in range(60)
    ]
    said = _said(open_page(_with(bare, rows)))
    assert "Worse than chance" in said


def test_few_labels_are_called_few_and_unreadable_replies_are_counted_apart(
    bare: Path, open_page: Callable[[Path], AppTest]
) -> None:
    rows = [
        _verdict(number, good=number % 2 == 0, passed=None if number < 3 else number % 2 == 0) for number in range(14)
    ]
    page = open_page(_with(bare, rows))
    said = _said(page)
    assert "Can't tell (n = 11)" in said
    assert "3 of 14 replies could not be read: they are in no figure, neither as True nor as False." in said
    row = page.main.dataframe[0].value.iloc[0]
    assert (row["Read"], row["Unreadable"], row["Agree"]) == (11, 3, 1.0)


def test_a_check_from_the_form_ends_in_the_table(
    bare: Path, tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    rows = [{"statement": f"What is {n} + 1?", "solution": f"It is {n + 1}.", "good": n % 2 == 0} for n in range(12)]
    (tmp_path / "people.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    page = open_page(bare)
    page.text_area(key="judges.files").set_value(str(tmp_path / "people.jsonl"))
    page.multiselect(key="judges.models").set_value(list(MODELS[:1]))
    next(button for button in page.main.button if button.label == "Check").click().run()
    assert not page.exception
    directory = next(Project(bare).runs.glob("judge-*"))
    wait_for(lambda: launcher.state(directory).state not in launcher.ACTIVE, 120)
    wait_for(lambda: len(store_of(bare).judged.of(directory.name)) == 12, 60)
    page.run()
    assert not page.exception
    row = page.main.dataframe[0].value.iloc[0]
    assert (row["Judge"], row["Model"], row["Rows of"]) == ("solution", MODELS[0], "people")
    assert row["Read"] + row["Unreadable"] == 12


def test_hand_reviewed_rows_are_counts_without_share_or_interval(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    """CAL-08: what a curator chose to look at has no percentage and no interval."""
    root = filled(tmp_path / "full")
    with Store(Project(root).database) as store:
        for number, ident in enumerate(store.problems.scoreboard()["id"].to_pylist()[:12]):
            store.decisions.decide(ident, "ada", "reject" if number % 3 else "approve", reason="wrong")
    page = open_page(root)
    assert not page.exception
    said = _said(page)
    assert "hand-reviewed rows (not a random sample)" in said
    assert "%" not in said.replace("95 %", "")
    assert " – " not in said


def test_hostile_words_are_shown_as_words(bare: Path, open_page: Callable[[Path], AppTest]) -> None:
    bad = "<img src=x onerror=alert(1)> [x](javascript:1) :red[x] $\\href{javascript:1}{x}$"
    rows = [
        _verdict(n, good=n % 2 == 0, passed=True, source=bad, model=f"here:{bad}", reason=bad, statement=bad)
        for n in range(40)
    ]
    page = open_page(_with(bare, rows))
    assert not page.exception
    assert "<img" not in _raw(page).replace("\\<img", "")
    assert "](javascript" not in _raw(page).replace("\\](javascript", "")


def _labelled(root: Path, *, drawn: bool, count: int = 1000) -> Path:
    """Label rows as the embedded engine's truth has them: by a draw that takes them all, or the first `count`."""
    with Store(Project(root).database) as store:
        board = store.problems.scoreboard()
        truth = dict(zip(board["id"].to_pylist(), board["truth_correct"].to_pylist(), strict=True))
        if drawn:
            drawing.draw(store, policies.gsdp(), len(truth))
        store.decisions.decide_all(
            [BatchDecision(one, "approve" if good else "reject") for one, good in list(truth.items())[:count]], "ada",
            queue="draw" if drawn else "random",
        )  # fmt: skip
    return root


def test_every_combination_stands_with_the_choice_and_what_other_labels_say_of_it(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    page = open_page(_labelled(filled(tmp_path / "full"), drawn=True))
    assert not page.exception
    table, said = page.main.dataframe[0].value, _said(page)
    assert len(table) == 3 + 4 + 1 + 4
    assert table[""].tolist().count("chosen") == 1
    assert table[""].iloc[0] == "chosen"
    assert table["Kept"].iloc[0] >= 0.4
    assert "labels that did not choose it say" in said
    assert "Off by" in said
    assert "Not calibrated" in said or "Calibrated (" in said
    counts = page.main.dataframe[1].value[["People: good", "People: bad"]].to_numpy()
    assert counts.sum() == sum(1 for panel in project_panels(store_of(tmp_path / "full")) for _ in panel.labels.row) / 2


def test_hand_picked_labels_show_counts_and_no_choice(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    """CAL-08: no precision, no chosen combination, no curve."""
    page = open_page(_labelled(filled(tmp_path / "full"), drawn=False, count=30))
    assert not page.exception
    table, said = page.main.dataframe[0].value, _said(page)
    assert "Precision" not in table.columns
    assert all(" of " in cell for cell in table["Good of the labelled kept"])
    assert "No label was drawn at random" in said
    assert "chose" not in said.replace("no combination is chosen", "")


@pytest.mark.parametrize(("view", "words"), [("Disagreements", "help no precision"), ("Drift", "By people's labels")])
def test_the_views_below(view: str, words: str, tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    root = _labelled(filled(tmp_path / "full"), drawn=view == "Drift")
    page = open_page(root)
    key = next(key for key, name in {"disagree": "Disagreements", "drift": "Drift"}.items() if name == view)
    if view == "Disagreements":
        store_of(root).decisions.undo("ada")
    page.session_state["judges.view"] = key
    page.run()
    assert not page.exception
    assert words in _said(page)


def test_a_combination_becomes_a_policy_that_keeps_what_the_table_says(tmp_path: Path) -> None:
    root = _labelled(filled(tmp_path / "full"), drawn=True)
    with Store(Project(root).database) as store:
        for panel in project_panels(store):
            found = panel_table(panel)
            for row in (found.rows[0], found.rows[-1]):
                made = as_policy(policies.gsdp(), panel, row, "ada")
                assert policy_file.parse(policy_file.to_toml(made)).panel == made.panel
                scores = heard(made.panel, scores_of(store))
                score = "judge_score" if panel.scored else "solution_pass"
                limit = next(rule.limit for rule in made.rules if rule.score == score and rule.use)
                passing = scores.ids.filter(pa.array(scores.scores[score] >= np.float32(limit))).to_pylist()
                kept = panel.ids.filter(pa.array(keeps(panel, row.found.rule))).to_pylist()
                assert set(passing) & set(panel.ids.to_pylist()) == set(kept)
                assert len(kept) == row.found.kept


def test_pairs_that_changed_places_are_shown(bare: Path, open_page: Callable[[Path], AppTest]) -> None:
    readings = [PairReading("first", "first")] * 15 + [PairReading("first", "second")] * 5
    keep_order(bare, "here:<img src=x>", ("chosen", "rejected"), order_bias(readings), at=1.0)
    (bare / "orders" / "2.json").write_text("{}")
    page = open_page(bare)
    assert not page.exception
    row = next(frame.value for frame in page.main.dataframe if "Keeps its word" in frame.value.columns).iloc[0]
    assert (row["Pairs"], row["Keeps its word"], row["Leans to the first"]) == (20, 0.25, 0.75)
    assert row["In words"] == "the place counts"
