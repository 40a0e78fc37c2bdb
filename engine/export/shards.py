"""The data files of an export: one a split, or several of limited size, numbered when their number is known."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa

from engine.export.files import Csv, JsonLines, Parquet, Writer
from engine.export.shape import FileShape

Container = type[JsonLines] | type[Parquet] | type[Csv]
CONTAINERS: dict[str, Container] = {"jsonl": JsonLines, "parquet": Parquet, "csv": Csv}
FOLDER = "data"


class _Split:
    """The files of one split so far; the last of them is open."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: list[int] = []
        self.writer: Writer | None = None


class DataShards:
    """Files below `root`, opened when their first row comes, closed when they are full or the block ends."""

    def __init__(self, root: Path, schema: pa.Schema, shape: FileShape) -> None:
        self._folder, self._schema, self._shape = root / FOLDER, schema, shape
        self._made = CONTAINERS[shape.container]
        self._splits: dict[str, _Split] = {}
        self._folder.mkdir(parents=True)

    def __enter__(self) -> DataShards:
        return self

    def __exit__(self, *_: object) -> None:
        """Close what is open, every file even where one of them fails."""
        with ExitStack() as stack:
            for split in self._splits.values():
                if split.writer:
                    stack.callback(split.writer.close)
                    split.writer = None

    def write(self, name: str, row: dict[str, Any]) -> None:
        """Add a row to a split."""
        split = self._splits.setdefault(name, _Split(name))
        if split.writer is None or self._full(split):
            self._next(split)
        assert split.writer is not None
        split.writer.write(row)
        split.rows[-1] += 1

    def named(self) -> list[tuple[Path, str, int]]:
        """Give the closed files their names; return path, split and rows of each, training first.

        A split that is one file is `train.jsonl`, several are `train-00000-of-00003.jsonl` and so on.
        """
        found = []
        for name, split in sorted(self._splits.items(), reverse=True):
            for number, rows in enumerate(split.rows):
                path = self._folder / self._final(name, number, len(split.rows))
                self._path(name, number).rename(path)
                found.append((path, name, rows))
        return found

    def _full(self, split: _Split) -> bool:
        rows, size = self._shape.shard_rows, self._shape.shard_mb * 1_000_000
        return bool(rows and split.rows[-1] >= rows) or bool(size and split.writer and split.writer.size() >= size)

    def _next(self, split: _Split) -> None:
        if split.writer:
            split.writer.close()
        split.writer = self._made(self._path(split.name, len(split.rows)), self._schema)
        split.rows.append(0)

    def _path(self, name: str, number: int) -> Path:
        return self._folder / f"{name}-{number:05d}.open"

    def _final(self, name: str, number: int, total: int) -> str:
        return f"{name}-{number:05d}-of-{total:05d}{self._made.suffix}" if total > 1 else f"{name}{self._made.suffix}"
