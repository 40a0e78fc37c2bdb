"""An edited statement is solved again from the shell: by a run of one item, saved whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.generation.solve_again import proposed
from engine.store import Store
from tests.support.command import Said


@pytest.fixture
def two(project: Path) -> tuple[str, str]:
    """A problem, and a statement that the embedded engine solves: another problem's."""
    with Store(project / "project.duckdb") as store:
        first, *others = store.problems.scoreboard()["id"].to_pylist()
        cards = (store.problems.get(ident) for ident in others)
        return first, next(card.statement for card in cards if card and card.answer)


def test_a_model_solves_the_edited_statement(ask: Callable[..., Said], project: Path, two: tuple[str, str]) -> None:
    ident, statement = two
    with Store(project / "project.duckdb") as store:
        before = store.problems.get(ident)
    said = ask("decide", ident, "edit", "--statement", statement, "--solve", "--json")
    assert said.code == 0, said.err
    assert said.values["waits"] is False
    solved = said.values["solved"]
    with Store(project / "project.duckdb") as store:
        card, run = store.problems.get(ident), store.runs.get(solved["run"])
        assert card
        assert before
        assert run
        assert (card.statement, card.solution, card.answer) == (statement, solved["text"], solved["answer"])
        assert card.decision == "approved"
        # The machine's solutions stay those of the machine's statement; the reply is counted as a call.
        assert card.solutions == before.solutions
        assert (run.kind, run.state, run.calls) == ("solve", "finished", 1)
        plan = store.runs.plan(run.id)
        assert plan
        assert list(plan.recipe.roles) == ["solver"]
    made = proposed(project / "runs" / solved["run"])
    assert made
    assert made.text == solved["text"]


def test_a_waiting_statement_is_solved_later_and_each_time_anew(
    ask: Callable[..., Said], project: Path, two: tuple[str, str]
) -> None:
    ident, statement = two
    assert ask("decide", ident, "edit", "--statement", statement, "--json").values["waits"] is True
    assert ask("decide", ident, "edit", "--solve", "--json").values["waits"] is False
    said = ask("decide", ident, "edit", "--solve")
    assert said.code == 1
    assert "no statement waits" in said.err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("approve", "--solve"), "--solve belongs to an edit"),
        (("edit", "--solve", "--holds"), "--solve belongs to an edit"),
        (("edit", "--statement", "S?", "--solve", "--solution", "T"), "--solve belongs to an edit"),
        (("edit", "--statement", "S?", "--model", "abacus:sharp"), "--model belongs to --solve"),
        (("edit", "--statement", "S?", "--solve", "--model", "nowhere:m"), "is not a known engine"),
        (("edit", "--solve"), "no statement waits"),
    ],
)
def test_what_cannot_be_solved_is_said_and_saves_nothing(
    ask: Callable[..., Said], project: Path, two: tuple[str, str], words: tuple[str, ...], why: str
) -> None:
    said = ask("decide", two[0], *words)
    assert said.code in (1, 2)
    assert why in said.err
    with Store(project / "project.duckdb") as store:
        assert store.decisions.history() == []


def test_a_reply_that_answers_nothing_saves_nothing(
    ask: Callable[..., Said], project: Path, two: tuple[str, str]
) -> None:
    said = ask("decide", two[0], "edit", "--statement", "Prove that there are infinitely many primes.", "--solve")
    assert said.code == 1
    assert "nothing was saved" in said.err
    with Store(project / "project.duckdb") as store:
        assert store.decisions.history() == []
