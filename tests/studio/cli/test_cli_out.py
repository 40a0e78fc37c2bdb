"""No command writes into a folder that holds something else than what it wrote there before."""

from __future__ import annotations

import shutil
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


@pytest.mark.parametrize("words", [("report",), ("judges",)], ids=" ".join)
def test_links_pipes_and_folders_of_the_project_are_refused_in_one_line(home: Path, tmp_path: Path, words) -> None:
    """Nothing is written through a link, nor among what the project works with; no traceback is offered."""
    (tmp_path / "nowhere").symlink_to(tmp_path / "deep" / "down")
    (tmp_path / "round").symlink_to(tmp_path / "round")
    (tmp_path / "file").write_text("mine")
    places = (
        tmp_path / "nowhere", tmp_path / "round", tmp_path / "file" / "under", tmp_path / ("x" * 300), "/proc/self/new",
        home / "backups", home / "runs" / "new", home / "uploads" / "deep", home / "servers", home / "damaged" / "x",
    )  # fmt: skip
    for place in places:
        said = within(*words, "--out", place, project=home)
        assert said.code == 1, place
        assert "--debug" not in said.err
        assert said.err.splitlines()[-1].startswith("lemma: ")
    assert not (tmp_path / "deep").exists()
    assert [(home / name).exists() for name in ("backups", "uploads", "servers", "damaged")] == [False] * 4


def test_a_link_within_a_folder_of_ours_is_not_followed(home: Path, tmp_path: Path) -> None:
    """Tables were written to wherever a link of that name led."""
    (tmp_path / "precious").mkdir()
    assert within("report", "--out", tmp_path / "out", project=home).code == 0
    shutil.rmtree(tmp_path / "out" / "published")
    (tmp_path / "out" / "published").symlink_to(tmp_path / "precious")
    said = within("report", "--out", tmp_path / "out", project=home)
    assert said.code == 1
    assert "holds a link, published, which leads elsewhere" in said.err
    assert not any((tmp_path / "precious").iterdir())


def test_the_report_of_another_project_is_kept(home: Path, tmp_path: Path) -> None:
    """It is replaced once that project is there no more, and by the project that it is of."""
    other = tmp_path / "other"
    assert within("init", other).code == 0
    for _ in range(2):
        assert within("judges", "--out", tmp_path / "out", project=other).code == 0
    said = within("judges", "--out", tmp_path / "out", project=home)
    assert said.code == 1
    assert f"is the report on judges of the project {other}" in said.err
    shutil.rmtree(other)
    assert within("judges", "--out", tmp_path / "out", project=home).code == 0


def test_a_copy_does_not_take_the_place_of_the_log(home: Path, tmp_path: Path) -> None:
    """A copy named like the log would have been read as one when the store is opened next."""
    for place in (home / "project.duckdb.wal", home / "runs" / "copy.duckdb"):
        said = within("backup", "--out", place, project=home)
        assert said.code == 1
        assert "is what the project itself works with" in said.err
    assert within("backup", "--out", home / "copy.duckdb", project=home).code == 0
    assert within("verify", project=home).code == 0


@pytest.mark.parametrize("name", ["s\x1b[31met", "a\nb", "\u202egnp.exe", "x" * 201])
def test_a_name_that_changes_what_stands_around_it_is_refused(tmp_path: Path, name: str) -> None:
    """Terminals obey escapes, and a mark of direction turns the rest of a line round."""
    from engine.core.errors import BadSetting
    from engine.export.rows import CardFacts
    from engine.export.writer import export

    with pytest.raises(BadSetting, match="each can be seen"):
        export([], tmp_path / "out", name=name, card=CardFacts())
