"""Seeds with new solutions and the best synthesised problems: what goes out, in which order, and made again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.errors import BadInput, BadSetting, UserError
from engine.core.records import Problem, Verdict
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.export import deliver, gather, lineage, recreate
from engine.export.mixture import lacking, named, sizes
from engine.export.shape import FileShape
from engine.export.write_export import hold
from engine.store import Store
from tests.support.store_factories import a_plan, a_problem, a_score, a_solution

SEEDS, MADE = 4, 8
WORDS = (
    "apples", "bridges", "candles", "drums", "eggs", "forks", "gardens", "hats", "islands", "jars", "kites", "lamps",
)  # fmt: skip


def _text(n: int) -> str:
    return f"A maker of {WORDS[n]} counts what {WORDS[-n - 1]} are left after {n + 3} days. How many are there?"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Four seeds and eight problems with three solutions each, the third of which repeats the first."""
    with Store(tmp_path / "project.duckdb") as opened:
        opened.runs.register(a_plan(), "")
        problems = [
            a_problem(n, statement=_text(n), combination_id=None, seed_id=f"S-{n}", agent="seed" if n < SEEDS else "w")
            for n in range(SEEDS + MADE)
        ]
        opened.problems.add(problems)
        opened.problems.add_solutions(
            a_solution(problem, index, text=rf"Way {index % 2} gives \boxed{{{n}}}.", answer=str(n))
            for n, problem in enumerate(problems)
            for index in range(3)
        )
        opened.verdicts.add(_said(n, problem) for n, problem in enumerate(problems[SEEDS:]))
        opened.verdicts.add(_rare(n, problem) for n, problem in enumerate(problems[SEEDS:]))
        yield opened


def _said(n: int, problem: Problem) -> Verdict:
    """Scores 5, 5, 4, 4, 4, 3, 3, 3."""
    value = (5.0, 5.0, 4.0, 4.0, 4.0, 3.0, 3.0, 3.0)[n]
    return Verdict.make(
        "run-1", "problem", problem.id, "joint_curated", "rule", value, "r", kind="rating", problem_id=problem.id
    )


def _rare(n: int, problem: Problem) -> Verdict:
    value = (0.1, 0.2, 0.3, 0.9, 0.5, 0.1, 0.2, 0.3)[n]
    return Verdict.make("run-1", "problem", problem.id, "rarity", "rule", value, "r", problem_id=problem.id)


def _ids(folder: Path) -> list[str]:
    return lineage.read(folder / lineage.NAME, ("id",)).read_all()["id"].to_pylist()


def _problem(n: int) -> str:
    return a_problem(
        n, statement=_text(n), combination_id=None, seed_id=f"S-{n}", agent="seed" if n < SEEDS else "w"
    ).id


@pytest.mark.parametrize("solutions", [1, 2])
def test_am20_seeds_and_the_best_go_out_with_so_many_solutions(store: Store, tmp_path: Path, solutions: int) -> None:
    """AM-19, AM-20: the best by score, then the rarest; the problems do not change with the number of solutions."""
    done = deliver(store, "set", tmp_path / "set", only="all", shape=FileShape(best=4, solutions=solutions))
    found = _ids(tmp_path / "set")
    assert list(dict.fromkeys(found)) == [_problem(n) for n in (0, 1, 2, 3, 5, 4, 7, 8)]
    assert done.exported.rows == len(found) == 8 * solutions
    assert done.lacking == ""
    rows = [json.loads(line) for line in (tmp_path / "set" / "data" / "train.jsonl").read_text().splitlines()]
    assert len({(row["id"], row["messages"][1]["content"]) for row in rows}) == 8 * solutions
    assert json.loads(done.exported.manifest)["parts"] == {"seed problems": 4, "synthesised problems": 4}
    card = (tmp_path / "set" / "README.md").read_text()
    assert "the best synthesised problems, at most 4," in card
    assert "| seed problems | 4 |" in card


def test_am20_a_solution_that_says_the_same_is_not_repeated(store: Store, tmp_path: Path) -> None:
    """AM-20: three solutions are asked for, two of them differ."""
    done = deliver(store, "set", tmp_path / "set", only="all", shape=FileShape(best=2, solutions=3))
    assert done.exported.rows == 2 * (SEEDS + 2)


def test_am20_too_few_are_said_and_all_that_are_there_go_out(store: Store, tmp_path: Path) -> None:
    """AM-20: a data set that cannot be filled says so and how far it came."""
    done = deliver(store, "set", tmp_path / "set", only="all", shape=FileShape(best=15_000))
    assert done.exported.rows == SEEDS + MADE
    assert done.lacking == "The data set is smaller than asked: 8 of 15,000 synthesised problems are there."
    assert "no seed has a new solution" in lacking({"synthesised problems": 3}, 3)
    assert lacking({}, 0) == "", "no data set of seeds and problems was asked for"


