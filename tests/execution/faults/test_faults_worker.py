"""Real workers on an endpoint that fails in every way, for a while or for good: whole, named, and nothing twice."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.core.errors import UserError
from engine.core.project import create
from engine.core.records import Failure, ItemDone, Problem, ReplyRow
from engine.runs import launcher
from engine.runs.plan import Plan, load_plan, save_plan
from engine.store import Store
from tests.support.endpoint import Endpoint
from tests.support.worker_runs import PATH, PROGRAMS, contents, ended, make_run, rows, run_whole, wait_for

ITEMS = 5_000
SHARE = 0.30
MIXED = {
    "429-now": 3.0,
    "429-half": 3.0,
    "429": 3.0,
    "500": 4.0,
    "503-after": 2.0,
    "reset": 4.0,
    "slow": 0.3,
    "half": 3.0,
    "half-json": 4.0,
    "html": 4.0,
    "empty-choices": 4.0,
}
"""Faults that pass, with their weights; `slow` outlasts the time-out."""


@pytest.fixture(autouse=True)
def _programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", PATH)


class Weather:
    """Three of ten answers are wrong; some prompts are too long for good; the key expires once."""

    def __init__(self, expires_after: int) -> None:
        self.left, self.expired = expires_after, False
        self.endpoint: Endpoint | None = None

    def __call__(self, body: dict, before: int) -> str:
        self.left -= 1
        if self.left == 0 and self.endpoint:
            self.expired, self.endpoint.listing = True, "401"
        if self.expired:
            return "401"
        if random.Random(str(body["messages"])).random() < 0.004:
            return "400-long"
        dice = random.Random(f"{body['messages']}{body['seed']}{before}")
        return dice.choices(list(MIXED), list(MIXED.values()))[0] if dice.random() < SHARE else "ok"


@pytest.mark.slow
def test_5000_chains_through_30_per_cent_faults_end_as_results_or_named_failures(tmp_path: Path) -> None:
    """Every item ends once, as a result or a failure with a name; no reply is paid twice; the key may come back."""
    weather = Weather(expires_after=7_000)
    began = time.monotonic()
    with Endpoint(weather) as endpoint:
        weather.endpoint = endpoint
        run_dir = make_run(
            tmp_path / "runs" / "run", endpoint.url, items=ITEMS, concurrency=256, timeout_s=4.0, retries=4
        )
        launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: weather.expired, 300)
        status = ended(run_dir)
        assert status.state == "paused"
        assert "local cannot be used now: local: HTTP 401: the key is missing or wrong" in status.reason
        assert not any("HTTP 401" in row.message for row in rows(run_dir, Failure))
        weather.expired, endpoint.listing = False, ""
        status = run_whole(run_dir, retry_failed=True)
    outcomes = Counter((row.item_id, row.outcome) for row in rows(run_dir, ItemDone))
    last = {row.item_id: row.outcome for row in rows(run_dir, ItemDone)}
    failures = {row.item_id: row for row in rows(run_dir, Failure)}
    _show(endpoint, status.errors, last, failures, time.monotonic() - began)
    assert status.state == "finished"
    assert set(last) == {f"item-{number}" for number in range(ITEMS)}
    assert set(last.values()) <= {"revised", "failed"}
    assert max(count for (_, outcome), count in outcomes.items() if outcome == "revised") == 1
    assert {item for item, outcome in last.items() if outcome == "failed"} <= set(failures)
    assert all(failure.boundary == "provider" and failure.message for failure in failures.values())
    problems, replies = rows(run_dir, Problem), rows(run_dir, ReplyRow)
    assert len({problem.id for problem in problems if problem.parent_id}) == Counter(last.values())["revised"]
    assert len(replies) == len({row.id for row in replies}) == status.calls
    assert max(endpoint.answered.values()) == 1
    wrong = sum(count for name, count in endpoint.behaviours.items() if name != "ok")
    assert wrong > 0.28 * len(endpoint.bodies)
    too_long = sum("the prompt does not fit" in failures[item].message for item, end in last.items() if end == "failed")
    assert too_long > 0
    assert Counter(last.values())["failed"] - too_long < 80


def _show(endpoint: Endpoint, errors: dict[str, int], last: dict, failures: dict, seconds: float) -> None:
    print(f"\n{len(endpoint.bodies):,} requests in {seconds:.0f} s")
    for title, counts in (
        ("sent by the endpoint", endpoint.behaviours),
        ("errors by class", Counter(errors)),
        ("items by outcome", Counter(last.values())),
        ("failures by message", Counter(failures[i].message[:60] for i, end in last.items() if end == "failed")),
    ):
        print(f"  {title}")
        for name, count in counts.most_common():
            print(f"    {name:62} {count:8,}")


def test_an_engine_that_dies_pauses_the_run_and_resume_finishes_it(tmp_path: Path) -> None:
    """No item pays for it: none has failed, and the reason says which engine does not answer."""
    with Endpoint(delay=0.01) as endpoint:
        run_dir = make_run(tmp_path / "runs" / "run", endpoint.url, items=300, retries=2)
        launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: sum(endpoint.answered.values()) > 100)
    status = ended(run_dir)
    assert status.state == "paused"
    assert status.reason.startswith("local cannot be used now: local: no whole answer from http://127.0.0.1:")
    assert status.failed == 0
    assert rows(run_dir, Failure) == []
    before = status.calls
    with Endpoint() as again:
        plan = load_plan(run_dir)
        moved = plan.engines["local"].model_copy(update={"base_url": again.url})
        _replan(run_dir, plan.model_copy(update={"engines": {"local": moved}}))
        status = run_whole(run_dir)
        assert (status.state, status.done, status.failed, status.calls) == ("finished", 300, 0, 600)
        # Calls that died with the engine are asked again, what it answered and we read is not.
        assert 600 - 8 <= len(again.bodies) + before <= 600 + 8


def _replan(run_dir: Path, plan: Plan) -> None:
    save_plan(run_dir, plan)


def test_one_request_that_breaks_the_server_fails_alone(tmp_path: Path) -> None:
    """A server that lists its models lives: the one item fails, though nothing else was answered meanwhile."""
    with Endpoint(lambda body, before: "500" if "draft 3" in str(body) else "ok") as endpoint:
        run_dir = make_run(tmp_path / "runs" / "run", endpoint.url, items=6, concurrency=1, retries=1)
        status = run_whole(run_dir)
    assert (status.state, status.done, status.failed) == ("finished", 5, 1)
    (failure,) = rows(run_dir, Failure)
    assert "HTTP 500" in failure.message


@pytest.mark.parametrize("jump", ["forward", "back"])
def test_a_clock_that_jumps_harms_nothing(tmp_path: Path, jump: str) -> None:
    """A day forward or back in mid-run: finished, everything once, and the same as in a run with a steady clock."""
    with Endpoint() as endpoint:
        calm = make_run(tmp_path / "calm" / "run", endpoint.url, items=60)
        run_whole(calm)
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path / "runs" / "run", endpoint.url, items=60)
        status = run_whole(run_dir, programs=f"tests.support.clock_programs:{jump.upper()}")
        assert max(endpoint.asked.values()) == 1
    times = [row.at for row in rows(run_dir, ItemDone)]
    assert max(times) - min(times) > 80_000
    assert (status.state, status.done, status.failed, status.calls) == ("finished", 60, 0, 120)
    assert contents(run_dir) == contents(calm)


def test_a_worker_is_known_by_the_kernel_when_the_clock_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unix times of a start move with the clock; a second worker must not start for that."""
    import psutil

    with Endpoint(delay=0.2) as endpoint:
        run_dir = make_run(tmp_path / "runs" / "run", endpoint.url)
        launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: len(endpoint.bodies) > 0)
        steady = psutil.Process.create_time
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: steady(self) + 3_600)
        assert launcher.is_alive(run_dir)
        assert launcher.state(run_dir).state == "running"
        launcher.cancel(run_dir)
        assert ended(run_dir).state == "cancelled"


