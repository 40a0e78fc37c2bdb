"""Problems that were written from a test problem: left out, counted by test set, and told on card and list."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.records import EXAMPLE, BenchmarkItem, Intermediate, Problem, Seed
from engine.export import deliver, gather, recreate
from engine.export.preflight import findings
from engine.export.rows_to_export import RowsToExport
from engine.store import Store
from engine.store.tables import INTERMEDIATES
from tests.support.command import few_seeds, within
from tests.support.store_factories import a_plan, a_problem, a_solution

TALES = tuple(
    f"A grocer packs {n + 3} crates of {fruit} with {n + 20} pieces each and sells half of them. How many are left?"
    for n, fruit in enumerate(("apples", "pears", "plums", "limes", "figs"))
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Five approved problems: four from a seed each, the last from a combination."""
    with Store(tmp_path / "project.duckdb") as opened:
        opened.runs.register(a_plan(), "")
        seeds = [Seed.make("ours", tale, answer="1") for tale in TALES]
        opened.seeds.add(seeds)
        made = [
            a_problem(n, statement=f"What is ${n + 10} + {n}$?", agent="suggester_editor", seed_id=seed.id)
            for n, seed in enumerate(seeds[:4])
        ]
        made.append(a_problem(4, statement="How many prime numbers are below $50$?"))
        opened.problems.add(made)
        opened.problems.add_solutions(a_solution(problem) for problem in made)
        for problem in made:
            opened.decisions.decide(problem.id, "ada", "approve")
        yield opened


def _tested(store: Store) -> None:
    """Make the seeds of the first three problems test problems of two sets."""
    items = (("math500", TALES[0]), ("gsm8k", TALES[1]), ("math500", f"{TALES[2]} "))
    store.benchmarks.add(BenchmarkItem.make(name, text) for name, text in items)


def _found(rows: RowsToExport, tests: int) -> dict[str, object]:
    return {one.name: one for one in findings(rows, "sft", tests)}


def test_gsdp24_a_row_whose_seed_is_a_test_problem_is_left_out_and_named(store: Store, tmp_path: Path) -> None:
    """GSDP-24: the paper's set holds no test item, and nothing that was made from one."""
    _tested(store)
    done = deliver(store, "set", tmp_path / "out").exported
    assert done.rows == 2
    assert done.left_out == {"written from a test problem of gsm8k": 1, "written from a test problem of math500": 2}
    card = (tmp_path / "out" / "README.md").read_text()
    assert "3 (gsm8k 1, math500 2) were left out because their seed is a test problem" in card
    assert json.loads(done.manifest)["contamination"]["seeds"] is True
    with gather(store, "approved") as rows:
        found = _found(rows, 3)
    line = found["3 written from test items"]
    assert (line.state, line.detail) == ("look", "left out: math500 2, gsm8k 1")  # type: ignore[attr-defined]
    assert line.ids == tuple(a_problem(n).id for n in range(3))  # type: ignore[attr-defined]
    assert "No test items" in found


def test_am26_such_an_export_is_made_again_byte_for_byte(store: Store, tmp_path: Path) -> None:
    """AM-26: also when more test problems have come since."""
    _tested(store)
    done = deliver(store, "set", tmp_path / "one").exported
    store.benchmarks.add([BenchmarkItem.make("late", TALES[3])])
    again = recreate(store, tmp_path / "one" / "manifest.json", tmp_path / "two").exported
    assert again.sha256 == done.sha256
    assert (tmp_path / "two" / "README.md").read_bytes() == (tmp_path / "one" / "README.md").read_bytes()


def test_gsdp24_without_test_problems_nothing_is_known_and_it_is_said(store: Store, tmp_path: Path) -> None:
    """GSDP-24: neither rows nor seeds were compared: the card, the list and the outcome say so."""
    done = deliver(store, "set", tmp_path / "out")
    assert (done.exported.rows, done.exported.left_out, done.tests) == (5, {}, 0)
    assert "it is not known whether rows copy test problems" in (tmp_path / "out" / "README.md").read_text()
    assert "seeds" not in json.loads(done.exported.manifest)["contamination"]
    with gather(store, "approved") as rows:
        found = _found(rows, 0)
    assert "neither rows nor their seeds were compared" in found["Test items unknown"].detail  # type: ignore[attr-defined]
    assert "No seed is a test item" not in found


