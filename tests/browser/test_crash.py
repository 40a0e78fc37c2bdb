"""The studio and its worker are killed in the middle of a run; after a restart everything is there."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from conftest import ROOT, serve
from playwright.sync_api import Page

from engine import planning
from engine.core.project import Project
from engine.core.records import ItemDone, ReplyRow
from engine.generation import recipes
from engine.runs import journal, launcher
from engine.store import Store
from tests.support.page_project import filled

ITEMS = 40


def _wait(true: Callable[[], bool], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


def test_kill_minus_nine_of_worker_and_studio_loses_nothing(tmp_path: Path, open_page: Callable[..., Page]) -> None:
    """No paid reply is asked again, no item is doubled, and the studio offers the lost run for resume."""
    home = Project(filled(tmp_path / "project"))
    recipe = recipes.load(
        "gsdp", {"items": str(ITEMS), "running.concurrency": "4"}, {"writer": "abacus:abacus-large@300ms"}
    )
    with Store(home.database) as store:
        planned = planning.generation(store, home, recipe)
    server = serve(ROOT / "studio" / "app.py", tmp_path / "one.log", project=home.root)
    launcher.launch(planned.directory)
    _wait(lambda: launcher.state(planned.directory).done >= 8)
    os.killpg(launcher.state(planned.directory).pid, signal.SIGKILL)
    server.stop(signal.SIGKILL)
    paid = {row.id for row in journal.records(planned.directory / "journal") if isinstance(row, ReplyRow)}

    server = serve(ROOT / "studio" / "app.py", tmp_path / "two.log", project=home.root)
    try:
        page = open_page(server.url)
        page.get_by_text(f"{planned.plan.id} is lost").wait_for()
        page.goto(f"{server.url}/generate?view=live&run={planned.plan.id}")
        page.get_by_role("button", name="Resume").click()
        _wait(lambda: launcher.state(planned.directory).state == "finished")
        page.get_by_text(f"{ITEMS} of {ITEMS}").wait_for()
    finally:
        server.stop()
    rows = list(journal.records(planned.directory / "journal"))
    replies = Counter(row.id for row in rows if isinstance(row, ReplyRow))
    assert paid <= set(replies)
    assert set(replies.values()) == {1}
    assert Counter(row.item_id for row in rows if isinstance(row, ItemDone)).most_common(1)[0][1] == 1
    assert len({row.item_id for row in rows if isinstance(row, ItemDone)}) == ITEMS
    with Store(home.database) as store:
        store.ingest(planned.directory)
        assert store.verify() == []
