"""Of several solutions the one that passed stands for the problem, in cards and in exports."""

from __future__ import annotations

import pytest

from engine.core.records import Problem, Solution, Verdict
from engine.store import Store


def _solution(index, text):
    return Solution(f"W-{index}", "P-1", "run", index, text, str(index), at=float(index))


def _veto(index, value, at=10.0):
    return Verdict.make("run", "solution", f"W-{index}", "solution_veto", "rule", value, "r", problem_id="P-1", at=at)


@pytest.mark.parametrize(
    ("vetoes", "chosen", "passed"),
    [
        ([], "first", None),
        ([(0, 0.0), (1, 1.0), (2, 1.0)], "second", 1.0),
        ([(0, 0.0), (1, 0.0), (2, 0.0)], "first", 0.0),
        ([(0, 1.0), (1, 0.0), (2, 0.0)], "first", 1.0),
    ],
)
def test_gsdp28_the_solution_that_passed_is_the_one_that_trains(tmp_path, vetoes, chosen, passed):
    """GSDP-28: a vetoed solution never stands for a problem that has a sound one."""
    with Store(tmp_path / "p.duckdb") as store:
        store.problems.add([Problem("P-1", "run", "item", "How many?", "graph_problem", at=1.0)])
        store.problems.add_solutions([_solution(0, "first"), _solution(1, "second"), _solution(2, "third")])
        store.verdicts.add([_veto(index, value) for index, value in vetoes])
        card = store.problems.get("P-1")
        assert card.solution == card.chosen.text == chosen
        assert store.problems.chosen_solution("P-1") == card.chosen
        assert store.exports.rows("all")["solution"].to_pylist() == [chosen]
        assert store.problems.scoreboard()["solution_pass"].to_pylist() == [passed]


def _said(index, name, value, run="run", at=10.0):
    return Verdict.make(run, "solution", f"W-{index}", name, "rule", value, "r", problem_id="P-1", at=at)


@pytest.mark.parametrize(
    ("said", "chosen"),
    [
        ([_said(1, "chosen", 1.0), _said(2, "joint", 5.0)], "second"),
        ([_said(1, "joint", 3.0), _said(2, "joint", 5.0)], "third"),
        # A veto outweighs what a strategy chose; the last word of each counts.
        ([_veto(0, 1.0), _veto(1, 0.0), _said(1, "chosen", 1.0)], "first"),
        ([_said(2, "chosen", 1.0), _said(2, "chosen", 0.0, run="later", at=20.0)], "first"),
    ],
)
def test_a_card_says_which_solution_stands_for_its_problem(tmp_path, said, chosen):
    with Store(tmp_path / "p.duckdb") as store:
        store.problems.add([Problem("P-1", "run", "item", "How many?", "graph_problem", at=1.0)])
        store.problems.add_solutions([_solution(0, "first"), _solution(1, "second"), _solution(2, "third")])
        store.verdicts.add(said)
        assert store.problems.get("P-1").chosen.text == chosen
        assert store.exports.rows("all")["solution"].to_pylist() == [chosen]


def test_a_problem_without_a_solution_has_none_that_stands_for_it(tmp_path):
    with Store(tmp_path / "p.duckdb") as store:
        store.problems.add([Problem("P-1", "run", "item", "How many?", "graph_problem", at=1.0)])
        assert store.problems.get("P-1").chosen is None
        assert store.problems.chosen_solution("P-1") is None
