"""The open studio looks for the copy of the day now and then: one that failed is not tried again every two seconds."""

from __future__ import annotations

import os
import time
from pathlib import Path

from engine.core import project
from engine.store import Store, backups
from studio.tasks.ingest_loop import IngestLoop


def test_a_copy_is_made_when_it_is_due_and_looked_for_once_an_hour(tmp_path: Path, monkeypatch) -> None:
    home = project.create(tmp_path / "project")
    os.utime(home.engines_file, (0, 0))
    looked: list[float] = []
    made = backups.daily
    monkeypatch.setattr(backups, "daily", lambda *words: (looked.append(time.monotonic()), made(*words))[1])
    monkeypatch.setattr("studio.tasks.ingest_loop.EVERY_S", 0.01)
    with Store(home.database) as store:
        loop = IngestLoop(home, store)
        loop.start()
        until = time.monotonic() + 20
        while not backups.listed(home.backups) and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.2)
        loop.stop()
    assert len(backups.listed(home.backups)) == 1
    assert len(looked) == 1
