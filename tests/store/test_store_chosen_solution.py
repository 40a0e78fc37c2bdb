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
        assert store.problems.get("P-1").solution == chosen
        assert store.exports.rows("all")["solution"].to_pylist() == [chosen]
        assert store.problems.scoreboard()["solution_pass"].to_pylist() == [passed]
