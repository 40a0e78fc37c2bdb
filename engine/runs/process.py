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

from engine.core.errors import BadInput, UserError

_SAME = 1.0
"""Start times of one process, read twice, differ by less than this many seconds."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process: pids come back, start times do not."""

    pid: int
    started: float
    mark: str = ""
    """What the kernel calls this process, see `mark`; '' where it has no such name."""

    @property
    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        return process_alive(self.pid, self.started, self.mark)

    @staticmethod
    def of(pid: int) -> Process:
        """Return process `pid`, which must be alive."""
        return Process(pid, psutil.Process(pid).create_time(), kernel_id(pid))

    @staticmethod
    def parse(text: bytes) -> Process:
        """Return what `packed` wrote; ValueError, KeyError or TypeError where the text is something else."""
        row = orjson.loads(text)
        return Process(int(row["pid"]), float(row["started"]), str(row.get("mark", "")))

    def packed(self) -> bytes:
        """Return it as JSON."""
        return orjson.dumps(self)


def kernel_id(pid: int) -> str:
    """Return boot and clock tick at which a process started, as Linux counts them; '' on other systems.

    Unix times of a start follow the clock when it is set: after a jump a live process would seem to be another one.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        # The name of the program may hold blanks and brackets, so the fields are counted from its end.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return f"{boot}:{fields[19]}"
    except (OSError, IndexError):
        return ""


@contextmanager
def hold(run_dir: Path) -> Iterator[None]:
    """Hold the lock of `run_dir`; UserError where a live process holds it already."""
    if not run_dir.is_dir():
        raise BadInput("is not a run directory.", where=str(run_dir))
    path = run_dir / "lock"
    with writable(run_dir):
        _take(path)
    try:
        yield
    finally:
        with _guarded(path) as file:
            mine = _read(file)
            if mine and mine.pid == os.getpid():
                _write(file, b"")


@contextmanager
def writable(run_dir: Path) -> Iterator[None]:
    """Turn an error of the disk into a UserError that names the run directory."""
    try:
        yield
    except OSError as error:
        raise UserError(
            f"the run directory cannot be written: {error.strerror or error}.",
            where=str(run_dir),
            do="Give the project a disk with space and the right to write to it, then resume the run.",
        ) from error


def _take(path: Path) -> None:
    """Write this process into the lock file, unless another one that lives stands there."""
    with _guarded(path) as file:
        other = _read(file)
        if other and other.alive and other.pid != os.getpid():
            raise UserError(
                f"process {other.pid} is working on this run.", where=str(path.parent), do="Pause or cancel it first."
            )
        _write(file, Process.of(os.getpid()).packed())


def owner(run_dir: Path) -> Process | None:
    """Return who holds the lock, dead or alive; None where nobody does."""
    try:
        descriptor = os.open(run_dir / "lock", os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return _read(descriptor)
    finally:
        os.close(descriptor)


def process_alive(pid: int, started: float, marked: str = "") -> bool:
    """Whether process `pid` that started at `started` (Unix time) still runs; a zombie does not.

    Where its mark is known, that decides, whatever the clock says now.
    """
    try:
        process = psutil.Process(pid)
        now = kernel_id(pid) if marked else ""
        same = now == marked if now else abs(process.create_time() - started) < _SAME
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
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


def _read(descriptor: int) -> Process | None:
    try:
        return Process.parse(os.pread(descriptor, 4096, 0))
    except (ValueError, KeyError, TypeError):
        return None


def _write(descriptor: int, body: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, body, 0)
