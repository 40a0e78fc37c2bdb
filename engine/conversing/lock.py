"""One worker per run directory: a lock file that names its process, so that the lock of a dead one is taken over."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil

from engine.errors import BadInput, UserError

_SAME = 1.0
"""Start times of one process, read twice, differ by less than this many seconds."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process: pids come back, start times do not."""

    pid: int
    started: float

    @property
    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        return process_alive(self.pid, self.started)


@contextmanager
def hold(run_dir: Path) -> Iterator[None]:
    """Hold the lock of `run_dir`; UserError where a live process holds it already."""
    if not run_dir.is_dir():
        raise BadInput("is not a run directory.", where=str(run_dir))
    path = run_dir / "lock"
    with _guarded(path) as file:
        other = _read(file)
        if other and other.alive and other.pid != os.getpid():
            raise UserError(
                f"process {other.pid} is working on this run.", where=str(run_dir), do="Pause or cancel it first."
            )
        _write(file, orjson.dumps({"pid": os.getpid(), "started": psutil.Process().create_time()}))
    try:
        yield
    finally:
        with _guarded(path) as file:
            mine = _read(file)
            if mine and mine.pid == os.getpid():
                _write(file, b"")


def owner(run_dir: Path) -> Owner | None:
    """Return who holds the lock, dead or alive; None where nobody does."""
    try:
        descriptor = os.open(run_dir / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return _read(descriptor)
    finally:
        os.close(descriptor)


def process_alive(pid: int, started: float) -> bool:
    """Whether process `pid` that started at `started` (Unix time) still runs; a zombie does not."""
    try:
        process = psutil.Process(pid)
        return bool(abs(process.create_time() - started) < _SAME and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


@contextmanager
def _guarded(path: Path) -> Iterator[int]:
    """Open the lock file while nobody else looks.

    The kernel's lock is held only for that long: children of a worker would inherit it and outlive it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Owner | None:
    try:
        row = orjson.loads(os.pread(descriptor, 4096, 0))
        return Owner(int(row["pid"]), float(row["started"]))
    except (ValueError, KeyError, TypeError):
        return None


def _write(descriptor: int, body: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, body, 0)
