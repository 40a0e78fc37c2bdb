"""The four kinds of combinations, found a block of rows at a time so that no list of millions is ever held.

one-hop    D = 1: the edges themselves                          (GSDP-14)
two-hop    D = 2: a point stands between the two                (GSDP-15)
three-hop  D = 3, exactly one of the two is core                (GSDP-16; "one core, one other" is our reading)
community  three points that meet pairwise                      (GSDP-18)

Two-hop and three-hop counts can explode, so there is a sampled count and a seeded sample, and both say so (GSDP-49).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from engine.core.errors import BadSetting
from engine.core.records import KINDS, Combination, Kind

Rows = npt.NDArray[np.int32]

BLOCK = 1024
"""Rows of the graph that are looked at together."""
CORE_BLOCK = 128
"""Core points whose three-hop neighbours are looked for together; they are kept as dense columns."""
EFFORT = 400_000_000
"""Paths that exact counting may walk (some ten seconds of one core) before counts are estimated."""
DISTANCE: dict[Kind, int] = {"one-hop": 1, "two-hop": 2, "three-hop": 3, "community": 1}


class CombinableGraph(Protocol):
    """What is needed of a graph: names, symmetric weights and the rows of its core."""

    names: tuple[str, ...]
    weights: sp.csr_array
    core_rows: npt.NDArray[np.int64]

    def count(self, kind: Kind) -> int:
        """Exact number of combinations."""
        ...


@dataclass(frozen=True, slots=True)
class CombinationCount:
    """How many combinations of a kind there are; where not exact, scaled up from `looked_at` of `of` rows."""

    kind: Kind
    count: int
    exact: bool
    looked_at: int
    of: int


class CombinationListing(Iterator[Combination]):
    """Combinations one by one. `total` is how many there are, `capped` whether `limit` leaves some out."""

    def __init__(self, graph: CombinableGraph, kind: Kind, limit: int | None, seed: int | None, repeat: bool) -> None:
        """See `KnowledgeGraph.combinations`; nothing is computed before the first record is asked for."""
        if kind not in KINDS:
            raise BadSetting(f"{kind!r} is no kind of combination.", do=f"Choose one of {', '.join(KINDS)}.")
        if limit is not None and limit < 0:
            raise BadSetting(f"limit {limit} is negative.", do="Give 0 or more, or none at all.")
        self.kind, self.limit, self.seed = kind, limit, seed
        self._graph = graph
        self._repeat = repeat and kind == "one-hop"
        self._records: Iterator[Combination] | None = None

    @property
    def total(self) -> int:
        """Number of combinations without the limit, repeats included."""
        if self._repeat:
            return int(self._graph.weights.data.sum(dtype=np.int64)) // 2
        return self._graph.count(self.kind)

    @property
    def capped(self) -> bool:
        """Whether the limit leaves combinations out."""
        return self.limit is not None and self.limit < self.total

    def __next__(self) -> Combination:
        if self._records is None:
            self._records = self._start()
        return next(self._records)

    def _start(self) -> Iterator[Combination]:
        if self.seed is None:
            return islice(self._in_order(), self.limit)
        return self._sampled(self.total if self.limit is None else self.limit, self.seed)

    def _in_order(self) -> Iterator[Combination]:
        for rows in drawable(self._graph, self.kind, self._repeat):
            yield from records(self._graph, self.kind, rows)

    def _sampled(self, size: int, seed: int) -> Iterator[Combination]:
        """Draw ranks first and pick them up while the blocks pass by: uniform, whatever the blocks hold."""
        total = self.total
        rng = np.random.default_rng(seed)
        ranks = np.sort(rng.choice(total, size=min(size, total), replace=False))
        picked, seen = [np.zeros((0, 3 if self.kind == "community" else 2), dtype=np.int32)], 0
        for rows in drawable(self._graph, self.kind, self._repeat):
            here = ranks[np.searchsorted(ranks, seen) : np.searchsorted(ranks, seen + len(rows))]
            picked.append(rows[here - seen])
            seen += len(rows)
        yield from records(self._graph, self.kind, rng.permutation(np.concatenate(picked)))


def tally(graph: CombinableGraph, kind: Kind, effort: int | None = None) -> CombinationCount:
    """Count the combinations of a kind, exactly or, beyond `effort` steps, from a sample of rows.

    The sample is every k-th block of rows in a fixed shuffled order, so the estimate is repeatable.
    """
    if kind == "one-hop":
        size = graph.weights.shape[0]
        return CombinationCount(kind, graph.weights.nnz // 2, True, size, size)
    starts = _starts(graph, kind)
    steps = _steps(graph, kind)
    if effort is None or steps <= effort or kind == "community":
        return CombinationCount(
            kind, sum(len(rows) for rows in blocks(graph, kind, count_only=True)), True, starts.size, starts.size
        )
    take = max(1, int(starts.size * effort / steps))
    chosen = np.sort(np.random.default_rng(0).choice(starts, size=take, replace=False))
    found = sum(_matched(graph, kind, chosen))
    scale = starts.size / take / (2 if kind == "two-hop" else 1)
    return CombinationCount(kind, round(found * scale), False, take, int(starts.size))


def blocks(graph: CombinableGraph, kind: Kind, *, count_only: bool = False) -> Iterator[Rows]:
    """Yield arrays (k, 2) or (k, 3) of rows of points, in a fixed order; `count_only` leaves them unsorted.

    Pairs are (smaller row, larger row), three-hop pairs are (core, other), triples ascend.
    """
    finder = {"one-hop": _one_hop, "two-hop": _two_hop, "three-hop": _three_hop, "community": _community}[kind]
    for rows in finder(graph):
        yield rows if count_only or kind == "three-hop" else _sorted(rows)


def drawable(graph: CombinableGraph, kind: Kind, repeat: bool) -> Iterator[Rows]:
    """Yield the blocks that a draw picks from; `repeat` gives one-hop pairs as often as problems share them."""
    for rows in blocks(graph, kind):
        again = repeat and kind == "one-hop"
        yield np.repeat(rows, _weight_of(graph, kind, rows), axis=0) if again else rows


def records(graph: CombinableGraph, kind: Kind, rows: Rows) -> Iterator[Combination]:
    """Turn rows of points into records; the weight of a community is that of its weakest edge."""
    names, distance = graph.names, DISTANCE[kind]
    for points, weight in zip(rows.tolist(), _weight_of(graph, kind, rows).tolist(), strict=True):
        yield Combination.make(kind, tuple(names[point] for point in points), distance, weight)


def _weight_of(graph: CombinableGraph, kind: Kind, rows: Rows) -> npt.NDArray[np.int32]:
    if kind in ("two-hop", "three-hop") or not len(rows):
        return np.zeros(len(rows), dtype=np.int32)
    ends = [(0, 1)] if kind == "one-hop" else [(0, 1), (0, 2), (1, 2)]
    each = [np.asarray(graph.weights[rows[:, a], rows[:, b]]).ravel() for a, b in ends]
    return np.asarray(np.minimum.reduce(each), dtype=np.int32)


def _sorted(rows: Rows) -> Rows:
    return rows[np.lexsort(rows.T[::-1])]


def _one_hop(graph: CombinableGraph) -> Iterator[Rows]:
    for first in range(0, graph.weights.shape[0], BLOCK):
        part = graph.weights[first : first + BLOCK].tocoo()
        yield _pairs(part.row + first, part.col, part.col > part.row + first)


def _two_hop(graph: CombinableGraph) -> Iterator[Rows]:
    """Paths of two edges, less the pairs that an edge joins.

    Columns left of the block would repeat earlier pairs.
    """
    size = graph.weights.shape[0]
    left, columns = _without_edges(graph.weights), _ones(graph.weights).tocsc()
    for first in range(0, size, BLOCK):
        product = (left[first : first + BLOCK] @ columns[:, first:].tocsr()).tocoo()
        yield _pairs(product.row + first, product.col + first, (product.data > 0) & (product.col > product.row))


def _without_edges(weights: sp.csr_array) -> sp.csr_array:
    """Return A - nI, whose product with A is negative on edges: no more than n - 2 points stand between two."""
    size = weights.shape[0]
    return (_ones(weights) - size * sp.eye_array(size, dtype=np.int32, format="csr")).tocsr()


def _three_hop(graph: CombinableGraph) -> Iterator[Rows]:
    """Points first reached at the third step from core points; a block of cores walks as dense columns."""
    other = np.ones(graph.weights.shape[0], dtype=bool)
    other[graph.core_rows] = False
    ones = _ones(graph.weights).astype(np.float32)
    for first in range(0, graph.core_rows.size, CORE_BLOCK):
        core = graph.core_rows[first : first + CORE_BLOCK]
        third = _third_step(ones, core)
        third &= other
        yield np.column_stack([core[(found := third.nonzero())[0]], found[1]]).astype(np.int32)


def _third_step(ones: sp.csr_array, core: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Return (core, n): whether the point is at distance three from the core point."""
    front = np.zeros((ones.shape[0], core.size), dtype=np.float32)
    front[core, np.arange(core.size)] = 1
    seen = front > 0
    for _ in range(3):
        fresh = (ones @ front > 0) & ~seen
        seen |= fresh
        front = fresh.astype(np.float32)
    return np.ascontiguousarray(fresh.T)


