"""Score curation: 20,000 x 384, 6 scores, 50 rounds and 51 epochs, beside one search and plain loops in the same run.

The peer searches once as well and does the least that gives the same scores. Memory is measured at 100,000 x 384, each
side in a process of its own; it does not grow with rounds or epochs, so there are few of them.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402
from tests.bench.side import alone, peak_mb  # noqa: E402

ROWS, MANY, WIDTH, SCORES = 20_000, 100_000, 384, 6
ROUNDS, EPOCHS, LISTED, VOTERS = 50, 51, 40, 9
SEED, SHARE = 1, 0.9
BAR, MEMORY_MB = 1.3, 2_000
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Vectors = npt.NDArray[np.float32]


def run() -> list[BenchResult]:
    """Run the sides one after the other; flagged scores and what they become must be equal."""
    ours, plain, many = (alone(__file__, side) for side in SIDES)
    name = f"curation: {ROWS:,} x {WIDTH}"
    differing = len(set(map(tuple, ours["changed"])) ^ set(map(tuple, plain["changed"])))
    return [
        BenchResult.against(name, ours["cpu_s"], "CPU s", "one search, plain loops", plain["cpu_s"], BAR),
        BenchResult.below(f"{name}, peak memory", ours["peak_mb"], "MB", MEMORY_MB),
        BenchResult.below("curation: scores that differ from the peer's", differing, "rows", 0),
        BenchResult.below(f"curation: {MANY:,} x {WIDTH}, peak memory", many["peak_mb"], "MB", MEMORY_MB),
    ]


def corpus(rows: int, ideas: int = 400, seed: int = 3) -> tuple[Vectors, Ints]:
    """Return unit rows around ideas that have a true score each, and reports of which a fifth are one off."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((ideas, WIDTH), dtype=np.float32)
    idea = rng.integers(0, ideas, rows)
    vectors = rng.standard_normal((rows, WIDTH), dtype=np.float32)
    vectors *= 0.7
    vectors += centres[idea]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    true = rng.integers(0, SCORES, ideas)[idea]
    off = np.where(rng.random(rows) < 0.2, rng.choice([-1, 1], rows), 0)
    return vectors, np.clip(true + off, 0, SCORES - 1)


def of_ours() -> dict[str, object]:
    """Curate with the product, as published: the peer knows no guard of rare scores."""
    from engine.curation.ds2.classes import AS_PUBLISHED
    from engine.curation.ds2.curated import curate

    vectors, reports = corpus(ROWS)
    start = time.process_time()
    found = curate(vectors, reports, SCORES, seed=SEED, rounds=ROUNDS, epochs=EPOCHS, limits=AS_PUBLISHED)
    cpu = time.process_time() - start
    return {"cpu_s": cpu, "changed": [[int(row), int(found.scores[row])] for row in found.changed]}


def of_many() -> dict[str, object]:
    """Curate five times as many rows with the product; two rounds and epochs hold as much memory as fifty."""
    from engine.curation.ds2.curated import curate

    vectors, reports = corpus(MANY)
    start = time.process_time()
    curate(vectors, reports, SCORES, seed=SEED, rounds=2, epochs=2)
    return {"cpu_s": time.process_time() - start}


def of_plain() -> dict[str, object]:
    """One search, and then what the method says, written down without anything around it."""
    from engine.curation.ds2.consensus import Consensus
    from engine.curation.ds2.transition import solve

    vectors, reports = corpus(ROWS)
    start = time.process_time()
    index, cosine = _searched(vectors)
    found = [_consensus(reports, rows, near) for rows, near, _ in _draws(index, cosine, ROUNDS, 2, [SEED])]
    estimate = solve(Consensus(*(np.mean([each[part] for each in found], axis=0) for part in range(3))), seed=SEED)
    share = np.bincount(reports, minlength=SCORES) / ROWS
    noise = np.clip(1 - np.minimum(np.diag(estimate.T) * estimate.p / share, 1), 0.05, 0.95)
    drawn, bad, said = np.zeros(ROWS), np.zeros(ROWS), np.zeros((ROWS, SCORES))
    for rows, near, closeness in _draws(index, cosine, EPOCHS, VOTERS, [SEED, 1]):
        wrong, best = _epoch(reports, rows, near, closeness, noise)
        drawn[rows] += 1
        bad[rows[wrong]] += 1
        said[rows[wrong], best[wrong]] += 1
    error = (bad + 1) / (drawn + 2)
    weight = (said + 1) / (said.sum(axis=1, keepdims=True) + SCORES)
    weight[np.arange(ROWS), reports] = -1
    changed = np.flatnonzero((error > 0.5) & (weight.max(axis=1) * error >= 0.5))
    cpu = time.process_time() - start
    return {"cpu_s": cpu, "changed": [[int(row), int(weight[row].argmax())] for row in changed]}


