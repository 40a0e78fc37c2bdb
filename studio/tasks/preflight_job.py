"""Pre-flights that go on while the page lives: a tokenizer takes seconds to load, and a large set to read."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import streamlit as st

from engine.core.settings.training import Training
from engine.learning.training import preflight
from engine.learning.training.preflight import TrainingFinding
from studio.tasks.background import Background


@dataclass
class PreflightJob(Background):
    """One pre-flight on its way; `found` or `error` is there when it has ended."""

    changes = False

    training: Training
    found: tuple[TrainingFinding, ...] | None = None

    @property
    def running(self) -> bool:
        """Whether it is still going on."""
        return self.found is None and self.error is None

    def work(self) -> None:
        """Look at model and data, one after the other: two threads cannot load the first tokenizer at once."""
        with _TURN:
            self.found = preflight.check(self.training)


def look(training: Training) -> PreflightJob:
    """Return the pre-flight of these settings; what was found once is kept while the studio runs."""
    known = _known()
    key = training.model_dump_json()
    if key not in known:
        if len(known) >= _MOST:
            known.pop(next(iter(known)))
        known[key] = PreflightJob(training).start()
    return known[key]


def forget(training: Training) -> None:
    """Look again next time: the files may have changed."""
    _known().pop(training.model_dump_json(), None)


_MOST = 32
_TURN = threading.Lock()


@st.cache_resource(show_spinner=False)
def _known() -> dict[str, PreflightJob]:
    return {}
