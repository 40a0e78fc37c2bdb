"""The disk fills up under a run and the studio: both say so, and go on once there is room, without a reload."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine import planning
from engine.core.project import Project
from engine.core.records import ItemDone, ReplyRow
from engine.generation import recipes
from engine.runs import journal, launcher
from engine.store import Store
from tests.support.browser import ROOT, serve
from tests.support.page_project import filled
from tests.support.small_disk import small_disk

ITEMS = 24
MEBIBYTES = 160
FULL = "The disk of this project is full"


def _wait(true: Callable[[], bool], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_page_and_a_run_on_a_full_disk_go_on_without_a_reload(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    with small_disk(tmp_path / "disk", MEBIBYTES) as disk:
        home = Project(Path(shutil.copytree(filled(tmp_path / "made"), disk.root / "project")))
        changes = {"items": str(ITEMS), "running.concurrency": "4"}
        recipe = recipes.load("gsdp", changes, {"writer": "abacus:abacus-large@1s"})
        with Store(home.database) as store:
            directory = planning.generation(store, home, recipe).directory
        server = serve(ROOT / "studio" / "app.py", tmp_path / "studio.log", project=home.root)
        try:
            launcher.launch(directory)
            page = open_page(f"{server.url}/generate?view=live&run={directory.name}", rest=False)
            page.locator(".stMarkdownBadge", has_text="Running").wait_for()
            page.evaluate("window.notReloaded = true")
            _wait(lambda: launcher.state(directory).done >= 2)
            disk.fill()
            page.get_by_text(FULL).wait_for()
            page.get_by_text("Make room or give the right to write, then resume the run").first.wait_for()
            paid = {row.id for row in journal.records(directory / "journal") if isinstance(row, ReplyRow)}
            disk.clear()
            expect(page.get_by_text(FULL)).to_have_count(0)
            page.get_by_role("button", name="Resume").click()
            page.locator(".stMarkdownBadge", has_text="Finished").wait_for()
            page.get_by_text(f"{ITEMS} of {ITEMS}").wait_for()
            assert page.evaluate("window.notReloaded") is True
        finally:
            server.stop()
        rows = list(journal.records(directory / "journal"))
        replies = Counter(row.id for row in rows if isinstance(row, ReplyRow))
        assert paid <= set(replies)
        assert set(replies.values()) == {1}
        assert len({row.item_id for row in rows if isinstance(row, ItemDone)}) == ITEMS
        with Store(home.database) as store:
            store.ingest(directory)
            assert store.verify() == []
