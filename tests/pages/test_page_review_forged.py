"""Messages that no desk sends: forged, damaged or another person's. They write nothing that a button could not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from engine.store import Store
from studio import session
from studio.parts.review import road
from studio.parts.review.message import DeskMessage, message
from tests.support.page_project import filled, opened
from tests.support.review_desk import ME, press, save_twice, sit_down

TOKEN = "0123456789abcdef01234567"
STAMP = "0123456789abcdef"
GOOD = {"t": TOKEN, "n": 1, "stamp": STAMP, "act": "approve", "reason": "", "age": 5}
NAN, INF = float("nan"), float("inf")
ODD_ACTS: list[dict[str, Any]] = [
    {"n": NAN}, {"n": INF}, {"n": 10**30}, {"n": 10**400}, {"n": -1}, {"n": 1.5}, {"n": 2**63}, {"n": "1"}, {"n": True},
    {"t": "\ud800"}, {"t": None}, {"t": "x" * 10**6}, {"t": ["a"]}, {"t": ""},
    {"t": TOKEN.upper()}, {"t": TOKEN + "\n"},
    {"act": "edit"}, {"act": "redo"}, {"act": {}}, {"act": ["approve"]}, {"act": None},
    {"act": "reject"}, {"reason": "trivial"}, {"act": "reject", "reason": "my own"},
    {"act": "skip", "reason": "trivial"},
    {"reason": ["trivial"]}, {"stamp": "\ud800"}, {"stamp": {"a": 1}}, {"stamp": "' or 1=1 --"}, {"stamp": 5},
    {"act": "undo", "of": NAN}, {"act": "undo", "of": 10**30}, {"act": "undo", "of": "1"}, {"act": "undo", "of": []},
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(filled(tmp_path / "project")) as found:
        yield found


@pytest.mark.parametrize("odd", ODD_ACTS, ids=lambda odd: "-".join(f"{key}={str(odd[key])[:12]!a}" for key in odd))
def test_an_act_that_no_desk_could_have_sent_is_not_heard(odd: dict[str, Any]) -> None:
    heard = message({"outbox": {"acts": [{**GOOD, **odd}, {**GOOD, "n": 2}]}})
    assert [one.number for one in heard.acts] == [2]


@pytest.mark.parametrize("age", [NAN, INF, -INF, 10**400, -5, "old", None, [], True], ids=lambda age: str(age)[:9])
def test_an_age_that_is_none_is_now(age: Any) -> None:
    assert message({"outbox": {"acts": [{**GOOD, "age": age}]}}).acts[0].age == 0.0


@pytest.mark.parametrize(
    "odd",
    [
        {"have": {"²": STAMP, "9" * 5000: STAMP, "-1": STAMP, "0": None}}, {"have": dict.fromkeys(range(10**5), STAMP)},
        {"beat": INF}, {"beat": NAN}, {"beat": 10**400}, {"beat": -3}, {"on": "\ud800"}, {"on": {}}, {"calm": []},
        {"acts": {"0": {}}}, {"acts": [None, 1, "x", [], {}]}, {"acts": "x" * 10**6},
    ],
    ids=lambda odd: "-".join(odd),
)  # fmt: skip
def test_what_has_a_wrong_shape_counts_as_not_said(odd: dict[str, Any]) -> None:
    assert message({"outbox": odd}) == DeskMessage()


def test_a_million_acts_are_heard_in_part(store: Store) -> None:
    heard = message({"outbox": {"acts": [{**GOOD, "n": number} for number in range(10**6)]}})
    assert [one.number for one in heard.acts] == list(range(500))


def test_one_number_is_one_act_and_what_came_first_counts(store: Store) -> None:
    page = sit_down()
    act = _act(page)
    told = _heard(page, {"acts": [act, {**act, "act": "reject", "reason": "trivial"}, act]})
    assert [each.act for each in store.decisions.history()] == ["approve"]
    assert [one[1:3] for one in told] == [[1, "saved"]]


def test_a_card_that_was_laid_for_somebody_else_is_not_decided_by_its_stamp(store: Store) -> None:
    his = sit_down("Bob")
    desk = his.session_state["review.desk"]
    store.leases.release(desk.lease.problem_id, "Bob", session=desk.name)
    page = sit_down()
    told = _heard(page, {"acts": [{**_act(page), "stamp": _act(his)["stamp"]}]})
    assert (store.decisions.history(), told[0][2:]) == ([], ["refused", road.NOT_YOURS])


def test_a_card_of_another_project_is_not_decided_and_not_lent_here(store: Store, tmp_path: Path) -> None:
    page = sit_down()
    desk = page.session_state["review.desk"]
    desk.project = str(tmp_path / "another")
    elsewhere = _act(page)
    here = sit_down()
    told = _heard(here, {"acts": [{**elsewhere, "stamp": _relaid(page)}]})
    assert (store.decisions.history(), told[0][2:]) == ([], ["refused", road.NOT_YOURS])


def test_a_statement_that_waits_for_its_solution_is_not_approved_by_a_message(store: Store) -> None:
    page = sit_down()
    press(page, "review.edit")
    texts = {area.label: area for area in page.text_area}
    texts["Statement"].input(str(texts["Statement"].value) + " Give an exact value.")
    save_twice(page)
    told = _heard(page, {"acts": [_act(page)]})
    assert told[0][2:] == ["refused", road.WAITS]
    assert [each.act for each in store.decisions.history()] == ["edit"]


def test_whose_role_was_taken_away_writes_and_borrows_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sit_down()
    held = store.leases.held()
    monkeypatch.setattr(session, "may", lambda deed: False)
    told = _heard(page, {"acts": [_act(page), {**_act(page), "n": 2, "act": "undo"}]})
    assert [one[2:] for one in told] == [["refused", road.VIEWERS]] * 2
    assert (store.decisions.history(), store.leases.held()) == ([], held)


def test_an_undo_takes_back_nothing_of_somebody_else(store: Store) -> None:
    his = sit_down("Bob")
    _heard(his, {"acts": [_act(his)]}, "Bob")
    page = sit_down()
    forged = [{"t": TOKEN, "n": number, "stamp": _act(his)["stamp"], "act": "undo", **more}
              for number, more in enumerate(({}, {"of": 1}, {"of": 9}), start=2)]  # fmt: skip
    assert [one[2] for one in _heard(page, {"acts": forged})] == ["refused"] * 3
    assert [(each.curator, each.act) for each in store.decisions.history()] == [("Bob", "approve")]


def _heard(page: AppTest, said: Any, curator: str = ME) -> list[list[Any]]:
    """Let the desk of a tab hear a message; return its answers: token, number, outcome, words."""

    def hear(outbox: object) -> None:
        import streamlit as st

        from studio.parts.review import message, road, spread, state

        lying = spread.spread()
        road.hear(state.desk(), lying, message.message({"outbox": outbox}))
        st.session_state["told"] = lying.told

    hear.__module__ = __name__
    again = AppTest.from_function(hear, args=(said,), default_timeout=60)
    for key in ("review.desk", "review.spread"):
        again.session_state[key] = page.session_state[key]
    again.session_state["session.curator"] = curator
    again.run()
    assert not again.exception
    return list(again.session_state["told"])


def _act(page: AppTest) -> dict[str, Any]:
    """Return an approval of the card that lies on a desk, as its browser sends it."""
    return {**GOOD, "stamp": page.session_state["review.spread"].sheets[0].stamp}


def _relaid(page: AppTest) -> str:
    """Return the stamp of the card on a desk as it is made for the project that the desk says now."""
    from studio.parts.review import spread

    sheet = page.session_state["review.spread"].sheets[0]
    return spread._stamp(page.session_state["review.desk"], sheet.dealt, sheet.card)
