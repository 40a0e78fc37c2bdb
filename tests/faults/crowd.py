"""A crowd at one studio: many browsers, each with random acts, and what became of all of it.

    python -m tests.faults.crowd --browsers 20 --minutes 10 --project /tmp/crowd

One Chromium, a context for each person. The project is made where there is none; the acts change it. What the browsers
showed as saved is compared with the store, pages and the log of the studio are searched for exceptions, and the memory
of the studio is measured. It exits with 1 where something was lost, doubled or broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

from playwright.async_api import async_playwright

from tests.faults.crowd_hand import Hand, arrive, drawn, tried
from tests.faults.crowd_pages import Pages
from tests.faults.crowd_sides import BothSides, before, compare
from tests.faults.crowd_watch import Meter, Sample, busy, slope
from tests.support.browser import CHROMIUM_ARGS, STUDIO, Server, chromium, serve
from tests.support.large_project import add_rows
from tests.support.page_project import filled

ARGS = (
    *CHROMIUM_ARGS,
    "--blink-settings=imagesEnabled=false",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
)
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ROWS = 6_000
WARM_SHARE, WARM_MOST_S = 0.3, 150.0
"""Caches fill in the beginning: this share of the time, at most so many seconds, says nothing of growth."""
MOST_MB = 1.0
"""So much may the studio grow in a minute."""


@dataclass
class CrowdReport:
    """What a crowd did and what became of it."""

    browsers: int
    seconds: float
    seed: int
    tried: Counter[str] = field(default_factory=Counter)
    confirmed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    sides: BothSides = field(default_factory=BothSides)
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Exceptions: where, and the text of the box or of the log."""
    stuck: list[tuple[str, str]] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    took: list[tuple[str, float]] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    warm_s: float = 0.0

    @property
    def changing(self) -> int:
        """Return how many acts that change something were confirmed."""
        return sum(count for act, count in self.confirmed.items() if act not in ("page", "filter"))

    @property
    def warm(self) -> list[Sample]:
        """Return the samples that tell of growth."""
        return [one for one in self.samples if one.at >= self.warm_s]

    def wrong(self) -> list[str]:
        """Return what may not be, in words; memory aside, which a short time says nothing of."""
        sides = self.sides
        found = [f"{name}: {one}" for name in ("lost", "doubled", "unasked", "unanswered", "broken")
                 for one in getattr(sides, name)]  # fmt: skip
        found += [f"exception at {where}: {text}" for where, text in self.faults]
        return found + [f"asked outside: {url}" for url in sorted(set(self.outside))]

    def text(self) -> str:
        """Return the report for people."""
        lines = [
            f"{self.browsers} browsers, {self.seconds:.0f} s, seed {self.seed}",
            f"tried      {_counted(self.tried)}",
            f"confirmed  {_counted(self.confirmed)}; {self.changing:,} of them change something",
            f"refused    {_counted(self.refused)}",
            f"both sides {self.sides.shown_saved:,} shown as saved, {self.sides.written:,} written; "
            + ", ".join(f"{len(getattr(self.sides, name))} {name}" for name in
                        ("lost", "doubled", "unasked", "unanswered", "broken")),
            f"exceptions {len(self.faults)}, stuck {len(self.stuck)}",
            *(f"  stuck: {what}: {why}" for what, why in self.stuck[:20]),
            *self._measured(),
            f"seconds    {self._times()}",
            *(f"  WRONG {one}" for one in self.wrong()[:40]),
        ]  # fmt: skip
        return "\n".join(lines)

    def _measured(self) -> list[str]:
        warm = self.warm
        if len(warm) < 3:
            return ["memory     too short to tell"]
        first, last = warm[0], warm[-1]
        studio, browsers, others = busy(self.samples)
        return [
            f"memory     studio {first.studio_mb:.0f} -> {last.studio_mb:.0f} MB after {self.warm_s:.0f} s, "
            f"{slope(warm, 'studio_mb'):+.2f} MB a minute; with workers {first.tree_mb:.0f} -> {last.tree_mb:.0f}, "
            f"{slope(warm, 'tree_mb'):+.2f}",
            f"handles    {first.files} -> {last.files}, {slope(warm, 'files'):+.2f} a minute; "
            f"threads {first.threads} -> {last.threads}, {slope(warm, 'threads'):+.2f} a minute",
            f"processors of {os.cpu_count()}: {studio:.2f} busy for the studio, {browsers:.2f} for the browsers, "
            f"{others:.2f} for others",
        ]

    def _times(self) -> str:
        """Return how long each thing took: median and longest."""
        by: dict[str, list[float]] = {}
        for what, seconds in self.took:
            by.setdefault(what, []).append(seconds)
        return ", ".join(f"{what} {median(many):.1f} (to {max(many):.0f})" for what, many in sorted(by.items()))

    def grown(self) -> float:
        """Return by how many MB a minute the studio grew after the warm-up."""
        return slope(self.warm, "studio_mb")


