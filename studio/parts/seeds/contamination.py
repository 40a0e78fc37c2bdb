"""Do seeds repeat test problems? A table per benchmark, and what matches."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from engine.core.records import BenchmarkItem
from engine.similarity.contamination import NgramIndex
from engine.store import Store
from studio.text.markdown import plain
from studio.ui.blocks import block_title

_MOST = 500
"""Matching seeds that are listed."""


@dataclass(frozen=True, slots=True)
class BenchmarkOverlap:
    """A row for each benchmark, and one for each seed that holds a test item."""

    benchmarks: pd.DataFrame
    """Benchmark, Items, Matches, Closest."""
    copies: pd.DataFrame
    """Statement, Source, Benchmark, Share."""


@st.cache_data(show_spinner="Comparing seeds with test problems", max_entries=4)
def _compared(_store: Store, path: str, revision: int) -> BenchmarkOverlap:
    """Compare every seed with every benchmark; kept until seeds or benchmarks change."""
    items: dict[str, list[BenchmarkItem]] = {}
    for item in _store.benchmarks.all():
        items.setdefault(item.benchmark, []).append(item)
    seeds = _store.seeds.arrow().select(["statement", "source"]).to_pylist()
    rows, copies = [], []
    for name, tests in items.items():
        index = NgramIndex(tests)
        found = [(seed, match) for seed in seeds if (match := index.match(seed["statement"]))]
        same = [(seed["statement"], seed["source"], name, match.share) for seed, match in found if match.copied]
        rows.append((name, len(tests), len(same), max((match.share for _, match in found), default=0.0)))
        copies += same
    return BenchmarkOverlap(
        pd.DataFrame(rows, columns=["Benchmark", "Items", "Matches", "Closest"]),
        pd.DataFrame(copies, columns=["Statement", "Source", "Benchmark", "Share"]),
    )


def contamination_table(store: Store) -> None:
    """Draw the table; without benchmarks say how to add one."""
    block_title("Contamination", "8-word runs shared with test problems")
    if not store.benchmarks.names():
        st.caption("No test problems yet. Import a file with “These are test problems” switched on.")
        return
    found = _compared(store, store.path, store.revision_of("seeds", "benchmarks"))
    st.dataframe(found.benchmarks, hide_index=True, column_config={"Closest": _share("Closest")})
    many = len(found.copies)
    if not many:
        st.markdown(":green[:material/check_circle: No seed repeats a test problem.]")
        return
    st.markdown(f":orange[:material/block: {many:,} {'seed matches' if many == 1 else 'seeds match'} a test set.]")
    st.caption("Problems that copy a test item are dropped on the way; what is written from these seeds, at export.")
    with st.popover(f"Show the {many:,}" if many > 1 else "Show it", icon=":material/visibility:", width="content"):
        shown = found.copies.head(_MOST).assign(
            Statement=[plain(text) for text in found.copies["Statement"].head(_MOST)]
        )
        columns = {"Statement": st.column_config.Column(width=250), "Share": _share("Share")}
        st.dataframe(shown, hide_index=True, width=560, column_config=columns)
        if many > _MOST:
            st.caption(f"The first {_MOST:,} of {many:,}.")


def _share(title: str) -> ColumnConfig:
    return st.column_config.ProgressColumn(title, min_value=0.0, max_value=1.0, format="%.2f", width="small")
