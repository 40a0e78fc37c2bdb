"""Seeds held against test problems, beside the page: vectors of thousands of texts take longer than a rerun may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from engine.export import overlaps
from engine.similarity.contamination import NgramIndex
from engine.similarity.overlap import BATCH, OverlapHit, OverlapScreen
from engine.store import Store
from studio.tasks.background import Background

_TOLD = {"ngrams": "copy", "numbers": "other numbers", "judged": "other words", "near": "near"}
_MOST = 4


@dataclass(frozen=True, slots=True)
class BenchmarkOverlap:
    """A row for each benchmark, and one for each seed that is a test item, or near to one."""

    benchmarks: pd.DataFrame
    """Benchmark, Items, Matches, Closest, Other numbers, Other words (as a model says), Near."""
    pairs: pd.DataFrame
    """Statement, Test problem, Source, Benchmark, Tier, Figure."""
    copies: int
    """Seeds that the first tier finds."""
    limits: str
    """From which cosine on a seed is near, and what that rests on."""


@dataclass
class OverlapJob(Background):
    """One comparison on its way; `found` or `error` is there when it has ended."""

    changes = False

    store: Store
    found: BenchmarkOverlap | None = None
    done: int = 0
    total: int = 0

    @property
    def share(self) -> float:
        """Share of the seeds that were looked at, 0 to 1."""
        return self.done / self.total if self.total else 0.0

    def work(self) -> None:
        """Compare every seed with every benchmark."""
        self.found = compared(self.store, self._told)

    def _told(self, done: int, total: int) -> None:
        self.done, self.total = done, total


def look(store: Store) -> OverlapJob:
    """Return the comparison of the seeds and benchmarks as they are; what was found once is kept until they change."""
    key, known = (store.path, store.revision_of("seeds", "benchmarks")), _known()
    if key not in known:
        if len(known) >= _MOST:
            known.pop(next(iter(known)))
        known[key] = OverlapJob(store).start()
    return known[key]


def compared(store: Store, told: Callable[[int, int], None]) -> BenchmarkOverlap:
    """Compare every seed with every benchmark; `told` hears how many seeds were looked at, of how many."""
    screen = overlaps.screen(store)
    seeds = store.seeds.arrow().select(["statement", "source"]).to_pylist()
    texts = [seed["statement"] for seed in seeds]
    hit_of: list[tuple[OverlapHit, ...]] = []
    for start in range(0, len(texts), BATCH):
        told(start, len(texts))
        hit_of += screen.look(texts[start : start + BATCH])
    beyond: Counter[tuple[str, str]] = Counter()
    pairs = []
    for seed, hits in zip(seeds, hit_of, strict=True):
        if hits:
            beyond[hits[0].item.benchmark, hits[0].tier] += 1
            pairs.append(_row(seed, hits[0]))
    pairs.sort(key=lambda row: list(_TOLD.values()).index(row[4]))
    rows = []
    for name in dict.fromkeys(item.benchmark for item in store.benchmarks.all()):
        # A seed may be in several sets: each is asked by itself.
        index = NgramIndex(store.benchmarks.all(name))
        found = [match for text in texts if (match := index.match(text))]
        closest = max((match.share for match in found), default=0.0)
        copies = sum(match.copied for match in found)
        rows.append(
            (name, len(index), copies, closest, *(beyond[name, tier] for tier in ("numbers", "judged", "near")))
        )
    columns = ["Benchmark", "Items", "Matches", "Closest", "Other numbers", "Other words", "Near"]
    return BenchmarkOverlap(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(pairs, columns=["Statement", "Test problem", "Source", "Benchmark", "Tier", "Figure"]),
        sum(count for (_, tier), count in beyond.items() if tier == "ngrams"),
        _limits(screen),
    )


def _row(seed: dict[str, str], hit: OverlapHit) -> tuple[str, str, str, str, str, float]:
    return seed["statement"], hit.item.statement, seed["source"], hit.item.benchmark, _TOLD[hit.tier], hit.figure


def _limits(screen: OverlapScreen) -> str:
    """Say from which cosine a seed is near, for each test set."""
    said = "; ".join(f"{name} from {limit.words}" for name, limit in screen.limits.items())
    return f"Near by cosine of {screen.how.embedder} vectors: {said}"


@st.cache_resource(show_spinner=False)
def _known() -> dict[tuple[str, int], OverlapJob]:
    return {}
