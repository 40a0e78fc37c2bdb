"""Freeze and audit on Tune, and the audit's queue on the review desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.core.project import Project, create
from engine.curation.review import blind_review, queues
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust.freezing import latest
from engine.store import Store
from studio.parts.tune.freeze import named
from tests.support.audited_project import POLICY, order, read, scored
from tests.support.page_project import opened
from tests.support.review_desk import ME, press, sit_down

ROOT = Path(__file__).resolve().parents[2]
FRAME, PAGE = ROOT / "studio" / "app.py", ROOT / "pages" / "tune.py"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """80 rows, 60 of which the saved policy keeps."""
    home = create(tmp_path / "project")
    with Store(home.database) as made:
        scored(made, 80, lambda n: 0.6 if n % 4 == 0 else 0.9)
        made.policies.save(POLICY)
    monkeypatch.setenv("LEMMA_PROJECT", str(home.root))
    blind_review.save(Project(home.root), Reviewing(second_readers=0, repeats=0))
    with opened(home.root) as shared:
        yield shared


@pytest.fixture
def panel(store: Store) -> Callable[[], AppTest]:
    def look() -> AppTest:
        page = AppTest.from_file(str(FRAME), default_timeout=60).run().switch_page(str(PAGE))
        page.query_params.update({"policy": "ours", "view": "Policy"})
        page.run()
        assert not page.exception
        return page

    return look


def _words(page: AppTest) -> str:
    said = (*page.markdown, *page.caption, *page.success, *page.warning, *page.error)
    return " ".join(str(one.value) for one in said).replace("\\", "")


def test_cal31_the_panel_says_the_price_freezes_and_shows_the_certificate(
    store: Store, panel: Callable[[], AppTest]
) -> None:
    page = panel()
    assert "60 rows are kept by the limits alone" in _words(page)
    page.number_input(key="tune.freeze.target").set_value(0.9).run()
    assert "labels if none is bad" in _words(page)
    page.button(key="tune.freeze.go").click().run()
    assert not page.exception
    frozen = latest(store)
    assert frozen is not None
    assert (frozen.kept, frozen.target, frozen.plan) == (60, 0.9, "meter")
    assert store.selections.latest().policy_id == frozen.policy_id  # type: ignore[union-attr]
    assert "tune.freeze.go" not in {one.key for one in page.button}
    rows = order(store, frozen)
    read(store, rows[:20])
    assert "ertified" not in _words(panel())
    read(store, rows[20:46])
    page = panel()
    assert "Certified: with 95 % confidence at least 9" in _words(page)
    page.button(key="tune.freeze.end").click().run()
    assert "tune.freeze.go" in {one.key for one in page.button}
    assert "Certified" in _words(page)


def test_cal31_a_void_audit_shows_why_and_no_number(store: Store, panel: Callable[[], AppTest]) -> None:
    page = panel()
    page.number_input(key="tune.freeze.target").set_value(0.9).run()
    page.button(key="tune.freeze.go").click().run()
    read(store, order(store, latest(store))[:46])  # type: ignore[arg-type]
    store.policies.save(type(POLICY)("", "ours", (), None))
    said = _words(panel())
    assert "Void: the policy ours was saved with other limits since" in said
    assert "Certified" not in said


def test_limits_that_were_moved_are_frozen_under_a_name_of_their_own(store: Store) -> None:
    moved = type(POLICY)("", "ours", (), None)
    assert named(store, POLICY).name == "ours"
    assert named(store, moved).name.startswith("Frozen ")
    assert named(store, type(POLICY)("", "new", (), None)).name == "new"


def test_cal31_the_desk_reads_the_audit_blind_in_its_order(store: Store, panel: Callable[[], AppTest]) -> None:
    page = panel()
    page.button(key="tune.freeze.go").click().run()
    frozen = latest(store)
    assert frozen is not None
    desk = sit_down(queue="audit")
    first = order(store, frozen)[0]
    assert desk.session_state["review.desk"].lease.problem_id == first
    said = " ".join(str(each.value) for each in (*desk.markdown, *desk.caption))
    assert "Counts for the audit of the frozen set" in said
    assert "What the judges say" not in said
    press(desk, "review.approve")
    (label,) = store.labels.standing()
    assert (label.row_id, label.verdict, label.blind) == (first, "good", True)
    queue = queues.make(store, "audit", POLICY, ME)
    assert first in queue.ids
    assert first not in queues.waiting(store, queue)
    store.audits.end(frozen.id, ME)
    assert queues.make(store, "audit", POLICY, ME).ids == ()


def test_without_an_audit_the_queue_says_how_to_begin_one(store: Store) -> None:
    desk = sit_down(queue="audit")
    assert "lemma certify start" in " ".join(str(each.value) for each in desk.markdown)
