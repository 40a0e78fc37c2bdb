"""After an edit: the rows with the same flaw, repaired as one batch that one undo takes back."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from engine.curation.review import bulk_repair
from engine.store import DecisionConflict, Store
from engine.store.problems import ProblemCard
from tests.support.review_desk import ME, press, save_twice, sit_down

FLAW, MENDED = "Find the number. Show the working out.", "Find the number. Show your work."


@pytest.fixture
def flawed(store: Store) -> list[str]:
    """Five problems whose statements carry the same flaw, the last of them rejected."""
    ids = store.problems.scoreboard()["id"].to_pylist()[:5]
    for ident in ids:
        store.decisions.decide(ident, "Bo", "edit", statement=f"{_card(store, ident).statement} {FLAW}")
    store.decisions.decide(ids[3], "Bo", "second-opinion")
    store.decisions.decide(ids[4], "Bo", "reject", reason="trivial")
    return ids


def _card(store: Store, ident: str) -> ProblemCard:
    card = store.problems.get(ident)
    assert card is not None
    return card


def _edited(store: Store, ident: str) -> AppTest:
    """Open one problem and mend its flaw by hand."""
    page = sit_down(ids=ident)
    press(page, "review.edit")
    area = next(area for area in page.text_area if area.label == "Statement")
    area.input(area.value.replace(FLAW, MENDED))
    save_twice(page)
    return page


def test_one_edit_becomes_a_batch_that_one_undo_takes_back(store: Store, flawed: list[str]) -> None:
    """FEATURES 4: rows with the same flaw are listed with before and after, ticked, repaired, and given back."""
    before = {ident: _card(store, ident) for ident in flawed}
    page = _edited(store, flawed[0])
    button = next(button for button in page.button if button.key == "review.alike")
    assert button.label == "Find 3 more like it"
    press(page, "review.alike")
    boxes = [box for box in page.checkbox if "review.alike" in str(box.key)]
    assert [box.value for box in boxes] == [True] * 3
    boxes[1].uncheck()
    page.run()
    assert [button.label for button in page.button if button.key == "review.alike.apply"] == ["Repair 2"]
    press(page, "review.alike.apply")
    mended = [ident for ident in flawed if _card(store, ident).statement.endswith(MENDED)]
    assert mended == [flawed[0], flawed[1], flawed[3]]
    for ident in mended[1:]:
        card = _card(store, ident)
        assert card.problem.statement == before[ident].problem.statement
        assert (card.decision, card.human) == (before[ident].decision, before[ident].human)
    assert len({decision.batch for decision in store.decisions.history(ME, 2)}) == 1
    press(page, "review.undo")
    assert [_card(store, ident).statement.endswith(MENDED) for ident in flawed] == [True, False, False, False, False]
    press(page, "review.redo")
    assert [ident for ident in flawed if _card(store, ident).statement.endswith(MENDED)] == mended
    pairs = store.decisions.edits().set_index("problem_id")
    assert pairs["statement_before"][flawed[1]] == before[flawed[1]].problem.statement
    assert pairs["statement_after"][flawed[1]].endswith(MENDED)


def test_an_edit_that_is_no_rule_offers_nothing(store: Store, flawed: list[str]) -> None:
    page = sit_down(ids=flawed[0])
    press(page, "review.edit")
    area = next(area for area in page.text_area if area.label == "Statement")
    area.input("Another problem altogether, that asks what one and one make.")
    save_twice(page)
    assert not [button for button in page.button if button.key == "review.alike"]


def test_a_row_that_was_decided_meanwhile_stops_the_batch(store: Store, flawed: list[str]) -> None:
    (rule,) = bulk_repair.repairs(
        _card(store, flawed[0]), _card(store, flawed[0]).statement.replace(FLAW, MENDED), None
    )
    found = bulk_repair.find(store, rule)
    assert [match.problem_id for match in found] == flawed[:4]
    store.decisions.decide(flawed[2], "Cid", "reject", reason="ambiguous", expected=found[2].row.last_decision)
    with pytest.raises(DecisionConflict, match="Cid"):
        bulk_repair.apply(store, found, ME)
    assert store.decisions.history(ME) == []
    assert [match.problem_id for match in bulk_repair.find(store, rule)] == [flawed[0], flawed[1], flawed[3]]


def test_a_repair_that_would_change_an_answer_is_doubted(store: Store) -> None:
    ident = store.problems.scoreboard()["id"][0].as_py()
    other = store.problems.scoreboard()["id"][1].as_py()
    for each, text in ((ident, "So $\\boxed{4 metres}$."), (other, "It is $\\boxed{7 metres}$.")):
        store.decisions.decide(each, "Bo", "edit", solution=text)
    (rule,) = bulk_repair.repairs(_card(store, ident), None, "So $\\boxed{4 yards}$.")
    found = {match.problem_id: match for match in bulk_repair.find(store, rule)}
    assert found[other].solution == "It is $\\boxed{7 yards}$."
    assert "final answer would" in found[other].doubt


def test_a_repair_whose_answer_cannot_be_compared_says_so(store: Store) -> None:
    ident = store.problems.scoreboard()["id"][0].as_py()
    other = store.problems.scoreboard()["id"][1].as_py()
    for each in (ident, other):
        store.decisions.decide(each, "Bo", "edit", solution="So $\\boxed{\\text{grows like a tree}}$.")
    (rule,) = bulk_repair.repairs(_card(store, ident), None, "So $\\boxed{\\text{grows like a bush}}$.")
    found = {match.problem_id: match for match in bulk_repair.find(store, rule)}
    assert found[other].doubt.startswith("It can't be told whether the final answer stays the same")