def test_am26_a_data_set_is_made_again_byte_for_byte(store: Store, tmp_path: Path) -> None:
    """AM-20, AM-26: which solution a row holds stands in its lineage."""
    shape = FileShape("raw", "parquet", 0.3, 2, best=5, solutions=2)
    deliver(store, "set", tmp_path / "one", only="all", shape=shape)
    store.decisions.decide(_problem(11), "mira", "reject")
    recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "two")
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert all((tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes() for name in files)
    (tmp_path / "one" / lineage.NAME).unlink()
    with pytest.raises(BadInput, match="does not know the solutions"):
        recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "three")


def test_people_have_the_last_word(store: Store, tmp_path: Path) -> None:
    """A rejected problem never goes out; an edited one goes out once, as it was edited; approval can be asked for."""
    store.decisions.decide(_problem(5), "mira", "reject")
    store.decisions.decide(_problem(0), "mira", "reject")
    store.decisions.decide(_problem(4), "mira", "edit", solution=r"By hand: \boxed{4}.")
    deliver(store, "set", tmp_path / "set", only="all", shape=FileShape(best=2, solutions=2))
    assert _ids(tmp_path / "set") == [_problem(n) for n in (1, 1, 2, 2, 3, 3, 4, 7, 7)]
    deliver(store, "set", tmp_path / "approved", only="approved", shape=FileShape(best=2))
    assert _ids(tmp_path / "approved") == [_problem(n) for n in (1, 2, 3, 4)]
    what = r"and is selected\. Select with `lemma select`, or take all that nobody rejected: --only all \(7 problems\)"
    with pytest.raises(UserError, match=what):
        deliver(store, "set", tmp_path / "none", only="selected", shape=FileShape(best=2))


def test_am20_problems_outside_their_methods_rule_stay_out_and_are_counted(store: Store, tmp_path: Path) -> None:
    """AM-19, AM-20: the published sets are of selected problems; the seeds are all that were solved anew."""
    store.verdicts.add(a_score(a_problem(n), float(n % 2), "solution_veto") for n in range(SEEDS, SEEDS + MADE))
    store.verdicts.add(a_score(a_problem(n), 0.9) for n in range(SEEDS, SEEDS + MADE))
    select(store, policies.gsdp())
    done = deliver(store, "set", tmp_path / "set", only="selected", shape=FileShape(best=15_000))
    assert set(_ids(tmp_path / "set")) == {_problem(n) for n in (0, 1, 2, 3, 5, 7, 9, 11)}
    assert done.outside == "Left out: 4 synthesised problems that have a score and a solution but are not selected."
    assert deliver(store, "set", tmp_path / "all", only="all", shape=FileShape(best=15_000)).outside == ""


def test_x05_a_repeat_is_left_out_with_all_its_solutions(store: Store, tmp_path: Path) -> None:
    """X-05: further solutions of one problem are no repeats; another problem that says the same is."""
    store.decisions.decide(_problem(5), "mira", "edit", statement=_text(2))
    with hold(store, "all", FileShape(best=MADE, solutions=2)) as waiting:
        assert _problem(5) in waiting.waiting
        assert _problem(5) not in {row.id for row in waiting}
    store.decisions.confirm(_problem(5), "mira")
    with hold(store, "all", FileShape(best=MADE, solutions=2)) as outgoing_rows:
        rows = list(outgoing_rows)
    repeats = [row.id for row in rows if row.repeats]
    assert repeats == [_problem(5)]
    assert len(rows) == 2 * (SEEDS + MADE) - 1
    with gather(store, "all") as plain:
        assert not any(row.solution_id for row in plain)


def test_sizes_have_names_and_what_cannot_be_is_refused(store: Store, tmp_path: Path) -> None:
    """AM-20: the published sizes, and any other."""
    assert [sizes(name) for name in ("30k", "60K", "90k", "500x2")] == [(15_000, 1), (15_000, 2), (15_000, 3), (500, 2)]
    assert [named(15_000, 3), named(500, 2)] == ["90k", "500x2"]
    for word in ("45k", "0x1", "5x", "x", "-1x2"):
        with pytest.raises(BadSetting, match="is no data set"):
            sizes(word)
    for shape in ({"format": "preference", "best": 2}, {"format": "rl", "best": 2}, {"best": 2, "solutions": 0}):
        with pytest.raises(BadSetting):
            FileShape(**shape)
    with pytest.raises(BadSetting, match="approved or selected"):
        deliver(store, "set", tmp_path / "set", only="all")
    assert "best" not in FileShape().told()