def _community(graph: CombinableGraph) -> Iterator[Rows]:
    """Triangles, each once: edges point to the end of higher degree, so no point has many edges going out."""
    size = graph.weights.shape[0]
    upper = sp.triu(graph.weights, 1, format="coo")
    rank = np.empty(size, dtype=np.int32)
    rank[np.argsort(np.diff(graph.weights.indptr), kind="stable")] = np.arange(size, dtype=np.int32)
    low, high = np.minimum(rank[upper.row], rank[upper.col]), np.maximum(rank[upper.row], rank[upper.col])
    out = sp.csr_array((np.ones(low.size, dtype=np.int8), (low, high)), shape=(size, size))
    back = np.argsort(rank, kind="stable").astype(np.int32)
    for first in range(0, size, BLOCK):
        triples = _closed(out, first, min(first + BLOCK, size))
        yield np.sort(back[triples], axis=1)


def _closed(out: sp.csr_array, first: int, stop: int) -> npt.NDArray[np.int32]:
    """Paths u -> v -> w with u in the block whose shortcut u -> w is an edge as well."""
    part = out[first:stop].tocoo()
    reach = np.diff(out.indptr)[part.col]
    if not reach.sum():
        return np.zeros((0, 3), dtype=np.int32)
    edge = np.repeat(np.arange(part.col.size), reach)
    offset = np.arange(edge.size) - np.repeat(np.cumsum(reach) - reach, reach)
    third = out.indices[out.indptr[part.col[edge]] + offset]
    joined = np.zeros((stop - first, out.shape[0]), dtype=bool)
    joined[part.row, part.col] = True
    closed = joined[part.row[edge], third]
    middle = edge[closed]
    return np.column_stack([part.row[middle] + first, part.col[middle], third[closed]]).astype(np.int32)


