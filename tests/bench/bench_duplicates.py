"""Duplicates: 100,000 problems with 6,000 planted ones, beside MinHash bands alone in the same run.

A third of the planted ones repeat a problem in other spacing and case, a third have one to three words changed, and a
third have other numbers only, which makes another problem.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from result import BenchResult  # noqa: E402

from engine.similarity import duplicates  # noqa: E402
from engine.similarity.words import NUMBER_WORDS, words  # noqa: E402

ROWS, EACH = 100_000, 2_000
CPU_BAR, MISSED_BAR = 12.0, 0.01
USUAL = 0.8
"""The share of equal shingles at which bands are usually set."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts, and the rows that were planted among them."""

    texts: list[str]
    exact: frozenset[int]
    near: frozenset[int]
    variants: frozenset[int]


def run() -> list[BenchResult]:
    """Measure CPU seconds, the share of near repeats missed, and what was dropped wrongly."""
    corpus = planted()
    start = time.process_time()
    dropped = duplicates.find(corpus.texts).dropped
    seconds = time.process_time() - start
    bands = by_bands(corpus.texts)
    missed = 1 - len(dropped & corpus.near) / EACH
    missed_by_bands = 1 - len(bands & corpus.near) / EACH
    wrong = dropped - corpus.exact - corpus.near
    return [
        BenchResult.below(f"duplicates: {ROWS:,} problems", seconds, "CPU s", CPU_BAR),
        BenchResult.below("duplicates: near repeats missed", missed, "share", MISSED_BAR),
        BenchResult.against("duplicates: near missed, to bands", missed, "share", "bands alone", missed_by_bands, 0.1),
        BenchResult.below("duplicates: exact repeats missed", len(corpus.exact - dropped), "rows", 0),
        BenchResult.below("duplicates: number-only merges", len(dropped & corpus.variants), "rows", 0),
        BenchResult.below("duplicates: other rows dropped wrongly", len(wrong - corpus.variants), "rows", 0),
    ]


def planted(seed: int = 11) -> Corpus:
    """Return problems of 25 to 60 words; two or three of them are small numbers, so that many share their numbers."""
    rng = random.Random(seed)
    said = [f"{a}{b}{c}" for a in "bcdfglmnprstv" for b in ("a", "e", "ea", "i", "o", "u") for c in "bdgklmnprst"]
    said = [word for word in said if word not in duplicates.TURNS | NUMBER_WORDS]
    base = [_problem(rng, said) for _ in range(ROWS - 3 * EACH)]
    chosen = rng.sample(range(len(base)), 3 * EACH)
    texts = [" ".join(problem) for problem in base]
    texts += ["  ".join(base[row]).upper() + "\n" for row in chosen[:EACH]]
    texts += [" ".join(_reworded(rng, base[row], said)) for row in chosen[EACH : 2 * EACH]]
    texts += [" ".join(_renumbered(rng, base[row])) for row in chosen[2 * EACH :]]
    ends = [range(len(base) + part * EACH, len(base) + (part + 1) * EACH) for part in range(3)]
    return Corpus(texts, *map(frozenset, ends))


def _problem(rng: random.Random, said: list[str]) -> list[str]:
    problem = rng.choices(said, k=rng.randint(25, 60))
    for spot in rng.sample(range(len(problem)), rng.randint(2, 3)):
        problem[spot] = str(rng.randint(2, 30))
    return problem


def _reworded(rng: random.Random, problem: list[str], said: list[str]) -> list[str]:
    spots = rng.sample([spot for spot, word in enumerate(problem) if not word.isdigit()], rng.randint(1, 3))
    return [rng.choice(said) if spot in spots else word for spot, word in enumerate(problem)]


def _renumbered(rng: random.Random, problem: list[str]) -> list[str]:
    more = rng.randint(31, 99)
    return [str(int(word) + more) if word.isdigit() else word for word in problem]


def by_bands(texts: list[str]) -> frozenset[int]:
    """Rows that share a band with an earlier row, bands set as usual, and nothing checked afterwards."""
    from rensa import RMinHash, RMinHashLSH

    shingles = [[" ".join(said[at : at + 5]) for at in range(max(1, len(said) - 4))] for said in map(words, texts)]
    hashes = RMinHash.from_token_sets(shingles, 128, 42)
    index = RMinHashLSH(USUAL, 128, 16)
    index.insert_many(hashes)
    return frozenset(row for row, near in enumerate(index.query_all(hashes)) if min(near, default=row) < row)


if __name__ == "__main__":
    for result in run():
        print(result)
