"""The log of decisions: nothing lost, nothing doubled, undo from every tab and after every restart."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.core.errors import BadInput, UserError
from engine.core.records import Problem
from engine.store import BatchDecision, DecisionConflict, Store
from tests.support.store_factories import a_problem, a_solution, fill


def now(store: Store, problem: Problem) -> str:
    card = store.problems.get(problem.id)
    assert card is not None
    return card.decision


def test_a_decision_overrides_scores_and_keeps_author_and_time(store: Store) -> None:
    """X-08: approve, reject and edit stand over any score, with author and time, also when scores come later."""
    from tests.support.store_factories import a_score

    made = fill(store)
    decision = store.decisions.decide_all([BatchDecision(made[0].id, "reject", "trivial")], "ann", at=123.0)[0]
    assert (decision.curator, decision.at, decision.reason) == ("ann", 123.0, "trivial")
    store.verdicts.add([a_score(made[0], 1.0, version="later", at=9_999.0)])
    assert now(store, made[0]) == "rejected"
    assert store.decisions.of(made[0].id) == [decision]
    assert store.decisions.get(decision.id) == decision


def test_the_same_decision_twice_is_one(store: Store) -> None:
    made = fill(store)
    first = store.decisions.decide(made[0].id, "ann", "approve")
    assert store.decisions.decide(made[0].id, "ann", "approve") == first
    again = store.decisions.decide(made[1].id, "ann", "reject", reason="trivial", expected=None)
    assert store.decisions.decide(made[1].id, "ann", "reject", reason="trivial", expected=None) == again
    assert len(store.decisions.history()) == 2
    # Meeting the card again and deciding it alike is a decision of its own.
    assert store.decisions.decide(made[0].id, "ann", "approve", expected=first.id) != first


def test_two_clicks_at_once_are_one_decision(store: Store) -> None:
    made = fill(store)
    threads = [
        threading.Thread(target=lambda: store.decisions.decide(made[0].id, "ann", "approve", expected=None))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.decisions.of(made[0].id)) == 1


def test_two_curators_do_not_overwrite_each_other(store: Store) -> None:
    made = fill(store)
    by_ann = store.decisions.decide(made[0].id, "ann", "approve", expected=None)
    with pytest.raises(DecisionConflict, match=r"decided by ann in the meantime \(approve\)") as conflict:
        store.decisions.decide(made[0].id, "bob", "reject", reason="trivial", expected=None)
    assert conflict.value.other == by_ann
    assert isinstance(conflict.value, UserError)
    assert now(store, made[0]) == "approved"
    store.decisions.decide(made[0].id, "bob", "reject", reason="trivial", expected=by_ann.id)
    assert now(store, made[0]) == "rejected"
    assert store.decisions.reasons().to_dict("records") == [{"reason": "trivial", "problems": 1}]


def test_undo_of_what_another_has_decided_since_asks_first(store: Store) -> None:
    made = fill(store)
    mine = store.decisions.decide(made[0].id, "ann", "approve")
    theirs = store.decisions.decide(made[0].id, "bob", "reject", reason="trivial", expected=mine.id)
    with pytest.raises(DecisionConflict, match="bob") as conflict:
        store.decisions.undo("ann")
    assert conflict.value.other == theirs
    assert len(store.decisions.history()) == 2
    (undo,) = store.decisions.undo("ann", force=True)
    assert (undo.act, undo.undoes) == ("undo", mine.id)
    assert now(store, made[0]) == "rejected"
    store.decisions.undo("bob")
    assert now(store, made[0]) == "open"
    assert store.decisions.redo("ann") != []
    assert now(store, made[0]) == "approved"


def test_undo_and_redo_survive_a_restart_and_keep_their_order(tmp_path: Path) -> None:
    path = tmp_path / "p.duckdb"
    with Store(path) as store:
        made = fill(store, 5)
        for problem in made[:3]:
            store.decisions.decide(problem.id, "ann", "approve")
        store.decisions.undo("ann")
    with Store(path) as store:
        assert store.decisions.can_undo("ann").problem_id == made[1].id  # type: ignore[union-attr]
        assert store.decisions.can_redo("ann").problem_id == made[2].id  # type: ignore[union-attr]
        assert store.decisions.undo("ann")[0].problem_id == made[1].id
    with Store(path) as store:
        assert [store.decisions.redo("ann")[0].problem_id for _ in range(2)] == [made[1].id, made[2].id]
        assert store.decisions.redo("ann") == []
        assert store.decisions.can_redo("ann") is None
        assert [now(store, problem) for problem in made[:3]] == ["approved"] * 3
        for _ in range(3):
            store.decisions.undo("ann")
        assert store.decisions.undo("ann") == []
        assert store.decisions.can_undo("ann") is None
        assert store.verify() == []


def test_an_edit_is_a_new_version_and_the_machine_text_stays(store: Store) -> None:
    made = fill(store)
    store.decisions.decide(made[0].id, "ann", "edit", statement="Mended.", solution="Then \\boxed{7}.")
    store.decisions.decide(made[0].id, "ann", "edit", solution="Then \\boxed{8}.")
    card = store.problems.get(made[0].id)
    assert card is not None
    assert (card.statement, card.solution, card.answer) == ("Mended.", "Then \\boxed{8}.", "8")
    assert (card.decision, card.human, card.edited) == ("approved", 1, True)
    assert card.problem.statement == made[0].statement
    assert card.solutions[0].text == a_solution(made[0]).text
    (pair,) = store.decisions.edits().to_dict("records")
    assert (pair["statement_before"], pair["statement_after"]) == (made[0].statement, "Mended.")
    assert (pair["solution_before"], pair["solution_after"]) == (a_solution(made[0]).text, "Then \\boxed{8}.")
    store.decisions.undo("ann")
    assert store.problems.get(made[0].id).answer == "7"  # type: ignore[union-attr]
    store.decisions.undo("ann")
    assert store.problems.get(made[0].id).statement == made[0].statement  # type: ignore[union-attr]


def test_a_batch_is_undone_in_one_step(store: Store) -> None:
    made = fill(store, 6)
    store.decisions.decide(made[5].id, "ann", "approve")
    batch = store.decisions.decide_all(
        [BatchDecision(p.id, "edit", statement=f"Mended {n}.") for n, p in enumerate(made[:4])], "ann", queue="like it"
    )
    assert len({decision.batch for decision in batch}) == 1
    assert len(store.decisions.undo("ann")) == 4
    assert [now(store, p) for p in made] == ["open"] * 5 + ["approved"]
    assert len(store.decisions.redo("ann")) == 4
    assert len(store.decisions.undo("ann")) == 4
    assert len(store.decisions.undo("ann")) == 1
    with pytest.raises(BadInput, match="no such problem"):
        store.decisions.decide_all([BatchDecision(made[0].id, "approve"), BatchDecision("P-none", "approve")], "ann")
    assert now(store, made[0]) == "open"
    with pytest.raises(BadInput, match="twice"):
        store.decisions.decide_all([BatchDecision(made[0].id, "approve"), BatchDecision(made[0].id, "reject")], "ann")
    assert now(store, made[0]) == "open"
    assert store.decisions.decide_all([], "ann") == []


def test_a_repair_carried_over_is_no_yes_and_one_undo_takes_all_of_it_back(store: Store) -> None:
    """X-08: the repaired text stands at once, the problem waits for a person as before; the machine's text stays."""
    made = fill(store, 4)
    store.decisions.decide_all([BatchDecision(made[0].id, "approve")], "ann", at=10.0)
    pace = store.decisions.pace("ann")
    store.decisions.decide_all(
        [BatchDecision(p.id, "edit", statement=f"Mended {n}.") for n, p in enumerate(made[:3])], "ann", queue="alike"
    )
    # The yes was to the text before: with its statement changed, the problem waits for a solution.
    assert [now(store, p) for p in made] == ["waiting", "open", "open", "open"]
    assert store.problems.get(made[1].id).statement == "Mended 1."  # type: ignore[union-attr]
    assert store.problems.get(made[1].id).problem.statement == made[1].statement  # type: ignore[union-attr]
    pairs = store.decisions.edits()
    assert set(pairs["problem_id"]) == {p.id for p in made[:3]}
    assert set(pairs["curator"]) == {"ann"}
    assert set(pairs["statement_before"]) == {p.statement for p in made[:3]}
    assert store.decisions.pace("ann") == pace
    assert store.leases.take([made[1].id], "ann").problem_id == made[1].id  # type: ignore[union-attr]
    assert len(store.decisions.undo("ann")) == 3
    assert store.problems.get(made[1].id).statement == made[1].statement  # type: ignore[union-attr]
    assert len(store.decisions.redo("ann")) == 3
    steps = [(made_last.act, count) for made_last, count in store.decisions.steps("ann")]
    assert steps == [("redo", 3), ("undo", 3), ("edit", 3), ("approve", 1)]
    store.decisions.decide(made[1].id, "ann", "reject", reason="trivial")
    assert [hand[:2] for hand in store.decisions.hands(made[0].run_id)] == sorted(
        [(made[0].id, "second-opinion"), (made[1].id, "reject"), (made[2].id, "second-opinion")]
    )


