"""Problems by who wrote and who solved them, over runs with different models."""

from __future__ import annotations

import pytest

from engine.core.records import Verdict
from engine.reporting.model_pairs import model_pairs
from engine.store import Store
from tests.support.store_factories import a_plan, a_problem, a_solution


def test_fl36_each_pair_of_models_has_its_row() -> None:
    """FL-36: both models are independent; what is not known of a problem counts in no share."""
    asked = [("large", "maths", 1.0), ("large", "maths", 0.0), ("large", "small", 0.0), ("mini", "maths", None)]
    with Store(":memory:") as store:
        assert "--engine solver=" in model_pairs(store).todo
        store.runs.register(a_plan())
        problems = [a_problem(n, model=writer) for n, (writer, _, _) in enumerate(asked)]
        unsolved = a_problem(9, model="mini")
        store.problems.add([*problems, unsolved])
        for problem, (_, solver, kept) in zip(problems, asked, strict=True):
            store.problems.add_solutions([a_solution(problem, index, model=solver) for index in range(2)])
            if kept is not None:
                said = Verdict.make("run-1", "problem", problem.id, "method", "rule", kept, "r", problem_id=problem.id)
                store.verdicts.add([said])
        section = model_pairs(store)
    rows = {row[1:3]: row for row in section.table.rows}
    assert set(rows) == {("large", "maths"), ("large", "small"), ("mini", "maths"), ("mini", None)}
    assert rows["large", "maths"][3:5] == (2, pytest.approx(0.5))
    assert rows["large", "small"][3:5] == (1, 0.0)
    assert rows["mini", "maths"][3:6] == (1, None, None)
    assert section.finding == "4 pairs of problem model and solution model."
    assert len(section.chart.names) == 2
