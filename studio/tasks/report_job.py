"""The count behind the report page: one thread per project, its result shared by all tabs."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

import streamlit as st

from engine.core.project import Project
from engine.reporting import Report, ReportOptions, build
from engine.store import Store
from studio.report.document import document


@dataclass
class ReportJob:
    """What was counted last, and the count that is going on."""

    report: Report | None = None
    document: str = ""
    error: Exception | None = None
    done: int = 0
    total: int = 0
    title: str = ""
    _thread: threading.Thread | None = field(default=None, repr=False)
    _starting: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def running(self) -> bool:
        """Whether a count is going on."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def share(self) -> float:
        """Share of the sections that are done, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    def start(self, store: Store, project: Project, radius: float | None = None) -> None:
        """Count in a thread; nothing happens while another count is going on."""
        with self._starting:
            if self.running:
                return
            self.error, self.done, self.total, self.title = None, 0, 0, ""
            self._thread = threading.Thread(target=self._run, args=(store, project, radius), name="report", daemon=True)
            self._thread.start()

    def wait(self, timeout_s: float) -> None:
        """Wait for the count that is going on."""
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self, store: Store, project: Project, radius: float | None) -> None:
        try:
            made = build(store, project, self._told, ReportOptions(radius))
            self.document = document(made)
            self.report = made
        except Exception as error:  # the thread has nobody above it: the page draws what failed
            logging.getLogger("lemma.studio").exception("the report could not be counted")
            self.error = error

    def _told(self, done: int, total: int, title: str) -> None:
        self.done, self.total, self.title = done, total, title


@st.cache_resource(show_spinner=False)
def counting(root: str) -> ReportJob:
    """Return the count of the project at `root`."""
    return ReportJob()
