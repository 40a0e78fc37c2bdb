"""Copies of a store: made while it is in use, kept for a week, and what a damaged one is rebuilt from.

A copy is made on the writer's thread between two transactions: then the file and its log say the same, and only who
writes has to wait, for as long as the disk takes. The copy is opened once, so that one that lies there can be used.
"""

from __future__ import annotations

import fcntl
import logging
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from engine.core import disk
from engine.core.errors import BadInput, ProjectBusy, UserError
from engine.store.connection import Database, connect
from engine.store.store import Store

KEPT = 7
DAY_S = 86_400.0
LOG = ".wal"
_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"project-(\d{8}T\d{6}Z)\.duckdb")
_SPARE = 512 << 20
"""Bytes that stay free on the disk, whatever is copied."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy; `made` is a Unix time."""

    path: Path
    made: float


def listed(folder: Path) -> list[Backup]:
    """Return the copies of a folder, newest first."""
    return sorted(_found(folder), key=lambda one: one.made, reverse=True)


def make(store: Store, folder: Path, now: float | None = None) -> Backup:
    """Copy the store into `folder` under a name that tells when; UserError where the disk has no room or says no."""
    made = time.time() if now is None else now
    stamp = datetime.fromtimestamp(made, UTC).strftime(_STAMP)
    target = folder / f"project-{stamp}.duckdb"
    copy(store, target)
    return Backup(target, made)


def copy(store: Store, target: Path) -> None:
    """Copy the store to `target`, whole or not at all; UserError where a file is there, or none can be written."""
    fresh = target.with_name(f".{target.name}.new")
    try:
        if target.exists():
            raise UserError("is there already.", where=str(target), do="Choose another name.")
        target.parent.mkdir(parents=True, exist_ok=True)
        _require_room(Path(store.path), target.parent)
        _drop(fresh)
        store.between_writes(lambda: _copied(Path(store.path), fresh))
        _settled(fresh)
        fresh.rename(target)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror or error}.", where=str(target)) from error
    finally:
        _drop(fresh)


def is_due(folder: Path, born: float, now: float) -> bool:
    """Whether the last copy, or else the project, is older than a day; a clock that was set back makes one due too."""
    last = max((one.made for one in _found(folder)), default=born)
    return abs(now - last) >= DAY_S


def daily(store: Store, folder: Path, born: float, now: float | None = None) -> Backup | None:
    """Make the copy of the day where it is due, and let go of all but the last seven; failures are logged."""
    now = time.time() if now is None else now
    if not is_due(folder, born, now):
        return None
    try:
        made = make(store, folder, now)
        for old in listed(folder)[KEPT:]:
            _drop(old.path)
    except (UserError, duckdb.Error, OSError) as error:
        _log.warning("no copy was made today: %s", error)
        return None
    return made


def require_alone(database: Path) -> None:
    """Raise ProjectBusy where somebody has the file open; it is not opened, because it may be damaged."""
    busy = ProjectBusy("is open elsewhere.", where=str(database), do="Stop the studio and its commands first.")
    if Database.holds(database):
        raise busy
    try:
        with database.open("r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise busy from None
    except OSError:
        return


def fault(database: Path) -> str:
    """Read every row of every table; return what is wrong, '' where nothing is. ProjectBusy goes to the caller."""
    try:
        connection = connect(str(database), read_only=not disk.writable(database))
    except BadInput as error:
        return str(error)
    try:
        names = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
        if "meta" not in names:
            return "holds no store"
        for name in names:
            # A hash needs every value of every row, and the checksum of each block is looked at on the way.
            connection.execute(f'select bit_xor(hash(t)) from "{name}" t').fetchall()
    except duckdb.Error as error:
        return str(error).splitlines()[0]
    finally:
        connection.close()
    return ""


def _found(folder: Path) -> Iterator[Backup]:
    for path in folder.glob("project-*.duckdb") if folder.is_dir() else ():
        # A link, a pipe or a folder of that name is no copy.
        if (named := _NAME.fullmatch(path.name)) and path.is_file() and not path.is_symlink():
            yield Backup(path, datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC).timestamp())


def _copied(source: Path, target: Path) -> None:
    for ending in ("", LOG):
        path = source.with_name(source.name + ending)
        if path.exists():
            shutil.copyfile(path, target.with_name(target.name + ending))


def _settled(path: Path) -> None:
    """Put what the log holds into the file, which proves that both can be read."""
    connection = connect(str(path))
    try:
        connection.execute("checkpoint")
    finally:
        connection.close()
    if path.with_name(path.name + LOG).exists():
        raise UserError("could not be written whole.", where=str(path))


def _require_room(source: Path, folder: Path) -> None:
    needed = sum(path.stat().st_size for path in (source, source.with_name(source.name + LOG)) if path.exists())
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE:
        raise UserError(
            f"has {free >> 20:,} MiB left; a copy needs {needed + _SPARE >> 20:,}.", where=str(folder),
            do="Make room, or name a file on another disk.",
        )  # fmt: skip


def _drop(path: Path) -> None:
    for each in (path, path.with_name(path.name + LOG)):
        each.unlink(missing_ok=True)
