"""Rows in more than one language: the list names them, the card tells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from engine.export import gather, preflight
from engine.export.preflight import ExportFinding
from engine.store import Store
from tests.support.store_factories import a_plan, a_problem, a_solution

CHINESE = ("求前三个奇数的和是多少?", "求前四个偶数的和是多少?", "求前五个质数的和是多少?")
ENGLISH = tuple(f"How many {what} are below $50$?" for what in ("prime numbers", "odd squares", "perfect cubes"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "project.duckdb") as opened:
        opened.runs.register(a_plan(), "")
        yield opened


def _languages(store: Store, statements: Sequence[str]) -> ExportFinding:
    made = [a_problem(n, statement=statement) for n, statement in enumerate(statements)]
    store.problems.add(made)
    store.problems.add_solutions(a_solution(problem) for problem in made)
    for problem in made:
        store.decisions.decide(problem.id, "ada", "approve")
    with gather(store, "approved") as rows:
        (found,) = [one for one in preflight.findings(rows, "sft", 0) if "anguage" in one.name]
    return found


def test_one_language_is_as_it_should_be(store: Store) -> None:
    assert _languages(store, ENGLISH) == ExportFinding("One language", "good", "en 3")


def test_the_rows_of_the_rarer_language_are_named(store: Store) -> None:
    found = _languages(store, (CHINESE[0], *ENGLISH, CHINESE[1]))
    rare = (a_problem(0).id, a_problem(4).id)
    assert found == ExportFinding("2 languages", "look", "en 3, zh 2", rare, 2)


def test_no_more_ids_are_named_than_a_page_can_open(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "MOST", 2)
    found = _languages(store, (*ENGLISH, *CHINESE, "How many even squares are below $50$?"))
    assert (found.count, found.ids) == (3, (a_problem(3).id, a_problem(4).id))
