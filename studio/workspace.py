"""What all browser tabs share: one open store per project, and the threads that fold runs in and let commands in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from engine.core.project import Project
from engine.store import Store
from studio import session
from studio.tasks.ingest_loop import IngestLoop
from studio.tasks.turns import GivingWay


@dataclass(frozen=True)
class Workspace:
    """An open project."""

    project: Project
    store: Store
    ingest_loop: IngestLoop
    giving_way: GivingWay

    def rest(self) -> None:
        """End both threads, so that the store can be closed."""
        self.ingest_loop.stop()
        self.giving_way.stop()


def workspace() -> Workspace:
    """Return the open project of this tab; ProjectBusy where another process has it."""
    return _open(str(session.project().root.resolve()))


def store() -> Store:
    """Return the store of this tab's project."""
    return workspace().store


@st.cache_resource(show_spinner=False)
def _open(root: str) -> Workspace:
    project = Project(Path(root))
    opened = Store(project.database)
    ingest_loop = IngestLoop(project, opened)
    ingest_loop.start()
    giving_way = GivingWay(project.root, opened)
    giving_way.start()
    return Workspace(project, opened, ingest_loop, giving_way)