def crowd(project: Path, folder: Path, browsers: int, seconds: float, seed: int) -> CrowdReport:
    """Let a crowd act on the project for some time; logs and pictures go into `folder`."""
    report = CrowdReport(browsers, seconds, seed, warm_s=min(WARM_MOST_S, WARM_SHARE * seconds))
    log, was = folder / "studio.log", before(project)
    server = serve(STUDIO, log, project=project)
    try:
        hands = asyncio.run(_acting(server, report, folder))
    finally:
        server.stop()
    for hand in hands:
        report.tried += hand.tried
        report.confirmed += hand.confirmed
        report.refused += Counter(act for act, _ in hand.refused)
        report.faults += hand.faults
        report.stuck += hand.stuck
        report.outside += hand.outside
        report.took += hand.took
    lines = [line for hand in hands for line in hand.desk.values()]
    report.tried += Counter(line.act for line in lines)
    report.confirmed += Counter(line.act for line in lines if line.state == "saved")
    report.refused += Counter(line.act for line in lines if line.state == "refused")
    report.faults += [("log", text) for text in _tracebacks(log)]
    report.sides = compare(project, hands, was)
    report.confirmed["redo"] = report.sides.redone
    (folder / "report.json").write_text(_as_json(report, hands), encoding="utf-8")
    return report


def prepared(project: Path, rows: int = ROWS) -> Path:
    """Make the project where there is none: seeds, a graph, a real run, and many rows to decide on."""
    if not project.exists():
        filled(project)
        add_rows(project / "project.duckdb", rows)
    return project


async def _acting(server: Server, report: CrowdReport, folder: Path) -> list[Hand]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_polite(folder), args=list(ARGS))
        pages = Pages()
        numbers = range(1, report.browsers + 1)
        hands = [await arrive(browser, number, server.url, report.seed, folder) for number in numbers]
        meter = Meter(server.process.pid)
        watching = asyncio.create_task(meter.watch())
        until = time.monotonic() + report.seconds
        await asyncio.gather(*(_busy(hand, pages, until) for hand in hands))
        meter.look()
        watching.cancel()
        await asyncio.gather(*(_leave(hand) for hand in hands))
        report.samples = meter.samples
        await browser.close()
    return hands


def _polite(folder: Path) -> str:
    """Return a Chromium that stands back behind the studio: elsewhere each browser has a machine of its own."""
    script = folder / "chromium.sh"
    script.write_text(f'#!/bin/sh\nexec nice -n 5 "{chromium()}" "$@"\n', encoding="utf-8")
    script.chmod(0o700)
    return str(script)


async def _busy(hand: Hand, pages: Pages, until: float) -> None:
    """Do one thing after another until the time is over."""
    while time.monotonic() < until:
        what = drawn(hand.chance, pages.weights)
        await tried(hand, what, lambda what=what: pages.act(hand, what))


async def _leave(hand: Hand) -> None:
    """Wait at the desk until all acts are answered: what is still on its way belongs to no side."""
    await tried(hand, "leave", hand.all_answered)


def _tracebacks(log: Path) -> list[str]:
    text = COLOURS.sub("", log.read_text(encoding="utf-8", errors="replace"))
    return [part[-1_500:] for part in text.split("Traceback (most recent call last)")[1:]]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{act} {count:,}" for act, count in counts.most_common()) or "none"


def _as_json(report: CrowdReport, hands: Sequence[Hand]) -> str:
    told = {name: getattr(report, name) for name in ("browsers", "seconds", "seed", "tried", "confirmed", "refused")}
    told |= {name: getattr(report, name) for name in ("faults", "stuck", "outside", "warm_s")}
    told |= {"sides": asdict(report.sides), "samples": [asdict(one) for one in report.samples]}
    told["refusals"] = [[hand.name, act, words] for hand in hands for act, words in hand.refused]
    told["desk_refusals"] = Counter(line.words for hand in hands for line in hand.desk.values() if line.words)
    return json.dumps(told, indent=1, default=str)


def main() -> int:
    """Run a crowd and print what became of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.crowd", description=__doc__.partition("\n")[0])
    parser.add_argument("--browsers", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--project", type=Path, help="made where there is none; a folder of its own by default")
    parser.add_argument("--out", type=Path, help="folder of the studio's log, the report as JSON and pictures")
    said = parser.parse_args()
    folder = said.out or Path(tempfile.mkdtemp(prefix="lemma-crowd-"))
    folder.mkdir(parents=True, exist_ok=True)
    report = crowd(prepared(said.project or folder / "project"), folder, said.browsers, said.minutes * 60, said.seed)
    print(report.text())
    print(f"all of it: {folder / 'report.json'}")
    grown = report.grown()
    return 1 if report.wrong() or grown > MOST_MB else 0


if __name__ == "__main__":
    sys.exit(main())
