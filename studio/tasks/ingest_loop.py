"""Folds journals into the store while runs go on: a curator reads the first problems while the last are written.

Once a day it also makes the copy of the store.

A thread of the studio's own; it never touches Streamlit. Pages see what it did through the store's revision.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from engine.core.errors import DiskFull, StoreGone
from engine.core.project import Project
from engine.runs import launcher
from engine.runs.plan import is_dry, load_plan
from engine.store import Store, backups

EVERY_S = 2.0
LOOK_S = 3_600.0
"""Seconds between two looks whether the copy of the day is due; one that failed is not tried again before."""
_log = logging.getLogger("lemma.studio")


def fold_in(store: Store, directory: Path) -> None:
    """Fold in what is new in one run directory; LemmaError or OSError where it cannot be read."""
    # The items of a dry run are only looked at: the run that follows writes the same ones for good.
    if not is_dry(load_plan(directory)):
        store.ingest(directory)


@dataclass
class IngestLoop:
    """Watches the runs of one project."""

    project: Project
    store: Store
    _seen: dict[Path, tuple[int, ...]] = field(default_factory=dict)
    _born: float = 0.0
    """Since when the project is there, about."""
    _look: float = 0.0
    """When it is looked next whether a copy is due; monotonic seconds."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Mark runs whose worker died as lost, fold in what is there, and go on every two seconds."""
        self._born = self.project.engines_file.stat().st_mtime
        try:
            self.lost = tuple(path.name for path in launcher.reconcile(self.project.runs))
        except OSError as error:
            _log.warning("no run can be marked as lost: %s", error)
        self._thread = threading.Thread(target=self._go_on, name="folding", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for its present step, so that the store can be closed."""
        self._stop.set()
        if self._thread:
            self._thread.join(timeout=30)

    def fold(self) -> None:
        """Fold in every run whose files have changed since the last look."""
        for plan in sorted(self.project.runs.glob("*/plan.json")):
            directory = plan.parent
            now = _size(directory)
            if self._seen.get(directory) != now and self._fold_one(directory):
                self._seen[directory] = now

    def _fold_one(self, directory: Path) -> bool:
        """Fold one run in; return whether there is nothing to come back to before it changes again."""
        try:
            fold_in(self.store, directory)
        except (DiskFull, StoreGone) as error:
            _log.warning("%s waits to be folded in: %s", directory, error)
            return False
        except Exception:  # noqa: BLE001 - whatever it is, the other runs are folded in all the same
            _log.exception("%s could not be folded in", directory)
        return True

    def _go_on(self) -> None:
        while not self._stop.is_set():
            try:
                self.fold()
            except OSError as error:  # A run that is deleted between two looks, a folder that is gone.
                _log.warning("runs cannot be looked at: %s", error)
            if time.monotonic() >= self._look:
                self._look = time.monotonic() + LOOK_S
                backups.daily(self.store, self.project.backups, self._born)
            self._stop.wait(EVERY_S)


def _size(directory: Path) -> tuple[int, ...]:
    """Sizes of the journals and the age of the status: what changes when a run moves on."""
    files = [*sorted((directory / "journal").glob("*.jsonl")), directory / "status.json"]
    stats = [path.stat() for path in files if path.exists()]
    return tuple(number for stat in stats for number in (stat.st_size, stat.st_mtime_ns))
