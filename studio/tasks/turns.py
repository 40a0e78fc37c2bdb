"""Whose turn it is at a project: commands queue at a lock of the kernel, and a studio lets short ones in between.

The queue is a lock on a file of its own, so a command that is killed leaves nothing behind. Whose turn it is writes
its process into the file, and whether it will be done in a moment: only then an open studio steps aside for it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from engine.core.errors import LemmaError
from engine.store import Store

QUEUE = ".queue"
"""File of a project that the queue of commands is a lock on."""
EVERY_S = 0.2
_BRIEF = "brief"
_log = logging.getLogger("lemma.studio")


def take(queue: IO[str]) -> bool:
    """Take the turn if it is free; return whether it is taken now."""
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sign(queue: IO[str], *, brief: bool) -> None:
    """Write down whose turn it is; on a full disk nobody learns it, and the turn is taken all the same."""
    with suppress(OSError):
        os.ftruncate(queue.fileno(), 0)
        os.write(queue.fileno(), f"{os.getpid()} {_BRIEF if brief else ''}".strip().encode())


def owner(queue: IO[str]) -> str:
    """Return the process whose turn it is, '' where it has not said so yet."""
    queue.seek(0)
    return queue.read().partition(" ")[0].strip()


def wanted(root: Path) -> bool:
    """Whether a command whose turn it is will use the project for a moment only, and has not ended."""
    try:
        with (root / QUEUE).open() as queue:
            return queue.read().endswith(_BRIEF) and _held(queue)
    except OSError:
        return False


def _held(queue: IO[str]) -> bool:
    """Whether somebody holds the turn. A look takes no turn from anybody: it shares the lock and lets go at once."""
    try:
        fcntl.flock(queue, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(queue, fcntl.LOCK_UN)
    return False


@dataclass
class GivingWay:
    """Lets short commands use the project while the studio has it open."""

    root: Path
    store: Store
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Look five times a second whether a command wants to be let in."""
        self._thread = threading.Thread(target=self._go_on, name="giving-way", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a command that was let in is waited for."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=30)

    def _go_on(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                if wanted(self.root):
                    self.store.step_aside(lambda: wanted(self.root))
            except (LemmaError, OSError):
                _log.exception("the studio could not step aside")
