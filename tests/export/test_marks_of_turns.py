"""Marks of chat templates are in no file of an export; the card, the manifest and the pre-flight tell of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.export import deliver, gather, preflight, recreate
from engine.export.formats import FORMATS
from engine.store import Store
from tests.support.store_factories import a_plan, a_problem, a_solution

MARKS = ("<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>", "<｜end▁of▁sentence｜>")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Approved problems: one for each mark, which ends its statement and its solution, and one without."""
    with Store(tmp_path / "project.duckdb") as opened:
        opened.runs.register(a_plan(), "")
        for n, mark in enumerate((*MARKS, "")):
            problem = a_problem(n, statement=f"What is the sum of {n + 11} and {n * n + 5}?{mark}")
            solution = a_solution(problem, text=f"It is \\boxed{{{n * n + n + 16}}}.{mark}", answer=str(n * n + n + 16))
            opened.problems.add([problem])
            opened.problems.add_solutions([solution])
            opened.decisions.decide(problem.id, "mira", "approve")
        yield opened


def _text(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted((folder / "data").iterdir()))


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "preference"])
def test_no_form_lets_a_mark_out_and_each_is_counted(store: Store, tmp_path: Path, form: str) -> None:
    done = deliver(store, "set", tmp_path / "set", format=form).exported
    text = _text(tmp_path / "set")
    assert done.rows == len(MARKS) + 1
    assert not [mark for mark in MARKS if mark in text]
    assert done.turn_marks == {"/s": 2, "end_of_sentence": 2, "end_of_turn": 2, "eot_id": 2, "im_end": 2}
    assert json.loads(done.manifest)["turn_marks"] == done.turn_marks
    card = (tmp_path / "set" / "README.md").read_text(encoding="utf-8")
    assert "Marks of turns that were cut" in card
    assert "im\\_end | 2 |" in card


def test_it_comes_again_byte_for_byte_and_so_does_what_went_out_before(store: Store, tmp_path: Path) -> None:
    done = deliver(store, "set", tmp_path / "set").exported
    again = recreate(store, tmp_path / "set" / "manifest.json", tmp_path / "again").exported
    assert again.manifest == done.manifest
    assert _text(tmp_path / "again") == _text(tmp_path / "set")


def test_an_export_without_marks_says_nothing_of_them(store: Store, tmp_path: Path) -> None:
    for row in store.exports.rows("approved").to_pylist():
        if any(mark in row["statement"] for mark in MARKS):
            store.decisions.decide(row["id"], "mira", "reject")
    done = deliver(store, "set", tmp_path / "set").exported
    assert (done.rows, done.turn_marks) == (1, {})
    assert "turn_marks" not in json.loads(done.manifest)
    assert "Marks of turns" not in (tmp_path / "set" / "README.md").read_text(encoding="utf-8")
    with gather(store, "approved") as rows:
        assert not [one for one in preflight.findings(rows, "sft", 0) if "marks of turns" in one.name]


def test_the_pre_flight_names_them(store: Store) -> None:
    with gather(store, "approved") as rows:
        found = {one.name: one for one in preflight.findings(rows, "sft", 0)}
    said = found["5 with marks of turns"]
    assert (said.state, said.count) == ("look", 5)
    assert "im_end 2" in said.detail
