"""Two runs on one engine: each gets its part, together they keep it busy, and slow calls hold nobody up."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from engine.core.records import ItemDone
from engine.runs import launcher
from engine.runs.plan import load_plan, save_plan
from tests.support.driving import Drive
from tests.support.endpoint import RELEASED, Endpoint
from tests.support.run_programs import chains
from tests.support.worker_runs import PATH, PROGRAMS, ended, make_run, wait_for

PLACES, SECONDS = 16, 0.08
LATELY = 1000
"""Calls over which the parts are counted: five seconds of a full engine."""


@pytest.fixture(autouse=True)
def _programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", PATH)


class Crowded:
    """Takes sixteen calls at a time and throttles the rest; remembers when it answered whom."""

    def __init__(self, throttle: str) -> None:
        self.throttle = throttle
        self.endpoint = Endpoint(self, delay=SECONDS)
        self.taken: list[tuple[float, str]] = []
        self.busy: list[float] = []

    def __call__(self, body: dict, before: int) -> str:
        now = time.monotonic()
        self.busy = [until for until in self.busy if until > now]
        if len(self.busy) >= PLACES:
            return self.throttle
        self.busy.append(now + SECONDS)
        self.taken.append((now, body["model"]))
        return "ok"


@pytest.mark.parametrize("throttle", ["429", "429-now"])
def test_two_workers_share_one_engine_fairly_and_keep_it_busy(tmp_path: Path, throttle: str) -> None:
    """The second starts when the first has long had the engine to itself; both come to a third to two thirds of it."""
    crowded = Crowded(throttle)
    with crowded.endpoint as endpoint:
        runs = [_run(tmp_path / model / "run", endpoint.url, model) for model in ("tiny", "other")]
        launcher.launch(runs[0], programs=PROGRAMS)
        wait_for(lambda: len(crowded.taken) > 300)
        alone = 200 * SECONDS / PLACES / (crowded.taken[300][0] - crowded.taken[100][0])
        launcher.launch(runs[1], programs=PROGRAMS)
        wait_for(lambda: any(model == "other" for _, model in crowded.taken))
        # When they come to equal parts is the machine's affair, that they do is ours.
        wait_for(lambda: len(crowded.taken) > LATELY and 1 / 3 <= _share(crowded.taken[-LATELY:]) <= 2 / 3)
        window = crowded.taken[-LATELY:]
        for run_dir in runs:
            launcher.cancel(run_dir)
        for run_dir in runs:
            assert ended(run_dir).failed == 0
    used = LATELY * SECONDS / PLACES / (window[-1][0] - window[0][0])
    print(f"\n{throttle}: {_share(window):.0%} to the second, {used:.0%} of the engine used")
    # A busy machine may be too slow to fill the engine: one worker alone, a moment before, says how much it can.
    assert used > 0.7 * min(1.0, alone)


def _share(taken: list[tuple[float, str]]) -> float:
    """Return the second's part of these calls."""
    return sum(model == "other" for _, model in taken) / len(taken)


def _run(run_dir: Path, url: str, model: str) -> Path:
    make_run(run_dir, url, items=100_000, concurrency=64, retries=20)
    plan = load_plan(run_dir)
    recipe = plan.recipe.model_copy(update={"roles": {"writer": f"local:{model}"}})
    save_plan(run_dir, plan.model_copy(update={"recipe": recipe}))
    return run_dir


def test_slow_calls_hold_nobody_up(tmp_path: Path) -> None:
    """Every fiftieth call is answered only when all other items have been: or nobody ever would be."""
    others = 2 * (200 - 4)
    RELEASED.clear()

    def held(body: dict, before: int) -> str:
        nonlocal others
        if _number(body) % 50 == 0:
            return "held"
        others -= 1
        if others == 0:
            RELEASED.set()
        return "ok"

    with Endpoint(held) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=32, timeout_s=120.0)
        drive.run(chains("run", 200), total=200)
    done = [row.item_id for row in drive.rows(ItemDone)]
    assert others <= 0
    assert {f"item-{number}" for number in range(0, 200, 50)} <= set(done[-40:])
    assert len(done) == 200


def _number(body: dict) -> int:
    text = body["messages"][0]["content"]
    return int(text.split()[1]) if text.startswith("draft") else 1
