"""Runs seen from outside: launch, watch, pause, cancel, resume, and find out which were lost.

A worker is a process of its own session with its output in files, so it outlives whoever launched it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.core import permission, prompts
from engine.core.errors import BadInput, UserError
from engine.core.files import open_plain, tail, whole_lines, write_atomically
from engine.runs.journal import FILES, NO_RECORD, row
from engine.runs.plan import Plan, load_plan
from engine.runs.process import UNREADABLE, Process, holder, reap, spawn_detached, writable
from engine.runs.status import Status, load_status, save_status, set_control

if TYPE_CHECKING:
    from engine.runs.completed import CompletedItems

ACTIVE = frozenset(("waiting", "running", "pausing", "stopping"))


_LONGEST_LAUNCH = 4096
_SIGNED_OFF_S = 10.0
"""Longest wait for a worker that has said how its run ended and has not gone yet."""


@dataclass(frozen=True, slots=True)
class ResumePlan:
    """What a resume would do: items `done`, `to_run` for the first time, and to run `again` because of `why`."""

    done: int
    to_run: int
    again: int
    failed: int
    why: str

    def __str__(self) -> str:
        """Return it as one line."""
        parts = [f"{self.done:,} done", f"{self.to_run:,} to run"]
        if self.failed:
            parts.append(f"{self.failed:,} failed")
        if self.again:
            parts.append(f"{self.again:,} again because {self.why}")
        return " · ".join(parts)


def launch(run_dir: Path, *, programs: str = "", retry_failed: bool = False) -> int:
    """Start a detached worker and return its pid; UserError where one is at work already.

    `programs` is MODULE:NAME of the programs by kind of run, engine.execution.programs by default.
    """
    permission.require("change", "Starting a run")
    load_plan(run_dir)  # What is no run directory is refused here, not by a worker whom nobody hears.
    if load_status(run_dir).state not in ACTIVE:
        _wait_dead(run_dir, _SIGNED_OFF_S)
    if is_alive(run_dir):
        raise UserError("has a worker already.", where=str(run_dir), do="Pause or cancel it first.")
    with writable(run_dir):
        set_control(run_dir, "run")
        save_status(run_dir, load_status(run_dir).model_copy(update={"state": "waiting", "pid": 0}))
    command = [sys.executable, "-m", "engine.execution", str(run_dir.resolve())]
    command += ["--programs", programs] if programs else []
    command += ["--retry-failed"] if retry_failed else []
    worker = _spawn(command, run_dir / "output.log")
    with writable(run_dir):
        write_atomically(run_dir / "launch.json", worker.packed())
    return worker.pid


def state(run_dir: Path) -> Status:
    """Return how the run goes, told apart from how it says it goes: a dead worker that did not sign off is lost."""
    status = load_status(run_dir)
    if status.state not in ACTIVE or is_alive(run_dir) or not _was_launched(run_dir):
        return status
    # It may have signed off between the two looks.
    status = load_status(run_dir)
    if status.state not in ACTIVE:
        return status
    return status.model_copy(update={"state": "lost", "reason": _last_words(run_dir), "in_flight": 0})


def is_alive(run_dir: Path) -> bool:
    """Whether a worker is on this run, or on its way."""
    reap()
    return any(process.alive for process in _processes(run_dir))


def pause(run_dir: Path) -> None:
    """Ask for a pause: calls in flight come home first. UserError where nothing runs."""
    permission.require("change", "Pausing a run")
    if not is_alive(run_dir):
        raise UserError("is not running.", where=str(run_dir), do="There is nothing to pause.")
    set_control(run_dir, "pause")


def cancel(run_dir: Path) -> None:
    """Ask the run to end within seconds; a run without a worker is cancelled at once."""
    permission.require("change", "Cancelling a run")
    set_control(run_dir, "cancel")
    if not is_alive(run_dir):
        status = load_status(run_dir)
        ended = {"state": "cancelled", "reason": "cancelled on request", "ended": time.time(), "in_flight": 0}
        save_status(run_dir, status.model_copy(update=ended))


def resume(run_dir: Path, *, retry_failed: bool = False, programs: str = "") -> int:
    """Go on with a run that was paused, cancelled, lost or failed; returns the pid of its worker."""
    return launch(run_dir, programs=programs, retry_failed=retry_failed)


def kill(run_dir: Path) -> None:
    """Last resort: kill the worker with everything that it started. The journal stands; resume goes on from it."""
    permission.require("change", "Ending a run")
    for process in _processes(run_dir):
        if process.alive and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signal.SIGKILL)
    _wait_dead(run_dir, 5.0)


def reconcile(runs_dir: Path) -> list[Path]:
    """Mark the runs whose worker died without signing off as lost, and return their directories."""
    lost = []
    for plan in sorted(runs_dir.glob("*/plan.json")):
        status = state(plan.parent)
        if status.state == "lost":
            save_status(plan.parent, status.model_copy(update={"ended": status.ended or status.heartbeat}))
            lost.append(plan.parent)
    return lost


def run_foreground(
    run_dir: Path,
    on_progress: Callable[[Status], None],
    *,
    every: float = 0.3,
    retry_failed: bool = False,
    programs: str = "",
) -> Status:
    """Launch and watch until the run ends; Ctrl-C cancels it cleanly, a second one leaves it to itself."""
    launch(run_dir, programs=programs, retry_failed=retry_failed)
    try:
        return _watch(run_dir, on_progress, every)
    except KeyboardInterrupt:
        cancel(run_dir)
        return _watch(run_dir, on_progress, every)


def tail_log(run_dir: Path, lines: int = 50) -> tuple[str, ...]:
    """Return the last lines of run.log, at most 64 KiB of it; none where there is no log."""
    return tail(run_dir / "run.log", lines)


def resume_plan(run_dir: Path) -> ResumePlan:
    """Say what a resume would do. Finished items stay as they are, whatever prompts have become since."""
    # Only here: its index is made of numpy arrays, and a list of runs has no use for them.
    from engine.runs.completed import FAILED, CompletedItems

    plan, completed_items = load_plan(run_dir), CompletedItems.read(run_dir / "journal")
    counts = completed_items.counts()
    failed = counts.pop(FAILED, 0)
    done = counts.total()
    total = max(load_status(run_dir).total, plan.total)
    changed = _changed_prompts(plan)
    again = _begun_with(run_dir, changed, completed_items) if changed else 0
    names = ", ".join(sorted(changed))
    why = f"prompt{'s' if len(changed) > 1 else ''} {names} changed" if changed else ""
    return ResumePlan(done, max(0, total - done - failed), again, failed, why)


def _spawn(command: list[str], output: Path) -> Process:
    """Start a worker with its output in a file, or nowhere where the disk takes none."""
    try:
        # A pipe that nobody reads is refused at once, and would wait for somebody otherwise.
        sink = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o644)
    except OSError:
        sink = os.open(os.devnull, os.O_WRONLY)
    try:
        return spawn_detached(command, sink)
    finally:
        os.close(sink)


def _processes(run_dir: Path) -> list[Process]:
    """Return the processes that hold the run's lock or were launched for it, dead ones too."""
    try:
        with open_plain(run_dir / "launch.json") as file:
            launched = [Process.parse(file.read(_LONGEST_LAUNCH))]
    except (OSError, BadInput, *UNREADABLE):
        launched = []
    at_work = holder(run_dir)
    return [*launched, at_work] if at_work else launched


