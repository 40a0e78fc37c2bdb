"""Acts of browsers: written once each, in their order, for the text that lay on the screen, by their own curator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.store import Store
from engine.store.desk_acts import CHANGED, MOVED_ON, NOT_SAVED, NOTHING, OTHER, DeskAct
from engine.store.row_hashes import row_hash
from tests.support.store_factories import a_problem, a_solution

ME = "Ada"
TOKEN = "a browser"


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        problems = [a_problem(number) for number in range(6)]
        opened.problems.add(problems)
        opened.problems.add_solutions([a_solution(one) for one in problems[1:]])
        yield opened


def _ident(number: int) -> str:
    return a_problem(number).id


def _act(store: Store, number: int, which: int, act: str = "approve", **more: object) -> DeskAct:
    card = store.problems.get(_ident(which))
    assert card is not None
    text = row_hash(card.statement, card.solution)
    return DeskAct(number, act, card.problem.id, card.last_decision, text, **more)  # type: ignore[arg-type]


def _undo(number: int, undoes: int | None = None) -> DeskAct:
    return DeskAct(number, "undo", undoes=undoes)


def test_what_is_sent_again_is_confirmed_and_not_written_again(store: Store) -> None:
    acts = [_act(store, 1, 0), _act(store, 2, 1, "reject", reason="trivial"), _act(store, 3, 2, "skip")]
    first = store.desk_acts.write(TOKEN, ME, acts)
    again = store.desk_acts.write(TOKEN, ME, [*acts, _act(store, 4, 3)])
    assert [one.outcome for one in first] == ["saved"] * 3
    assert [one.decision_id for one in again[:3]] == [one.decision_id for one in first]
    assert [(each.act, each.problem_id) for each in store.decisions.history(ME)[::-1]] == [
        ("approve", _ident(0)), ("reject", _ident(1)), ("skip", _ident(2)), ("approve", _ident(3)),
    ]  # fmt: skip
    assert set(store.desk_acts.told(TOKEN, range(9))) == {1, 2, 3, 4}
    assert store.desk_acts.told("another", range(9)) == {}


def test_the_order_is_that_of_the_numbers_and_each_act_has_its_own_time(store: Store) -> None:
    acts = [_act(store, number, number, at=100.0 + number) for number in (3, 1, 2)]
    store.desk_acts.write(TOKEN, ME, acts)
    assert [(each.problem_id, each.at) for each in store.decisions.history(ME)[::-1]] == [
        (_ident(number), 100.0 + number) for number in (1, 2, 3)
    ]


def test_a_decision_taken_back_and_taken_again_is_a_new_one(store: Store) -> None:
    """All in one message, as a quick hand sends it, and all sent twice."""
    acts = [_act(store, 1, 0), _undo(2, 1), _act(store, 3, 0)]
    for _ in range(2):
        assert [one.outcome for one in store.desk_acts.write(TOKEN, ME, acts)] == ["saved"] * 3
    assert [each.act for each in store.decisions.of(_ident(0))] == ["approve", "undo", "approve"]
    assert store.problems.get(_ident(0)).decision == "approved"  # type: ignore[union-attr]


def test_an_undo_takes_back_the_act_that_was_meant_and_no_other(store: Store) -> None:
    store.desk_acts.write(TOKEN, ME, [_act(store, 1, 0), _act(store, 2, 1)])
    store.decisions.decide(_ident(2), "Bo", "approve")
    assert store.desk_acts.write(TOKEN, ME, [_undo(3, 1)])[0].words == MOVED_ON
    assert store.desk_acts.write(TOKEN, ME, [_undo(4, 77)])[0].words == NOT_SAVED
    assert [one.outcome for one in store.desk_acts.write(TOKEN, ME, [_undo(5, 2), _undo(6)])] == ["saved", "saved"]
    assert store.desk_acts.write(TOKEN, ME, [_undo(7)])[0].words == NOTHING
    assert [each.act for each in store.decisions.of(_ident(2))] == ["approve"], "Bo's stands"


def test_a_text_that_changed_is_not_decided_and_the_others_are(store: Store) -> None:
    stale, sound = _act(store, 1, 0), _act(store, 2, 1)
    store.decisions.decide(_ident(0), ME, "edit", statement="Another text.")
    answers = store.desk_acts.write(TOKEN, ME, [stale, sound])
    assert [(one.outcome, one.words) for one in answers] == [("refused", CHANGED), ("saved", "")]
    assert [each.act for each in store.decisions.of(_ident(0))] == ["edit"]
    assert store.desk_acts.write(TOKEN, ME, [_act(store, 3, 0)])[0].outcome == "saved", "seen anew"


def test_somebody_elses_decision_is_never_overwritten_by_a_card_drawn_before_it(store: Store) -> None:
    acts = [_act(store, number, number) for number in range(3)]
    store.decisions.decide(_ident(1), "Bo", "reject", reason="trivial")
    answers = store.desk_acts.write(TOKEN, ME, acts)
    assert [one.outcome for one in answers] == ["saved", "refused", "saved"]
    assert answers[1].conflict is not None
    assert answers[1].conflict.other.curator == "Bo"
    assert [each.curator for each in store.decisions.of(_ident(1))] == ["Bo"]
    # Sent again it is refused again: the refusal left no trace.
    assert store.desk_acts.write(TOKEN, ME, [acts[1]])[0].outcome == "refused"


def test_after_an_undo_others_are_still_asked_about_from_what_was_seen(store: Store) -> None:
    seen = _act(store, 3, 0)
    store.desk_acts.write(TOKEN, ME, [_act(store, 1, 0), _undo(2, 1)])
    store.decisions.decide(_ident(0), "Bo", "reject", reason="trivial")
    assert store.desk_acts.write(TOKEN, ME, [seen])[0].conflict is not None


def test_a_number_that_names_another_act_is_refused(store: Store) -> None:
    store.desk_acts.write(TOKEN, ME, [_act(store, 1, 0)])
    assert store.desk_acts.write(TOKEN, ME, [_act(store, 1, 1)])[0].words == OTHER
    assert store.decisions.of(_ident(1)) == []
