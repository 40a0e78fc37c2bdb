"""The review desk on a real store: empty, full, decided, in conflict, at the end of a queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.core import project as projects
from engine.core.errors import BadInput
from engine.core.records import REJECT_REASONS
from engine.curation import apply_policy
from engine.curation import policy as policies
from engine.curation.review import queues
from engine.store import Store
from studio import workspace
from studio.parts.review import history, tab
from tests.support.page_project import filled
from tests.support.review_desk import ME, press, save_twice, sit_down


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return filled(tmp_path / "project")


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    """The store that the studio has open; a test writes to it as another browser would."""
    yield from _opened(root)


def _opened(root: Path) -> Iterator[Store]:
    opened = workspace._open(str(root.resolve()))
    yield opened.store
    opened.rest()
    for thread in threading.enumerate():
        if thread.name == "folding":
            thread.join(timeout=20)
    opened.store.close()
    st.cache_resource.clear()


def _at(page: AppTest) -> str:
    lease = page.session_state["review.desk"].lease
    return str(lease.problem_id)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    """The open store of a project without problems."""
    root = projects.create(tmp_path / "project").root
    yield from _opened(root)


def test_without_problems_there_is_one_button(empty: Store) -> None:
    assert not empty.problems.count()
    page = sit_down()
    assert [button.label for button in page.button] == ["Plan a run"]


def test_a_closed_tab_holds_no_card_back_from_its_curator(store: Store) -> None:
    """An open tab of the same curator keeps its card; one that nobody sits at gives it up; another curator's stays."""
    mine = _at(sit_down())
    beside = _at(sit_down())
    his = _at(sit_down("Bob"))
    assert len({mine, beside, his}) == 3
    tab._tabs().clear()
    assert _at(sit_down()) == mine
    assert {lease.curator: lease.problem_id for lease in store.leases.held()} == {"Ada": mine, "Bob": his}


def test_a_card_is_read_decided_undone_and_redone(store: Store) -> None:
    """X-08: approve, reject with a reason, skip and a second opinion write one decision each, each can be undone."""
    page = sit_down()
    first = _at(page)
    press(page, "review.approve")
    press(page, "review.reject")
    assert [button.label for button in page.button if button.key and ".reason." in button.key] == [
        reason.capitalize() for reason in REJECT_REASONS
    ]
    second = _at(page)
    press(page, "review.reason.2")
    press(page, "review.skip")
    press(page, "review.second")
    made = store.decisions.history(ME)[::-1]
    assert [(each.act, each.reason) for each in made] == [
        ("approve", ""),
        ("reject", "ambiguous"),
        ("skip", ""),
        ("second-opinion", ""),
    ]
    assert made[0].problem_id == first
    assert made[1].problem_id == second
    assert len({each.problem_id for each in made}) == 4
    for _ in range(3):
        press(page, "review.undo")
    assert _at(page) == second
    press(page, "review.redo")
    assert _at(page) != second
    card = store.problems.get(second)
    assert card is not None
    assert card.decision == "rejected"


def test_a_stale_button_never_decides_the_card_that_came_after(store: Store) -> None:
    page = sit_down()
    first = _at(page)
    press(page, "review.approve")
    second = _at(page)

    def press_the_old_button(ident: str) -> None:
        from studio.parts.review import actions

        actions.decide(ident, None, "reject", "trivial")

    press_the_old_button.__module__ = __name__
    again = AppTest.from_function(press_the_old_button, args=(first,), default_timeout=60)
    again.session_state["session.curator"] = ME
    again.session_state["review.desk"] = page.session_state["review.desk"]
    again.run()
    assert not again.exception
    assert [each.act for each in store.decisions.history()] == ["approve"]
    assert _at(page) == second


def test_who_was_quicker_is_named_and_nothing_is_overwritten(store: Store) -> None:
    page = sit_down()
    ident = _at(page)
    store.decisions.decide(ident, "Bo", "reject", reason="trivial")
    press(page, "review.approve")
    assert "Bo rejected" in page.warning[0].value.replace("\\", "")
    assert _at(page) == ident
    assert [each.curator for each in store.decisions.of(ident)] == ["Bo"]
    press(page, "review.approve")
    assert [(each.curator, each.act) for each in store.decisions.of(ident)] == [("Bo", "reject"), (ME, "approve")]


def test_an_undo_that_overrules_somebody_asks_first(store: Store) -> None:
    page = sit_down()
    ident = _at(page)
    press(page, "review.approve")
    store.decisions.decide(ident, "Bo", "reject", reason="trivial")
    press(page, "review.undo")
    assert "after you" in page.warning[0].value
    assert [each.act for each in store.decisions.of(ident)] == ["approve", "reject"]
    press(page, "review.force")
    assert [each.act for each in store.decisions.of(ident)] == ["approve", "reject", "undo"]


def test_a_card_left_alone_goes_back_and_can_be_taken_again(store: Store) -> None:
    page = sit_down()
    desk = page.session_state["review.desk"]
    ident = _at(page)
    desk.lease = replace(desk.lease, until=time.time() - 1)
    page.run()
    assert not [button for button in page.button if button.key and button.key.startswith("review.approve")]
    press(page, "review.again")
    assert _at(page) == ident
    assert desk.lease.until > time.time()


