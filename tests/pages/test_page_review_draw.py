"""The review desk on a random draw: rows in random order, judges' scores hidden, labels that count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core.project import Project
from engine.core.records import LabelDraw
from engine.curation import policy as policies
from engine.curation.review import blind_review, queues
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust import drawing
from engine.curation.trust.draws import UNIFORM
from engine.store import Store
from tests.support.page_project import filled, opened
from tests.support.review_desk import ME, press, sit_down

QUIET = Reviewing(second_readers=0, repeats=0)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    root = filled(tmp_path / "project")
    monkeypatch.setenv("LEMMA_PROJECT", str(root))
    blind_review.save(Project(root), QUIET)
    return Project(root)


@pytest.fixture
def store(home: Project) -> Iterator[Store]:
    with opened(home.root) as store:
        yield store


@pytest.fixture
def draw(store: Store) -> LabelDraw:
    made = drawing.draw(store, policies.gsdp(), 12, UNIFORM, by=ME, salt="desk")
    assert made.drawn > 4
    return made


def _words(page: AppTest) -> str:
    return " ".join(str(each.value) for each in (*page.markdown, *page.caption))


def _at(page: AppTest) -> str:
    return str(page.session_state["review.desk"].lease.problem_id)


def test_cal01_a_verdict_on_a_drawn_card_is_a_label_of_its_draw_read_blind(store: Store, draw: LabelDraw) -> None:
    page = sit_down(queue="draw")
    order = store.draws.rows(draw.id)["row_id"].to_pylist()
    assert _at(page) == order[0]
    assert "Counts towards precision" in _words(page)
    assert "What the judges say" not in _words(page)
    assert "Hidden until your verdict" in _words(page)
    press(page, "review.approve")
    press(page, "review.reject")
    press(page, "review.reason.1")
    press(page, "review.skip")
    said = [(one.row_id, one.verdict, one.provenance, one.draw_id, one.blind) for one in store.labels.standing()]
    verdicts = ("good", "bad", "skipped")
    assert said == [(row, word, "draw", draw.id, True) for row, word in zip(order, verdicts, strict=False)]
    assert _at(page) == order[3]
    press(page, "review.undo")
    assert [one.verdict for one in store.labels.standing()] == ["good", "bad"]
    assert _at(page) == order[2]


def test_cal26_scores_may_be_shown_and_the_label_says_so(store: Store, draw: LabelDraw, home: Project) -> None:
    blind_review.save(home, QUIET.model_copy(update={"blind": False}))
    page = sit_down(queue="draw")
    assert "What the judges say" in _words(page)
    press(page, "review.approve")
    (label,) = store.labels.standing()
    assert (label.draw_id, label.blind) == (draw.id, False)


def test_cal01_a_drawn_card_counts_in_any_queue_and_another_helps_its_row_only(store: Store, draw: LabelDraw) -> None:
    drawn = set(store.draws.rows(draw.id)["row_id"].to_pylist())
    ids = queues.make(store, "new", policies.gsdp(), ME).ids
    mine = next(ident for ident in ids if ident in drawn)
    other = next(ident for ident in ids if ident not in drawn)
    page = sit_down(ids=f"{mine},{other}")
    assert "Counts towards precision" in _words(page)
    press(page, "review.approve")
    assert "Helps this row only" in _words(page)
    press(page, "review.approve")
    said = [(one.row_id, one.provenance, one.blind) for one in store.labels.standing()]
    assert said == [(mine, "draw", False), (other, "convenience", False)]


def test_an_edit_says_that_a_drawn_row_was_not_good_as_made(store: Store, draw: LabelDraw) -> None:
    row = store.draws.open()[0]
    store.decisions.decide(row.row_id, ME, "edit", statement="New.", solution="New.", queue="draw")
    (label,) = store.labels.standing()
    assert (label.row_hash, label.verdict, label.draw_id) == (row.row_hash, "bad", draw.id)
    assert row.row_id not in queues.waiting(store, queues.make(store, "draw", policies.gsdp(), ME))


def test_without_a_draw_the_queue_says_how_to_get_one(store: Store) -> None:
    page = sit_down(queue="draw")
    assert "lemma labels draw" in _words(page)


def test_cal29_rows_of_a_draw_that_two_people_read_were_drawn_with_it(store: Store, home: Project) -> None:
    mixture = UNIFORM.model_copy(update={"second_readers": 0.5})
    made = drawing.draw(store, policies.gsdp(), 20, mixture, salt="pairs")
    second = {row["row_id"] for row in store.draws.rows(made.id).to_pylist() if row["second"]}
    assert 0 < len(second) < made.drawn
    for row in store.draws.open():
        store.decisions.decide(row.row_id, "Bo", "approve", queue="draw")
    queue = queues.make(store, "draw", policies.gsdp(), ME)
    left = blind_review.left(store, queue, ME, QUIET)
    assert left is not None
    assert set(left.ids) == second
    page = sit_down(queue="draw")
    ident = _at(page)
    press(page, "review.reject")
    press(page, "review.reason.1")
    mine = [one for one in store.labels.standing() if one.curator == ME]
    assert [(one.row_id, one.role, one.verdict, one.draw_id) for one in mine] == [(ident, "second", "bad", made.id)]
    assert {one["row_id"]: one["verdict"] for one in store.labels.now().to_pylist()}[ident] == "good"
