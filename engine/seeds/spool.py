"""Seeds that wait on disk until their whole file is read: then they are stored together, or none of them is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from types import TracebackType

import orjson

from engine.core.records import Seed


class Spool:
    """Batches of seeds in a file without a name, which is gone when it is closed or the process ends."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the spool

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def put(self, batch: Sequence[Seed]) -> int:
        """Keep a batch; returns its length."""
        self._file.write(orjson.dumps(batch, option=orjson.OPT_APPEND_NEWLINE))
        return len(batch)

    def batches(self) -> Iterator[list[Seed]]:
        """Yield the batches in the order in which they came."""
        self._file.seek(0)
        for line in self._file:
            yield [Seed(**row | {"points": tuple(row["points"])}) for row in orjson.loads(line)]
