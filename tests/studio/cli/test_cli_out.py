"""No command writes into a folder that holds something else than what it wrote there before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import within


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("out") / "project"
    assert within("init", place).code == 0
    return place


@pytest.mark.parametrize("words", [("report",), ("judges",)], ids=" ".join)
def test_a_folder_of_somebodys_own_is_left_alone(home: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "passwd").write_text("years")
    said = within(*words, "--out", tmp_path, project=home)
    assert said.code == 1
    assert "is there already and is no report" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["passwd"]


@pytest.mark.parametrize("words", [("report",), ("judges",)], ids=" ".join)
def test_a_folder_that_is_new_empty_or_written_before_is_written(home: Path, tmp_path: Path, words) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("new", "empty"):
        for _ in range(2):
            assert within(*words, "--out", tmp_path / name, project=home).code == 0
    other = "judges" if words == ("report",) else "report"
    assert within(other, "--out", tmp_path / "new", project=home).code == 1


def test_a_report_of_the_project_is_always_its_own(home: Path) -> None:
    """One of an earlier version has no mark."""
    (home / "report").mkdir(exist_ok=True)
    (home / "report" / "report.html").write_text("old")
    assert within("report", project=home).code == 0
    assert (home / "report" / "report.html").read_text() != "old"
