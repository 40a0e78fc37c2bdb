"""The file of a project's store: whether it is there, was there, and is still the one that was opened."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from engine.core.errors import StoreGone

NAME = "project.duckdb"
ENGINES = "engines.toml"
_MARK = ".store"
"""File of a project that says which file its store is, or that it has had none yet."""
_NONE_YET = "none yet\n"
_LEFT = ("runs/*/plan.json", "backups/project-*.duckdb", f"damaged/*/{NAME}", f"{NAME}.wal")
"""What only a project leaves behind whose store was there; the mark is younger than some projects."""
_REBUILD = "Bring the file back, or rebuild it: lemma recover"
_STOP = "Stop what has it open, then bring the file back, or rebuild it: lemma recover"


def require_kept(path: Path) -> None:
    """Raise StoreGone where the file of a project that was used is missing: a new one would hide that."""
    if not path.exists() and was_used(path):
        raise StoreGone("is not there any more, although the project was used.", where=str(path), do=_REBUILD)


def was_used(path: Path) -> bool:
    """Whether the folder holds what is left of a project that had a store."""
    folder = path.parent
    said = _marked(folder)
    if said is not None:
        return said != _NONE_YET
    return (folder / ENGINES).exists() and _is_left(folder)


def mark(path: Path) -> None:
    """Note in the folder of a project that it has a store; one that cannot be written to needs no note."""
    if (path.parent / ENGINES).exists() and _marked(path.parent) in (None, _NONE_YET):
        with suppress(OSError):
            (path.parent / _MARK).write_text(f"{path.name}\n", encoding="utf-8")


def mark_new(folder: Path) -> None:
    """Note in the folder of a new project that it has had no store yet, so that runs before its first are none's."""
    if _marked(folder) is None and not (folder / NAME).exists() and not _is_left(folder):
        with suppress(OSError):
            (folder / _MARK).write_text(_NONE_YET, encoding="utf-8")


def _is_left(folder: Path) -> bool:
    return any(next(folder.glob(left), None) for left in _LEFT)


def _marked(folder: Path) -> str | None:
    """Return what the mark says, None where there is none; one that cannot be read says that there was a store."""
    try:
        return (folder / _MARK).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return ""


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another one of its name; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def require_same(path: str, opened: tuple[int, int] | None) -> None:
    """Raise StoreGone where the file is not the one any more that was opened: nobody would find what goes into it."""
    if identity(path) != opened:
        what = "was deleted or replaced while it was open; nothing is saved."
        raise StoreGone(what, where=path, do=_STOP)
