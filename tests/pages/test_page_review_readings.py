"""Cards that are read twice without anybody being told, and what the end of the queue says of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core.errors import BadInput, BadSetting
from engine.core.project import Project
from engine.curation import policy as policies
from engine.curation.review import blind_review, queues
from engine.curation.review.blind_review import Reviewing
from engine.store import ReaderAgreement, Store
from studio.parts.review.agreement import said
from tests.support.page_project import filled, opened
from tests.support.review_desk import ME, press, save_twice, sit_down


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    root = filled(tmp_path / "project")
    monkeypatch.setenv("LEMMA_PROJECT", str(root))
    return Project(root)


@pytest.fixture
def store(home: Project) -> Iterator[Store]:
    with opened(home.root) as store:
        yield store


def _words(page: AppTest) -> str:
    return " ".join(str(each.value) for each in (*page.markdown, *page.caption))


def test_a_second_reader_is_told_nothing_and_changes_nothing(store: Store, home: Project) -> None:
    blind_review.save(home, Reviewing(second_readers=1, repeats=0))
    ident = queues.make(store, "borderline", policies.gsdp(), "Bo").ids[0]
    store.decisions.decide(ident, "Bo", "approve")
    page = sit_down(ME)
    desk = page.session_state["review.desk"]
    assert (desk.lease.problem_id, desk.reading) == (ident, "double")
    assert "Bo" not in _words(page)
    assert "Approved" not in _words(page)
    press(page, "review.reject")
    press(page, "review.reason.3")
    assert store.problems.get(ident).decision == "approved"  # type: ignore[union-attr]
    assert store.readings.agreement() == ReaderAgreement(only_first=1)
    assert desk.lease.problem_id != ident
    press(page, "review.undo")
    assert (desk.lease.problem_id, desk.reading) == (ident, "double")
    assert "Bo" not in _words(page)
    assert store.readings.agreement() == ReaderAgreement()
    press(page, "review.redo")
    assert queues.make(store, "differ", policies.gsdp(), ME).ids == (ident,)
    assert "Bo approved it, Ada rejected it unseen." in queues.make(store, "differ", policies.gsdp(), ME).notes[ident]


def test_an_edit_is_work_and_counts_also_where_the_card_was_read_blind(store: Store, home: Project) -> None:
    blind_review.save(home, Reviewing(second_readers=1, repeats=0))
    ident = queues.make(store, "borderline", policies.gsdp(), "Bo").ids[0]
    store.decisions.decide(ident, "Bo", "reject", reason="ambiguous")
    page = sit_down(ME)
    press(page, "review.edit")
    area = next(area for area in page.text_area if area.label == "Statement")
    area.input(area.value + " Give an exact value.")
    save_twice(page)
    card = store.problems.get(ident)
    assert card is not None
    assert (card.decision, card.edited) == ("waiting", True)


def test_own_cards_come_back_unseen_after_a_while_and_once(store: Store) -> None:
    queue = queues.make(store, "borderline", policies.gsdp(), ME)
    how = Reviewing(second_readers=0, repeats=0.5, repeat_after=3)
    for ident in queue.ids[:5]:
        store.decisions.decide(ident, ME, "approve", queue="borderline")
    seen = []
    for ident in queue.ids[5:45]:
        drawn = blind_review.draw(store, queue, ME, how)
        assert drawn == blind_review.draw(store, queue, ME, how)
        if drawn:
            assert drawn.kind == "repeat"
            last = store.problems.get(drawn.ids[0]).last_decision  # type: ignore[union-attr]
            store.decisions.decide(drawn.ids[0], ME, "approve", expected=last, queue="repeat")
            seen.append(drawn.ids[0])
        store.decisions.decide(ident, ME, "approve", queue="borderline")
    assert 8 <= len(seen) <= 32
    assert len(set(seen)) == len(seen)
    assert store.readings.self_agreement(ME) == ReaderAgreement(both_good=len(seen))
    assert store.decisions.pace(ME).decided == 45
    assert len(queues.waiting(store, queue)) == len(queue.ids) - 45


def test_a_share_of_the_problems_goes_to_two_people(store: Store) -> None:
    queue = queues.make(store, "borderline", policies.gsdp(), ME)
    for ident in queue.ids:
        store.decisions.decide(ident, "Bo", "approve", queue="borderline")
    some = blind_review.left(store, queue, ME, Reviewing(second_readers=0.3))
    everything = blind_review.left(store, queue, ME, Reviewing(second_readers=1))
    assert some is not None
    assert everything is not None
    assert 0.1 < len(some.ids) / len(queue.ids) < 0.5
    assert set(some.ids) < set(everything.ids) == set(queue.ids)
    assert blind_review.left(store, queue, ME, Reviewing(second_readers=0)) is None
    assert blind_review.left(store, queue, "Bo", Reviewing(second_readers=1)) is None
    sent = queues.make(store, "ids", policies.gsdp(), ME, ids=queue.ids[:3])
    assert not blind_review.measured(sent)


def test_the_end_of_a_queue_says_how_far_people_agree(store: Store, home: Project) -> None:
    blind_review.save(home, Reviewing(second_readers=0, repeats=0))
    queue = queues.make(store, "borderline", policies.gsdp(), "Bo")
    for place, ident in enumerate(queue.ids):
        mine = store.decisions.decide(ident, "Bo", "approve" if place % 2 else "reject", reason="trivial")
        if place < 8:
            act = "reject" if place in (0, 1, 2) else "approve"
            reason = "trivial" if act == "reject" else ""
            store.decisions.decide(ident, ME, act, reason=reason, expected=mine.id, queue="double")  # type: ignore[arg-type]
    page = sit_down(ME)
    words = _words(page)
    assert "5 of 8 alike" in words
    assert "κ" not in words, "rows that somebody picked have counts alone"
    assert "repeats are switched off" in words
    press(page, "review.settle")
    assert page.session_state["review.desk"].queue.kind == "differ"
    assert page.session_state["review.desk"].lease is not None
    for _ in range(3):
        press(page, "review.approve")
    assert store.readings.differing() == []
    assert page.session_state["review.desk"].lease is None


def test_agreement_in_words() -> None:
    assert said(ReaderAgreement(), "nothing yet") == ":gray[nothing yet]"
    assert said(ReaderAgreement(both_good=3), "").endswith("κ\N{NO-BREAK SPACE}has no value while all say the same")
    assert said(ReaderAgreement(only_first=2, only_second=2), "").endswith("κ\N{NO-BREAK SPACE}−1.00")
    assert said(ReaderAgreement(both_good=5, only_first=3), "", interval=False) == "5 of 8 alike"


def test_how_a_project_is_reviewed_is_kept_and_checked(home: Project) -> None:
    assert (
        blind_review.load(home)
        == Reviewing()
        == Reviewing(second_readers=0.10, repeats=0.05, repeat_after=50, batch=40)
    )
    blind_review.save(home, Reviewing(second_readers=0.25))
    assert blind_review.load(home).second_readers == 0.25
    (home.root / "review.toml").write_text("second_readers = 7\n")
    with pytest.raises(BadSetting, match="second_readers"):
        blind_review.load(home)
    (home.root / "review.toml").write_text("=\n")
    with pytest.raises(BadInput, match="not valid TOML"):
        blind_review.load(home)
