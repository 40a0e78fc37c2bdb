"""The Judges page on a real store: empty, after a check, where curators decided, and with hostile words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core import project
from engine.core.project import Project
from engine.core.prompts import load
from engine.core.records import CheckedVerdict
from engine.generation.judges import solution
from engine.runs import launcher
from engine.store import Store
from studio import workspace
from tests.support.page_project import filled
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
