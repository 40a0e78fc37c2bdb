"""Commands take turns at a project, killed ones included, and take `--project` wherever it stands."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.store import Store
from studio.cli.main import placed
from tests.support.command import Said

LEMMA = [sys.executable, "-c", "from studio.cli.main import main; main()"]


def _begin(project: Path, *words: str) -> subprocess.Popen[str]:
    command = [*LEMMA, *words, "--project", str(project)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_five_decisions_at_once_are_all_saved(project: Path) -> None:
    with Store(project / "project.duckdb") as store:
        ids = store.problems.scoreboard()["id"].to_pylist()[:6]
        # Somebody else has the project: all wait. The first to die leaves nothing behind.
        waiting = [_begin(project, "decide", ident, "approve") for ident in ids]
        for process in waiting:
            assert process.stderr
            assert "waiting" in process.stderr.readline()
        waiting[0].kill()
    said = [(process.wait(), *process.communicate()) for process in waiting]
    assert [code for code, *_ in said[1:]] == [0] * 5, said
    with Store(project / "project.duckdb") as store:
        assert {made.problem_id for made in store.decisions.history()} == set(ids[1:])


WAYS = [
    ("runs list", "runs list {p}", "runs {p} list", "{p} runs list", "runs {p}"),
    ("graph stats", "graph stats {p}", "graph {p} stats", "{p} graph stats"),
    ("verify", "verify {p}", "{p} verify"),
    ("undo", "undo {p}", "{p} undo"),
]


@pytest.mark.parametrize("ways", WAYS, ids=lambda ways: ways[0])
def test_the_project_may_stand_anywhere(command: Callable[..., Said], project: Path, ways: tuple[str, ...]) -> None:
    for way in ways[1:]:
        said = command(*way.replace("{p}", f"--json --project {project}").split())
        assert said.code == 0, (way, said.err)


def test_words_are_moved_and_none_is_lost() -> None:
    assert placed(["--project", "D", "decide", "ID", "edit", "--statement", "x"]) == [
        "decide", "--project", "D", "ID", "edit", "--statement", "x",
    ]  # fmt: skip
    assert placed(["decide", "ID", "edit", "--statement", "--project"]) == [
        "decide",
        "ID",
        "edit",
        "--statement",
        "--project",
    ]
    assert placed(["runs", "--project=D"]) == ["runs", "list", "--project=D"]


def test_an_edited_statement_says_that_it_waits(ask: Callable[..., Said], project: Path) -> None:
    with Store(project / "project.duckdb") as store:
        ident = store.problems.scoreboard()["id"].to_pylist()[0]
    said = ask("decide", ident, "edit", "--statement", "What is $1 + 2$, written as a number?")
    assert said.code == 0
    assert "it waits" in said.out
    assert ask("decide", ident, "approve", "--json").values["waits"] is True
    assert ask("decide", ident, "edit", "--holds", "--json").values["waits"] is False
    assert ask("decide", ident, "edit", "--holds").code == 1


def test_a_fault_in_the_form_of_an_edit_is_said(ask: Callable[..., Said], project: Path) -> None:
    with Store(project / "project.duckdb") as store:
        ident = store.problems.scoreboard()["id"].to_pylist()[0]
    said = ask("decide", ident, "edit", "--statement", "Find \frac{1}{2} of the number 4, please.", "--solution", "2")
    assert said.code == 0
    assert "holds a control character" in said.err
