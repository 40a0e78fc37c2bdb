"""What a report reads: the latest word of each judge, current problems only, nothing where there is nothing."""

from __future__ import annotations

import dataclasses

from engine.core.records import Problem, Verdict, content_id
from engine.store import Store


def problem(number, agent="rephrase", parent=None):
    ident = content_id("P", number, agent)
    return Problem(ident, "r", f"i{number}", f"What is {number}?", agent, parent_id=parent, at=float(number))


def said(of, value, at, by="reviewer"):
    made = Verdict.make("r", "problem", of.id, "review", by, value, "why", problem_id=of.id, version=str(at))
    return dataclasses.replace(made, at=float(at))


def test_the_latest_word_of_each_judge_counts(tmp_path):
    with Store(tmp_path / "store.duckdb") as store:
        first = problem(1)
        store.problems.add([first])
        store.verdicts.add(
            [said(first, 2.0, 1), said(first, 4.0, 3), said(first, 3.0, 2), said(first, 1.0, 1, "other")]
        )
        found = store.figures.said(["review"])
        assert sorted(zip(found["by"], found["value"], strict=True)) == [("other", 1.0), ("reviewer", 4.0)]
        assert store.figures.said(["joint"]).empty


def test_current_problems_without_seeds_that_were_solved_anew(tmp_path):
    with Store(tmp_path / "store.duckdb") as store:
        first, seed = problem(1), problem(2, "seed")
        second = problem(3, "revise", first.id)
        store.problems.add([first, seed, second])
        assert list(store.figures.problems()["id"]) == [second.id]
        assert store.figures.revised() == [second.id]
        assert len(store.figures.said(["review"])) == 0


def test_a_solvability_judge_is_heard_where_it_was_asked(tmp_path):
    """FL-29: its last word of each problem, whether anybody approved it or not; nothing where it was not asked."""
    with Store(tmp_path / "store.duckdb") as store:
        ones = [problem(number) for number in range(3)]
        store.problems.add(ones)
        for run, one, value, at in (("r", ones[0], 1.0, 1.0), ("s", ones[0], 0.0, 2.0), ("r", ones[2], None, 1.0)):
            said = Verdict.make(run, "problem", one.id, "solvable", "judge", value, "no", problem_id=one.id, at=at)
            store.verdicts.add([said])
        store.decisions.decide(ones[1].id, "ada", "approve")
        found = store.figures.solvable().set_index("id")["solvable"]
        assert set(found.index) == {ones[0].id, ones[2].id}
        assert found[ones[0].id] == 0.0
        assert found.isna()[ones[2].id]


def test_an_empty_store_has_no_figures(tmp_path):
    with Store(tmp_path / "store.duckdb") as store:
        for read in (store.figures.outcomes, store.figures.problems, store.figures.spent, store.figures.seeds_used):
            assert read().empty