def test_skips_and_second_opinions(store: Store) -> None:
    made = fill(store)
    store.decisions.decide(made[0].id, "ann", "approve")
    store.decisions.decide(made[0].id, "bob", "skip")
    assert now(store, made[0]) == "approved"
    store.decisions.decide(made[1].id, "ann", "second-opinion")
    assert now(store, made[1]) == "second opinion"
    store.decisions.decide(made[1].id, "bob", "reject", reason="ambiguous")
    assert now(store, made[1]) == "rejected"


def test_pace_leaves_breaks_out(store: Store) -> None:
    made = fill(store, 6)
    for n, at in enumerate((0.0, 10.0, 24.0, 5_000.0, 5_012.0)):
        store.decisions.decide_all([BatchDecision(made[n].id, "approve")], "ann", at=at)
    pace = store.decisions.pace("ann")
    assert (pace.decided, pace.median_seconds) == (5, 12.0)
    assert store.decisions.pace("bob").median_seconds is None


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"act": "undo"}, "is no decision"),
        ({"act": "delete"}, "is no decision"),
        ({"act": "edit"}, "needs a new statement"),
        ({"act": "edit", "statement": "  "}, "cannot leave a text empty"),
        ({"act": "approve", "statement": "x"}, "only an edit carries texts"),
        ({"act": "approve", "curator": " "}, "name of a curator"),
        ({"act": "approve", "problem_id": "P-none"}, "no such problem"),
    ],
)
def test_what_makes_no_sense_is_refused(store: Store, choice: dict[str, str], words: str) -> None:
    fill(store)
    with pytest.raises(BadInput, match=words):
        store.decisions.decide(**{"problem_id": a_problem(0).id, "curator": "ann", **choice})  # type: ignore[arg-type]
    assert store.decisions.history() == []


