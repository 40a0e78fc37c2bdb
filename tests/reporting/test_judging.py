"""Sets of judges and marks in eight dimensions, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.records import Problem, Verdict
from engine.core.settings import Judging
from engine.generation import recipes
from engine.generation.judges import dimensions
from engine.reporting import judging
from engine.reporting.shapes import Section
from engine.store import Store
from tests.support.store_factories import a_problem, a_run, a_solution

WEIGHTS = {"judge_a": 0.5, "judge_b": 0.3, "judge_c": 0.2}
SCORES = ((1.0, 0.9, 0.5), (0.8, 0.9, 0.9), (0.9, 0.7, 0.9), (0.2, 1.0, 1.0))
"""What the judges gave four problems; curators hold the first and the third to be good."""
BY_HAND = {
    "judge_a": (1.0, 1.0, 1.0, 1.0, 0.5),
    "judge_b": (0.25, 1 / 3, 0.5, 0.4, 0.75),
    "judge_c": (0.25, 1 / 3, 0.5, 0.4, 0.75),
    # .625 and .375: .9625 kept; .8375, .825, .5 not.
    "judge_a + judge_b": (0.75, 1.0, 0.5, 2 / 3, 0.25),
    # 5/7 and 2/7: .857 and .9 kept; .829 and .429 not.
    "judge_a + judge_c": (1.0, 1.0, 1.0, 1.0, 0.5),
    # .6 and .4: .9 and 1 kept, both bad; .74 and .78 not, both good.
    "judge_b + judge_c": (0.0, 0.0, 0.0, 0.0, 0.5),
    # .87 and .85, the limit itself, kept; .84 and .6 not. Were each asked for .85, none would be kept.
    "judge_a + judge_b + judge_c": (0.5, 0.5, 0.5, 0.5, 0.5),
}
"""Accuracy, precision, recall, F1 and retention at the limit .85."""
# What the version was before the dimensions were named as the paper names them.
OLD = "5d0ef0a3c1b2"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "project.duckdb") as opened:
        opened.ingest(a_run(tmp_path, 4))
        yield opened


def _problems() -> list[Problem]:
    return [a_problem(n) for n in range(4)]


def _judged(store: Store) -> None:
    for problem, scores, act in zip(_problems(), SCORES, ("approve", "reject") * 2, strict=True):
        store.verdicts.add(
            Verdict.make("run-1", "problem", problem.id, "judge_problem", judge, score, "r", problem_id=problem.id)
            for judge, score in zip(WEIGHTS, scores, strict=True)
        )
        store.decisions.decide(problem.id, "ada", act, reason="" if act == "approve" else "trivial")


def _rows(section: Section) -> list[dict[str, object]]:
    assert section.table is not None, section.todo
    return [dict(zip(section.table.columns, row, strict=True)) for row in section.table.rows]


def test_gsdp30_sets_keep_problems_by_the_weights_and_the_limit_of_the_recipe(store: Store):
    """GSDP-26, GSDP-27, GSDP-30: a set keeps what its weighted mean keeps, not what each of its judges would."""
    _judged(store)
    weights = {f"judging.weights.{judge}": str(weight) for judge, weight in WEIGHTS.items()}
    section = judging.judges(store, recipes.load("gsdp", weights))
    found = {row["judges"]: row for row in _rows(section)}
    assert set(found) == set(BY_HAND)
    for judges, expected in BY_HAND.items():
        row = found[judges]
        got = [row[name] for name in ("accuracy", "precision", "recall", "F1", "retention")]
        assert got == pytest.approx(expected), judges
        assert (row["about"], row["items"]) == ("problem", 4)
    assert "judge_a 0.5, judge_b 0.3, judge_c 0.2" in section.notes[0]
    assert "from 0.85 on" in section.notes[0]


def test_gsdp27_another_limit_and_other_weights_make_another_table(store: Store):
    """GSDP-27: at .86 the second problem, which stands at .85, is out; a judge of weight 0 is in no set."""
    _judged(store)
    strict = {
        " + ".join(one.judges): one for one in judging.problem_sets(store, Judging(weights=WEIGHTS, keep_at=0.86))
    }
    assert strict["judge_a + judge_b + judge_c"].retention == 0.25
    assert strict["judge_a + judge_b + judge_c"].precision == 1.0
    two = judging.problem_sets(store, Judging(weights={"judge_a": 1, "judge_b": 1, "judge_c": 0}))
    assert [one.judges for one in two] == [("judge_a",), ("judge_b",), ("judge_a", "judge_b")]
    assert judging.problem_sets(store, Judging(weights={"judge_a": 0})) == ()
    chosen = recipes.load("gsdp", {"judging.weights.judge_a": "1", "judging.weights.judge_b": "1"})
    assert judging.judges(store, chosen).notes[1].endswith("in no set for problems: judge_c.")


def test_gsdp28_one_judge_vetoes_a_solution(store: Store):
    """GSDP-28, GSDP-30: for solutions the lowest word counts, whatever the weights."""
    for problem, said, act in zip(
        _problems(), ((1, 1), (1, 0), (1, 1), (0, 0)), ("approve", "reject") * 2, strict=True
    ):
        solution = a_solution(problem)
        store.verdicts.add(
            Verdict.make(
                "run-1",
                "solution",
                solution.id,
                "judge_solution",
                judge,
                value,
                "r",
                problem_id=problem.id,
                kind="bool",
            )
            for judge, value in zip(("judge_a", "judge_b"), said, strict=True)
        )
        store.decisions.decide(problem.id, "ada", act, reason="" if act == "approve" else "wrong")
    alone, other, both = judging.solution_sets(store)
    assert (alone.precision, alone.retention) == (2 / 3, 0.75)
    assert (other.precision, other.retention) == (1.0, 0.5)
    assert (both.precision, both.recall, both.retention) == (1.0, 1.0, 0.5)


def _mark(problem: Problem, key: str, value: float, version: str, at: float) -> Verdict:
    return Verdict.make(
        "run-1", "problem", problem.id, f"dimension_{key}", "arbiter", value, "r",
        problem_id=problem.id, kind="rating", version=version, at=at,
    )  # fmt: skip


def test_cl28_old_marks_enter_no_new_mean(store: Store):
    """CL-28: marks by another prompt mean other things; they are counted aside."""
    first, second, third, _ = _problems()
    now = dimensions.version()
    for key in dimensions.DIMENSIONS:
        # The first was marked by both prompts, the second by today's, the third by the earlier one.
        store.verdicts.add([_mark(first, key, 1, OLD, 1_000), _mark(first, key, 8, now, 2_000)])
        store.verdicts.add([_mark(second, key, 9 if key == "LF" else 6, now, 2_000), _mark(third, key, 1, OLD, 1_000)])
    section = judging.dimensions(store)
    (row,) = _rows(section)
    assert row["LF"] == 8.5
    assert {row[key] for key in ("LC", "CC", "KR", "DA", "TA", "AC", "AA")} == {7.0}
    assert row["mean"] == pytest.approx((8.5 + 7 * 7) / 8)
    assert section.finding == "2 samples were judged; their mean is 7.188 of 10."
    assert section.notes[-1].startswith("1 samples were marked by an earlier prompt")
    assert "CC content completeness" in section.notes[0]
    counts = [one for one in store.verdicts.by_judge() if one.name == "dimension_AA"]
    assert {(one.version, one.verdicts, one.mean) for one in counts} == {(now, 2, 7.0), (OLD, 2, 1.0)}


def test_cl28_marks_of_an_earlier_prompt_alone_give_no_figure(store: Store):
    """CL-28: nothing is shown under the names of today, and it is said why."""
    store.verdicts.add(_mark(_problems()[0], key, 9, OLD, 1_000) for key in dimensions.DIMENSIONS)
    section = judging.dimensions(store)
    assert section.table is None
    assert "1 samples were marked by an earlier prompt" in section.todo