def test_an_edit_keeps_the_machines_text(store: Store) -> None:
    page = sit_down()
    ident = _at(page)
    press(page, "review.edit")
    texts = {area.label: area for area in page.text_area}
    texts["Statement"].input(texts["Statement"].value + " Give an exact value.")
    save_twice(page)
    card = store.problems.get(ident)
    assert card is not None
    assert card.statement == card.problem.statement + " Give an exact value."
    assert [step.version.title for step in history.steps(card)] == ["Written", "Edit 1"]
    assert (_at(page), card.waits) == (ident, True)
    assert list(store.decisions.edits()["problem_id"]) == [ident]
    press(page, "review.undo")
    assert _at(page) == ident
    undone = store.problems.get(ident)
    assert undone is not None
    assert not undone.edited
    assert len(history.steps(undone)) == 1


def test_the_end_of_a_queue_says_how_it_went(store: Store) -> None:
    ids = [store.problems.scoreboard()["id"][row].as_py() for row in range(2)]
    page = sit_down(queue="ids", ids=",".join(ids))
    press(page, "review.approve")
    press(page, "review.skip")
    said = " ".join(str(each.value) for each in page.markdown)
    assert "End of the queue" in said
    assert "1 of 2 problems are decided" in said
    press(page, "review.skipped")
    assert _at(page) == ids[1]


def test_one_decided_problem_is_opened_by_its_address(store: Store) -> None:
    ident = store.problems.scoreboard()["id"][0].as_py()
    store.decisions.decide(ident, "Bo", "edit", statement="A shorter text: what is $1 + 1$?")
    page = sit_down(ids=ident)
    assert _at(page) == ident
    press(page, "review.changes")
    assert any("Edit 1" in str(each.value) for each in page.caption)
    # A yes does not make the old solution answer the new statement; saying that it does is an act of its own.
    assert next(button for button in page.button if str(button.key).startswith("review.approve")).disabled
    press(page, "review.holds")
    assert store.decisions.waiting() == ()
    assert page.session_state["review.desk"].lease is None


def test_hostile_text_is_only_ever_text(store: Store) -> None:
    ident = store.problems.scoreboard()["id"][0].as_py()
    store.decisions.decide(ident, "<b>Bo</b>", "edit", statement="<script>alert(1)</script> ![x](http://a.b/c.png)")
    page = sit_down(ids=ident)
    said = " ".join(str(each.value) for each in (*page.markdown, *page.caption))
    assert "<script>" not in said.replace("\\<", "")
    assert "![x]" not in said
    assert "<b>" not in said.replace("\\<", "")


def test_every_queue_opens(store: Store) -> None:
    for kind in queues.KINDS:
        page = sit_down(queue=kind)
        assert page.session_state["review.desk"].queue.kind == kind


def test_an_unknown_queue_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="no queue"):
        queues.make(store, "odd", policies.gsdp(), ME)  # type: ignore[arg-type]


def test_queues_hold_what_they_say(store: Store) -> None:
    policy = policies.gsdp()
    board = store.problems.scoreboard().to_pandas().set_index("id")
    near = queues.make(store, "borderline", policy, ME).ids
    alive = [ident for ident in near if board["solution_pass"][ident] == 1]
    distance = [abs(board["judge_score"][ident] - 0.85) for ident in alive]
    assert distance == sorted(distance)
    assert list(near[: len(alive)]) == alive
    split = queues.make(store, "split", policy, ME)
    assert all(
        board["agreement"][ident] < 1 or (board["judge_score"][ident] >= 0.85 and board["solution_pass"][ident] == 0)
        for ident in split.ids
    )
    newest = board.loc[list(queues.make(store, "new", policy, ME).ids), "made_at"]
    assert newest.is_monotonic_decreasing
    run = board["run_id"].iloc[0]
    assert set(queues.make(store, "new", policy, ME, run_id=run).ids) == set(board.index)
    assert queues.make(store, "new", policy, ME, run_id="another").ids == ()
    asked = near[0]
    store.decisions.decide(asked, "Bo", "second-opinion")
    assert queues.make(store, "second", policy, ME).ids == (asked,)
    assert queues.make(store, "second", policy, "Bo").ids == ()


def test_a_person_stands_above_the_scores(store: Store) -> None:
    """X-08: an approved problem is kept and a rejected one dropped, whatever the limits say."""
    policy = policies.gsdp()
    board = store.problems.scoreboard().to_pandas()
    bad = board[board["judge_score"] < 0.5]["id"].iloc[0]
    good = board[(board["judge_score"] > 0.9) & (board["solution_pass"] == 1)]["id"].iloc[0]
    page = sit_down(queue="ids", ids=f"{bad},{good}")
    press(page, "review.approve")
    press(page, "review.reject")
    press(page, "review.reason.1")
    apply_policy.select(store, policy)
    kept = dict(zip(*(store.selections.items()[name].to_pylist() for name in ("problem_id", "kept")), strict=True))
    assert kept[bad]
    assert not kept[good]