def test_a_disk_that_fills_up_fails_the_run_and_a_resume_with_space_finishes_it(tmp_path: Path) -> None:
    """A real file system of 256 KiB: one clear message, no torn line, and a store that verifies."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with _mounted(disk), Endpoint() as endpoint:
        run_dir = make_run(disk / "runs" / "run", endpoint.url, items=400)
        status = run_whole(run_dir)
        # The last status may not fit either; then the worker is dead and its last words say why.
        assert status.state in ("failed", "lost")
        assert "No space left on device" in status.reason
        paid = len(rows(run_dir, ReplyRow))
        assert 0 < paid < 800
        _intact(tmp_path / "one", run_dir)
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        status = run_whole(run_dir)
        assert (status.state, status.done) == ("finished", 400)
        assert len(endpoint.bodies) - len(endpoint.asked) <= 8
        _intact(tmp_path / "two", run_dir)


@contextmanager
def _mounted(folder: Path) -> Iterator[None]:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("this user may not mount a file system of its own")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_project_that_became_read_only_is_refused_in_one_line(tmp_path: Path) -> None:
    """Neither worker nor launch changes anything, and what was made before can still be read."""
    disk = tmp_path / "disk"
    disk.mkdir()
    with _mounted(disk), Endpoint() as endpoint:
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        run_dir = make_run(disk / "runs" / "run", endpoint.url, items=60, budget_calls=50)
        assert run_whole(run_dir).state == "paused"
        before = {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()}
        # What the worker started may hold a file a moment longer than the worker itself.
        wait_for(lambda: subprocess.run(["mount", "-o", "remount,ro", str(disk)], capture_output=True).returncode == 0)
        said = f"{run_dir}: the run directory cannot be written: Read-only file system."
        with pytest.raises(UserError, match=said):
            launcher.resume(run_dir, programs=PROGRAMS)
        command = [sys.executable, "-m", "engine.execution", str(run_dir), "--programs", PROGRAMS]
        child = subprocess.run(command, capture_output=True, text=True)
        assert child.returncode == 2
        assert child.stderr.startswith(said)
        assert child.stderr.count("\n") == 1
        assert {path: path.read_bytes() for path in run_dir.rglob("*") if path.is_file()} == before
        _intact(tmp_path / "store", run_dir)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        assert run_whole(run_dir).state == "paused"
        assert run_whole(run_dir).state == "finished"
        assert max(endpoint.asked.values()) == 1


def _intact(root: Path, run_dir: Path) -> None:
    """Ingest what a run left into a real store: every line is a record, and the store verifies."""
    with Store(create(root).database) as store:
        found = store.ingest(run_dir)
        assert not found.skipped
        assert store.verify() == []
