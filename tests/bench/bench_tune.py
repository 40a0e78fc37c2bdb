"""Tune: pages of rows over a store of 1.91 M problems, and frames while a limit is dragged over 100,000.

The order of rows is found in memory, the store gives the texts of one page by id.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from result import BenchResult  # noqa: E402

ROWS = 1_910_000
PAGE_MS, FRAME_MS = 300.0, 50.0
TIMES = 7


def run() -> list[BenchResult]:
    """Measure medians of what a page of rows is made of, and of a frame in Chromium."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_pages(Path(folder) / "large"), _frames(Path(folder) / "streamlit.log")]


def _pages(root: Path) -> list[BenchResult]:
    from engine.core.project import Project
    from engine.curation import policy as policies
    from engine.curation.table import ScoreTable
    from engine.curation.table_page import listing
    from engine.store import Store
    from tests.support.large_project import large_project

    with Store(Project(large_project(root, ROWS)).database) as store:
        table = ScoreTable.of(store.problems.scoreboard())
        chosen = policies.apply(policies.gsdp(), table)
        (one, *_) = listing(table, chosen).ids

        def counts() -> None:
            made = policies.apply(policies.gsdp(), table)
            if not made.reasons() or len(made.margin) != ROWS or made.review.any():
                raise RuntimeError("the published limits drop nothing")

        def rows(offset: int) -> None:
            found = listing(table, chosen, "borderline", offset=offset)
            if len(store.problems.statements(found.ids)) != 200:
                raise RuntimeError("a page is not full")

        jobs: dict[str, Callable[[], object]] = {
            "exact counts of all limits": counts,
            "200 rows in margin order": lambda: rows(0),
            "the next 200": lambda: rows(200),
            "why panel": lambda: store.problems.statements([one]),
            "200 rows of the store, newest first": lambda: store.problems.page(),
            "a card": lambda: store.problems.get(one),
        }
        return [
            BenchResult.below(f"tune, {ROWS:,} rows: {name}", _ms(job), "ms", PAGE_MS) for name, job in jobs.items()
        ]


def _ms(job: Callable[[], object]) -> float:
    """Return the median of some runs after the first, which fills caches."""
    job()
    seconds = []
    for _ in range(TIMES):
        start = time.perf_counter()
        job()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds) * 1000


def _frames(log: Path) -> BenchResult:
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM_ARGS, chromium, serve, settle

    server = serve(HERE.parent / "browser" / "lens_script.py", log)
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.goto(server.url)
            settle(page, timeout_s=120)
            box = page.get_by_role("slider", name="Judge score").bounding_box()
            if box is None:
                raise RuntimeError("the lens is not there")
            page.evaluate("() => { globalThis.lemmaLenses.get('tune_lens').timings.length = 0; }")
            y = box["y"] + box["height"] / 2
            page.mouse.move(box["x"] + box["width"] * 0.3, y)
            page.mouse.down()
            for step in range(120):
                page.mouse.move(box["x"] + box["width"] * (0.3 + 0.6 * step / 120), y)
                page.wait_for_timeout(16)
            page.mouse.up()
            frames = page.evaluate("() => globalThis.lemmaLenses.get('tune_lens').timings")
            browser.close()
    finally:
        server.stop()
    return BenchResult.below(
        "tune, 100,000 rows: a frame while dragging, median", statistics.median(frames), "ms", FRAME_MS
    )


if __name__ == "__main__":
    for result in run():
        print(result)
