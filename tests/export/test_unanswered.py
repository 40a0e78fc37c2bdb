"""A solution without an answer is no training row: not in any form, not by any road, unless somebody asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.export import deliver, gather, preflight, recreate
from engine.export.formats import FORMATS
from engine.export.rows import NO_ANSWER
from engine.export.shape import FileShape
from engine.store import Store
from studio.tasks.export_job import ExportWish
from tests.support.methods_project import REFUSAL, fill_methods


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Problems of five recipes; a person approved two whose solutions refuse, and two that answer."""
    with Store(tmp_path / "project.duckdb") as opened:
        made = fill_methods(opened)
        for way, name in (("gsdp", "refused"), ("flames", "refused"), ("gsdp", "good"), ("flames", "solvable")):
            opened.decisions.decide(made[way][name].id, "mira", "approve")
        yield opened


def _text(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted((folder / "data").iterdir()))


@pytest.mark.parametrize("form", [name for name in FORMATS if name != "preference"])
def test_no_form_lets_a_refusal_out_though_a_person_approved_it(store: Store, tmp_path: Path, form: str) -> None:
    done = deliver(store, "set", tmp_path / "set", format=form).exported
    assert (done.rows, done.left_out) == (2, {NO_ANSWER: 2})
    assert REFUSAL not in _text(tmp_path / "set")
    card = (tmp_path / "set" / "README.md").read_text(encoding="utf-8")
    assert f"| {NO_ANSWER} | 2 |" in card
    assert "unanswered" not in json.loads(done.manifest)["settings"]


def test_it_goes_out_where_that_was_asked_for_and_comes_again(store: Store, tmp_path: Path) -> None:
    done = deliver(store, "set", tmp_path / "set", shape=FileShape(unanswered=True)).exported
    assert (done.rows, done.left_out) == (4, {})
    assert _text(tmp_path / "set").count(REFUSAL) == 2
    assert recreate(store, tmp_path / "set" / "manifest.json", tmp_path / "again").exported.manifest == done.manifest


def test_a_person_who_writes_the_answer_lets_the_row_out(store: Store, tmp_path: Path) -> None:
    (ident,) = [row["id"] for row in store.exports.rows("approved").to_pylist() if row["run_id"] == "flames-1"
                and row["solution"] == REFUSAL]  # fmt: skip
    solution = "It is 12, so the answer is \\boxed{12}."
    store.decisions.decide(ident, "mira", "edit", statement="How much is a dozen?", solution=solution)
    done = deliver(store, "set", tmp_path / "set", format="raw").exported
    assert (done.rows, done.left_out) == (3, {NO_ANSWER: 1})
    rows = [json.loads(line) for line in _text(tmp_path / "set").splitlines()]
    assert ("How much is a dozen?", solution) in [(row["statement"], row["solution"]) for row in rows]


def test_the_chosen_side_of_a_pair_has_an_answer(store: Store, tmp_path: Path) -> None:
    ident = next(row["id"] for row in store.exports.rows("approved").to_pylist() if row["solution"] != REFUSAL)
    store.decisions.decide(ident, "mira", "edit", solution="Nobody can tell.")
    with pytest.raises(UserError, match=NO_ANSWER):
        deliver(store, "set", tmp_path / "set", format="preference")
    shape = FileShape("preference", unanswered=True)
    assert deliver(store, "set", tmp_path / "set", shape=shape).exported.rows == 1


def test_pairs_of_a_continual_run_go_out_as_pairs_only(store: Store, tmp_path: Path) -> None:
    """CL-15: the better version is chosen in a pair; in a set of examples it would be a sample that failed."""
    select(store, policies.published())
    with gather(store, "selected") as rows:
        assert sum(row.better for row in rows) == 1
    done = deliver(store, "set", tmp_path / "set", only="selected").exported
    assert done.left_out == {NO_ANSWER: 2, "one half of a preference pair": 1}
    assert deliver(store, "raw", tmp_path / "raw", only="selected", format="raw").exported.rows == done.rows + 1


def test_the_pre_flight_is_red_and_names_the_count(store: Store) -> None:
    with gather(store, "approved") as rows:
        red = {one.name: one for one in preflight.findings(rows, "sft", 0) if one.state == "stop"}
        asked = {one.name: one for one in preflight.findings(rows, "sft", 0, unanswered=True)}
    (found,) = red.values()
    assert (found.name, found.count, len(found.ids)) == ("2 without an answer", 2, 2)
    assert "left out" in found.detail
    assert "as was asked" in asked["2 without an answer"].detail


def test_the_page_asks_as_the_command_does() -> None:
    assert ExportWish("set", "approved", unanswered=True).shape.unanswered
    assert not ExportWish("set", "approved").shape.unanswered
