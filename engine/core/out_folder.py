"""Folders that a command writes into: new, empty, or what the same command wrote before; never somebody's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.core.errors import UserError

_OTHER = "Choose another folder."
_WORKING = frozenset(("runs", "aside", "backups", "servers", "damaged", "uploads"))
"""Folders of a project that it writes into by itself."""
_STORE = "project.duckdb"
_LONGEST = 5_000
MARK = ".lemma-written"
"""File that names the command which wrote a folder, and the project it was about."""


def require_ours(folder: Path, what: str, home: Path) -> None:
    """Raise UserError where a folder holds something, and was not written as `what` before, from the project `home`."""
    require_apart(folder, home)
    with in_words(folder):
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
            return
        if _marked(folder)[:1] != [what]:
            raise UserError(f"is there already and is no {what}.", where=str(folder), do=_OTHER)
        if other := _another(folder, home):
            raise UserError(f"is the {what} of the project {other}.", where=str(folder), do=_OTHER)
        if link := next((path for path in sorted(folder.rglob("*")) if path.is_symlink()), None):
            raise UserError(f"holds a link, {link.name}, which leads elsewhere.", where=str(folder), do=_OTHER)


def require_apart(place: Path, home: Path) -> None:
    """Raise UserError where a file or folder lies among those that a project works with, or is a link to nowhere."""
    with in_words(place):
        if place.is_symlink() and not place.exists():
            raise UserError("is a link that leads nowhere.", where=str(place), do=_OTHER)
        real, root = place.resolve(), home.resolve()
        inside = real.relative_to(root).parts[:1] if real.is_relative_to(root) else ()
        if inside and (inside[0] in _WORKING or inside[0].startswith(_STORE)):
            raise UserError("is what the project itself works with.", where=str(place), do=_OTHER)


@contextmanager
def in_words(place: Path) -> Iterator[None]:
    """Turn an error of the disk, or a path that can be none, into a UserError that names the place."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        what = f"cannot be written: {getattr(error, 'strerror', None) or 'it is no place for files'}."
        where = str(place) if str(place).isprintable() else ascii(str(place)[:200])
        raise UserError(what, where=where, do="Choose another place.") from error


def mark(folder: Path, what: str, home: Path) -> None:
    """Note that a folder was written as `what` from the project `home`, so that the next time may replace it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(f"{what}\n{home.resolve()}\n", encoding="utf-8")


def _another(folder: Path, home: Path) -> str:
    """Return which other project a folder was written from, '' where it was this one, or one that is there no more."""
    _, *said = _marked(folder)
    other = Path(said[0]) if said else home.resolve()
    return "" if other == home.resolve() or not (other / "engines.toml").exists() else str(other)


def _marked(folder: Path) -> list[str]:
    try:
        with (folder / MARK).open(encoding="utf-8") as file:
            return file.read(_LONGEST).splitlines()
    except (OSError, UnicodeDecodeError):
        return []
