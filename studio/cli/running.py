"""A run in the foreground: the worker at work, its journal folded in while it goes on, its progress shown."""

from __future__ import annotations

from pathlib import Path

import typer

from engine.core.errors import UserError
from engine.runs import launcher
from engine.runs.ahead import ahead, reasons
from engine.runs.fruitless import fruitless
from engine.runs.status import Status
from engine.store import Store
from studio.cli.console import Console
from studio.tasks.ingest_loop import fold_in

_SLOW_S = 60.0
"""Seconds that are left from which on a run says how fast its endpoints answer."""


def foreground(
    store: Store, directory: Path, console: Console, label: str, *, told_later: bool = False, may_wait: bool = False
) -> Status:
    """Run `directory` to its end and fold it in; UserError where it failed, or where nothing in it succeeded.

    The items of a dry run are not folded in. With `told_later` the caller prints what it has first and then calls
    `require_success` itself. `may_wait` is for runs that pause because they wait for a person.
    """
    with console.progress(label) as advance:

        def progress(status: Status) -> None:
            phase = status.phases[-1] if status.phases else None
            if phase:
                advance(phase.done + phase.failed, phase.total or None, phase.name, _note(status))

        status = launcher.run_foreground(directory, progress)
    fold_in(store, directory)
    if status.damage:
        typer.echo(f"lemma: {status.damage}", err=True)
    if status.state == "failed":
        raise UserError(f"the run failed: {status.reason}", where=str(directory), do="See run.log there.")
    if not told_later:
        require_success(directory, status, may_wait=may_wait)
    return status


def _note(status: Status) -> str:
    """Return what a slow run has to say: when it will end, and what did not come through; '' for a quick one."""
    slow = status.left_s > _SLOW_S or not status.done + status.failed
    return "; ".join(filter(None, (ahead(status) if slow else "", reasons(status))))


def require_success(directory: Path, status: Status, *, may_wait: bool = False) -> None:
    """Raise UserError, which ends a command with 1, where no item of a run succeeded; it says the commonest reason."""
    if why := fruitless(directory, status, may_wait=may_wait):
        raise UserError(why, where=directory.name)
