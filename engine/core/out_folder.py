"""Folders that a command writes into: new, empty, or what the same command wrote before; never somebody's own."""

from __future__ import annotations

from pathlib import Path

from engine.core.errors import UserError

MARK = ".lemma-written"
"""File that names the command which wrote a folder."""


def require_ours(folder: Path, what: str) -> None:
    """Raise UserError where a folder holds something, and was not written as `what` before."""
    try:
        if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())) or _marked(folder) == what:
            return
    except OSError as error:
        raise UserError(
            f"cannot be looked into: {error.strerror or error}.", where=str(folder), do="Choose another folder."
        ) from error
    raise UserError(f"is there already and is no {what}.", where=str(folder), do="Choose another folder.")


def mark(folder: Path, what: str) -> None:
    """Note that a folder was written as `what`, so that the next time may replace what lies in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text(f"{what}\n", encoding="utf-8")


def _marked(folder: Path) -> str:
    try:
        with (folder / MARK).open(encoding="utf-8") as file:
            return file.read(80).strip()
    except (OSError, UnicodeDecodeError):
        return ""
