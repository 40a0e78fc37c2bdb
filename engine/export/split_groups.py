"""Which families of problems are one, because they hold the same problem with other numbers or names.

A split must know it. Names and templates are kept as 64-bit hashes, a few bytes a row; the names themselves wait on the
disk, and only those of families that were joined come back.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from engine.core.records import content_id
from engine.similarity import templates

Ints = npt.NDArray[np.int32]
_BITS = 2**64 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Which rows have a name in common with rows of other families."""

    rows: Ints
    """Number of the name, -1 for none."""
    names: pa.StringArray

    def name(self, row: int) -> str:
        """Return the common name of the family of a row, '' for none."""
        found = self.rows[row]
        return str(self.names[found]) if found >= 0 else ""


class Families:
    """Problems as they come, with the name of their family each."""

    def __init__(self, folder: Path) -> None:
        """`folder` holds the names until `joined` was asked for."""
        self._path = folder / "families"
        self._file = self._path.open("wb")
        self._family, self._template = array("Q"), array("Q")

    def __enter__(self) -> Families:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, family: str, text: str) -> None:
        """Note a problem of a family."""
        self._file.write(orjson.dumps(family, option=orjson.OPT_APPEND_NEWLINE))
        self._family.append(hash(family) & _BITS)
        self._template.append(hash(templates.template(text)) & _BITS)

    def joined(self) -> Joined:
        """Return the families that belong together, under one name.

        The name depends on the families of the group alone, so that the same group is drawn the same way every time.
        """
        self._file.close()
        _, at, back = np.unique(_hashes(self._family), return_index=True, return_inverse=True)
        if not len(at):
            return Joined(np.empty(0, np.int32), pa.array([], pa.string()))
        family: Ints = back.astype(np.int32)
        group = self._groups(family, len(at))
        return Joined(group[family], self._names(at, group))

    def _groups(self, family: Ints, families: int) -> Ints:
        """Return for every family the number of its group, -1 where it is alone."""
        distinct, template = np.unique(_hashes(self._template), return_inverse=True)
        size = families + len(distinct)
        edges = coo_matrix(
            (np.ones(len(family), np.int8), (family, template.astype(np.int32) + np.int32(families))), (size, size)
        )
        label = connected_components(edges, directed=False)[1][:families]
        shared = np.bincount(label) > 1
        number: Ints = np.where(shared, np.cumsum(shared) - 1, -1).astype(np.int32)
        found: Ints = number[label]
        return found

    def _names(self, at: npt.NDArray[np.int64], group: Ints) -> pa.StringArray:
        """Return a name for each group; `at` is the first row of each family."""
        wanted = np.flatnonzero(group >= 0)
        wanted = wanted[np.argsort(at[wanted])]
        found = list(self._lines(at[wanted]))
        order = np.argsort(group[wanted], kind="stable")
        ends = np.cumsum(np.bincount(group[wanted])).tolist()
        return pa.array(
            [
                content_id("F", *sorted(found[row] for row in order[start:end].tolist()))
                for start, end in zip([0, *ends], ends, strict=False)
            ],
            pa.string(),
        )

    def _lines(self, rows: npt.NDArray[np.int64]) -> Iterator[str]:
        """Yield the names of the families of some rows, given in ascending order."""
        wanted = iter(rows.tolist())
        row = next(wanted, None)
        with self._path.open("rb") as file:
            for number, line in enumerate(file):
                if number == row:
                    yield orjson.loads(line)
                    row = next(wanted, None)


def _hashes(found: array[int]) -> npt.NDArray[np.uint64]:
    return np.frombuffer(found, np.uint64)
