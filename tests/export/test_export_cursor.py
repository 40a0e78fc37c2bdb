"""What goes out of the store: families by their root, and right solutions beside wrong ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.records import Problem, Verdict
from engine.export import deliver, gather
from engine.export.shape import FileShape
from engine.export.split import split_of
from engine.store import Store
from tests.support.store_factories import a_plan, a_problem, a_solution
from tests.support.went_out import ids as ids_of

TALES = ("Ann sells {} pens on Monday.", "A train of {} metres stops.", "Solve $x + {} = 9$.", "A box holds {} eggs.")


@pytest.fixture
def store() -> Iterator[Store]:
    with Store(":memory:") as opened:
        opened.runs.register(a_plan(), "")
        yield opened


def approved(store: Store, *problems: Problem) -> None:
    store.problems.add(problems)
    store.problems.add_solutions(a_solution(problem) for problem in problems)
    parents = {problem.parent_id for problem in problems}
    for problem in problems:
        if problem.id not in parents:
            store.decisions.decide(problem.id, "mira", "approve")


def alone(n: int, statement: str, **fields: object) -> Problem:
    return a_problem(n, statement=statement, **({"combination_id": None} | fields))


def test_versions_of_one_problem_are_one_family_however_deep(store: Store) -> None:
    root = alone(0, TALES[0].format(1))
    second = alone(1, TALES[1].format(2), parent_id=root.id)
    third = alone(2, TALES[2].format(3), parent_id=second.id)
    other = alone(3, TALES[3].format(4), parent_id=root.id)
    approved(store, root, second, third, other)
    with gather(store, "approved") as outgoing_rows:
        assert {row.id: row.family for row in outgoing_rows} == {third.id: root.id, other.id: root.id}


def test_a_problem_with_other_numbers_is_never_on_the_other_side(store: Store, tmp_path: Path) -> None:
    """Families are seeds, combinations and templates: forty combinations that say four things are four families."""
    problems = [alone(n, TALES[n % 4].format(n + 10), combination_id=f"C-{n}") for n in range(40)]
    approved(store, *problems)
    done = deliver(store, "set", tmp_path / "set", test_share=0.5).exported
    place = dict(ids_of(done))
    assert len(place) == 40
    for tale in range(4):
        assert len({place[problem.id] for problem in problems[tale::4]}) == 1
    with gather(store, "approved", FileShape(test_share=0.1)) as outgoing_rows:
        rows = list(outgoing_rows)
    assert len({row.family for row in rows}) == 4
    assert all(place[row.id] == split_of(row.family, 0.5) for row in rows)


def test_a_passed_solution_is_paired_with_a_vetoed_one_on_request(store: Store, tmp_path: Path) -> None:
    """A problem without a vetoed solution, or without a passed one, makes no pair."""
    both, right, wrong = (alone(n, TALES[n].format(7)) for n in range(3))
    approved(store, both, right, wrong)
    second = a_solution(both, 1)
    store.problems.add_solutions([second])
    for problem, solution, value in (
        (both, a_solution(both), 0.0), (both, second, 1.0), (right, a_solution(right), 1.0),
        (wrong, a_solution(wrong), 0.0),
    ):  # fmt: skip
        store.verdicts.add(
            [Verdict.make("run-1", "solution", solution.id, "solution_veto", "rule", value, "r", problem_id=problem.id)]
        )
    done = deliver(store, "set", tmp_path / "set", format="preference", pairs=("solutions",)).exported
    (pair,) = [json.loads(line) for line in (tmp_path / "set" / "data" / "train.jsonl").read_text().splitlines()]
    assert pair["chosen"][0]["content"] == second.text
    assert pair["rejected"][0]["content"] == a_solution(both).text
    assert done.left_out == {"neither edited nor solved in two ways": 2}
    with pytest.raises(UserError, match="not edited"):
        deliver(store, "set", tmp_path / "other", format="preference")


def test_whoever_waits_is_told_how_many_rows_were_looked_at(store: Store) -> None:
    """A page draws its bar by this; a large set takes minutes."""
    approved(store, *(alone(n, TALES[n].format(n)) for n in range(4)))
    told: list[tuple[int, str]] = []
    with gather(store, "approved", progress=lambda rows, words: told.append((rows, words))) as outgoing_rows:
        assert len(list(outgoing_rows)) == 4
    assert told
    assert max(rows for rows, _ in told) == 4
    assert all(words for _, words in told)
