"""Draw the combinations of a run: so many of each kind as its share asks for, and a note where a kind runs short.

Counts follow the largest remainder, so they add up exactly. A kind that has fewer than asked gives all it has; what is
missing goes to the kinds that still have some, in proportion to their shares (GSDP-49: never silently).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from engine.core.errors import BadSetting
from engine.core.records import KINDS, Combination, Kind
from engine.knowledge.cluster_quota import ClusterQuota
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.networks import Clusters

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class KindShare:
    """One kind in a draw: what its share asked for, what the graph has and what was drawn."""

    kind: Kind
    asked: int
    available: int
    drawn: int


@dataclass(frozen=True, slots=True)
class Draw:
    """Combinations in random order, the account of each kind, and in words where something ran short."""

    combinations: tuple[Combination, ...]
    shares: tuple[KindShare, ...]
    notes: tuple[str, ...]


def sample_mixture(
    graph: KnowledgeGraph,
    shares: Mapping[Kind, float],
    n: int,
    seed: int,
    *,
    repeat: bool = False,
    clusters: Clusters | None = None,
) -> Draw:
    """Draw `n` different combinations by `shares` (any positive scale); the same seed gives the same draw.

    `repeat` counts each one-hop pair once per shared problem (GSDP-19), so that a pair may be drawn that often.
    With `clusters` each of them gives as many combinations as any other, as far as it has them.
    """
    _check(shares, n)
    kinds = [kind for kind in KINDS if shares.get(kind, 0) > 0]
    have = {kind: graph.combinations(kind, repeat=repeat).total for kind in kinds}
    asked = largest_remainder({kind: shares[kind] for kind in kinds}, n)
    drawn = _within(asked, have, shares)
    quota = ClusterQuota(graph, clusters, drawn, seed, repeat=repeat) if clusters else None
    chosen = [
        one
        for place, kind in enumerate(KINDS)
        if drawn.get(kind)
        for one in _of_kind(graph, kind, drawn[kind], seed + place, repeat, quota)
    ]
    order = np.random.default_rng(seed).permutation(len(chosen)).tolist()
    account = tuple(KindShare(kind, asked[kind], have[kind], drawn[kind]) for kind in kinds)
    uneven = (quota.note,) if quota and quota.note else ()
    return Draw(tuple(chosen[i] for i in order), account, (*_notes(account, n), *uneven))


def _of_kind(
    graph: KnowledgeGraph, kind: Kind, n: int, seed: int, repeat: bool, quota: ClusterQuota | None
) -> Iterator[Combination]:
    if quota is None:
        return graph.combinations(kind, n, seed, repeat=repeat)
    return quota.draw(kind)


def largest_remainder(shares: Mapping[K, float], n: int) -> dict[K, int]:
    """Split `n` by `shares` into whole numbers that add up; equal remainders go to the one named first (FL-30)."""
    whole = sum(shares.values())
    exact = {kind: n * share / whole for kind, share in shares.items()}
    counts = {kind: int(value) for kind, value in exact.items()}
    by_remainder = sorted(exact, key=lambda kind: counts[kind] - exact[kind])
    for kind in by_remainder[: n - sum(counts.values())]:
        counts[kind] += 1
    return counts


def _within(asked: Mapping[Kind, int], have: Mapping[Kind, int], shares: Mapping[Kind, float]) -> dict[Kind, int]:
    """Cut each kind to what there is; hand the rest to kinds with room, by share, while there is a rest and room."""
    drawn = {kind: min(asked[kind], have[kind]) for kind in asked}
    while rest := sum(asked.values()) - sum(drawn.values()):
        room = {kind: shares[kind] for kind in drawn if drawn[kind] < have[kind]}
        if not room:
            break
        for kind, more in largest_remainder(room, rest).items():
            drawn[kind] = min(drawn[kind] + more, have[kind])
    return drawn


def _notes(account: tuple[KindShare, ...], n: int) -> tuple[str, ...]:
    short = [
        f"{one.kind}: {one.asked:,} asked, the graph has {one.available:,}; the other kinds fill up."
        for one in account
        if one.available < one.asked
    ]
    missing = n - sum(one.drawn for one in account)
    return (*short, *([f"{missing:,} of {n:,} combinations are missing: no kind has any left."] if missing else []))


def _check(shares: Mapping[Kind, float], n: int) -> None:
    unknown = [kind for kind in shares if kind not in KINDS]
    if unknown or any(share < 0 for share in shares.values()) or not sum(shares.values()) > 0:
        raise BadSetting(
            f"shares {dict(shares)} do not fit.",
            do=f"Give each of {', '.join(KINDS)} a share of 0 or more, one above 0.",
        )
    if n < 0:
        raise BadSetting(f"{n} combinations cannot be drawn.", do="Give 0 or more.")
