"""Processes: known again after a restart, started so that they outlive us, one at a time in a run directory."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson
import psutil

from engine.core.errors import BadInput, UserError
from engine.core.files import locked

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError)
"""What `Process.parse` raises for a text that names no process."""
_SAME = 1.0
"""Start times of one process, read twice, differ by less than this many seconds."""
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}
"""Detached processes that this one started: polled, so that they do not stay zombies."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process by pid and start: pids come back, start times do not."""

    pid: int
    started: float
    """Unix time."""
    kernel_id: str = ""
    """What the kernel calls this process, see `kernel_id`; '' where it has no such name."""

    @property
    def alive(self) -> bool:
        """Whether this very process still runs; a zombie does not.

        Where the kernel's name for it is known, that decides, whatever the clock says now.
        """
        try:
            process = psutil.Process(self.pid)
            now = kernel_id(self.pid) if self.kernel_id else ""
            same = now == self.kernel_id if now else abs(process.create_time() - self.started) < _SAME
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except (psutil.Error, ValueError, OverflowError):
            return False  # No process ever had such a number.

    @staticmethod
    def of(pid: int) -> Process:
        """Return process `pid`, which must be alive."""
        return Process(pid, psutil.Process(pid).create_time(), kernel_id(pid))

    @staticmethod
    def parse(text: bytes) -> Process:
        """Return what `packed` wrote; one of UNREADABLE where the text is something else."""
        row = orjson.loads(text)
        return Process(int(row["pid"]), float(row["started"]), str(row.get("mark", "")))

    def packed(self) -> bytes:
        """Return it as JSON, under the names that run directories have always had."""
        return orjson.dumps({"pid": self.pid, "started": self.started, "mark": self.kernel_id})


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


def spawn_detached(
    command: Sequence[str], output: int | IO[bytes], environment: Mapping[str, str] | None = None
) -> Process:
    """Start a process of its own session that says everything into a file: a pipe would end it with its reader.

    `environment` is ours where None. OSError where the command cannot be run.
    """
    child = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, env=environment
    )
    # Known before it may be reaped, when nothing could be read of it any more.
    process = Process.of(child.pid)
    _CHILDREN[child.pid] = child
    return process


def reap() -> None:
    """Let go of the detached processes that have ended."""
    for pid, child in list(_CHILDREN.items()):
        if child.poll() is not None:
            _CHILDREN.pop(pid, None)


@contextmanager
def hold(run_dir: Path) -> Iterator[None]:
    """Hold the lock of `run_dir`, a file that names its process; UserError where a live process holds it already."""
    if not run_dir.is_dir():
        raise BadInput("is not a run directory.", where=str(run_dir))
    path = run_dir / "lock"
    with writable(run_dir):
        _take(path)
    try:
        yield
    finally:
        # The kernel's lock is held only for a look: children of a worker would inherit it and outlive it.
        with locked(path) as file:
            mine = _read(file)
            if mine and mine.pid == os.getpid():
                _write(file, b"")


def holder(run_dir: Path) -> Process | None:
    """Return who holds the lock, dead or alive; None where nobody does."""
    try:
        # A pipe would keep whoever looks waiting.
        descriptor = os.open(run_dir / "lock", os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        return _read(descriptor)
    except OSError:
        return None  # A folder or a pipe stands there, and nobody can have taken it.
    finally:
        os.close(descriptor)


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
    with locked(path) as file:
        other = _read(file)
        if other and other.alive and other.pid != os.getpid():
            raise UserError(
                f"process {other.pid} is working on this run.", where=str(path.parent), do="Pause or cancel it first."
            )
        _write(file, Process.of(os.getpid()).packed())


def _read(descriptor: int) -> Process | None:
    try:
        return Process.parse(os.pread(descriptor, 4096, 0))
    except UNREADABLE:
        return None


def _write(descriptor: int, body: bytes) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, body, 0)
