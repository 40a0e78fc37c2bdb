"""The knowledge-point graph: points that meet in a problem are joined, and distances give the combinations.

Node = knowledge point, edge = the two occur in one problem, weight = number of problems that hold both (GSDP 2.3).
D(a, b) is the number of edges on a shortest path; unconnected pairs have no distance and are never combined.
Everything is kept as scipy.sparse matrices, so that 12,000 points and 60,000 edges stay small and quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse import csgraph

from engine.core.errors import BadInput
from engine.core.records import KINDS, Combination, Kind
from engine.knowledge import combine, layout, neighbourhood

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Node:
    """A knowledge point: how many other points it meets, in how many problems it occurs, whether it is core."""

    name: str
    degree: int
    problems: int
    core: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """Two points that meet; `weight` is the number of problems that hold both, `left` < `right` by name."""

    left: str
    right: str
    weight: int


@dataclass(frozen=True, slots=True)
class GraphStats:
    """What reviewers ask of such a graph (GSDP-42). `largest` is the size of the largest component."""

    nodes: int
    edges: int
    components: int
    largest: int
    isolated: int
    mean_degree: float
    max_degree: int
    core: tuple[str, ...]
    counts: tuple[combine.CombinationCount, ...]


class KnowledgeGraph:
    """Points, their edges, and the combinations that follow from them."""

    def __init__(self, names: Sequence[str], weights: sp.csr_array, problems: Ints, core: Ints) -> None:
        """`names` sorted; `weights` symmetric n x n with zero diagonal; `problems` per point; `core` sorted rows."""
        self.names = tuple(names)
        self.weights = weights
        self.core_rows = core
        self._problems = problems
        self._row = {name: row for row, name in enumerate(self.names)}
        self._tallies: dict[Kind, combine.CombinationCount] = {}

    @staticmethod
    def from_incidence(
        pairs: Iterable[tuple[str, str]], *, core_points: int = 0, core_percentile: float = 99.0
    ) -> KnowledgeGraph:
        """Build the graph from (problem id, point) pairs; a pair that is given twice counts once (GSDP-10, GSDP-12).

        Core points are the `core_points` best connected ones, or with 0 all at or above the percentile (GSDP-17).
        """
        unique = set(pairs)
        names = sorted({point for _, point in unique})
        row = {name: i for i, name in enumerate(names)}
        problem_row = {problem: i for i, problem in enumerate(sorted({problem for problem, _ in unique}))}
        problem = np.fromiter((problem_row[p] for p, _ in unique), dtype=np.int32, count=len(unique))
        point = np.fromiter((row[k] for _, k in unique), dtype=np.int32, count=len(unique))
        shape = (len(problem_row), len(names))
        incidence = sp.csr_array((np.ones(len(unique), dtype=np.int32), (problem, point)), shape=shape)
        together = (incidence.T @ incidence).tocoo()
        off = together.row != together.col
        entries = (together.data[off], (together.row[off], together.col[off]))
        weights = sp.csr_array(entries, shape=(len(names), len(names)), dtype=np.int32)
        weights.sort_indices()
        problems = np.bincount(point, minlength=len(names)).astype(np.int64)
        return KnowledgeGraph(names, weights, problems, _core(weights, core_points, core_percentile))

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def degrees(self) -> Ints:
        """Number of other points that each point meets, in the order of `names`."""
        return np.asarray(np.diff(self.weights.indptr), dtype=np.int64)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """All points by name."""
        core = set(self.core_rows.tolist())
        columns = zip(self.names, self.degrees.tolist(), self._problems.tolist(), strict=True)
        return tuple(Node(name, degree, seen, row in core) for row, (name, degree, seen) in enumerate(columns))

    @property
    def edges(self) -> tuple[Edge, ...]:
        """All edges, by the names of their ends."""
        upper = sp.triu(self.weights, 1, format="coo")
        ends = zip(upper.row.tolist(), upper.col.tolist(), upper.data.tolist(), strict=True)
        return tuple(Edge(self.names[a], self.names[b], weight) for a, b, weight in ends)

    def degree(self, point: str) -> int:
        """Return how many other points `point` meets."""
        return int(self.degrees[self.row(point)])

    def weight(self, a: str, b: str) -> int:
        """Return the number of problems that hold both points, 0 where they never meet."""
        return int(self.weights[self.row(a), self.row(b)])

    def row(self, point: str) -> int:
        """Return the row of a point; BadInput where the graph does not hold it."""
        try:
            return self._row[point]
        except KeyError:
            raise BadInput(
                f"{point!r} is no point of this graph.", do="Points are matched by their exact name."
            ) from None

    def core(self, n: int | None = None, *, percentile: float | None = None) -> tuple[str, ...]:
        """Return the core points, best connected first; equal degrees are ordered by name (GSDP-17).

        With `n` the n best connected, with `percentile` all from that percentile of degrees on, with neither the
        core this graph was built with.
        """
        if n is None and percentile is None:
            rows = self.core_rows
        else:
            rows = _core(self.weights, n or 0, 99.0 if percentile is None else percentile)
        return tuple(self.names[row] for row in rows[np.argsort(-self.degrees[rows], kind="stable")])

    def distance(self, a: str, b: str) -> int | None:
        """Return D(a, b) in hops, None where no path joins them (GSDP-13)."""
        return neighbourhood.distance(self.weights, self.row(a), self.row(b))

    def combinations(
        self, kind: Kind, limit: int | None = None, seed: int | None = None, *, repeat: bool = False
    ) -> combine.CombinationListing:
        """Return the combinations of a kind as a lazy iterator of records, a block of rows at a time (GSDP-14..18, 49).

        With `seed` and `limit` it is a uniform sample without replacement, in random order; with `limit` alone the
        first ones. `Listing.total` says how many there are, `Listing.capped` whether some were left out.
        `repeat` gives each one-hop pair as often as problems share it (GSDP-One, GSDP-19); other kinds come once.
        """
        return combine.CombinationListing(self, kind, limit, seed, repeat)

    def count(self, kind: Kind) -> int:
        """Return the exact number of combinations of a kind; nothing is listed for it."""
        known = self._tallies.get(kind)
        if known is None or not known.exact:
            known = combine.tally(self, kind)
            self._tallies[kind] = known
        return known.count

    def tally(self, kind: Kind, effort: int = combine.EFFORT) -> combine.CombinationCount:
        """Return the count, estimated from a sample of rows where exact counting takes more than `effort` steps."""
        if kind not in self._tallies:
            self._tallies[kind] = combine.tally(self, kind, effort)
        return self._tallies[kind]

    @cached_property
    def components(self) -> tuple[tuple[str, ...], ...]:
        """Connected groups of points, largest first."""
        _, label = csgraph.connected_components(self.weights, directed=False)
        groups: dict[int, list[str]] = {}
        for name, group in zip(self.names, label.tolist(), strict=True):
            groups.setdefault(group, []).append(name)
        return tuple(sorted((tuple(group) for group in groups.values()), key=lambda group: (-len(group), group)))

    @cached_property
    def stats(self) -> GraphStats:
        """Sizes, degrees and counts of every kind (GSDP-42)."""
        sizes = [len(group) for group in self.components]
        return GraphStats(
            nodes=len(self),
            edges=self.weights.nnz // 2,
            components=len(sizes),
            largest=max(sizes, default=0),
            isolated=int((self.degrees == 0).sum()),
            mean_degree=float(self.degrees.mean()) if len(self) else 0.0,
            max_degree=int(self.degrees.max(initial=0)),
            core=self.core(),
            counts=tuple(self.tally(kind) for kind in KINDS),
        )

    def ego(self, point: str, hops: int = 2, cap: int = 300) -> neighbourhood.Ego:
        """Return the surroundings of a point in rings; at most `cap` points, `Ego.hidden` counts the others."""
        return neighbourhood.ego(self, point, hops, cap)

    def reach(self, point: str) -> neighbourhood.Reach:
        """Return how many one-hop, two-hop and community combinations hold a point."""
        return neighbourhood.reach(self.weights, self.row(point))

    def layout(self, seed: int = 0) -> npt.NDArray[np.float32]:
        """Return positions (n, 2) of all points in the order of `names`; the same seed gives the same picture."""
        return layout.positions(self.weights, seed)

    def records(self, kind: Kind, rows: npt.NDArray[np.int32]) -> Iterator[Combination]:
        """Turn rows (k, 2 or 3) of points into records, with distance and weight."""
        return combine.records(self, kind, rows)


def _core(weights: sp.csr_array, n: int, percentile: float) -> Ints:
    """Rows of the core points, sorted: the n of highest degree (ties by name), or all from the percentile on."""
    degrees = np.diff(weights.indptr).astype(np.int64)
    if not degrees.any():
        return np.zeros(0, dtype=np.int64)
    if n > 0:
        best = np.argsort(-degrees, kind="stable")[:n]
        return np.sort(best[degrees[best] > 0])
    limit = max(1.0, float(np.percentile(degrees, percentile)))
    return np.flatnonzero(degrees >= limit).astype(np.int64)
