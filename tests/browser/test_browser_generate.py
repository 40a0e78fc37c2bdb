"""A run from its launch to its end in a real Chromium: watched, paused with a key, resumed, finished."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.runs import launcher
from engine.runs.completed import CompletedItems
from engine.runs.status import load_status
from tests.support.browser import ROOT, Server, Watch, serve, settle
from tests.support.page_project import filled

ITEMS = 24


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a graph and one run behind it."""
    return filled(tmp_path / "project")


@pytest.fixture
def studio(project: Path, tmp_path: Path) -> Iterator[Server]:
    """The studio on that project."""
    server = serve(ROOT / "studio" / "app.py", tmp_path / "studio.log", project=project)
    yield server
    server.stop()


def _set(page: Page, name: str, value: str) -> None:
    field = page.get_by_label(name, exact=True)
    field.fill(value)
    field.press("Enter")
    settle(page)


def _slow_writer(page: Page) -> None:
    """Choose a writer that takes two seconds over a problem, four at a time, so that there is something to pause."""
    writer = page.get_by_role("combobox", name="Writer")
    writer.click()
    writer.fill("abacus:abacus-large@2s")
    writer.press("Enter")
    settle(page)
    page.get_by_text("Settings", exact=True).last.click()
    page.get_by_role("tab", name="Pace").click()
    _set(page, "Concurrency", "4")


def _badge(page: Page, word: str) -> Locator:
    """The state of the run; its text begins with the name of its icon."""
    return page.locator(".stMarkdownBadge", has_text=word)


def _wait_for(true: Callable[[], bool], timeout_s: float = 180) -> None:
    until = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


def _state(directory: Path, wanted: str, timeout_s: float = 180) -> None:
    until = time.monotonic() + timeout_s
    while launcher.state(directory).state != wanted:
        assert time.monotonic() < until, f"{directory.name} is {launcher.state(directory).state}, not {wanted}"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_run_is_launched_paused_resumed_and_finished(
    studio: Server, project: Path, open_page: Callable[..., Page], watch: Watch
) -> None:
    """X-02: a run goes on without the page, stops where it is told to, and asks nothing twice after it."""
    page = open_page(f"{studio.url}/generate", width=1400)
    _set(page, "Items", str(ITEMS))
    _slow_writer(page)
    launch = page.get_by_role("button", name=f"Launch {ITEMS}")
    if launch.is_disabled():  # The engine is still being asked, or it says why nothing can start.
        expect(launch, page.locator("[data-testid=stMain]").inner_text()).to_be_enabled()
    launch.click()
    directory = project / "runs" / "gsdp-0002"
    expect(_badge(page, "Running")).to_be_visible()
    assert "view=live" in page.url
    assert "run=gsdp-0002" in page.url

    # The page follows by itself: problems appear while the run goes on.
    expect(page.get_by_text("P-", exact=False).first).to_be_visible()
    _wait_for(lambda: load_status(directory).done > 0)
    page.keyboard.press("p")
    expect(_badge(page, "Paused")).to_be_visible()
    _state(directory, "paused")
    before = load_status(directory)
    assert 0 < before.done < ITEMS
    expect(page.get_by_text("If you resume", exact=False)).to_be_visible()
    expect(page.get_by_text(f"{before.done} done and kept as they are", exact=False)).to_be_visible()

    page.get_by_role("button", name="Resume").click()
    expect(_badge(page, "Finished")).to_be_visible()
    _state(directory, "finished")
    after = load_status(directory)
    assert after.done + after.failed == ITEMS
    assert sum(CompletedItems.read(directory / "journal").counts().values()) == ITEMS
    settle(page)
    expect(page.get_by_text(f"{ITEMS} of {ITEMS}")).to_be_visible()
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    assert watch.outside == []
    assert watch.errors == []
