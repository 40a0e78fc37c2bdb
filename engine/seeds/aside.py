"""Refused rows are kept beside the project, so that a person can mend and import them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import orjson

from engine.seeds.rows import RefusedRow


class Aside:
    """A JSON-lines file of refused rows; it appears under its name when closed, and not at all without rows."""

    def __init__(self, folder: Path, name: str) -> None:
        """`name` is that of the imported file; an older file of the same name is never overwritten."""
        folder.mkdir(parents=True, exist_ok=True)
        self._target = _free(folder, name)
        self._fresh = self._target.with_suffix(".jsonl.new")
        self._file = self._fresh.open("wb")
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


def _free(folder: Path, name: str) -> Path:
    # A name may have 255 bytes, and this one gets an ending.
    stem = name.partition(".")[0].encode()[:200].decode("utf-8", "ignore") or "refused"
    number = 1
    while (path := folder / f"{stem}-{number}.jsonl").exists():
        number += 1
    return path
