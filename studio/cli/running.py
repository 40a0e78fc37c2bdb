"""A run in the foreground: the worker at work, its journal folded in while it goes on, its progress shown."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError
from engine.runs import launcher
from engine.runs.status import Status
from engine.store import Store
from studio.cli.console import Console


def foreground(store: Store, directory: Path, console: Console, label: str) -> Status:
    """Run `directory` to its end in this process and ingest it; UserError where it failed."""
    with console.progress(label) as advance:

        def progress(status: Status) -> None:
            phase = status.phases[-1] if status.phases else None
            if phase:
                advance(phase.done + phase.failed, phase.total or None, phase.name)

        status = launcher.run_foreground(directory, progress)
    store.ingest(directory)
    if status.state == "failed":
        raise UserError(f"the run failed: {status.reason}", where=str(directory), do="See run.log there.")
    return status
