"""What a curator is given to read, in which order, and why each problem is there."""

from __future__ import annotations

import pytest

from engine.core.records import Problem, Rule, Solution, Verdict
from engine.curation import policy as policies
from engine.curation.review import queues
from engine.store import Store
from tests.support.store_factories import a_problem, a_score, a_solution, fill


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "project.duckdb") as opened:
        yield opened


def _judged(problem: Problem, of: Problem | Solution, *values: float | None) -> list[Verdict]:
    kind = "problem" if of is problem else "solution"
    return [
        Verdict.make(
            "run-1", kind, of.id, f"judge_{kind}", f"judge_{number}", value, "seen", problem_id=problem.id, at=1.0
        )
        for number, value in enumerate(values)
    ]


def _queue(store: Store, kind: queues.Kind) -> queues.Queue:
    return queues.make(store, kind, policies.published(), "Ann")


def test_nobody_disagrees_where_nothing_was_judged(store: Store) -> None:
    fill(store, 3)
    assert _queue(store, "disagree").ids == ()


def test_judges_who_disagree_most_come_first_and_the_note_says_how_far_apart_they_are(store: Store) -> None:
    """A spread of 0.15 is one; a score that could not be read takes no part; problem and solution are told apart."""
    near, at_limit, wide, halved, widest = fill(store, 5)
    said = _judged(near, near, 0.80, 0.94, None)
    said += _judged(at_limit, at_limit, 0.70, 0.85, 0.80)
    said += _judged(wide, wide, 0.90, 0.40, 0.60)
    said += _judged(halved, halved, 0.70, 0.90) + _judged(halved, a_solution(halved), 0.0, 1.0)
    said += _judged(widest, widest, 0.05, 1.0)
    store.verdicts.add(said)
    queue = _queue(store, "disagree")
    assert queue.ids == (halved.id, widest.id, wide.id, at_limit.id)
    assert [queue.notes[ident] for ident in queue.ids] == [
        "The judges of the solution gave from 0.00 to 1.00.",
        "The judges of the problem gave from 0.05 to 1.00.",
        "The judges of the problem gave from 0.40 to 0.90.",
        "The judges of the problem gave from 0.70 to 0.85.",
    ]


def test_problems_of_one_spread_come_by_their_id_and_solutions_are_judged_one_by_one(store: Store) -> None:
    """Two solutions with one word each are no disagreement."""
    first, second, alone = fill(store, 3)
    said = _judged(first, first, 0.2, 0.8) + _judged(second, second, 0.8, 0.2)
    said += _judged(alone, a_solution(alone, 0), 0.0) + _judged(alone, a_solution(alone, 1), 1.0)
    store.verdicts.add(said)
    assert _queue(store, "disagree").ids == tuple(sorted((first.id, second.id)))


def test_solutions_alone_may_be_what_judges_disagree_on(store: Store) -> None:
    (only,) = fill(store, 1)
    store.verdicts.add(_judged(only, a_solution(only), 0.0, 1.0))
    assert _queue(store, "disagree").notes == {only.id: "The judges of the solution gave from 0.00 to 1.00."}


def _scored(store: Store, *scores: tuple[float | None, float | None, float | None]) -> list[str]:
    """Give problems their score, the verdict on their solution, and the share of solutions that end alike."""
    problems = [a_problem(n) for n in range(len(scores))]
    store.problems.add(problems)
    names = ("problem_score", "solution_veto", "agreement")
    store.verdicts.add(
        a_score(problem, value, name)
        for problem, values in zip(problems, scores, strict=True)
        for name, value in zip(names, values, strict=True)
        if value is not None
    )
    return [problem.id for problem in problems]


def test_solvers_who_split_most_come_first_and_then_checks_that_split(store: Store) -> None:
    """Problems on which all solvers agree and no check refuses are not there, nor those that nothing is known of."""
    ids = _scored(
        store,
        (0.90, 0.0, None),
        (0.95, 1.0, 0.75),
        (0.95, 1.0, 1.0),
        (0.30, 0.0, 0.0),
        (0.85, 0.0, 1.0),
        (0.80, 0.0, 1.0),
        (None, None, None),
        (0.99, 0.0, 0.25),
        (None, None, 0.75),
    )
    queue = _queue(store, "split")
    assert [ids.index(ident) for ident in queue.ids] == [3, 7, 1, 8, 0, 4]
    assert [queue.notes[ident] for ident in queue.ids] == [
        "No two solutions end with the same answer.",
        "Only 25% of the solutions end with the same answer.",
        "Only 75% of the solutions end with the same answer.",
        "Only 75% of the solutions end with the same answer.",
        "The judges like the problem (0.90) and refuse its solution.",
        "The judges like the problem (0.85) and refuse its solution.",
    ]


@pytest.mark.parametrize(
    ("rules", "liked"),
    [
        ((Rule("difficulty", "at least", 0.1), Rule("judge_score", "at least", 0.7)), 2),
        ((Rule("difficulty", "at least", 0.1),), 1),
        ((), 1),
    ],
)
def test_what_judges_like_is_what_the_policy_keeps_by_their_score(store: Store, rules: tuple[Rule, ...], liked: int):
    """A policy with a limit of its own moves it; one that says nothing of the score leaves the published 0.85."""
    ids = _scored(store, (0.70, 0.0, 1.0), (0.85, 0.0, 1.0), (0.60, 0.0, 1.0))
    found = queues.make(store, "split", policies.make("own", rules), "Ann").ids
    assert found == (ids[1], ids[0])[:liked]


def test_problems_on_which_solvers_split_alike_come_in_the_order_of_the_board(store: Store) -> None:
    """The same project gives the same queue, however many are alike."""
    _scored(store, *((None, None, 0.25 if n % 3 else 0.75) for n in range(90)))
    board = [row["id"] for row in store.problems.scoreboard().to_pylist()]
    shares = dict(zip(board, store.problems.scoreboard()["agreement"].to_pylist(), strict=True))
    assert list(_queue(store, "split").ids) == sorted(board, key=shares.__getitem__)
