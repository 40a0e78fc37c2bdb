"""Commands that are done in a moment use a project that a studio has open, one after the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store import Store
from studio.tasks import turns
from tests.support.page_project import filled, opened

LEMMA = [sys.executable, "-c", "from studio.cli.main import main; main()"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return filled(tmp_path / "project")


@pytest.fixture
def store(root: Path) -> Iterator[Store]:
    """The project as a studio has it open."""
    with opened(root) as shared:
        yield shared


def _begin(root: Path, *words: str) -> subprocess.Popen[str]:
    command = [*LEMMA, *words, "--project", str(root)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_three_decisions_beside_an_open_studio_are_all_saved(root: Path, store: Store) -> None:
    ids = store.problems.scoreboard()["id"].to_pylist()[:3]
    seen = store.revision_of("decisions")
    begun = [_begin(root, "decide", ident, "approve") for ident in ids]
    # Pages go on reading and writing meanwhile: they wait for their turn and lose nothing.
    while any(process.poll() is None for process in begun):
        assert store.problems.count() == 60
    said = [(process.returncode, *process.communicate()) for process in begun]
    assert [code for code, *_ in said] == [0, 0, 0], said
    assert {made.problem_id for made in store.decisions.history()} == set(ids)
    assert store.revision_of("decisions") > seen
    store.decisions.decide(ids[0], "ann", "reject", reason="trivial")
    card = store.problems.get(ids[0])
    assert card
    assert card.decision == "rejected"


def test_only_a_living_command_that_is_brief_is_let_in(tmp_path: Path) -> None:
    assert not turns.wanted(tmp_path)
    with (tmp_path / turns.QUEUE).open("a+") as queue:
        assert turns.take(queue)
        turns.sign(queue, brief=False)
        assert not turns.wanted(tmp_path)
        turns.sign(queue, brief=True)
        assert turns.wanted(tmp_path)
        with (tmp_path / turns.QUEUE).open("a+") as another:
            assert not turns.take(another)
            assert turns.owner(another).isdigit()
    # Its word is left behind, but nobody holds the turn any more.
    assert not turns.wanted(tmp_path)
