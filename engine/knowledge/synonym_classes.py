"""Which knowledge points are the same: sure by cosine, asked in the grey band, different below (GSDP 2.2, D.1).

The asking is split off, because a pipeline asks through talks: `bands` says which pairs are sure and which to ask,
`classes` turns the answers into groups. `group_points` does both with a plain function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadInput, BadSetting
from engine.knowledge.spelling import normal_form

BLOCK = 1024
"""Rows of the cosine matrix that are held at a time."""
OVERSIZED = 12
"""Members from which a class is shown for a second look; chains of near-synonyms grow that long."""
SLACK = 1e-5
"""Rounding of the float32 product; what lies that close to a threshold is computed again in float64."""


class PointPair(NamedTuple):
    """Two rows, `left` < `right`, and the cosine of their embeddings."""

    left: int
    right: int
    cosine: float


@dataclass(frozen=True, slots=True)
class PairTable:
    """Many pairs as three arrays of equal length; iterating gives `Pair`s."""

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    cosine: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.left)

    def __iter__(self) -> Iterator[PointPair]:
        columns = zip(self.left.tolist(), self.right.tolist(), self.cosine.tolist(), strict=True)
        return (PointPair(*row) for row in columns)

    def where(self, wanted: npt.NDArray[np.bool_]) -> PairTable:
        """Return the pairs that are marked."""
        return PairTable(self.left[wanted], self.right[wanted], self.cosine[wanted])


@dataclass(frozen=True, slots=True)
class Bands:
    """Pairs that are the same without asking, by spelling or by cosine, and pairs to ask about."""

    spelled_alike: tuple[tuple[int, int], ...]
    sure: PairTable
    grey: PairTable

    @property
    def same(self) -> tuple[tuple[int, int], ...]:
        """All pairs that need no question."""
        return (*self.spelled_alike, *((pair.left, pair.right) for pair in self.sure))


@dataclass(frozen=True, slots=True)
class PointClass:
    """Points that are one. `rows` index the given points; the representative is chosen later (GSDP-09)."""

    rows: tuple[int, ...]
    members: tuple[str, ...]
    representative: str | None = None
    conflicts: tuple[tuple[int, int], ...] = ()
    """Pairs inside the class that were judged different (GSDP-08)."""
    warnings: tuple[str, ...] = field(default=())


def group_points(
    names: Sequence[str],
    embeddings: npt.ArrayLike,
    same: Callable[[str, str], bool],
    merge_at: float = 0.90,
    ask_from: float = 0.70,
    *,
    fold: bool = True,
) -> tuple[PointClass, ...]:
    """Group synonymous points (GSDP-07, GSDP-08); `same(a, b)` is asked only in the grey band.

    `embeddings` is (n, d), rows of any length; cosine >= `merge_at` is the same, below `ask_from` different.
    `fold` merges names that differ in case, articles, punctuation or plural without asking (our choice).
    """
    found = bands(names, embeddings, merge_at, ask_from, fold=fold)
    verdicts = [(pair.left, pair.right, same(names[pair.left], names[pair.right])) for pair in found.grey]
    agreed = [(a, b) for a, b, verdict in verdicts if verdict]
    denied = [(a, b) for a, b, verdict in verdicts if not verdict]
    return classes(len(names), [*found.same, *agreed], denied, names)


def bands(
    names: Sequence[str],
    embeddings: npt.ArrayLike,
    merge_at: float = 0.90,
    ask_from: float = 0.70,
    *,
    fold: bool = True,
) -> Bands:
    """Return the pairs that are sure and the pairs to ask about; of names spelled alike only the first is compared."""
    vectors = np.asarray(embeddings)
    if vectors.ndim != 2 or len(vectors) != len(names):
        raise BadInput(
            f"{len(names)} names came with embeddings of shape {vectors.shape}.", do="Give one row per name."
        )
    first_of: dict[str, int] = {}
    alike = []
    for row, name in enumerate(names):
        first = first_of.setdefault(normal_form(name) if fold else f"{row}", row)
        if first != row:
            alike.append((first, row))
    kept = np.array(sorted(first_of.values()), dtype=np.int32)
    close = close_pairs(vectors[kept], ask_from, merge_at)
    close = PairTable(kept[close.left], kept[close.right], close.cosine)
    is_sure = close.cosine >= np.float32(merge_at)
    return Bands(tuple(alike), close.where(is_sure), close.where(~is_sure))


def close_pairs(vectors: npt.NDArray[np.floating], ask_from: float, merge_at: float = 1.0) -> PairTable:
    """Return all pairs with cosine >= `ask_from`, by blocked matrix products over the upper triangle (GSDP-06).

    Cosines near a threshold are exact to six digits, so that .70 and .6999 fall on different sides. A row of zeros
    is close to nothing.
    """
    if not 0 < ask_from <= merge_at <= 1:
        raise BadSetting(
            f"ask_from {ask_from:g} and merge_at {merge_at:g} do not fit.", do="Give 0 < ask_from <= merge_at <= 1."
        )
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    unit = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    parts = [_close_in_block(unit, first, ask_from) for first in range(0, len(unit), BLOCK)]
    left = np.concatenate([part.left for part in parts] or [np.zeros(0, dtype=np.int32)])
    right = np.concatenate([part.right for part in parts] or [np.zeros(0, dtype=np.int32)])
    cosine = np.concatenate([part.cosine for part in parts] or [np.zeros(0, dtype=np.float32)])
    for limit in (ask_from, merge_at):
        _settle(vectors, lengths, left, right, cosine, limit)
    return PairTable(left, right, cosine).where(cosine >= np.float32(ask_from))


def _close_in_block(unit: npt.NDArray[np.float32], first: int, at: float) -> PairTable:
    cosines = unit[first : first + BLOCK] @ unit[first:].T
    rows, columns = np.nonzero(cosines >= at - SLACK)
    later = columns > rows
    rows, columns = rows[later], columns[later]
    return PairTable((rows + first).astype(np.int32), (columns + first).astype(np.int32), cosines[rows, columns])


def _settle(
    vectors: npt.NDArray[np.floating],
    lengths: npt.NDArray[np.float64],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    cosine: npt.NDArray[np.float32],
    limit: float,
) -> None:
    """Compute cosines near a limit again in float64; a value within 1e-6 of the limit counts as the limit."""
    near = np.flatnonzero(np.abs(cosine - limit) <= SLACK)
    a, b = left[near], right[near]
    products = np.einsum("ij,ij->i", vectors[a].astype(np.float64), vectors[b].astype(np.float64))
    exact = products / np.maximum(lengths[a, 0] * lengths[b, 0], 1e-300)
    cosine[near] = np.where(np.abs(exact - limit) <= 1e-6, np.float32(limit), exact)


def classes(
    n: int,
    same_pairs: Iterable[tuple[int, int]],
    different_pairs: Iterable[tuple[int, int]] = (),
    names: Sequence[str] = (),
    oversized: int = OVERSIZED,
) -> tuple[PointClass, ...]:
    """Return the connected groups of `n` points over `same_pairs`, in order of their first row (GSDP-08).

    A group that holds a pair judged different, or `oversized` members and more, carries a warning. Without `names`
    the members are the row numbers as text.
    """
    label = list(names) or [str(row) for row in range(n)]
    root = list(range(n))
    for a, b in same_pairs:
        _join(root, a, b)
    groups: dict[int, list[int]] = {}
    for row in range(n):
        groups.setdefault(_root(root, row), []).append(row)
    conflicts: dict[int, list[tuple[int, int]]] = {}
    for a, b in different_pairs:
        if _root(root, a) == _root(root, b):
            conflicts.setdefault(_root(root, a), []).append((a, b))
    return tuple(_described(rows, label, conflicts.get(first, []), oversized) for first, rows in groups.items())


def within_size(
    n: int, same_pairs: Sequence[PointPair], different_pairs: Iterable[tuple[int, int]], oversized: int
) -> list[tuple[int, int]]:
    """Return the pairs that join `n` points into classes of fewer than `oversized` members (GSDP-08, our choice).

    Classes that are small enough keep all their pairs. In others the surest pairs join first; a pair whose two sides
    would make an oversized class, or hold a pair judged different, joins nothing.
    """
    large = {row for group in classes(n, [pair[:2] for pair in same_pairs], oversized=oversized)
             if len(group.rows) >= oversized for row in group.rows}  # fmt: skip
    side = {row: {row} for row in large}
    apart: dict[int, set[int]] = {}
    for a, b in different_pairs:
        apart.setdefault(a, set()).add(b)
        apart.setdefault(b, set()).add(a)
    joined: list[tuple[int, int]] = []
    for a, b, _ in sorted(same_pairs, key=lambda pair: (-pair.cosine, pair.left, pair.right)):
        if a not in large:
            joined.append((a, b))
            continue
        one, other = side[a], side[b]
        if one is other or len(one) + len(other) >= oversized or any(apart.get(row, set()) & other for row in one):
            continue
        one |= other
        side.update(dict.fromkeys(other, one))
        joined.append((a, b))
    return joined


def _described(rows: list[int], label: list[str], conflicts: list[tuple[int, int]], oversized: int) -> PointClass:
    warnings = [f"“{label[a]}” and “{label[b]}” were judged different." for a, b in conflicts]
    if len(rows) >= oversized:
        warnings.append(f"{len(rows)} names in one class: it may be a chain of near-synonyms.")
    return PointClass(tuple(rows), tuple(label[row] for row in rows), None, tuple(conflicts), tuple(warnings))


def _root(root: list[int], row: int) -> int:
    while root[row] != row:
        root[row] = root[root[row]]
        row = root[row]
    return row


def _join(root: list[int], a: int, b: int) -> None:
    """Join two groups; the smaller row stays the root, so that classes come in the order of their first member."""
    low, high = sorted((_root(root, a), _root(root, b)))
    root[high] = low
