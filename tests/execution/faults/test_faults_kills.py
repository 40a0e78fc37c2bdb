"""Killed fifty times at random moments, a run ends as if nothing had happened, and pays for next to nothing twice."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from engine.core.records import ItemDone, ReplyRow
from engine.runs import launcher
from tests.support.endpoint import Endpoint
from tests.support.worker_runs import PATH, PROGRAMS, contents, make_run, rows, run_whole, wait_for

KILLS, ITEMS, SLOTS = 50, 2_000, 32
CALLS = 2 * ITEMS


class Reaper:
    """Kills the worker in the moment in which a chosen request arrives."""

    def __init__(self) -> None:
        self.pid = self.came = self.moment = 0
        self.this_life: set[str] = set()

    def __call__(self, body: dict, before: int) -> str:
        self.came += 1
        self.this_life.add(body["messages"][0]["content"])
        if self.pid and self.came >= self.moment:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return "ok"


@pytest.mark.slow
def test_fifty_kills_change_nothing_and_repeat_only_what_was_in_flight(tmp_path: Path, monkeypatch) -> None:
    """`kill -9` at 50 random moments: the same records as undisturbed; repeats never exceed the calls in flight."""
    monkeypatch.setenv("PYTHONPATH", PATH)
    with Endpoint() as endpoint:
        calm = make_run(tmp_path / "calm" / "run", endpoint.url, items=ITEMS, concurrency=SLOTS)
        assert run_whole(calm).state == "finished"
    dice = random.Random(50)
    # A tenth of them fall while a worker starts up, the rest anywhere in the run.
    lives = KILLS - KILLS // 10
    gaps = [dice.randint(1, 2 * (CALLS - 10 * SLOTS) // lives) for _ in range(lives)]
    early = Counter(dice.choices(range(lives), k=KILLS // 10))
    reaper = Reaper()
    in_flight: Counter[str] = Counter()
    most = 0
    with Endpoint(reaper, delay=0.001) as endpoint:
        run_dir = make_run(tmp_path / "killed" / "run", endpoint.url, items=ITEMS, concurrency=SLOTS)
        for life, gap in enumerate(gaps):
            for _ in range(early[life]):
                _started_in_vain(run_dir, reaper, dice.uniform(0.0, 0.4))
                in_flight.update(_lost(endpoint, reaper, run_dir))
            reaper.this_life.clear()
            reaper.moment = reaper.came + gap
            reaper.pid = launcher.launch(run_dir, programs=PROGRAMS)
            wait_for(lambda: not launcher.is_alive(run_dir), every=0.005)
            assert launcher.state(run_dir).state == "lost"
            lost = _lost(endpoint, reaper, run_dir)
            in_flight.update(lost)
            most = max(most, len(lost))
        status = run_whole(run_dir)
        asked = Counter(body["messages"][0]["content"] for body in endpoint.bodies)
    repeated = asked.total() - len(asked)
    print(f"\n{KILLS} kills, {repeated} of {CALLS:,} calls repeated, at most {most} in flight at one kill")
    assert (status.state, status.done, status.failed, status.calls) == ("finished", ITEMS, 0, CALLS)
    assert contents(run_dir) == contents(calm)
    assert len(rows(run_dir, ItemDone)) == ITEMS
    assert len({row.id for row in rows(run_dir, ReplyRow)}) == len(rows(run_dir, ReplyRow)) == CALLS
    assert all(count <= 1 + in_flight[text] for text, count in asked.items())
    assert repeated <= in_flight.total()
    assert most <= SLOTS


def _started_in_vain(run_dir: Path, reaper: Reaper, seconds: float) -> None:
    """Start a worker and kill it before it has sent anything, or hardly more."""
    reaper.this_life.clear()
    launcher.launch(run_dir, programs=PROGRAMS)
    until = time.monotonic() + seconds
    wait_for(lambda: bool(reaper.this_life) or time.monotonic() > until, every=0.001)
    launcher.kill(run_dir)
    assert not launcher.is_alive(run_dir)


def _lost(endpoint: Endpoint, reaper: Reaper, run_dir: Path) -> set[str]:
    """Return what was sent before a kill and not journalled, once the endpoint has read all that was sent."""
    reaper.pid, came = 0, -1
    while came != reaper.came or endpoint.inside:
        came = reaper.came
        time.sleep(0.05)
    return reaper.this_life - _answered(run_dir)


def _answered(run_dir: Path) -> set[str]:
    return {json.loads(row.request)[0][1] for row in rows(run_dir, ReplyRow)}
