"""Walks from one point: the distance to another, and the rings around it that a page draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp


class WalkableGraph(Protocol):
    """What is needed of a graph."""

    names: tuple[str, ...]
    weights: sp.csr_array
    core_rows: npt.NDArray[np.int64]

    def row(self, point: str) -> int:
        """Row of a point."""
        ...


@dataclass(frozen=True, slots=True)
class EgoNode:
    """A point around another: `ring` is its distance, `parent` the point of the ring before that it hangs on."""

    name: str
    ring: int
    parent: str | None
    degree: int
    core: bool


@dataclass(frozen=True, slots=True)
class EgoEdge:
    """An edge between two shown points."""

    left: str
    right: str
    weight: int


@dataclass(frozen=True, slots=True)
class Ego:
    """The surroundings of a point; `hidden` points within the hops did not fit under the cap."""

    centre: str
    nodes: tuple[EgoNode, ...]
    edges: tuple[EgoEdge, ...]
    hidden: int


@dataclass(frozen=True, slots=True)
class Reach:
    """With how many other points, pairs of points for communities, a point can be combined."""

    one_hop: int
    two_hop: int
    communities: int


def reach(weights: sp.csr_array, row: int) -> Reach:
    """Return how many combinations hold the point of a row: neighbours, their neighbours, triangles."""
    near = weights[[row]].indices
    among = weights[near]
    beyond = np.setdiff1d(among.indices, np.append(near, row))
    return Reach(len(near), len(beyond), among[:, near].nnz // 2)


def distance(weights: sp.csr_array, start: int, goal: int) -> int | None:
    """Return the number of edges on a shortest path between two rows, None where there is none."""
    if start == goal:
        return 0
    reached = np.zeros(weights.shape[0], dtype=bool)
    reached[start] = True
    front, steps = np.array([start]), 0
    while front.size:
        steps += 1
        fresh = np.unique(weights[front].indices)
        front = fresh[~reached[fresh]]
        reached[front] = True
        if reached[goal]:
            return steps
    return None


def ego(graph: WalkableGraph, point: str, hops: int, cap: int) -> Ego:
    """Return the rings around a point; in each ring the points of heaviest edges to the ring before come first."""
    centre = graph.row(point)
    ring_of, parent_of = {centre: 0}, {centre: -1}
    shown, front = [centre], [centre]
    for ring in range(1, hops + 1):
        found = _next_ring(graph.weights, front, ring_of)
        ring_of.update(dict.fromkeys((row for row, _ in found), ring))
        parent_of.update(dict(found))
        room = max(0, cap - len(shown))
        shown += [row for row, _ in found[:room]]
        # The next ring hangs on shown points only, so that no point is drawn without its parent.
        front = [row for row, _ in found[:room]]
    core = set(graph.core_rows.tolist())
    degrees = np.diff(graph.weights.indptr)
    nodes = tuple(
        EgoNode(
            graph.names[row],
            ring_of[row],
            graph.names[parent_of[row]] if parent_of[row] >= 0 else None,
            int(degrees[row]),
            row in core,
        )
        for row in shown
    )
    hidden = _within(graph.weights, centre, hops) - len(shown)
    return Ego(point, nodes, _edges_among(graph, shown), hidden)


def _within(weights: sp.csr_array, start: int, hops: int) -> int:
    """Number of points at most `hops` away, the start included."""
    reached = np.zeros(weights.shape[0], dtype=bool)
    reached[start] = True
    for _ in range(hops):
        reached[weights[np.flatnonzero(reached)].indices] = True
    return int(reached.sum())


def _next_ring(weights: sp.csr_array, front: list[int], known: dict[int, int]) -> list[tuple[int, int]]:
    """Return (row, parent) of the points one step on; heaviest tie first, then by row, which is by name."""
    best: dict[int, tuple[int, int]] = {}
    for parent in front:
        span = slice(weights.indptr[parent], weights.indptr[parent + 1])
        for row, weight in zip(weights.indices[span].tolist(), weights.data[span].tolist(), strict=True):
            if row not in known:
                best[row] = min(best.get(row, (0, parent)), (-weight, parent))
    return [(row, parent) for row, (_, parent) in sorted(best.items(), key=lambda one: (one[1][0], one[0]))]


def _edges_among(graph: WalkableGraph, rows: list[int]) -> tuple[EgoEdge, ...]:
    order = np.sort(np.array(rows))
    part = sp.triu(graph.weights[order][:, order], 1, format="coo")
    ends = zip(order[part.row].tolist(), order[part.col].tolist(), part.data.tolist(), strict=True)
    return tuple(EgoEdge(graph.names[a], graph.names[b], weight) for a, b, weight in ends)
