"""Are seeds test problems? A table per benchmark, tier by tier, and what matches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from engine.export import overlaps
from engine.similarity.contamination import NgramIndex
from engine.similarity.overlap import UNFOUND, OverlapHit, OverlapScreen
from engine.store import Store
from studio.text.markdown import escape, plain
from studio.ui.blocks import block_title

_MOST = 500
"""Matching seeds that are listed."""
_TOLD = {"ngrams": "copy", "numbers": "other numbers", "near": "near"}


@dataclass(frozen=True, slots=True)
class BenchmarkOverlap:
    """A row for each benchmark, and one for each seed that is a test item, or near to one."""

    benchmarks: pd.DataFrame
    """Benchmark, Items, Matches, Closest, Other numbers, Near."""
    pairs: pd.DataFrame
    """Statement, Test problem, Source, Benchmark, Tier, Figure."""
    copies: int
    """Seeds that the first tier finds."""
    limits: str
    """From which cosine on a seed is near, and what that rests on."""


@st.cache_data(show_spinner="Comparing seeds with test problems", max_entries=4)
def _compared(_store: Store, path: str, revision: int) -> BenchmarkOverlap:
    """Compare every seed with every benchmark; kept until seeds or benchmarks change."""
    screen = overlaps.screen(_store)
    seeds = _store.seeds.arrow().select(["statement", "source"]).to_pylist()
    texts = [seed["statement"] for seed in seeds]
    beyond: Counter[tuple[str, str]] = Counter()
    pairs = []
    for seed, hits in zip(seeds, screen.look(texts), strict=True):
        if hits:
            beyond[hits[0].item.benchmark, hits[0].tier] += 1
            pairs.append(_row(seed, hits[0]))
    pairs.sort(key=lambda row: list(_TOLD.values()).index(row[4]))
    rows = []
    for name in dict.fromkeys(item.benchmark for item in _store.benchmarks.all()):
        # A seed may be in several sets: each is asked by itself.
        index = NgramIndex(_store.benchmarks.all(name))
        found = [match for text in texts if (match := index.match(text))]
        closest = max((match.share for match in found), default=0.0)
        copies = sum(match.copied for match in found)
        rows.append((name, len(index), copies, closest, beyond[name, "numbers"], beyond[name, "near"]))
    columns = ["Benchmark", "Items", "Matches", "Closest", "Other numbers", "Near"]
    return BenchmarkOverlap(
        pd.DataFrame(rows, columns=columns),
        pd.DataFrame(pairs, columns=["Statement", "Test problem", "Source", "Benchmark", "Tier", "Figure"]),
        sum(count for (_, tier), count in beyond.items() if tier == "ngrams"),
        _limits(screen),
    )


def contamination_table(store: Store) -> None:
    """Draw the table; without benchmarks say how to add one."""
    block_title("Contamination", "test problems among the seeds, in three tiers")
    if not store.benchmarks.names():
        st.caption("No test problems yet. Import a file with “These are test problems” switched on.")
        return
    found = _compared(store, store.path, store.revision_of("seeds", "benchmarks"))
    st.dataframe(found.benchmarks, hide_index=True, column_config={"Closest": _share("Closest")})
    many, copies = len(found.pairs), found.copies
    if copies:
        st.markdown(
            f":orange[:material/block: {copies:,} {'seed matches' if copies == 1 else 'seeds match'} a test set.]"
        )
        st.caption(
            "Problems that copy a test item are dropped on the way; what is written from these seeds, at export."
        )
    else:
        st.markdown(":green[:material/check_circle: No seed repeats a test problem.]")
    if many > copies:
        st.markdown(f":orange[:material/warning: {many - copies:,} with other numbers, or near a test problem.]")
    st.caption(escape(f"{found.limits}. {UNFOUND[0].upper()}{UNFOUND[1:]}."))
    if many:
        _pairs(found.pairs)


def _pairs(pairs: pd.DataFrame) -> None:
    many = len(pairs)
    with st.popover(f"Show the {many:,}" if many > 1 else "Show it", icon=":material/visibility:", width="content"):
        texts = ("Statement", "Test problem")
        shown = pairs.head(_MOST).assign(**{name: [plain(text) for text in pairs[name].head(_MOST)] for name in texts})
        columns = {name: st.column_config.Column(width=250) for name in texts}
        st.dataframe(shown, hide_index=True, width=760, column_config={**columns, "Figure": _share("Figure")})
        if many > _MOST:
            st.caption(f"The first {_MOST:,} of {many:,}.")


def _row(seed: dict[str, str], hit: OverlapHit) -> tuple[str, str, str, str, str, float]:
    return seed["statement"], hit.item.statement, seed["source"], hit.item.benchmark, _TOLD[hit.tier], hit.figure


def _limits(screen: OverlapScreen) -> str:
    """Say from which cosine a seed is near, for each test set."""
    said = "; ".join(f"{name} from {limit.words}" for name, limit in screen.limits.items())
    return f"Near by cosine of {screen.how.embedder} vectors: {said}"


def _share(title: str) -> ColumnConfig:
    return st.column_config.ProgressColumn(title, min_value=0.0, max_value=1.0, format="%.2f", width="small")
