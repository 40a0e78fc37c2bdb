"""A disk of its own for a test, which can be filled to the last byte, given room again, and made read-only."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_FILLER = ".filler"
_PATIENCE_S = 30.0


@dataclass(frozen=True)
class SmallDisk:
    """A file system in memory that is mounted at `root`."""

    root: Path

    def fill(self, leave: int = 0) -> None:
        """Take all space that is free, but for `leave` bytes."""
        with (self.root / _FILLER).open("ab", buffering=0) as filler:
            for size in (1 << 20, 1 << 12):
                _write_on(filler.fileno(), bytes(size))
            if leave:
                filler.truncate(os.fstat(filler.fileno()).st_size - leave)
        assert self.free < leave + (1 << 12)

    def clear(self) -> None:
        """Give back the space that was taken."""
        (self.root / _FILLER).write_bytes(b"")

    @property
    def free(self) -> int:
        """Bytes that can still be written."""
        found = os.statvfs(self.root)
        return found.f_bavail * found.f_frsize

    def lock(self) -> None:
        """Make it read-only, as soon as nobody holds a file for writing any more."""
        until = time.monotonic() + _PATIENCE_S
        while not _mount("-o", "remount,ro", str(self.root)):
            assert time.monotonic() < until, "a file is held open for writing"
            time.sleep(0.05)

    def unlock(self) -> None:
        """Let it be written to again."""
        assert _mount("-o", "remount,rw", str(self.root))


@contextmanager
def small_disk(root: Path, mebibytes: int) -> Iterator[SmallDisk]:
    """Mount a disk at `root`, which is made; the test is skipped where this user may not mount one."""
    root.mkdir(parents=True, exist_ok=True)
    if not _mount("-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(root)):
        pytest.skip("this user may not mount a file system of its own")
    try:
        yield SmallDisk(root)
    finally:
        subprocess.run(["umount", "-l", str(root)], check=True)


def _mount(*words: str) -> bool:
    return subprocess.run(["mount", *words], capture_output=True).returncode == 0


def _write_on(descriptor: int, block: bytes) -> None:
    try:
        while os.write(descriptor, block):
            pass
    except OSError:
        return