def _pairs(left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], wanted: npt.NDArray[np.bool_]) -> Rows:
    return np.column_stack([left[wanted], right[wanted]]).astype(np.int32, copy=False)


def _ones(weights: sp.csr_array) -> sp.csr_array:
    return sp.csr_array((np.ones(weights.nnz, dtype=np.int32), weights.indices, weights.indptr), shape=weights.shape)


def _starts(graph: CombinableGraph, kind: Kind) -> npt.NDArray[np.int64]:
    return graph.core_rows if kind == "three-hop" else np.arange(graph.weights.shape[0])


def _steps(graph: CombinableGraph, kind: Kind) -> int:
    """Edges that exact counting walks over."""
    degrees = np.diff(graph.weights.indptr).astype(np.int64)
    if kind == "three-hop":
        return 3 * int(graph.weights.nnz) * int(graph.core_rows.size)
    return int((degrees**2).sum()) // 2


def _matched(graph: CombinableGraph, kind: Kind, chosen: npt.NDArray[np.int64]) -> Iterator[int]:
    """Number of combinations that each block of the chosen rows takes part in (two-hop: seen from both ends)."""
    other = np.ones(graph.weights.shape[0], dtype=bool)
    other[graph.core_rows] = False
    ones, left = _ones(graph.weights), _without_edges(graph.weights)
    for first in range(0, chosen.size, CORE_BLOCK):
        rows = chosen[first : first + CORE_BLOCK]
        if kind == "three-hop":
            yield int((_third_step(ones.astype(np.float32), rows) & other).sum())
        else:
            product = (left[rows] @ ones).tocoo()
            yield int(((product.data > 0) & (product.col != rows[product.row])).sum())
