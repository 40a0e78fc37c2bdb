"""Combinations in equal numbers from every cluster, so that a large cluster does not crowd out a small one.

A combination belongs to the smallest cluster that one of its points is in. Counted for the largest, what joins two
clusters would leave the small ones with nothing but what lies wholly inside them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from engine.core.records import Combination, Kind
from engine.knowledge import combine
from engine.knowledge.networks import Clusters

Ints = npt.NDArray[np.int64]


class ClusterQuota:
    """Splits every kind over the clusters so that the whole draw is even, and draws it."""

    def __init__(
        self,
        graph: combine.CombinableGraph,
        clusters: Clusters,
        wanted: Mapping[Kind, int],
        seed: int,
        *,
        repeat: bool = False,
    ) -> None:
        """`clusters` are those of `graph`, `wanted` says how many of each kind are drawn."""
        self._graph, self.clusters, self._repeat = graph, clusters, repeat
        self._rng = np.random.default_rng(seed)
        self._have = {kind: self._counted(kind) for kind, n in wanted.items() if n}
        self._taken: dict[Kind, Ints] = {}
        self.drawn = np.zeros(len(clusters.each), dtype=np.int64)
        # The kind that most clusters have comes last, to give something to those that the others could not serve.
        for kind in sorted(self._have, key=lambda kind: np.count_nonzero(self._have[kind])):
            self._taken[kind] = evenly(self.drawn, self._have[kind], wanted[kind], self._rng)
            self.drawn += self._taken[kind]

    def draw(self, kind: Kind) -> Iterator[Combination]:
        """Return the combinations of a kind in random order; those of one cluster are all as likely."""
        return combine.records(self._graph, kind, self._rng.permutation(self._picked(kind)))

    @property
    def note(self) -> str:
        """Say how uneven the draw is; '' where each cluster that has combinations gives as many as the others."""
        there = sum(self._have.values(), np.zeros_like(self.drawn)) > 0
        drawn = self.drawn[there]
        if not drawn.size or drawn.max() - drawn.min() <= 1:
            return ""
        return (
            f"clusters: {drawn.min():,} to {drawn.max():,} combinations from each of {drawn.size:,}; "
            "the smaller ones have too few of the kinds that are asked for."
        )

    def _home(self, rows: combine.Rows) -> Ints:
        return np.asarray(self.clusters.of[rows].max(axis=1), dtype=np.int64)

    def _blocks(self, kind: Kind) -> Iterator[combine.Rows]:
        return combine.drawable(self._graph, kind, self._repeat)

    def _counted(self, kind: Kind) -> Ints:
        have = np.zeros(len(self.clusters.each), dtype=np.int64)
        for rows in self._blocks(kind):
            have += np.bincount(self._home(rows), minlength=have.size)
        return have

    def _picked(self, kind: Kind) -> combine.Rows:
        """Pick ranks within each cluster first and take them up while the blocks pass by."""
        have, taken = self._have[kind], self._taken[kind]
        first = np.cumsum(have) - have
        ranks = [
            first[place] + np.sort(self._rng.choice(have[place], size=taken[place], replace=False))
            for place in np.flatnonzero(taken)
        ]
        wanted = np.concatenate([np.zeros(0, dtype=np.int64), *ranks])
        picked, seen = [np.zeros((0, 3 if kind == "community" else 2), dtype=np.int32)], first.copy()
        for rows in self._blocks(kind):
            home = self._home(rows)
            picked.append(rows[np.isin(seen[home] + _place_within(home), wanted)])
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
