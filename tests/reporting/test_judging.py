"""Sets of judges and marks in eight dimensions, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.core.records import Problem, Verdict
from engine.core.settings import Judging, Recipe
from engine.curation import policy as policies
from engine.curation.trust import drawing
from engine.generation import recipes
from engine.generation.judges import dimensions
from engine.reporting import comparisons, judge_sets, judging
from engine.reporting.shapes import Section
from engine.store import BatchDecision, Store
from engine.store.labelling import DRAW
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


def _problem_scores(store: Store) -> None:
    for problem, scores in zip(_problems(), SCORES, strict=True):
        store.verdicts.add(
            Verdict.make("run-1", "problem", problem.id, "judge_problem", judge, score, "r", problem_id=problem.id)
            for judge, score in zip(WEIGHTS, scores, strict=True)
        )


def _decided(store: Store, queue: str = "new") -> None:
    """Decide all four; those of a draw of all of them are known of every row, so that figures are exact."""
    if queue == DRAW:
        drawing.draw(store, policies.published(), 50)
    choices = [
        BatchDecision(problem.id, act, "" if act == "approve" else "trivial")
        for problem, act in zip(_problems(), ("approve", "reject") * 2, strict=True)
    ]
    store.decisions.decide_all(choices, "ada", queue=queue)


def _rows(section: Section) -> list[dict[str, object]]:
    assert section.table is not None, section.todo
    return [dict(zip(section.table.columns, row, strict=True)) for row in section.table.rows]


def _chosen() -> Recipe:
    return recipes.load("gsdp", {f"judging.weights.{judge}": str(weight) for judge, weight in WEIGHTS.items()})


def test_gsdp30_sets_keep_problems_by_the_weights_and_the_limit_of_the_recipe(store: Store):
    """GSDP-26, GSDP-27, GSDP-30: a set keeps what its weighted mean keeps, not what each of its judges would."""
    _problem_scores(store)
    _decided(store, DRAW)
    section = judging.judges(store, _chosen())
    found = {row["judges"]: row for row in _rows(section)}
    assert set(found) == set(BY_HAND)
    for judges, expected in BY_HAND.items():
        row = found[judges]
        got = [row[name] for name in ("accuracy", "precision", "recall", "F1", "retention")]
        assert got == pytest.approx(expected), judges
        assert (row["about"], row["items"], row["labelled, kept"]) == ("problem", 4, row["kept"])
    assert "judge_a 0.5, judge_b 0.3, judge_c 0.2" in section.notes[0]
    assert "from 0.85 on" in section.notes[0]
    # What keeps as much as the best set and is as precise, but of fewer judges, is named.
    assert section.finding.startswith("Most precise on problems with at least 40% kept: judge_a, 1.00 (1.00 – 1.00, ")


def test_cal08_hand_picked_problems_give_sets_of_judges_counts_and_no_share(store: Store):
    """CAL-08: what a set keeps is counted over all judged problems; how good it is cannot be said."""
    _problem_scores(store)
    _decided(store)
    section = judging.judges(store, _chosen())
    assert section.table is not None
    assert section.table.columns == (
        "about", "judges", "items", "kept", "retention", "labelled, kept", "good of them", "drawn at random",
    )  # fmt: skip
    row = next(row for row in _rows(section) if row["judges"] == "judge_b")
    assert (row["kept"], row["retention"], row["labelled, kept"], row["good of them"]) == (3, 0.75, 3, 1)
    said = "7 sets of judges on 4 judged problems, 2 of 4 labelled ones are good (not a random sample)."
    assert section.finding == said
    assert [series.name for series in section.chart.series] == ["retention"]
    assert comparisons.beside(section) is None
    assert "`lemma labels draw`" in section.notes[-1]


def test_gsdp31_the_best_set_is_named_with_what_other_labels_say(tmp_path: Path):
    """GSDP-31, CAL-25: 60 drawn rows; the choice is reported by labels that did not make it, and by its interval."""
    with Store(tmp_path / "many.duckdb") as store:
        made = [a_problem(n) for n in range(200)]
        store.ingest(a_run(tmp_path, 200))
        rng = np.random.default_rng(0)
        good = rng.random(200) < 0.7
        for judge, skill in (("judge_a", 0.9), ("judge_b", 0.7), ("judge_c", 0.6)):
            right = rng.random(200) < skill
            store.verdicts.add(
                Verdict.make("run-1", "problem", one.id, "judge_problem", judge, float(is_good == is_right), "r",
                             problem_id=one.id)
                for one, is_good, is_right in zip(made, good, right, strict=True)
            )  # fmt: skip
        drawing.draw(store, policies.published(), 60, salt="0123456789abcdef")
        truth = {one.id: bool(is_good) for one, is_good in zip(made, good, strict=True)}
        choices = [
            BatchDecision(row.row_id, "approve") if truth[row.row_id] else BatchDecision(row.row_id, "reject", "wrong")
            for row in store.draws.open()
        ]
        store.decisions.decide_all(choices, "ada", queue=DRAW)
        sets = judge_sets.problem_sets(store, _chosen().settings.judging)
        section = judging.judges(store, _chosen())
        assert sets is not None
        assert sets.best is not None
        row, found = sets.best
        assert row.retention >= 0.4
        assert row.precision.low < row.precision.value <= row.precision.high
        assert row.precision.labels == {"random": row.precision.decided}
        assert found.apparent == pytest.approx(row.precision.value)
        assert f"labels that did not choose it say {found.value:.2f}" in section.finding
        dots = comparisons.beside(section)
        assert len([dot for dot in dots.dots if not dot.published]) == sum(
            one.precision.value is not None for one in sets.rows
        )


def test_gsdp27_another_limit_and_other_weights_make_another_table(store: Store):
    """GSDP-27: at .86 the second problem, which stands at .85, is out; a judge of weight 0 is in no set."""
    _problem_scores(store)
    _decided(store, DRAW)

    def sets(**fields: object) -> dict[str, judge_sets.SetOfJudges]:
        made = judge_sets.problem_sets(store, Judging(**fields))
        return {} if made is None else {" + ".join(one.judges): one for one in made.rows}

    strict = sets(weights=WEIGHTS, keep_at=0.86)
    assert strict["judge_a + judge_b + judge_c"].retention == 0.25
    assert strict["judge_a + judge_b + judge_c"].precision.value == 1.0
    assert list(sets(weights={"judge_a": 1, "judge_b": 1, "judge_c": 0})) == ["judge_a", "judge_b", "judge_a + judge_b"]
    assert sets(weights={"judge_a": 0}) == {}
    chosen = recipes.load("gsdp", {"judging.weights.judge_a": "1", "judging.weights.judge_b": "1"})
    assert judging.judges(store, chosen).notes[1].endswith("in no set for problems: judge_c.")


def test_gsdp28_one_judge_vetoes_a_solution(store: Store):
    """GSDP-28, GSDP-30: for solutions the lowest word counts, whatever the weights."""
    for problem, said in zip(_problems(), ((1, 1), (1, 0), (1, 1), (0, 0)), strict=True):
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
    _decided(store, DRAW)
    made = judge_sets.solution_sets(store)
    assert made is not None
    alone, other, both = made.rows
    assert (alone.precision.value, alone.retention) == (2 / 3, 0.75)
    assert (other.precision.value, other.retention) == (1.0, 0.5)
    assert (both.precision.value, both.recall.value, both.retention) == (1.0, 1.0, 0.5)


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
