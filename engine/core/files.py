"""Files: opened where they are files, replaced whole or not at all, read from their end, locked against others."""

from __future__ import annotations

import errno
import fcntl
import io
import os
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from engine.core.errors import BadInput

_TAIL = 1 << 16
_LOOK_S = 0.2
_LONGEST_TEXT = 1 << 26
_NO_FILES = (
    (stat.S_ISDIR, "is a folder.", "Give a file in it."),
    (stat.S_ISFIFO, "is a pipe, and files are read more than once.", "Write what comes out of it to a file first."),
    (stat.S_ISSOCK, "is a socket, not a file.", "Give a file."),
    (stat.S_ISCHR, "is a device, not a file.", "Give a file."),
    (stat.S_ISBLK, "is a device, not a file.", "Give a file."),
)


def open_plain(path: Path) -> BinaryIO:
    """Open a file for reading bytes; OSError or ValueError where there is none, or where it may not be read.

    BadInput for what is no file: nothing waits for the other end of a pipe, and no device is touched.
    """
    str(path).encode()
    _must_be_plain(path.stat().st_mode, path)
    # It may have become something else since: opening a pipe without O_NONBLOCK would wait.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _must_be_plain(os.fstat(descriptor).st_mode, path)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def why_not(error: OSError | ValueError, path: Path) -> BadInput:
    """Return in words why a file could not be opened."""
    where = str(path) if str(path).isprintable() else ascii(str(path)[:200]).strip("'")
    if isinstance(error, FileNotFoundError):
        return BadInput("does not exist.", where=where, do="Check the name.")
    if isinstance(error, PermissionError):
        return BadInput("may not be read.", where=where, do="Check its permissions.")
    if isinstance(error, OSError) and error.errno == errno.ELOOP:
        return BadInput("is a link that leads round in a circle.", where=where, do="Mend the link.")
    if isinstance(error, UnicodeEncodeError):
        return BadInput("has a name that is not UTF-8.", where=where, do="Rename it.")
    if isinstance(error, ValueError) or error.errno == errno.ENAMETOOLONG:
        return BadInput("is a name that no file can have.", where=where[:80], do="Check the name.")
    return BadInput(f"cannot be read: {error.strerror or error}.", where=where, do="Check the path and the rights.")


def must_be_plain(descriptor: int, path: Path) -> None:
    """Raise BadInput where what was opened is no file."""
    _must_be_plain(os.fstat(descriptor).st_mode, path)


def _must_be_plain(mode: int, path: Path) -> None:
    for is_one, what, do in _NO_FILES:
        if is_one(mode):
            raise BadInput(what, where=str(path), do=do)


def write_atomically(path: Path, body: bytes) -> None:
    """Replace `path` by `body`, whole or not at all; an OSError names `path`, and nothing is left beside it."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(body)
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        error.filename = str(path)
        raise


def read_text(path: Path) -> str:
    """Return the text of a file; BadInput says why it cannot be read and what to do."""
    try:
        with open_plain(path) as file:
            body = file.read(_LONGEST_TEXT + 1)
        if len(body) > _LONGEST_TEXT:
            raise BadInput("holds more than 64 MB.", where=str(path), do="Give a smaller file.")
        # The mark that some editors put before the text is no part of it.
        return io.TextIOWrapper(io.BytesIO(body), encoding="utf-8-sig").read()
    except OSError as error:
        what = f"cannot be read: {error.strerror or error}."
        raise BadInput(what, where=str(path), do="Check the path and the rights.") from error
    except UnicodeDecodeError as error:
        what = f"cannot be read: it is not UTF-8 at byte {error.start}."
        raise BadInput(what, where=str(path), do="Save it as UTF-8.") from error
    except ValueError as error:
        raise why_not(error, path) from error


def ending(path: Path, most: int, start: int = 0) -> bytes:
    """Return the last `most` bytes of a file, none of those before `start`; OSError or BadInput where there is none."""
    with open_plain(path) as file:
        file.seek(max(start, file.seek(0, os.SEEK_END) - most))
        return file.read()


def tail(path: Path, lines: int, most: int = _TAIL) -> tuple[str, ...]:
    """Return the last lines of a file that are not blank, out of its last `most` bytes; none where there is no file."""
    try:
        text = ending(path, most).decode("utf-8", "replace")
    except (OSError, BadInput):
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-lines:]


def whole_lines(path: Path, start: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield each whole line behind byte `start` with the offset of its end; a torn last line is left for later.

    BadInput for what is no file: a pipe would keep its reader waiting, a device would never end.
    """
    offset = start
    with open_plain(path) as file:
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
