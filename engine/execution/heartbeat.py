"""Chores beside the event loop: force the journal onto the disk, read the control word, write the status."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType

from engine.runs.journal import Journal

_log = logging.getLogger(__name__)
SYNC_EVERY = 0.2
STATUS_EVERY = 1.0


class Heartbeat:
    """A thread, so that neither a slow disk holds up the calls nor a long computation the heartbeat."""

    def __init__(
        self, journal: Journal, steer: Callable[[], None], report: Callable[[], None], broken: Callable[[OSError], None]
    ) -> None:
        """`steer` obeys the control word, `report` writes the status, `broken` is told when the disk fails."""
        self._journal, self._steer, self._report, self._broken = journal, steer, report, broken
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        reported = 0.0
        while not self._over.wait(SYNC_EVERY):
            self._guarded(self._journal.sync, self._broken)
            self._guarded(self._steer, self._complain)
            if time.monotonic() - reported >= STATUS_EVERY:
                reported = time.monotonic()
                self._guarded(self._report, self._complain)

    @staticmethod
    def _guarded(chore: Callable[[], None], otherwise: Callable[[OSError], None]) -> None:
        try:
            chore()
        except OSError as error:
            otherwise(error)

    @staticmethod
    def _complain(error: OSError) -> None:
        """A status that cannot be written is no reason to end the run."""
        _log.warning("run directory: %s", error)
