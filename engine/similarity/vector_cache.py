"""Vectors kept by the hash of their text, so that a model is asked about each text once per project.

One SQLite file per embedder. SQLite sees to what two processes, or one that is killed, may do to each other.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.similarity.embedder import Embedder

_SCHEMA = "create table if not exists vectors (text blob primary key, vector blob not null) without rowid"
_ASKED = 500
"""Keys looked up by one statement."""
_SAFE = re.compile(r"[^\w.-]+")


class Cached:
    """An embedder that remembers; `name` and `dim` are those of the embedder inside."""

    def __init__(self, inside: Embedder, folder: Path) -> None:
        """Keep vectors in `folder`, one file per embedder."""
        self.name, self.dim = inside.name, inside.dim
        self._inside = inside
        folder.mkdir(parents=True, exist_ok=True)
        tag = hashlib.blake2b(inside.name.encode(), digest_size=4).hexdigest()
        self.path = folder / f"{_SAFE.sub('-', Path(inside.name).name)[:60]}-{tag}.sqlite"

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return (n, dim) float32 unit rows; only texts that were never seen are embedded."""
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        with closing(sqlite3.connect(self.path, timeout=60)) as base:
            base.execute("pragma journal_mode = wal")
            base.execute(_SCHEMA)
            known = self._known(base, keys)
            fresh = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            if fresh:
                made = self._inside.embed(list(fresh.values())).astype("<f4")
                rows = [(key, vector.tobytes()) for key, vector in zip(fresh, made, strict=True)]
                with base:
                    base.executemany("insert or replace into vectors values (?, ?)", rows)
                known |= dict(rows)
        packed = b"".join(known[key] for key in keys)
        return np.frombuffer(packed, "<f4").reshape(len(keys), self.dim).astype(np.float32)

    def _known(self, base: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the vectors that are there; one of another length was made by another version and is made anew."""
        found: dict[bytes, bytes] = {}
        distinct = list(dict.fromkeys(keys))
        for start in range(0, len(distinct), _ASKED):
            some = distinct[start : start + _ASKED]
            marks = ",".join("?" * len(some))
            found |= dict(base.execute(f"select text, vector from vectors where text in ({marks})", some))
        return {key: vector for key, vector in found.items() if len(vector) == 4 * self.dim}
