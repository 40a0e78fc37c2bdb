"""The Tune page on a real store: empty, full, edited as a table, compared, applied."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine import project
from engine.curation import policy as policies
from engine.records import Rule
from studio import house
from studio.widgets.lens import LensState
from studio.widgets.tune_policy import ORDER, in_hand, lens_rules
from tests.pages.project import filled, opened

ROOT = Path(__file__).resolve().parents[2]
FRAME, PAGE = ROOT / "studio" / "app.py", ROOT / "pages" / "tune.py"


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], AppTest]]:
    """Open the page on a project as the studio would, and close the project afterwards."""
    with ExitStack() as stack:

        def open_one(root: Path) -> AppTest:
            monkeypatch.setenv("LEMMA_PROJECT", str(root))
            stack.enter_context(opened(root))
            return AppTest.from_file(str(FRAME), default_timeout=60).run().switch_page(str(PAGE)).run()

        yield open_one


@pytest.fixture
def full(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> AppTest:
    return open_page(filled(tmp_path / "full"))


def test_an_empty_project_has_one_button(tmp_path: Path, open_page: Callable[[Path], AppTest]) -> None:
    page = open_page(project.create(tmp_path / "empty").root)
    assert not page.exception
    assert [button.label for button in page.main.button] == ["Plan a run"]


def test_rows_come_with_the_reason_for_the_first(full: AppTest) -> None:
    assert not full.exception
    said = " ".join(text.value for text in full.markdown)
    assert "Kept" in said or "Dropped" in said
    assert any("exactly" in caption.value and "kept" in caption.value for caption in full.caption)


def test_x07_the_policy_table_names_what_the_method_used(full: AppTest) -> None:
    """X-07: each default is shown with its source."""
    full.segmented_control[0].set_value("Policy").run()
    assert not full.exception
    shown = full.dataframe[0].value if full.dataframe else None
    texts = " ".join(code.value for code in full.code)
    assert "judge_score" in texts
    assert "lemma select --policy" in texts
    assert shown is None or "The method used 0.85." in set(np.ravel(shown.to_numpy()))


@pytest.mark.parametrize("view", ["Curves", "Compare"])
def test_every_view_draws(full: AppTest, view: str) -> None:
    full.selectbox(key="tune.rival").set_value("Published limits").run()
    full.segmented_control[0].set_value(view).run()
    assert not full.exception


def test_send_to_review_applies_the_limits_and_remembers_them(
    tmp_path: Path, open_page: Callable[[Path], AppTest]
) -> None:
    """GSDP-27, GSDP-28: the published limits select what the exact count says."""
    root = filled(tmp_path / "full")
    open_page(root).button(key="tune.send").click().run()
    store = house._open(str(root.resolve())).store
    latest = store.selections.latest()
    assert latest is not None
    assert latest.kept == policies.apply(policies.gsdp(), store.problems.scoreboard()).count


def test_what_the_lens_says_becomes_the_policy_in_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it said before the last order counts no more: a reset must not be undone by an old limit."""
    rules = policies.gsdp().rules
    monkeypatch.setattr(st, "session_state", {ORDER: 1})
    stale = LensState({"judge_score": 0.9}, {}, None, None, 10, 0)
    assert in_hand(rules, stale).rules == rules
    moved = LensState({"judge_score": 0.9}, {"contamination": False}, None, None, 10, 1)
    now = {rule.score: rule for rule in in_hand(rules, moved).rules}
    assert now["judge_score"] == Rule("judge_score", "at least", 0.9, "drop", True)
    assert not now["contamination"].use
    assert [rule.score for rule in lens_rules(rules)] == [rule.score for rule in rules]
