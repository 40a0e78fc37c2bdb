"""What a disk says no with, in words: it is full, or may not be written to. One place, for all who meet it."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

from engine.core.errors import DiskFull, ReadOnly, UserError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LOCKED = (errno.EROFS, errno.EACCES, errno.EPERM)
_SAID_FULL = tuple(map(os.strerror, _FULL))
_SAID_LOCKED = (os.strerror(errno.EROFS), "read-only mode")
_MAYBE_LOCKED = (os.strerror(errno.EACCES), os.strerror(errno.EPERM))
_NAMED = re.compile(r'(?:file|directory) "([^"]+)"')
ROOM = 1 << 20
"""Bytes below which a disk counts as full: the store asks for a quarter of that at a time."""


def in_words(error: BaseException, where: str = "") -> UserError | None:
    """Return what to tell a person of an error by which a disk refused to be written to; None for any other error.

    Libraries wrap what the disk says into errors of their own, so its words count as well as its number.
    """
    if isinstance(error, UserError):
        return error if isinstance(error, DiskFull | ReadOnly) else None
    number, said = getattr(error, "errno", None), str(error)
    place = where or _place(error, said)
    if number in _FULL or any(word in said for word in _SAID_FULL):
        return full(place)
    if number in _LOCKED or any(word in said for word in _SAID_LOCKED):
        return locked(place)
    if not isinstance(error, OSError) and any(word in said for word in _MAYBE_LOCKED):
        return locked(place)
    return None


def full(where: str) -> DiskFull:
    """Return the error of a disk without room."""
    return DiskFull(
        "the disk is full: this could not be saved.",
        where=where,
        do="Make room on it, then do it again; what was saved before is whole.",
    )


def locked(where: str) -> ReadOnly:
    """Return the error of a place that may not be written to."""
    return ReadOnly(
        "is read-only: it can be looked at, and this could not be saved.",
        where=where,
        do="Give yourself the right to write there, or copy the project to where you have it.",
    )


def room(folder: Path) -> int:
    """Return how many bytes can still be written in a folder; none where it is not there."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return 0
    return found.f_bavail * found.f_frsize


def writable(path: Path) -> bool:
    """Whether a file, where it is there, and its folder may be written to."""
    return os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def _place(error: BaseException, said: str) -> str:
    named = getattr(error, "filename", None)
    found = _NAMED.search(said)
    return os.fsdecode(named) if isinstance(named, str | bytes) else found[1] if found else ""
