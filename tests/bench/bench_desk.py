"""The review desk under a quick hand, in a real Chromium: from the key to the next card, and what becomes of the acts.

Quiet, and with another process on each core; 200 presses at ten a second; a wire that is cut for 20 s; a studio that is
killed in the middle of a burst.
"""

from __future__ import annotations

import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402

ROWS = 400
PRESSES = 30
BURST = 200
CUT_S = 20.0
QUIET_MS, BUSY_MS = 50.0, 100.0


def run() -> list[BenchResult]:
    """Measure all of it; nothing where there is no Chromium."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return []
    found = []
    for name, bar in (("quiet", QUIET_MS), ("busy", BUSY_MS)):
        with _desk() as (page, _, _), _hogs(name == "busy"):
            found += _paced(page, name, bar)
    with _desk() as (page, server, project):
        found += _burst(page, server, project)
    with _desk() as (page, server, project):
        found += _cut(page, server, project)
    with _desk() as (page, server, project):
        found += _killed(page, server, project)
    return found


def _paced(page: object, name: str, bar: float) -> list[BenchResult]:
    from tests.support.desk_browser import all_saved, press_at

    page.evaluate("deskLatency.length = 0")  # type: ignore[attr-defined]
    press_at(page, "aso" * (PRESSES // 3), 1.5)  # type: ignore[arg-type]
    press_at(page, "x1" * (PRESSES // 3), 1.5)  # type: ignore[arg-type]
    all_saved(page)  # type: ignore[arg-type]
    seen = page.evaluate("deskLatency")  # type: ignore[attr-defined]
    cards = [ms for key, ms in seen if key in "aso"]
    reasons = [ms for key, ms in seen if key == "x"]
    return [
        *_spread_of(f"desk, {name}: key to the next card", cards, bar),
        *_spread_of(f"desk, {name}: X to the reasons", reasons, bar),
    ]


def _spread_of(name: str, values: list[float | None], bar: float) -> list[BenchResult]:
    if not values:
        raise RuntimeError(f"{name}: no press was measured")
    known = sorted(5_000.0 if value is None else value for value in values)
    p95 = known[min(len(known) - 1, int(0.95 * len(known)))]
    middle = statistics.median(known)
    return [
        BenchResult(f"{name}, p50", middle, "ms", "", None, None, True),
        BenchResult.below(f"{name}, p95", p95, "ms", bar),
    ]


def _burst(page: object, server: object, project: Path) -> list[BenchResult]:
    from tests.support.desk_browser import all_saved, press_at, shown

    keys = ("aso" * BURST)[:BURST]
    press_at(page, keys, 10)  # type: ignore[arg-type]
    all_saved(page)  # type: ignore[arg-type]
    acts = page.evaluate("lemmaDesk.outbox.next - 1")  # type: ignore[attr-defined]
    shown(page)  # type: ignore[arg-type]
    server.stop()  # type: ignore[attr-defined]
    made = _made(project)
    words = {"a": "approve", "s": "skip", "o": "second-opinion"}
    kept = [words[key] for key in keys] == [act for _, act in made] if len(made) == BURST else False
    return [
        BenchResult.below(f"desk, {BURST} presses at 10 a second: no card was there", BURST - acts, "presses", 0),
        BenchResult.below("desk, burst: acts that were lost", acts - len(made), "acts", 0),
        BenchResult.below("desk, burst: acts that were doubled", len(made) - len(set(made)), "acts", 0),
        BenchResult.below("desk, burst: order not kept", 0 if kept or len(made) != BURST else 1, "", 0),
    ]


def _cut(page: object, server: object, project: Path) -> list[BenchResult]:
    from tests.support.cut_wire import CutWire
    from tests.support.desk_browser import all_saved, drawn_ahead, press_at, shown

    wire = CutWire(server.url)  # type: ignore[attr-defined]
    try:
        page.goto(f"{wire.url}/review")  # type: ignore[attr-defined]
        drawn_ahead(page, 9)  # type: ignore[arg-type]
        press_at(page, "aaa", 3)  # type: ignore[arg-type]
        wire.cut()
        press_at(page, "aaaa", 1)  # type: ignore[arg-type]
        early = sum(1 for one in shown(page) if one[3] == "saved")  # type: ignore[arg-type]
        page.wait_for_timeout(1000 * CUT_S)  # type: ignore[attr-defined]
        wire.mend()
        all_saved(page)  # type: ignore[arg-type]
        acts = shown(page)  # type: ignore[arg-type]
    finally:
        wire.close()
    server.stop()  # type: ignore[attr-defined]
    return _told_truly("wire cut for 20 s", acts, project, early)


def _killed(page: object, server: object, project: Path) -> list[BenchResult]:
    from tests.support.browser import ROOT, serve
    from tests.support.desk_browser import all_saved, press_at, shown

    press_at(page, "aaaa", 10)  # type: ignore[arg-type]
    page.wait_for_timeout(400)  # type: ignore[attr-defined]
    press_at(page, "aaa", 10)  # type: ignore[arg-type]
    server.stop(signal.SIGKILL)  # type: ignore[attr-defined]
    early = sum(1 for one in shown(page) if one[3] == "saved")  # type: ignore[arg-type]
    port = int(server.url.rsplit(":", 1)[1])  # type: ignore[attr-defined]
    again = serve(ROOT / "studio" / "app.py", project.parent / "again.log", project=project, port=port)
    try:
        all_saved(page)  # type: ignore[arg-type]
        acts = shown(page)  # type: ignore[arg-type]
    finally:
        again.stop()
    return _told_truly("studio killed", acts, project, early)


def _told_truly(name: str, acts: list[tuple[int, str, str, str, str]], project: Path, early: int) -> list[BenchResult]:
    made = [ident[:8] for ident, _ in _made(project)]
    saved = [one[2] for one in acts if one[3] == "saved"]
    back = [one[2] for one in acts if one[3] == "refused"]
    wrong = [one for one in saved if made.count(one) != 1] + [one for one in back if one in made]
    return [
        BenchResult(f"desk, {name}: acts, saved before it", early, "acts", f"of {len(acts)}", None, None, True),
        BenchResult(f"desk, {name}: acts, open again", len(back), "acts", f"of {len(acts)}", None, None, True),
        BenchResult.below(f"desk, {name}: shown otherwise than it is", len(wrong), "acts", 0),
        BenchResult.below(f"desk, {name}: without an answer", len(acts) - len(saved) - len(back), "acts", 0),
    ]


def _made(project: Path) -> list[tuple[str, str]]:
    from engine.store import Store

    with Store(project / "project.duckdb") as store:
        return [(one.problem_id, one.act) for one in store.decisions.history(n=10_000)[::-1]]


@contextmanager
def _desk() -> Iterator[tuple[object, object, Path]]:
    from playwright.sync_api import sync_playwright

    from tests.support.browser import CHROMIUM_ARGS, ROOT, chromium, free_port, serve, settle
    from tests.support.desk_browser import PROBE, drawn_ahead

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        project = _project(Path(folder) / "project")
        server = serve(ROOT / "studio" / "app.py", Path(folder) / "studio.log", project=project, port=free_port())
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
        try:
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.add_init_script(PROBE)
            page = context.new_page()
            page.goto(f"{server.url}/review")
            settle(page)
            drawn_ahead(page, 9)
            settle(page)
            yield page, server, project
        finally:
            browser.close()
            server.stop()


def _project(folder: Path) -> Path:
    from engine.core.records import Problem
    from engine.store import Store
    from tests.support.desk_browser import desk_project

    root = desk_project(folder)
    with Store(root / "project.duckdb") as store:
        run_id = store.problems.scoreboard()["run_id"][0].as_py()
        store.problems.add(
            Problem(f"P-{n:06x}{0:010x}", run_id, f"m-{n}", f"What is ${n} + {n}$?", "graph_problem", at=float(n))
            for n in range(ROWS)
        )
    return root


@contextmanager
def _hogs(wanted: bool) -> Iterator[None]:
    """Keep every core busy meanwhile, with one process for each."""
    loop = [sys.executable, "-c", "while True: pass"]
    hogs = [subprocess.Popen(loop) for _ in range(os.cpu_count() or 2)] if wanted else []
    try:
        yield
    finally:
        for one in hogs:
            one.kill()
            one.wait()


if __name__ == "__main__":
    for result in run():
        print(result)
