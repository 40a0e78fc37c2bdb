"""Embeddings, and the maps on which problems lie."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from engine.store.repository import Repository


class Maps(Repository):
    """Vectors and positions of a project."""

    def latest(self) -> str | None:
        """Return the id of the map that the scoreboard shows, None where there is none."""
        row = self._db.one("select arg_max(map_id, rowid) from projections")
        return row[0] if row else None

    def ids(self) -> list[str]:
        """Return all maps, newest first."""
        return [row[0] for row in self._db.rows("select map_id from projections group by 1 order by max(rowid) desc")]

    def positions(self, map_id: str | None = None) -> pa.Table:
        """Return subject_id, x, y, placed of one map, of the latest by default."""
        return self._db.arrow(
            """select subject_id, x, y, placed from projections
               where map_id = coalesce($map, (select arg_max(map_id, rowid) from projections)) order by rowid""",
            {"map": map_id},
        )

    def vectors(self, embedder: str, ids: Iterable[str] | None = None) -> tuple[list[str], npt.NDArray[np.float32]]:
        """Return subject ids and their vectors, shape (n, d), float32, in the order of their making."""
        table = self._db.arrow(
            """select subject_id, "values" from embeddings where embedder = $embedder
                 and ($ids is null or subject_id in (select unnest($ids::varchar[]))) order by rowid""",
            {"embedder": embedder, "ids": None if ids is None else list(ids)},
        )
        names: list[str] = table["subject_id"].to_pylist()
        if not names:
            return [], np.zeros((0, 0), np.float32)
        flat = table["values"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        return names, np.asarray(flat, np.float32).reshape(len(names), -1)
