"""Opens a project's store for a short command: commands queue behind each other, and see what runs have written.

One process at a time can use a project. A command that finds it in use waits for its turn, and says for whom; an open
studio lets commands in between that are done in a moment.

Runs work in processes of their own and write journals only. With no studio open nobody folds those in, so a command
that reads results does it first; a journal that is known already costs one look at its length.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import typer

from engine.core import disk
from engine.core.errors import DiskFull, LemmaError, ProjectBusy, ReadOnly
from engine.core.project import Project
from engine.core.store_file import require_kept
from engine.store import Store
from studio.tasks import turns
from studio.tasks.ingest_loop import fold_in

PATIENCE_S = 60.0
"""Seconds that a command waits for its turn."""
OUTSIDE_S = 15.0
"""Seconds that it then waits for a process outside the queue, such as a studio or a run, to let go."""
_TICK_S = 0.1


@contextmanager
def up_to_date(project: Project, patience: float = PATIENCE_S, *, brief: bool = False) -> Iterator[Store]:
    """Give the project's store with every run folded in; a run that cannot be read is named on stderr and left out."""
    with in_turn(project, patience, brief=brief) as store:
        for plan in sorted(project.runs.glob("*/plan.json")):
            try:
                fold_in(store, plan.parent)
            except (DiskFull, ReadOnly) as error:
                why = error.what.partition(":")[0].removeprefix("is ")
                _say(f"what {plan.parent.name} and later runs wrote since is left out: {why}")
                break
            except (LemmaError, OSError) as error:
                _say(f"{plan.parent.name} is left out: {error}")
        yield store


@contextmanager
def in_turn(project: Project, patience: float = PATIENCE_S, *, brief: bool = False) -> Iterator[Store]:
    """Give the project's store when it is this command's turn; ProjectBusy where that does not come in time.

    `brief` says that it will be given back in a moment: an open studio then steps aside for it.
    """
    began = time.monotonic()
    require_kept(project.database)
    with _queue(project) as queue:
        if queue:
            _wait(queue, began, patience, project)
            turns.sign(queue, brief=brief)
        with _opened(project, began, min(patience, OUTSIDE_S)) as store:
            yield store


@contextmanager
def _queue(project: Project) -> Iterator[IO[str] | None]:
    """Give the file that the queue is a lock on; None where it cannot be made, on a disk that takes nothing."""
    try:
        queue = (project.root / turns.QUEUE).open("a+")
    except OSError as error:
        if not disk.in_words(error):
            raise
        yield None
        return
    with queue:
        yield queue


def _wait(queue: IO[str], began: float, patience: float, project: Project) -> None:
    said = False
    while not turns.take(queue):
        owner = turns.owner(queue)
        if time.monotonic() > began + patience:
            raise _held(project, owner, began, "Try again when it has ended.")
        if not said:
            said = _say(f"waiting for {_named(owner)} to end")
        time.sleep(_TICK_S)


def _opened(project: Project, began: float, patience: float) -> Store:
    said, until = False, time.monotonic() + patience
    while True:
        try:
            return Store(project.database)
        except ProjectBusy as busy:
            if time.monotonic() > until:
                owner = re.search(r"process (\d+)", busy.what)
                raise _held(project, owner[1] if owner else "", began, busy.do) from None
            if not said:
                said = _say(f"waiting: the project {busy.what.partition(';')[0]}")
        time.sleep(_TICK_S)


def _held(project: Project, owner: str, began: float, do: str) -> ProjectBusy:
    who = f"another process ({owner})" if owner else "another process"
    waited = f"waited {time.monotonic() - began:.0f} s"
    return ProjectBusy(f"{who} holds the store, {waited}.", where=str(project.root), do=do)


def _say(what: str) -> bool:
    typer.echo(f"lemma: {what}", err=True)
    return True


def _named(owner: str) -> str:
    """Name a process by its command, where it can be seen."""
    try:
        words = Path(f"/proc/{int(owner)}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return "another command"
    said = [word.decode(errors="replace") for word in words if word]
    place = next((place for place, word in enumerate(said) if Path(word).name == "lemma"), None)
    return f"process {owner}" + (f" (lemma {' '.join(said[place + 1 : place + 3])})" if place is not None else "")
