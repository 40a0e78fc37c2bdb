"""Rebuilds a project's store: from what of the file can still be read, else the newest copy, and from every run.

Nothing is deleted: what was there is moved into a folder of its own. What runs made stands in their journals and comes
back whole; what people did since the copy was made stands nowhere else, and is said to be gone.
"""

from __future__ import annotations

import errno
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from engine.core.errors import LemmaError, UserError
from engine.core.project import Project
from engine.core.records import BenchmarkItem, Seed
from engine.generation import inputs
from engine.runs.plan import is_dry, load_plan
from engine.store import backups
from engine.store.connection import connect
from engine.store.ingest import Ingested
from engine.store.store import Store

Say = Callable[[str], None]


@dataclass
class Recovered:
    """What came back, and from where."""

    source: str
    """`the file itself`, `the file without its log`, the path of a copy, or `nothing`."""
    since: float | None
    """When the copy was made, in Unix time; None where the file itself could be read, or there was no copy."""
    aside: Path | None
    """Folder to which the old files were moved."""
    runs: int = 0
    added: dict[str, int] = field(default_factory=dict)
    """Records that came from journals and inputs of runs, by kind."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Runs that could not be read, and why."""

    @property
    def lost(self) -> str:
        """What cannot have come back, in words; '' where nothing is missing."""
        people = "decisions, labels, policies, imports and exports"
        if self.source == "nothing":
            back = "what runs made is back. Import seeds again."
            return f"There was no copy that can be read: all {people} are gone; {back}"
        if self.since is not None:
            when = datetime.fromtimestamp(self.since, UTC).strftime("%Y-%m-%d %H:%M UTC")
            return f"The copy is of {when}: {people} made after that are gone."
        if self.source == "the file without its log":
            return f"The log of the last writes was damaged: the last {people} may be gone."
        return ""


def is_whole(project: Project) -> bool:
    """Whether the store can be opened and read from its first table to its last; ProjectBusy where somebody has it."""
    return project.database.exists() and not backups.fault(project.database)


def recover(project: Project, say: Say = lambda line: None, now: float | None = None) -> Recovered:
    """Rebuild the store. UserError where somebody has it open, or the disk says no; then all is as it was."""
    made = time.time() if now is None else now
    aside = _put_aside(project, made)
    try:
        done = _brought_back(project, aside)
    except BaseException:
        _put_back(project, aside)
        raise
    say(f"The store is that of {done.source}." if done.source != "nothing" else "No copy can be read: a new store.")
    with Store(project.database) as store:
        for directory in _runs(project):
            _fold(store, directory, done)
            say(f"{directory.name} is read.")
    return done


def _put_aside(project: Project, now: float) -> Path | None:
    files = [path for path in _files(project.database) if path.exists()]
    if not files:
        return None
    backups.require_alone(project.database)
    stamp = datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")
    places = (project.root / "damaged" / name for name in chain([stamp], (f"{stamp}-{n}" for n in count(2))))
    aside = next(place for place in places if not place.exists())
    try:
        aside.mkdir(parents=True)
        for path in files:
            path.rename(aside / path.name)
    except OSError as error:
        raise UserError(f"cannot be moved: {error.strerror or error}.", where=str(project.database)) from error
    return aside


def _put_back(project: Project, aside: Path | None) -> None:
    for path in _files(project.database):
        path.unlink(missing_ok=True)
        if aside and (aside / path.name).exists():
            (aside / path.name).rename(path)


def _brought_back(project: Project, aside: Path | None) -> Recovered:
    """Put the newest source that can be read in the place of the store."""
    for source, since, path, with_log in _sources(project, aside):
        for each in _files(project.database):
            each.unlink(missing_ok=True)
        if _copied(path, project.database, with_log) and not backups.fault(project.database):
            return Recovered(source, since, aside)
    for each in _files(project.database):
        each.unlink(missing_ok=True)
    # An empty file, because a store that is missing is not made anew by being opened.
    connect(str(project.database)).close()
    return Recovered("nothing", None, aside)


def _copied(path: Path, database: Path, with_log: bool) -> bool:
    """Copy a source to the place of the store; return whether the disk can still read it."""
    log = path.with_name(path.name + backups.LOG)
    try:
        shutil.copyfile(path, database)
        if with_log and log.exists():
            shutil.copyfile(log, database.with_name(database.name + backups.LOG))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UserError("has no room for the store.", where=str(database.parent), do="Make room.") from error
        return False
    return True


def _sources(project: Project, aside: Path | None) -> Iterator[tuple[str, float | None, Path, bool]]:
    """Yield what a store may be made from, the newest first: name, when it was made, file, whether with its log."""
    if aside and (aside / project.database.name).exists():
        yield "the file itself", None, aside / project.database.name, True
        yield "the file without its log", None, aside / project.database.name, False
    for one in backups.listed(project.backups):
        yield str(one.path), one.made, one.path, True


def _files(database: Path) -> tuple[Path, Path]:
    return database, database.with_name(database.name + backups.LOG)


def _runs(project: Project) -> list[Path]:
    return [plan.parent for plan in sorted(project.runs.glob("*/plan.json"))]


def _fold(store: Store, directory: Path, done: Recovered) -> None:
    """Take in what a run was planned from, and what it made; a run that cannot be read is named."""
    try:
        if is_dry(load_plan(directory)):
            return
        folder = directory / "inputs"
        store.seeds.add(inputs.stream(folder / "seeds.parquet", Seed))
        store.benchmarks.add(inputs.stream(folder / "benchmarks.parquet", BenchmarkItem))
        found: Ingested = store.ingest(directory)
    except (LemmaError, OSError, ValueError, KeyError, TypeError) as error:
        done.left_out[directory.name] = str(error)
        return
    done.runs += 1
    for kind, rows in found.added.items():
        done.added[kind] = done.added.get(kind, 0) + rows
