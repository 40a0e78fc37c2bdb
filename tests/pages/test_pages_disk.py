"""Every page on a project whose disk is full, whose store is gone, or that is read-only: one line, and it goes on."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.store import Store
from studio import workspace
from studio.navigation import ROAD
from tests.support.page_project import filled
from tests.support.small_disk import SmallDisk, small_disk

PAGE = next(stop.path for stop in ROAD if stop.name == "home")
MEBIBYTES = 160
FULL = "The disk of this project is full"
LOCKED = "This project is read"


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("disk"), MEBIBYTES) as found:
        yield found


@pytest.fixture
def root(disk: SmallDisk, tmp_path: Path) -> Iterator[Path]:
    place = disk.root / tmp_path.name
    shutil.copytree(filled(tmp_path / "made"), place)
    yield place
    disk.unlock()
    disk.clear()
    shutil.rmtree(place)


def _lines(page: AppTest) -> list[str]:
    """What stands against something, in the words of the page."""
    assert not page.exception, page.exception
    alarms = [each.value for each in page.markdown if each.value.startswith(":orange[:material/warning:")]
    return [*(each.value for each in page.error), *alarms]


def _notices(page: AppTest) -> list[str]:
    return [each.value for each in (*page.warning, *page.info, *page.markdown, *page.caption)]


def _each(page: AppTest) -> Iterator[tuple[str, list[str]]]:
    for stop in ROAD:
        yield stop.name, _lines(page.switch_page(str(stop.path)).run())
    # What a page had begun still reads: the store is not closed under it.
    for thread in threading.enumerate():
        if thread.name.endswith("Job"):
            thread.join()


def test_every_page_says_that_the_disk_is_full_and_goes_on_with_room(root: Path, disk: SmallDisk, open_page) -> None:
    page = open_page(root)
    disk.fill()
    for name, lines in _each(page):
        assert sum(FULL in line for line in lines) == 1, (name, lines)
    disk.clear()
    for name, lines in _each(page):
        assert not [line for line in lines if "full" in line], (name, lines)


def test_every_page_says_that_the_store_is_gone_and_stops(root: Path, open_page: Callable[[Path], AppTest]) -> None:
    page = open_page(root)
    store, kept = root / "project.duckdb", root / "kept.duckdb"
    store.rename(kept)
    for name, lines in _each(page):
        assert len(lines) == 1, (name, lines)
        assert "is not there any more, although the project was used" in lines[0]
        assert "lemma recover" in lines[0]
    assert not store.exists()
    kept.rename(store)
    for name, lines in _each(page):
        assert not [line for line in lines if "lemma recover" in line], (name, lines)


def _review(page: AppTest) -> AppTest:
    return page.switch_page(str(next(stop.path for stop in ROAD if stop.name == "review"))).run()


def _approve(page: AppTest) -> list[str]:
    next(button for button in page.button if button.label == "Approve").click().run()
    return [line.replace("\\", "") for line in _lines(page) + _notices(page)]


def test_a_decision_on_a_store_that_is_gone_is_refused_at_once(root: Path, open_page) -> None:
    page = _review(open_page(root))
    store, kept = root / "project.duckdb", root / "kept.duckdb"
    store.rename(kept)
    assert any("is not there any more, although the project was used" in line for line in _approve(page))
    kept.rename(store)
    assert any("nothing is saved" in line.replace("\\", "") for line in _lines(_review(page)) + _notices(page))
    with Store(store) as read:
        assert not read.exports.count("approved")


def test_a_decision_that_meets_a_full_disk_says_so_and_counts_once_there_is_room(root, disk, open_page) -> None:
    page = _review(open_page(root))
    disk.fill()
    saved = 0
    # The last block of the log may have room for a decision or two, and those are saved.
    while not any("the disk is full" in line for line in _approve(page)):
        saved += 1
        assert workspace.store().exports.count("approved") == saved < 20
    assert workspace.store().exports.count("approved") == saved
    disk.clear()
    _approve(page)
    assert workspace.store().exports.count("approved") == saved + 1


def test_every_page_of_a_read_only_project_is_drawn_and_says_so(root: Path, disk: SmallDisk, open_page) -> None:
    disk.lock()
    page = open_page(root)
    assert workspace.store().read_only
    for name, lines in _each(page):
        assert sum(LOCKED in line for line in lines) == 1, (name, lines)
        assert not page.error, (name, lines)