def test_two_hundred_decisions_from_two_tabs_arrive_once_each(store: Store) -> None:
    made = fill(store, 200)

    def review(curator: str, part: list[Problem]) -> None:
        for problem in part:
            store.decisions.decide(problem.id, curator, "approve", expected=None)

    threads = [
        threading.Thread(target=review, args=("ann", made[::2])),
        threading.Thread(target=review, args=("bob", made[1::2])),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = store.decisions.history(n=1_000)
    assert len(history) == 200
    assert {decision.problem_id for decision in history} == {problem.id for problem in made}
    assert store.home.funnel().approved == 200


@dataclass
class _Person:
    """The model: two stacks of steps, each step a list of (problem, word) in the order of their doing."""

    done: list[list[tuple[int, int, str]]] = field(default_factory=list)
    undone: list[list[tuple[int, int, str]]] = field(default_factory=list)


WORDS = {"approve": "approved", "reject": "rejected", "second-opinion": "second opinion"}


class DecisionLog(RuleBasedStateMachine):
    """Any sequence of decisions, batches, undos and redos of two curators equals two stacks."""

    @initialize()
    def begin(self) -> None:
        self.store = Store(":memory:")
        self.problems = fill(self.store, 3)
        self.people = {"ann": _Person(), "bob": _Person()}
        self.clock = 0

    curators = st.sampled_from(["ann", "bob"])
    acts = st.sampled_from(sorted(WORDS))

    def _last(self, number: int) -> str | None:
        return self.store.problems.get(self.problems[number].id).last_decision  # type: ignore[union-attr]

    @rule(curator=curators, number=st.integers(0, 2), act=acts)
    def decide(self, curator: str, number: int, act: str) -> None:
        self.clock += 1
        self.store.decisions.decide(self.problems[number].id, curator, act, expected=self._last(number))  # type: ignore[arg-type]
        self.people[curator].done.append([(self.clock, number, WORDS[act])])
        self.people[curator].undone.clear()

    @rule(curator=curators, act=acts)
    def batch(self, curator: str, act: str) -> None:
        choices = [BatchDecision(self.problems[n].id, act, expected=self._last(n)) for n in (0, 2)]  # type: ignore[arg-type]
        self.store.decisions.decide_all(choices, curator, batch=f"b{self.clock}")
        self.clock += 2
        step = [(self.clock - 1, 0, WORDS[act]), (self.clock, 2, WORDS[act])]
        self.people[curator].done.append(step)
        self.people[curator].undone.clear()

    @rule(curator=curators)
    def undo(self, curator: str) -> None:
        person = self.people[curator]
        events = self.store.decisions.undo(curator, force=True)
        assert len(events) == (len(person.done[-1]) if person.done else 0)
        if person.done:
            person.undone.append(person.done.pop())

    @rule(curator=curators)
    def redo(self, curator: str) -> None:
        person = self.people[curator]
        events = self.store.decisions.redo(curator, force=True)
        assert len(events) == (len(person.undone[-1]) if person.undone else 0)
        if person.undone:
            person.done.append(person.undone.pop())

    @invariant()
    def views_equal_the_model(self) -> None:
        if not hasattr(self, "store"):
            return
        standing = sorted(act for person in self.people.values() for step in person.done for act in step)
        expected = ["open"] * 3
        for _, number, word in standing:
            expected[number] = word
        page = self.store.problems.page(order="oldest").rows
        assert page["decision"].tolist() == expected

    def teardown(self) -> None:
        if hasattr(self, "store"):
            assert [trouble for trouble in self.store.verify() if trouble.kind == "undo"] == []
            self.store.close()


DecisionLog.TestCase.settings = settings(max_examples=25, stateful_step_count=14, deadline=None)
TestDecisionLog = DecisionLog.TestCase
