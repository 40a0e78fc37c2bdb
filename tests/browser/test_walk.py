"""The whole job in one Chromium with every road to the outside closed: from a file of seeds to a file that trains."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

from conftest import ROOT, Server, Watch, settle
from playwright.sync_api import Page

from engine.core.resources import shipped

SHOTS = ROOT / "tests" / "artifacts"
ITEMS = "24"
EXACT = re.compile(r"^exactly [\d,]+ of")


def _seeds(folder: Path) -> Path:
    """Our own algebra seeds with two bad rows among them."""
    lines = (shipped("seeds") / "algebra.jsonl").read_text(encoding="utf-8").splitlines()
    lines += ['{"problem": null, "answer": "1"}', "{broken"]
    path = folder / "my_seeds.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _go(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
    settle(page)


def _shot(page: Page, name: str) -> None:
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"walk-{name}.png")


def _until(page: Page, there: Callable[[], bool], seconds: float = 180) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, "waited too long"
        page.wait_for_timeout(200)
    settle(page)


def _choose(page: Page, view: str) -> None:
    page.get_by_test_id("stButtonGroup").get_by_text(view, exact=True).click()
    settle(page)


def _import(page: Page, file: Path) -> None:
    page.get_by_role("button", name="Import seeds").first.click()
    settle(page)
    page.locator("input[type=file]").set_input_files(file)
    go = page.get_by_role("button", name="Import 43")
    go.wait_for()
    _shot(page, "seeds-preview")
    go.click()
    page.get_by_text("43 seeds added").wait_for()
    assert page.get_by_text("2 rejected").count()


def _build(page: Page) -> None:
    _go(page, "Knowledge graph")
    page.get_by_role("button", name="Build from 43 seeds").click()
    page.get_by_text("Combinations the recipes can draw from").wait_for()
    settle(page)
    _shot(page, "graph")


def _generate(page: Page) -> None:
    _go(page, "Generate")
    items = page.get_by_label("Items", exact=True)
    items.fill(ITEMS)
    items.press("Enter")
    settle(page)
    page.get_by_role("button", name=f"Launch {ITEMS}").click()
    page.locator(".stMarkdownBadge", has_text="Finished").wait_for()
    settle(page)
    _shot(page, "generate-live")


def _tune(page: Page) -> None:
    _go(page, "Tune")
    exact = page.get_by_text(EXACT)
    exact.wait_for()
    before = exact.inner_text()
    slider = page.get_by_role("slider").first
    slider.focus()
    for _ in range(60):
        page.keyboard.press("ArrowLeft")
    page.keyboard.up("ArrowLeft")
    _until(page, lambda: page.get_by_text(EXACT).inner_text() != before)
    _shot(page, "tune")
    # A reset holds on the server too, not in the lens alone.
    page.get_by_role("button", name="Reset").click()
    _until(page, lambda: page.get_by_text(EXACT).inner_text() == before)
    page.get_by_role("button", name="Send to review").click()
    page.get_by_role("button", name="Approve").wait_for()
    settle(page)


def _review(page: Page) -> None:
    _shot(page, "review")
    for key, shown in (("a", "1 of"), ("a", "2 of"), ("x", ""), ("1", "3 of"), ("z", "2 of"), ("y", "3 of")):
        page.keyboard.press(key)
        if shown:
            page.get_by_text(f"{shown} ", exact=False).first.wait_for()
        settle(page)


def _export(page: Page, project: Path) -> None:
    _go(page, "Export")
    _shot(page, "export")
    page.get_by_role("button", name="Export 2").click()
    _until(page, lambda: bool(list(project.glob("exports/*/data/train.jsonl"))), 30)
    (train,) = project.glob("exports/*/data/train.jsonl")
    rows = [json.loads(line) for line in train.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 2
    assert all([turn["role"] for turn in row["messages"]] == ["user", "assistant"] for row in rows)
    assert (train.parents[1] / "README.md").exists()


def test_a_curator_goes_the_whole_way(
    studio: Server, project: Path, open_page: Callable[..., Page], watch: Watch, tmp_path: Path
) -> None:
    """Import, graph, run, limits, decisions, export; no request to an outside host, nothing broken in the page."""
    page = open_page(studio.url, width=1440, height=1000)
    _import(page, _seeds(tmp_path))
    _build(page)
    _generate(page)
    _tune(page)
    _review(page)
    _export(page, project)
    _go(page, "Home")
    _shot(page, "home")
    assert watch.outside == []
    assert watch.errors == []
