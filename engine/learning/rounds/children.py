"""The runs that a loop starts: each in a directory of its own beside the loop's, started once, resumed where needed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

from engine.core import prompts
from engine.core.errors import UserError
from engine.core.files import tail
from engine.core.protocol import Progress
from engine.runs import launcher
from engine.runs.fruitless import unheard
from engine.runs.plan import P, Plan, save_plan
from engine.runs.status import Status, load_status

EVERY_S = 0.5
LEAVE_S = 120.0
"""Longest wait for a run that was asked to pause."""

Watch = Generator[Progress, None, Status]


def planned(outer: Plan, inner: P) -> P:
    """Return the plan of a run that `outer` starts, stamped with what holds at this moment."""
    stamps = {"prompts": prompts.hashes(), "versions": outer.versions, "created": time.time()}
    return inner.model_copy(update=stamps)


def ended(directory: Path) -> bool:
    """Whether a run has come to its end, with an answer from each role that it asked."""
    status = load_status(directory)
    return status.state == "finished" and not unheard(status)


def run(directory: Path, plan: Plan, step: str) -> Watch:
    """Bring a run to its end and return its status; a run that ended well before is not started again.

    Raises UserError where it fails, or where a role of it never answered: what comes after would build on nothing,
    and look finished. A resume asks such a role again. Closing the generator pauses the run.
    """
    if not (directory / "plan.json").exists():
        save_plan(directory, plan)
    status = launcher.state(directory)
    again = unheard(status)
    if status.state == "finished" and not again:
        return status
    # A worker that has signed off may be there for a moment more; it does not go on.
    if status.state not in launcher.ACTIVE or not launcher.is_alive(directory):
        launcher.resume(directory, retry_failed=bool(again))
    try:
        while (status := launcher.state(directory)).state in launcher.ACTIVE:
            yield Progress(step, status.done + status.failed, max(status.total, plan.total))
            time.sleep(EVERY_S)
    except GeneratorExit:
        _leave(directory)
        raise
    if status.state != "finished":
        raise UserError(
            f"{step} ended as {status.state}: {status.reason}",
            where=directory.name,
            do="Put it right, then resume the loop: what is done stays done.",
        )
    if why := unheard(status):
        raise UserError(f"{step}: {why}", where=directory.name, do="Put it right, then resume, or start anew.")
    return status


def _leave(directory: Path) -> None:
    if launcher.is_alive(directory):
        launcher.pause(directory)
    until = time.monotonic() + LEAVE_S
    while launcher.is_alive(directory) and time.monotonic() < until:
        time.sleep(EVERY_S)


def process(command: list[str], log: Path, step: str, done: Path, total: int) -> Generator[Progress, None, None]:
    """Run a module of ours as a child until it ends; progress is the number of lines in `done`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as sink:
        child = subprocess.Popen([sys.executable, "-m", *command], stdout=sink, stderr=sink, stdin=subprocess.DEVNULL)
    try:
        while child.poll() is None:
            yield Progress(step, _lines(done), total)
            time.sleep(EVERY_S)
    finally:
        if child.poll() is None:
            child.terminate()
            child.wait(LEAVE_S)
    if child.returncode:
        said = tail(log, 1)
        raise UserError(f"{step} failed: {said[0].strip() if said else 'no reason given'}", where=str(log))


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.is_file() else 0
