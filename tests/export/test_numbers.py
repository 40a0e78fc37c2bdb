"""Numbers go out as they were given, in every form and file, and the request of a sample goes out with it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from engine.core.decimals import shortest
from engine.core.records import Intermediate
from engine.export import deliver, gather, recreate
from engine.export.card_facts import Licenses, facts
from engine.export.rows import ExportRow
from engine.export.shape import EDITION, FileShape
from engine.export.writer import export
from engine.runs.plan import save_plan
from engine.store import Store
from tests.support.store_factories import a_plan, a_problem, a_score, a_solution, append

SAID = {"difficulty": 0.55, "problem_score": 0.65, "rarity": 0.123456, "nearest_twin": 0.7, "contamination": 1e-05}
COLUMNS = {("judge_score" if name == "problem_score" else name): value for name, value in SAID.items()}
"""None of them is the same number in 32 and in 64 bits."""
REQUEST = "Write one problem about odd numbers. Its difficulty is 0.55."


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Two approved problems; the first was scored, and written to a request."""
    first, second = (a_problem(n, statement=f"How many odd numbers lie below {n + 10}, and why?") for n in range(2))
    note = Intermediate("I-1", "run-1", "item-0", first.id, "request_problem", "request", REQUEST)
    directory = tmp_path / "runs" / "run-1"
    save_plan(directory, a_plan(total=2))
    scores = [a_score(first, value, name) for name, value in SAID.items()]
    append(directory, [first, note, a_solution(first), *scores, second, a_solution(second)])
    with Store(tmp_path / "project.duckdb") as opened:
        opened.ingest(directory)
        for problem in (first, second):
            opened.decisions.decide(problem.id, "mira", "approve")
        yield opened


def _rows(folder: Path, container: str = "jsonl") -> list[dict]:
    path = folder / "data" / f"train.{container}"
    if container == "parquet":
        return pq.read_table(path).to_pylist()
    if container == "csv":
        with path.open(newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("container", ["jsonl", "csv", "parquet"])
def test_scores_are_written_as_they_were_given(store: Store, tmp_path: Path, container: str) -> None:
    shape = FileShape("raw", container)
    deliver(store, "set", tmp_path / "set", shape=shape)
    row = _rows(tmp_path / "set", container)[0]
    told = json.loads(row["scores"]) if container == "csv" else row["scores"]
    assert {one["name"]: one["value"] for one in told} == COLUMNS
    assert row["difficulty"] == ("0.55" if container == "csv" else 0.55)
    deliver(store, "set", tmp_path / "rl", shape=FileShape("rl", container))
    assert str(_rows(tmp_path / "rl", container)[0]["difficulty"]) == "0.55"
    for folder in ("set", "rl"):
        assert "0.5500000" not in (tmp_path / folder / "README.md").read_text(encoding="utf-8")


def test_pages_and_tables_show_the_numbers_that_were_given(store: Store) -> None:
    ident = a_problem(0).id
    (shown,) = store.problems.scores([ident]).to_dict("records")
    assert {name: shown[name] for name in COLUMNS} == COLUMNS
    (row,) = [row for row in store.exports.rows("approved").to_pylist() if row["id"] == ident]
    assert {name: row[name] for name in COLUMNS} == COLUMNS
    board = store.problems.scoreboard()
    assert shortest(board["difficulty"].to_numpy())[0] == 0.55


def test_cl04_the_request_of_a_sample_is_a_column(store: Store, tmp_path: Path) -> None:
    """CL-04: what a sample answers stands beside it; a problem that was written another way has none."""
    deliver(store, "set", tmp_path / "set", format="raw")
    assert [row["request"] for row in _rows(tmp_path / "set")] == [REQUEST, None]
    recreate(store, tmp_path / "set" / "manifest.json", tmp_path / "again")
    assert _rows(tmp_path / "again") == _rows(tmp_path / "set")


@pytest.mark.parametrize("form", ["raw", "rl"])
def test_am26_an_export_of_an_earlier_version_comes_again_byte_for_byte(
    store: Store, tmp_path: Path, form: str
) -> None:
    """AM-26: it had the widened numbers, no request, and a manifest that tells no edition."""
    shape, old = FileShape(form, edition=1), tmp_path / "old"
    with gather(store, "approved") as rows:
        done = export(map(_wide, rows), old, name="set", card=facts(store, rows, "set", Licenses()), shape=shape)
    assert "edition" not in json.loads(done.manifest)["settings"]
    first = _rows(old)[0]
    assert first["difficulty"] == 0.550000011920929
    assert "request" not in first
    assert recreate(store, old / "manifest.json", tmp_path / "new").exported.manifest == done.manifest
    assert (tmp_path / "new" / "lineage.parquet").read_bytes() == (old / "lineage.parquet").read_bytes()
    now = deliver(store, "set", tmp_path / "now", format=form).exported
    assert json.loads(now.manifest)["settings"]["edition"] == EDITION == 2


def _wide(row: ExportRow) -> ExportRow:
    difficulty = None if row.difficulty is None else float(np.float32(row.difficulty))
    return replace(row, difficulty=difficulty, scores=tuple((name, float(np.float32(x))) for name, x in row.scores))
