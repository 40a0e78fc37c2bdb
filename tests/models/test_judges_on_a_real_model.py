"""The solution judge on a real small model: its words are kept beside people's, and it is not called good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.core import project
from engine.store import Store
from tests.support import model_files
from tests.support.command import within

ROWS = 6
pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory):
    model_files.llamacpp()
    made = project.create(tmp_path_factory.mktemp("judge") / "project")
    said = within(
        "engines", "add", "small", "--gguf", model_files.smollm2(), "--set", "max_num_seqs=2", "--set",
        "max_model_len=2048", project=made.root,
    )  # fmt: skip
    assert said.code == 0, said.err
    yield made
    within("engines", "stop", "small", project=made.root)


def test_a_few_rows_are_judged_and_nothing_is_claimed_of_them(home, tmp_path: Path):
    rows = [
        {"statement": f"What is {n} + 4?", "solution": f"{n} + 4 = {n + 4 + n % 2}.", "good": n % 2 == 0}
        for n in range(ROWS)
    ]
    (tmp_path / "sums.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert within("engines", "start", "small", project=home.root).code == 0
    values = within(
        "judges", "check", "--against", tmp_path / "sums.jsonl", "--engine", "small:small", "--set",
        "sampling.max_tokens=160", "--json", project=home.root,
    ).values  # fmt: skip
    assert (values["answered"], values["failed"]) == (ROWS, 0)
    (row,) = values["judges"]
    assert sum(row["counts"].values()) + row["unreadable"] == ROWS
    assert row["word"] in ("can't tell", "mostly unreadable"), "six labels say nothing"
    with Store(home.database) as store:
        said = store.judged.of(values["run"])
        assert {one.model for one in said} == {"small:small"}
        assert all(one.reason for one in said)
        assert store.verify() == []
