"""Files: replaced whole or not at all, read from their end, locked against other processes."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.core.errors import BadInput

_TAIL = 1 << 16
_LOOK_S = 0.2


def write_atomically(path: Path, body: bytes) -> None:
    """Replace `path` by `body`, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    fresh.write_bytes(body)
    fresh.replace(path)


def read_text(path: Path) -> str:
    """Return the text of a file; BadInput says why it cannot be read and what to do."""
    try:
        # The mark that some editors put before the text is no part of it.
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}."
        raise BadInput(what, where=str(path), do="Check the path and the rights.") from error
    except UnicodeDecodeError as error:
        what = f"cannot be read: it is not UTF-8 at byte {error.start}."
        raise BadInput(what, where=str(path), do="Save it as UTF-8.") from error


def ending(path: Path, most: int, start: int = 0) -> bytes:
    """Return the last `most` bytes of a file, none of those before `start`; OSError where there is no file."""
    with path.open("rb") as file:
        file.seek(max(start, file.seek(0, os.SEEK_END) - most))
        return file.read()


def tail(path: Path, lines: int, most: int = _TAIL) -> tuple[str, ...]:
    """Return the last lines of a file that are not blank, out of its last `most` bytes; none where there is no file."""
    try:
        text = ending(path, most).decode("utf-8", "replace")
    except OSError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-lines:]


def whole_lines(path: Path, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield each whole line behind byte `start` with the offset of its end; a torn last line is left for later."""
    offset = start
    with path.open("rb") as file:
        file.seek(start)
        for line in file:
            if not line.endswith(b"\n"):
                return
            offset += len(line)
            yield offset, line


@contextmanager
def locked(path: Path, patience: float | None = None) -> Iterator[int]:
    """Hold the kernel's lock on a file, which is made where it is missing; yields the open file's descriptor.

    The lock ends with the block or with this process, so nothing is left behind to clear away. TimeoutError where
    another holds it for longer than `patience` seconds; None waits for ever.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _acquire(descriptor, patience)
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, patience: float | None) -> None:
    if patience is None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        return
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise TimeoutError("another process holds the lock") from None
        time.sleep(_LOOK_S)
