"""All four kinds of combinations over 12,000 points and 60,000 edges, against plain scipy and networkx in the same run.

Each side runs in a process of its own, so that peak memory and CPU seconds belong to it alone.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import scipy.sparse as sp

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402
from tests.bench.side import alone, peak_mb  # noqa: E402

POINTS, EDGES, CORE = 12_000, 60_000, 120
Counts = dict[str, int]


def edges(seed: int = 7) -> np.ndarray:
    """Return (60,000, 2) different edges: problems of five points each, where some points are much more common."""
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(1, POINTS + 1) ** 0.45
    found: dict[tuple[int, int], None] = {}
    while len(found) < EDGES:
        problems = np.sort(rng.choice(POINTS, size=(1000, 5), p=weight / weight.sum()), axis=1)
        found.update(
            dict.fromkeys(pair for row in problems.tolist() for pair in combinations(row, 2) if len({*pair}) == 2)
        )
    return np.array(list(found)[:EDGES])


def of_ours() -> Counts:
    """Count with the product's graph."""
    from engine.core.records import KINDS
    from engine.knowledge.graph import KnowledgeGraph

    pairs = ((str(edge), f"k{end:05d}") for edge, ends in enumerate(edges().tolist()) for end in ends)
    graph = KnowledgeGraph.from_incidence(pairs, core_points=CORE)
    start = time.process_time()
    counts = {kind: graph.count(kind) for kind in KINDS}
    return {**counts, "cpu_us": int(1e6 * (time.process_time() - start))}


def of_scipy() -> Counts:
    """Count with sparse products a block of rows at a time, without any trick."""
    ends = edges()
    ones = np.ones(2 * len(ends), dtype=np.int32)
    both = np.concatenate([ends, ends[:, ::-1]])
    adjacency = sp.csr_array((ones, (both[:, 0], both[:, 1])), shape=(POINTS, POINTS))
    degrees = np.diff(adjacency.indptr)
    core = np.argsort(-degrees, kind="stable")[:CORE]
    start = time.process_time()
    two = 0
    for first in range(0, POINTS, 1024):
        rows = adjacency[first : first + 1024]
        product = rows @ adjacency
        product.data[:] = 1
        two += int((sp.triu(product - product.multiply(rows), first + 1)).sum())
    steps = adjacency[core]
    second = (steps @ adjacency).astype(bool)
    third = (second @ adjacency).astype(bool).toarray()
    third &= ~(second.toarray() | steps.astype(bool).toarray())
    third[np.arange(CORE), core] = False
    third[:, core] = False
    upper = sp.triu(adjacency, 1, format="csr")
    triangles = int((upper @ upper).multiply(upper).sum())
    cpu = time.process_time() - start
    counts = {"one-hop": len(ends), "two-hop": two, "three-hop": int(third.sum()), "community": triangles}
    return {**counts, "cpu_us": int(1e6 * cpu)}


def of_networkx() -> Counts:
    """Count with networkx by the definitions."""
    import networkx as nx

    graph = nx.Graph(edges().tolist())
    graph.add_nodes_from(range(POINTS))
    by_degree = sorted(graph, key=lambda node: (-graph.degree[node], node))
    core = set(by_degree[:CORE])
    start = time.process_time()
    two = sum(
        hops == 2 and near < far
        for near in graph
        for far, hops in nx.single_source_shortest_path_length(graph, near, 2).items()
    )
    three = sum(
        hops == 3 and far not in core
        for near in core
        for far, hops in nx.single_source_shortest_path_length(graph, near, 3).items()
    )
    triangles = sum(nx.triangles(graph).values()) // 3
    cpu = time.process_time() - start
    return {
        "one-hop": graph.number_of_edges(),
        "two-hop": two,
        "three-hop": three,
        "community": triangles,
        "cpu_us": int(1e6 * cpu),
    }


SIDES = {"ours": of_ours, "scipy": of_scipy, "networkx": of_networkx}


def run() -> list[BenchResult]:
    """Run the three sides one after the other; the counts must be equal."""
    ours, plain, peer = (alone(__file__, side) for side in SIDES)
    kinds = ("one-hop", "two-hop", "three-hop", "community")
    differing = sum(not ours[kind] == plain[kind] == peer[kind] for kind in kinds)
    return [
        BenchResult.against("graph, four kinds", ours["cpu_us"] / 1e6, "CPU s", "scipy", plain["cpu_us"] / 1e6, 1.5),
        BenchResult.against("graph, four kinds", ours["cpu_us"] / 1e6, "CPU s", "networkx", peer["cpu_us"] / 1e6, 1.0),
        BenchResult.below("graph, peak memory", ours["peak_mb"], "MB", 200),
        BenchResult.below("graph, kinds whose counts differ", differing, "kinds", 0),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        counted = SIDES[sys.argv[1]]()
        print(json.dumps({**counted, "peak_mb": peak_mb()}))
    else:
        for one in run():
            print(one)