def _was_launched(run_dir: Path) -> bool:
    return bool(_processes(run_dir)) or load_status(run_dir).pid > 0


def _last_words(run_dir: Path) -> str:
    """Return why a lost run ended, as far as its output tells."""
    said = tail(run_dir / "output.log", 1)
    return f"the worker ended without signing off: {said[0][:300]}" if said else "the worker ended without signing off"


def _wait_dead(run_dir: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while is_alive(run_dir) and time.monotonic() < until:
        time.sleep(0.02)


def _watch(run_dir: Path, on_progress: Callable[[Status], None], every: float) -> Status:
    while True:
        status = state(run_dir)
        on_progress(status)
        if status.state not in ACTIVE:
            _wait_dead(run_dir, 10.0)
            return status
        time.sleep(every)


def _changed_prompts(plan: Plan) -> dict[str, str]:
    """Return the present hash of every prompt that is not what it was at launch; '' where it is gone."""
    changed = {}
    for name, digest in plan.prompts.items():
        try:
            present = prompts.load(name).ref.hash
        except (OSError, ValueError):
            present = ""
        if present != digest:
            changed[name] = present
    return changed


def _begun_with(run_dir: Path, changed: dict[str, str], completed_items: CompletedItems) -> int:
    """Count unfinished items that hold a paid reply to a prompt that has changed since."""
    path, items = run_dir / "journal" / FILES[0], set()
    if not path.exists():
        return 0
    for _, line in whole_lines(path):
        with suppress(*NO_RECORD):
            said = row(line)
            if changed.get(said["prompt_id"], said["prompt_hash"]) != said["prompt_hash"]:
                items.add(said["item_id"])
    return sum(completed_items.outcome(item) is None for item in items)
