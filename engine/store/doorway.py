"""A door that threads pass through, and that can be shut for a moment in which nobody is inside."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Doorway:
    """Lets any number of threads through while it is open. It is never shut on somebody who is inside."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._shut = False

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Be inside during this block; waits while the door is shut."""
        with self._changed:
            self._changed.wait_for(lambda: not self._shut)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def shut(self, patience: float) -> Iterator[bool]:
        """Shut the door during this block; False, and an open door, where it is never empty within `patience` s."""
        with self._changed:
            empty = self._shut = self._changed.wait_for(lambda: not self._inside, patience)
        try:
            yield empty
        finally:
            with self._changed:
                self._shut = False
                self._changed.notify_all()
