"""The desk has an edited statement solved again, and a person takes, edits or leaves what came back."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.store import Store
from engine.store.problems import ProblemCard
from tests.support.page_project import filled, opened
from tests.support.review_desk import press, save_twice, sit_down


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(filled(tmp_path / "project")) as shared:
        yield shared


@pytest.fixture
def page(store: Store) -> AppTest:
    """The desk with a card whose statement was edited: it is another problem's now, which the engine can solve."""
    desk = sit_down()
    ident = desk.session_state["review.desk"].lease.problem_id
    other = next(each for each in store.problems.scoreboard()["id"].to_pylist() if each != ident)
    card = store.problems.get(other)
    assert card
    press(desk, "review.edit")
    next(area for area in desk.text_area if area.label == "Statement").set_value(card.statement)
    save_twice(desk)
    return desk


def _card(store: Store, page: AppTest) -> ProblemCard:
    card = store.problems.get(page.session_state["review.desk"].lease.problem_id)
    assert card
    return card


def _solved(page: AppTest) -> None:
    press(page, "review.solve.")
    until = time.monotonic() + 60
    while not any(button.key and button.key.startswith("review.take.") for button in page.button):
        assert time.monotonic() < until, [each.value for each in page.caption]
        time.sleep(0.2)
        page.run()
        assert not page.exception


def test_a_proposed_solution_is_taken(store: Store, page: AppTest) -> None:
    card = _card(store, page)
    assert card.waits
    _solved(page)
    assert any("Proposed for the edited statement" in each.value for each in page.markdown)
    assert _card(store, page).waits, "nothing is saved before a person takes it"
    press(page, "review.take.P")
    after = store.problems.get(card.problem.id)
    assert after
    assert (after.waits, after.decision, after.statement) == (False, "approved", card.statement)
    assert after.solution != card.solution
    assert after.answer
    assert after.solutions == card.solutions


def test_a_proposed_solution_is_edited_first(store: Store, page: AppTest) -> None:
    before = _card(store, page)
    _solved(page)
    press(page, "review.take.edit")
    area = next(area for area in page.text_area if area.label == "Solution")
    assert area.value != before.solution
    # An edit that is begun by hand begins with what stands.
    next(button for button in page.button if button.label == "Cancel").click()
    page.run()
    press(page, "review.edit")
    area = next(area for area in page.text_area if area.label == "Solution")
    assert area.value == before.solution
