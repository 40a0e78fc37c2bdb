"""Pre-flights that go on while the page lives: a tokenizer takes seconds to load, and a large set to read."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import streamlit as st

from engine.errors import LemmaError
from engine.training import preflight
from engine.training.preflight import Finding
from engine.training_settings import Training


@dataclass
class Look:
    """One pre-flight on its way; `found` or `error` is there when it has ended."""

    training: Training
    found: tuple[Finding, ...] | None = None
    error: Exception | None = None
    _thread: threading.Thread | None = field(default=None, repr=False)

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.found is None and self.error is None

    def start(self) -> Look:
        """Begin in the background."""
        self._thread = threading.Thread(target=self._run, name="pre-flight", daemon=True)
        self._thread.start()
        return self

    def wait(self, seconds: float) -> None:
        """Wait at most so long for the end."""
        if self._thread:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            self.found = preflight.check(self.training)
        except (LemmaError, OSError) as error:
            self.error = error
        except Exception as error:
            self.error = error
            raise


def look(training: Training) -> Look:
    """Return the pre-flight of these settings; what was found once is kept while the studio runs."""
    known = _known()
    key = training.model_dump_json()
    if key not in known:
        if len(known) >= _MOST:
            known.pop(next(iter(known)))
        known[key] = Look(training).start()
    return known[key]


def forget(training: Training) -> None:
    """Look again next time: the files may have changed."""
    _known().pop(training.model_dump_json(), None)


_MOST = 32


@st.cache_resource(show_spinner=False)
def _known() -> dict[str, Look]:
    return {}
