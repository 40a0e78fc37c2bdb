"""Work that goes on in a thread while the page lives: begun once, waited for a moment, its failure kept."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Self

from engine.core import permission
from engine.core.errors import LemmaError


class Background(ABC):
    """One piece of work; what it comes to, or `error`, is there when it has ended. `work` is the subclass's."""

    changes = True
    """Whether it leaves something in the project, which not everybody may do."""
    error: Exception | None = None
    _thread: threading.Thread | None = None

    def start(self) -> Self:
        """Begin in the background; NotAllowed where whoever begins it may not change anything."""
        if self.changes:
            permission.require("change")
        self._thread = threading.Thread(target=self._run, name=type(self).__name__, daemon=True)
        self._thread.start()
        return self

    def wait(self, seconds: float) -> None:
        """Wait at most so long for the end: what is quickly done needs no progress line."""
        if self._thread:
            self._thread.join(seconds)

    @property
    def going(self) -> bool:
        """Whether it has begun and has not ended."""
        return self._thread is not None and self._thread.is_alive()

    @abstractmethod
    def work(self) -> None:
        """Do it; what it raises becomes `error`."""

    def _run(self) -> None:
        try:
            self.work()
        except (LemmaError, OSError) as error:
            self.error = error
        except Exception as error:
            self.error = error
            raise
