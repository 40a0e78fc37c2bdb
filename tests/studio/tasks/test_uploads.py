"""Uploaded files: kept under their own content, read where they lie, refused where no file can have the name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.core import project
from engine.core.errors import BadInput
from engine.store import Store
from studio.tasks import import_job


@pytest.fixture
def home(tmp_path: Path) -> project.Project:
    return project.create(tmp_path / "project")


def _row(text: str) -> bytes:
    return f'{{"problem": "What is {text}?", "answer": "4"}}\n'.encode()


BAD = (
    "..",
    ".",
    "",
    "a/..",
    "/",
    "x" * 300 + ".jsonl",
    "é" * 140,
    "a\0.jsonl",
    "\udcff.jsonl",
    "a\nb.jsonl",
    "\u202e.csv",
)


@pytest.mark.parametrize("name", BAD)
def test_a_name_that_no_file_can_have_is_refused_in_words(home: project.Project, name: str) -> None:
    with pytest.raises(BadInput, match=r"cannot be kept: .*Rename the file"):
        import_job.keep_upload(home, name, b"{}")
    assert not (home.root / "uploads").exists()


@pytest.mark.parametrize("name", ["/etc/passwd", "../../passwd", "C:\\Users\\me\\passwd", "passwd"])
def test_only_the_last_part_of_a_path_is_taken(home: project.Project, name: str) -> None:
    path = import_job.keep_upload(home, name, b"{}")
    assert path.name == "passwd"
    assert path.parent.parent == home.root / "uploads"


def _done(home: project.Project, store: Store, path: Path) -> import_job.ImportJob:
    job = import_job.ImportJob(home, store, path, {}).start()
    while job.running:
        time.sleep(0.01)
    assert job.report is not None, job.error
    return job


def test_two_files_of_one_name_are_two_files(home: project.Project) -> None:
    """Two tabs that paste, two people with a seeds.jsonl: the second took the place of the first."""
    first = import_job.keep_upload(home, "pasted.jsonl", _row("1 + 3"))
    second = import_job.keep_upload(home, "pasted.jsonl", _row("2 + 2"))
    assert first != second
    assert first.read_bytes() == _row("1 + 3")
    with Store(home.database) as store:
        assert [_done(home, store, path).report.added for path in (first, second)] == [1, 1]  # type: ignore[union-attr]


def test_a_file_that_is_imported_stays_where_it_is(home: project.Project, tmp_path: Path) -> None:
    """One from the local cache of data sets was moved out of it, and then deleted."""
    cached = tmp_path / "cache" / "train.jsonl"
    cached.parent.mkdir()
    cached.write_bytes(_row("1 + 3"))
    with Store(home.database) as store:
        _done(home, store, cached)
    assert [path.name for path in cached.parent.iterdir()] == ["train.jsonl"]
