"""An evaluation as a run: questions read once, every answer graded, on the embedded engine."""

from __future__ import annotations

import random
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from engine.abacus.workshop import FAMILIES
from engine.core import project
from engine.core.errors import BadInput
from engine.learning.evaluation import benchmark_files
from engine.store import Store
from studio.cli.main import app


def _questions() -> list[dict[str, str]]:
    """Return problems of known answer that the embedded engine can solve, two of each of twelve families."""
    rng = random.Random(4)
    drawn = [(family, family.draw(rng, 0.3)) for family in FAMILIES[:12] for _ in range(2)]
    return [
        {"question": f"{family.state(params)}", "answer": str(family.solve(params).answer), "subject": family.points[0]}
        for family, params in drawn
    ]


QUESTIONS = _questions()


@pytest.fixture
def home(tmp_path: Path) -> project.Project:
    return project.create(tmp_path / "p")


@pytest.fixture
def held(tmp_path: Path) -> Path:
    path = tmp_path / "held.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in QUESTIONS))
    return path


def _lemma(*words):
    return CliRunner().invoke(app, [*map(str, words), "--json"], catch_exceptions=False)


def test_the_embedded_engine_is_graded(home, held):
    """AM-24, CL-29: every question answered and graded; the run's answers are in the store."""
    said = _lemma("evaluate", "--model", "abacus:abacus-large", "--benchmark", f"sums={held}", "--project", home.root)
    found = orjson.loads(said.stdout.splitlines()[-1])
    assert found["state"] == "finished"
    assert found["accuracy"]["sums"] > 0.8
    assert found["scores"][0]["questions"] == len(QUESTIONS)
    with Store(home.database) as store:
        answers = store.evaluations.answers(found["run"])
        assert {one.subject for one in answers} == {row["subject"] for row in QUESTIONS}
        assert store.verify() == []
    twice = _lemma(
        "evaluate", "--model", "abacus:abacus-small", "--benchmark", f"sums={held}", "--samples", 3,
        "--temperature", 0.8, "--against", found["run"], "--project", home.root,
    )  # fmt: skip
    second = orjson.loads(twice.stdout.splitlines()[-1])
    assert second["scores"][0]["samples"] == 3
    assert second["compared"][0]["questions"] == len(QUESTIONS)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"question": "What is 1 + 1 now?", "answer": ""}], "no answer"),
        ([{"other": "x"}], "column"),
        ([], "empty|no question|no rows"),
    ],
)
def test_a_bad_benchmark_is_one_line_and_nothing_is_made(rows, words, home, tmp_path):
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    with pytest.raises(BadInput, match=words):
        benchmark_files.load(f"bad={path}")
    with pytest.raises(BadInput):
        _lemma("evaluate", "--model", "abacus:abacus-large", "--benchmark", f"bad={path}", "--project", home.root)
    assert list(home.runs.iterdir()) == []


def test_a_name_without_a_file_says_so(home):
    with pytest.raises(BadInput, match="registered benchmark"):
        benchmark_files.load("math")
    with pytest.raises(BadInput, match="no file"):
        benchmark_files.load("nowhere.jsonl")


def test_a_question_that_comes_twice_is_asked_twice(tmp_path):
    path = tmp_path / "twice.jsonl"
    path.write_bytes(orjson.dumps(QUESTIONS[0]) + b"\n" + orjson.dumps(QUESTIONS[0]) + b"\n")
    assert len({one.id for one in benchmark_files.load(str(path)).questions}) == 2
