"""The file of a project's store: whether it is there, was there, and is still the one that was opened."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from engine.core.errors import StoreGone

NAME = "project.duckdb"
ENGINES = "engines.toml"
_MARK = ".store"
"""File of a project that says that it has a store."""
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
    if (folder / _MARK).exists():
        return True
    return (folder / ENGINES).exists() and any(next(folder.glob(left), None) for left in _LEFT)


def mark(path: Path) -> None:
    """Note in the folder of a project that it has a store; one that cannot be written to needs no note."""
    if (path.parent / ENGINES).exists() and not (path.parent / _MARK).exists():
        with suppress(OSError):
            (path.parent / _MARK).write_text(f"{path.name}\n", encoding="utf-8")


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
