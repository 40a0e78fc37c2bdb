"""Propose how a knowledge point falls into two: 2-means over what rests on it, the same answer every time.

Rows are compared by their text and by the other points that they rest on, in equal parts: a point that means two
things meets other company in each of its meanings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_MOST_COMPANIONS = 256
_LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Halves:
    """The proposal: `second[i]` says whether row i goes to the second part; `names` of both parts."""

    second: tuple[bool, ...]
    names: tuple[str, str]


def halves(point: str, vectors: npt.NDArray[np.float32], others: Sequence[Sequence[str]]) -> Halves:
    """Return a proposal for `vectors` (n, d) and the names of the other points of each row.

    The larger half comes first, of equal ones the half of the first row. Rows that cannot be told apart all go to
    the first. Each part is named after the companion that it has more often than the other part has.
    """
    rows = np.hstack([_unit(np.asarray(vectors, dtype=np.float64)), _companions(others)])
    second = _two_means(rows)
    if 2 * second.sum() > len(second) or (2 * second.sum() == len(second) and len(second) and second[0]):
        second = ~second
    return Halves(tuple(second.tolist()), _names(point, second, others))


def _companions(others: Sequence[Sequence[str]]) -> Floats:
    """Unit rows over the most frequent companions; a rare one says more than one that is everywhere."""
    seen = Counter(name for names in others for name in set(names))
    column = {name: n for n, (name, _) in enumerate(sorted(seen.items(), key=_frequent_first)[:_MOST_COMPANIONS])}
    table = np.zeros((len(others), len(column)))
    for row, names in enumerate(others):
        for name in names:
            if name in column:
                table[row, column[name]] = np.log1p(len(others) / seen[name])
    return _unit(table)


def _frequent_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]


def _unit(rows: Floats) -> Floats:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, length, out=np.zeros_like(rows), where=length > 0), dtype=np.float64)


def _two_means(rows: Floats) -> npt.NDArray[np.bool_]:
    """Lloyd's algorithm from the row that is farthest from the middle, and the row farthest from that one."""
    second = np.zeros(len(rows), dtype=np.bool_)
    if len(rows) < 2:
        return second
    one = rows[_distance(rows, rows.mean(axis=0)).argmax()]
    two = rows[_distance(rows, one).argmax()]
    if np.array_equal(one, two):
        return second
    for _ in range(_LONGEST_SEARCH):
        before, second = second, _distance(rows, two) < _distance(rows, one)
        if np.array_equal(before, second) or not second.any() or second.all():
            break
        one, two = rows[~second].mean(axis=0), rows[second].mean(axis=0)
    return second


def _distance(rows: Floats, to: Floats) -> Floats:
    # Rounded, so that rows that are equally far are so on every machine.
    return np.asarray(((rows - to) ** 2).sum(axis=1).round(12), dtype=np.float64)


def _names(point: str, second: npt.NDArray[np.bool_], others: Sequence[Sequence[str]]) -> tuple[str, str]:
    told = []
    for part in (~second, second):
        here, there = _shares(part, others), _shares(~part, others)
        lead = sorted((there.get(name, 0.0) - share, name) for name, share in here.items())
        told.append(f"{point}: {lead[0][1]}" if lead and lead[0][0] < 0 else "")
    return told[0] or f"{point} (1)", told[1] or f"{point} (2)"


def _shares(part: npt.NDArray[np.bool_], others: Sequence[Sequence[str]]) -> dict[str, float]:
    """Share of the part's rows that have each companion."""
    chosen = [set(names) for names, here in zip(others, part, strict=True) if here]
    seen = Counter(name for names in chosen for name in names)
    return {name: count / len(chosen) for name, count in seen.items()}