def _searched(vectors: Vectors) -> tuple[Ints, Vectors]:
    """Return the nearest rows of every row, nearest first, and their cosines."""
    index = np.empty((ROWS, LISTED), np.int64)
    cosine = np.empty((ROWS, LISTED), np.float32)
    for start in range(0, ROWS, 1_000):
        block = vectors[start : start + 1_000] @ vectors.T
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -2
        best = np.argpartition(block, ROWS - LISTED, axis=1)[:, ROWS - LISTED :]
        close = np.take_along_axis(block, best, axis=1)
        order = np.argsort(-close, axis=1)
        index[start : start + 1_000] = np.take_along_axis(best, order, axis=1)
        cosine[start : start + 1_000] = np.take_along_axis(close, order, axis=1)
    return index, cosine


def _draws(index: Ints, cosine: Vectors, count: int, k: int, seed: list[int]) -> Iterator[tuple[Ints, Ints, Vectors]]:
    """Yield rows of a draw, and the k nearest of each that are in it."""
    rng = np.random.default_rng(seed if len(seed) > 1 else seed[0])
    for _ in range(count):
        rows = np.sort(rng.permutation(ROWS)[: int(SHARE * ROWS)])
        here = np.zeros(ROWS, bool)
        here[rows] = True
        listed = index[rows]
        there = here[listed]
        first = np.argsort(~there, axis=1, kind="stable")[:, :k]
        if not np.take_along_axis(there, first, axis=1).all():
            raise RuntimeError("a list ran dry: the peer would need another search")
        yield rows, np.take_along_axis(listed, first, axis=1), np.take_along_axis(cosine[rows], first, axis=1)


def _consensus(reports: Ints, rows: Ints, near: Ints) -> tuple[Floats, Floats, Floats]:
    one, two, three = reports[rows], reports[near[:, 0]], reports[near[:, 1]]
    counts = np.bincount((one * SCORES + two) * SCORES + three, minlength=SCORES**3).astype(float)
    cube = counts.reshape(SCORES, SCORES, SCORES) / len(rows)
    return cube.sum(axis=(1, 2)), cube.sum(axis=2), cube


def _epoch(
    reports: Ints, rows: Ints, near: Ints, closeness: Vectors, noise: Floats
) -> tuple[npt.NDArray[np.bool_], Ints]:
    """Return which drawn rows are flagged, and the score with most votes of each."""
    distance = 1 - closeness.astype(float)
    weight = 1 - np.column_stack([2 * distance[:, 0] - distance[:, 1], distance])
    cell = np.arange(len(rows))[:, None] * SCORES + reports[np.column_stack([rows, near])]
    votes = np.bincount(cell.ravel(), weight.ravel(), len(rows) * SCORES).reshape(-1, SCORES)
    votes /= np.linalg.norm(votes, axis=1, keepdims=True)
    own = reports[rows]
    badness = -np.log(np.maximum(votes[np.arange(len(rows)), own], 0) + 1e-8)
    limit = np.array([np.percentile(badness[own == score], 100 * (1 - noise[score])) for score in range(SCORES)])
    return badness >= limit[own], votes.argmax(axis=1)


SIDES = {"ours": of_ours, "plain": of_plain, "many": of_many}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps({**SIDES[sys.argv[1]](), "peak_mb": peak_mb()}))
    else:
        for one in run():
            print(one)
