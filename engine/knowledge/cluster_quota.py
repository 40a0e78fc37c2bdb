"""Combinations in equal numbers from every cluster, so that a large cluster does not crowd out a small one.

A combination belongs to the smallest cluster that one of its points is in. Counted for the largest, what joins two
clusters would leave the small ones with nothing but what lies wholly inside them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.core.records import Combination, Kind
from engine.knowledge import combine
from engine.knowledge.networks import Clusters

Ints = npt.NDArray[np.int64]


class ClusterQuota:
    """Draws kind after kind; what a cluster got of earlier kinds counts, so that the whole draw is even."""

    def __init__(self, clusters: Clusters, seed: int) -> None:
        """`clusters` of the graph that is drawn from, largest first."""
        self.clusters = clusters
        self._rng = np.random.default_rng(seed)
        self.drawn = np.zeros(len(clusters.each), dtype=np.int64)
        self.available = np.zeros(len(clusters.each), dtype=np.int64)

    def draw(
        self, graph: combine.CombinableGraph, kind: Kind, n: int, *, repeat: bool = False
    ) -> Iterator[Combination]:
        """Return `n` combinations of a kind, or all where there are fewer; uniform within each cluster."""
        have = self._counted(graph, kind, repeat)
        taken = evenly(self.drawn, have, n, self._rng)
        self.drawn += taken
        self.available += have
        rows = self._picked(graph, kind, repeat, have, taken)
        return combine.records(graph, kind, self._rng.permutation(rows))

    @property
    def note(self) -> str:
        """Say how uneven it is where some clusters had too few; '' where each got as many as the others."""
        in_use = self.available > 0
        drawn = self.drawn[in_use]
        if not drawn.size or drawn.max() - drawn.min() <= 1:
            return ""
        short = int((drawn < drawn.max() - 1).sum())
        return (
            f"clusters: {short:,} of {drawn.size:,} have too few combinations for an equal part; "
            f"{drawn.min():,} to {drawn.max():,} come from each."
        )

    def _home(self, rows: combine.Rows) -> Ints:
        return np.asarray(self.clusters.of[rows].max(axis=1), dtype=np.int64)

    def _counted(self, graph: combine.CombinableGraph, kind: Kind, repeat: bool) -> Ints:
        have = np.zeros(len(self.clusters.each), dtype=np.int64)
        for rows in combine.drawable(graph, kind, repeat):
            have += np.bincount(self._home(rows), minlength=have.size)
        return have

    def _picked(
        self, graph: combine.CombinableGraph, kind: Kind, repeat: bool, have: Ints, taken: Ints
    ) -> combine.Rows:
        """Pick ranks within each cluster first and take them up while the blocks pass by."""
        first = np.cumsum(have) - have
        wanted = np.concatenate(
            [np.zeros(0, dtype=np.int64)]
            + [
                first[place] + np.sort(self._rng.choice(have[place], size=taken[place], replace=False))
                for place in np.flatnonzero(taken)
            ]
        )
        picked, seen = [np.zeros((0, 3 if kind == "community" else 2), dtype=np.int32)], first.copy()
        for rows in combine.drawable(graph, kind, repeat):
            home = self._home(rows)
            ranks = seen[home] + _place_within(home)
            at = np.minimum(np.searchsorted(wanted, ranks), max(0, wanted.size - 1))
            picked.append(rows[wanted[at] == ranks] if wanted.size else rows[:0])
            seen += np.bincount(home, minlength=have.size)
        return np.concatenate(picked)


def evenly(before: Ints, room: Ints, n: int, rng: np.random.Generator) -> Ints:
    """Return how many of `n` each takes, so that `before` and what is taken are as even as `room` allows.

    Those that are equal draw lots for what is left over.
    """
    n = min(n, int(room.sum()))
    low, high = 0, int(before.max(initial=0) + room.max(initial=0))
    while low < high:
        middle = (low + high + 1) // 2
        if int(np.clip(middle - before, 0, room).sum()) <= n:
            low = middle
        else:
            high = middle - 1
    taken = np.clip(low - before, 0, room)
    level = np.flatnonzero((before + taken == low) & (taken < room))
    taken[rng.permutation(level)[: n - int(taken.sum())]] += 1
    return np.asarray(taken, dtype=np.int64)


def _place_within(groups: Ints) -> Ints:
    """Return for each entry how many equal ones come before it."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    place = np.empty(groups.size, dtype=np.int64)
    place[order] = np.arange(groups.size) - np.searchsorted(ordered, ordered)
    return place
