"""Refused rows are kept beside the project, so that a person can mend and import them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import orjson

from engine.seeds.rows import RefusedRow


class Aside:
    """A JSON-lines file of refused rows; it appears under its name when closed, and not at all without rows."""

    def __init__(self, folder: Path, name: str) -> None:
        """`name` is that of the imported file; an older file of the same name is never overwritten."""
        folder.mkdir(parents=True, exist_ok=True)
        self._target, self._fresh, self._file = _begun(folder, name)
        self._count = 0

    def add(self, row: RefusedRow) -> None:
        """Write one row."""
        self._count += 1
        self._file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> Path | None:
        """Finish and return the file, None where no row was refused."""
        self._file.close()
        if not self._count:
            self._fresh.unlink()
            return None
        return self._fresh.replace(self._target)


def write(folder: Path, refused: Iterable[RefusedRow], name: str = "refused") -> Path | None:
    """Write rows to a new file in `folder`; None where there are none."""
    aside = Aside(folder, name)
    for row in refused:
        aside.add(row)
    return aside.close()


def _begun(folder: Path, name: str) -> tuple[Path, Path, BinaryIO]:
    """Return a name that is free, the one that it has until it is whole, and that file: it is this import's alone."""
    # A name may have 255 bytes, and this one gets an ending.
    stem = name.partition(".")[0].encode()[:200].decode("utf-8", "ignore") or "refused"
    for number in itertools.count(1):
        target = folder / f"{stem}-{number}.jsonl"
        fresh = target.with_suffix(".jsonl.new")
        if not target.exists():
            with suppress(FileExistsError):  # Another import of a file of this name, or one that was ended.
                return target, fresh, fresh.open("xb")
    raise AssertionError("there is always a next number")
