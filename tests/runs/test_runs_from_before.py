"""A project made before modules moved into their rooms: it opens, and its half-finished runs go on."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from engine.core.project import Project
from engine.core.records import ItemDone, ReplyRow
from engine.runs import journal, launcher
from engine.store import Store

ARCHIVE = Path(__file__).resolve().parents[1] / "assets" / "runs" / "before_rooms.tar.xz"
LOST = {"gsdp-0002": 16, "house-0001": 6}
"""Runs whose worker was killed, with how many items they have."""
AGAIN = {"gsdp-0002": 0, "house-0001": 1}
"""Their unfinished items that hold a reply to a prompt of another text: lists of concepts are asked for with real
examples since."""


@pytest.fixture
def old(tmp_path: Path) -> Project:
    with tarfile.open(ARCHIVE) as packed:
        packed.extractall(tmp_path, filter="data")
    return Project(tmp_path / "project")


def _rows(directory: Path, kind: type) -> list[object]:
    return [row for row in journal.records(directory / "journal") if isinstance(row, kind)]


def test_the_project_opens_with_everything_in_it(old: Project) -> None:
    with Store(old.database) as store:
        assert store.problems.count() >= 60
        assert store.verify() == []
    assert [path.name for path in launcher.reconcile(old.runs)] == sorted(LOST)


@pytest.mark.parametrize("run", LOST)
def test_a_lost_run_goes_on_and_asks_nothing_twice(old: Project, run: str) -> None:
    directory = old.runs / run
    paid = {row.id for row in _rows(directory, ReplyRow)}
    assert paid
    assert launcher.resume_plan(directory).again == AGAIN[run]
    status = launcher.run_foreground(directory, lambda status: None)
    assert (status.state, status.done + status.failed) == ("finished", LOST[run])
    asked = Counter(row.id for row in _rows(directory, ReplyRow))
    assert paid <= asked.keys()
    assert set(asked.values()) == {1}
    assert len({row.item_id for row in _rows(directory, ItemDone)}) == status.done
    with Store(old.database) as store:
        store.ingest(directory)
        assert store.verify() == []


@pytest.mark.parametrize("programs", ["engine.pipeline:PROGRAMS", ""])
def test_a_launch_command_of_that_time_starts_the_worker(old: Project, programs: str) -> None:
    command = [sys.executable, "-m", "engine.worker", str(old.runs / "house-0001")]
    command += ["--programs", programs] if programs else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert launcher.state(old.runs / "house-0001").state == "finished"
