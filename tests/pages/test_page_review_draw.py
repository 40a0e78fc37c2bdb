"""The review desk on a random draw: rows in random order, judges' scores hidden, labels that count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core.project import Project
from engine.core.records import Label, LabelDraw
from engine.curation import policy as policies
from engine.curation.review import batches, blind_review, queues
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust import drawing
from engine.curation.trust.draws import UNIFORM
from engine.store import Store
from engine.store.blind_reviews import TimesTested
from tests.support.page_project import filled, opened
from tests.support.review_desk import ME, press, sit_down

QUIET = Reviewing(second_readers=0, repeats=0, gold=0)


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


def test_cal26_a_draw_is_made_at_the_desk_and_its_end_says_what_is_known_and_what_to_draw_next(store: Store) -> None:
    page = sit_down(queue="random")
    assert page.session_state["review.desk"].queue.kind == "draw", "rows without bias come from draws"
    press(page, "review.draw")
    (made,) = store.draws.all()
    assert made.size == min(60, store.problems.count())
    assert "Before this draw: No row is labelled." in " ".join(_words(page).replace("\\", "").split())
    for row in store.draws.open():
        store.decisions.decide(row.row_id, "Bo", "approve", queue="draw")
    page = sit_down(queue="draw")
    words = _words(page)
    assert "End of the queue" in words
    assert "every kept row was read" in words
    assert not [button for button in page.button if button.key == "review.draw"]
    assert batches.batch_standing(store, policies.gsdp(), QUIET).found.value is not None


def test_cal08_picked_labels_alone_offer_a_draw_that_makes_them_count(store: Store) -> None:
    ids = queues.make(store, "new", policies.gsdp(), ME).ids
    for ident in ids:
        store.decisions.decide(ident, "Bo", "approve", queue="new")
    page = sit_down(queue="disagree")
    assert "say nothing of the others" in _words(page) or "no share of the kept set follows" in _words(page)
    button = next(button for button in page.button if button.key == "review.countable")
    assert button.label.startswith("Make this countable: draw ")


def _differ(store: Store, ident: str) -> None:
    mine = store.decisions.decide(ident, "Bo", "approve", queue="draw")
    store.decisions.decide(ident, ME, "reject", reason="trivial", expected=mine.id, queue="double")


def test_cal29_readers_of_a_row_settle_it_after_a_talk_and_a_third_without(store: Store, draw: LabelDraw) -> None:
    first, other = (row.row_id for row in store.draws.open()[:2])
    _differ(store, first)
    page = sit_down(queue="differ")
    box = next(box for box in page.checkbox if box.key == f"review.talked.{_at(page)}")
    assert box.label == "I talked about it with Bo"
    box.check().run()
    press(page, "review.reject")
    press(page, "review.reason.1")
    assert [one.role for one in store.labels.standing()][-1] == "adjudicated"
    _differ(store, other)
    page = sit_down("Cy", queue="differ")
    assert "You are the third" in _words(page)
    assert not page.checkbox
    press(page, "review.approve")
    assert store.readings.differing() == []
    assert [one.role for one in store.labels.standing()][-1] == "adjudicated"


def test_cal29_a_card_comes_back_from_an_earlier_draw_and_looks_like_any_other(
    store: Store, draw: LabelDraw, home: Project
) -> None:
    earlier = {row.row_id for row in store.draws.open()}
    for ident in sorted(earlier):
        store.decisions.decide(ident, ME, "approve", queue="draw")
    counted = store.labels.counts()
    drawing.draw(store, policies.gsdp(), 12, UNIFORM, by=ME, salt="later")
    blind_review.save(home, Reviewing(second_readers=0, gold=0, repeats=0.5, repeat_after=1))
    page = sit_down(queue="draw")
    plain = set()
    for _ in range(12):
        desk = page.session_state["review.desk"]
        words = "Counts towards precision" in _words(page), "Hidden until your verdict" in _words(page)
        if desk.reading == "repeat":
            assert words == (True, True)
            assert desk.lease.problem_id in earlier | plain
            break
        plain.add(_at(page))
        press(page, "review.approve")
    else:
        pytest.fail("no card came back")
    before = store.labels.counts()
    press(page, "review.reject")
    press(page, "review.reason.1")
    assert store.labels.counts() == before | {"repeat": 1}
    assert counted["draw"] + len(plain) == before["draw"]


def test_cal29_a_gold_card_comes_among_the_drawn_ones_and_never_counts(
    store: Store, draw: LabelDraw, home: Project
) -> None:
    drawn = set(store.draws.rows(draw.id)["row_id"].to_pylist())
    ident = next(one for one in queues.make(store, "new", policies.gsdp(), ME).ids if one not in drawn)
    made = store.labels.texts([ident])[ident][0]
    store.labels.add([Label("L-gold", ident, made, "teacher", "bad", 1.0, "", "gold")])
    assert store.readings.for_gold(ME) == {ident: False}
    assert store.readings.for_gold("teacher") == {}
    store.decisions.decide(ident, ME, "approve", queue="draw")
    assert store.readings.for_gold(ME) == {}
    assert store.readings.for_gold("Bo") == {ident: True}
    assert store.readings.tested(ME) == TimesTested(1, 0, 1)
    queue = queues.make(store, "draw", policies.gsdp(), "Bo")
    card = blind_review.draw(store, queue, "Bo", QUIET.model_copy(update={"gold": 0.5}))
    assert card is None or (card.kind, card.ids, card.decided) == ("gold", (ident,), {ident})
    assert ident not in {row["row_id"] for row in store.labels.now().to_pylist()}


def test_cal29_the_people_view_tells_of_each_reader(store: Store, draw: LabelDraw) -> None:
    for place, row in enumerate(store.draws.open()):
        mine = store.decisions.decide(row.row_id, ME, "approve", queue="draw")
        again = "reject" if place == 0 else "approve"
        reason = "trivial" if place == 0 else ""
        store.decisions.decide(row.row_id, ME, again, reason=reason, expected=mine.id, queue="repeat")  # type: ignore[arg-type]
    page = AppTest.from_function(_people_view, default_timeout=60)
    page.session_state["session.curator"] = ME
    page.query_params["queue"] = "draw"
    page.run()
    assert not page.exception
    (table,) = [each.value for each in page.dataframe]
    assert table["Person"].tolist() == [ME]
    assert f"n {draw.drawn}" in table["Met again, says the same"].iloc[0]
    assert "lower limit" in _words(page)
    assert "not to be told. No good gold row." in _words(page)


def _people_view() -> None:
    from studio.parts.review import people, state

    people.people_view(state.desk())