def test_gsdp24_seeds_that_are_no_test_problems_leave_every_row(store: Store, tmp_path: Path) -> None:
    store.benchmarks.add([BenchmarkItem.make("math500", TALES[4])])
    done = deliver(store, "set", tmp_path / "out").exported
    assert (done.rows, done.left_out) == (5, {})
    card = (tmp_path / "out" / "README.md").read_text()
    assert "0 were left out because their seed is a test problem" in card
    with gather(store, "approved") as rows:
        line = _found(rows, 1)["No seed is a test item"]
    assert (line.state, line.detail) == ("good", "every seed of a row was compared")  # type: ignore[attr-defined]


def _shown(store: Store, problem: Problem, tales: tuple[str, ...]) -> None:
    """Write down which seeds a Few-Shot problem was shown."""
    for number, tale in enumerate(tales):
        ident = Seed.make("ours", tale, answer="1").id
        note = Intermediate(
            f"N-{problem.id}-{number}", problem.run_id, problem.item_id, problem.id, "few_shot", EXAMPLE, ident
        )
        store.problems._append(INTERMEDIATES, [note])


def test_fl18_every_example_that_was_shown_is_compared(store: Store, tmp_path: Path) -> None:
    """FL-18: the third of three examples is a test problem; what was made of it later goes, too."""
    first = a_problem(7, statement="How many odd numbers are below $31$?", agent="few_shot")
    later = a_problem(
        8, statement="How many odd numbers are below $41$?", agent="revise", parent_id=first.id, item_id=first.item_id
    )
    clean = a_problem(9, statement="How many odd numbers are below $51$?", agent="few_shot")
    store.problems.add([first, later, clean])
    store.problems.add_solutions(a_solution(problem) for problem in (later, clean))
    _shown(store, first, (TALES[3], TALES[4], TALES[0]))
    _shown(store, clean, (TALES[3], TALES[4]))
    for problem in (later, clean):
        store.decisions.decide(problem.id, "ada", "approve")
    _tested(store)
    done = deliver(store, "set", tmp_path / "out").exported
    assert done.left_out == {"written from a test problem of gsm8k": 1, "written from a test problem of math500": 3}
    with gather(store, "approved") as rows:
        assert {row.id: row.test_seed for row in rows}[later.id] == "math500"
        assert not {row.id: row.test_seed for row in rows}[clean.id]


def test_fl18_where_only_the_first_example_is_known_the_list_says_so(store: Store) -> None:
    """FL-18: problems of earlier versions name one example; nothing is claimed of the others."""
    old = a_problem(7, statement="How many odd numbers are below $31$?", agent="few_shot")
    store.problems.add([old])
    store.problems.add_solutions([a_solution(old)])
    store.decisions.decide(old.id, "ada", "approve")
    store.benchmarks.add([BenchmarkItem.make("math500", TALES[4])])
    with gather(store, "approved") as rows:
        line = _found(rows, 1)["No known seed is a test item"]
    assert (line.state, "of 1 Few-Shot problems" in line.detail) == ("look", True)  # type: ignore[attr-defined]
    _tested(store)
    with gather(store, "approved") as rows:
        line = _found(rows, 4)["3 written from test items"]
    unknown = "of 1 Few-Shot problems of an earlier version only the first example is known"
    assert line.detail == f"left out: math500 2, gsm8k 1; {unknown}"  # type: ignore[attr-defined]


def test_fl18_a_run_writes_down_its_examples_and_the_export_compares_them(tmp_path: Path) -> None:
    """FL-18: the last example of a Few-Shot problem becomes a test problem; the problem stays out of the set."""
    home = tmp_path / "home"
    assert within("init", home).code == 0
    within("seeds", "add", few_seeds(tmp_path / "seeds.jsonl"), project=home)
    said = within("run", "flames", "--items", 4, "--set", "flames.shares={few_shot=100.0}", project=home)
    assert said.code == 0, said.err
    with Store(home / "project.duckdb") as store:
        shown = [note for problem in _written(store) for note in store.problems.notes([problem])]
        assert {note.name for note in shown} == {EXAMPLE}
        assert max(Counter(note.problem_id for note in shown).values()) == 4
        last = shown[-1]
    assert within("select", project=home).code == 0
    file = tmp_path / "tests.jsonl"
    file.write_text(json.dumps({"question": last.text, "answer": "1"}), encoding="utf-8")
    assert within("benchmarks", "add", file, project=home).code == 0
    said = within("export", "set", "--out", tmp_path / "out", "--json", project=home)
    assert said.values["left_out"]["written from a test problem of tests"] >= 1


def _written(store: Store) -> list[str]:
    return [str(ident) for ident in store.problems.scoreboard()["id"].to_pylist()]
