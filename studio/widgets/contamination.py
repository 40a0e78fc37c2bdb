"""Do seeds repeat test problems? A table per benchmark, and what matches."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.checks.contamination import Index
from engine.records import BenchmarkItem
from engine.store import Store
from studio.widgets.blocks import block_title


@st.cache_data(show_spinner="Comparing seeds with test problems", max_entries=4)
def _closest(_store: Store, path: str, revision: int) -> pd.DataFrame:
    """Return benchmark, items, matches, closest; one row per benchmark. Cached until seeds or benchmarks change."""
    items: dict[str, list[BenchmarkItem]] = {}
    for item in _store.benchmarks.all():
        items.setdefault(item.benchmark, []).append(item)
    statements = _store.seeds.arrow()["statement"].to_pylist()
    rows = []
    for name, tests in items.items():
        index = Index(tests)
        found = [match for statement in statements if (match := index.match(statement))]
        copies = sum(match.copied for match in found)
        rows.append((name, len(tests), copies, max((match.share for match in found), default=0.0)))
    return pd.DataFrame(rows, columns=["Benchmark", "Items", "Matches", "Closest"])


def contamination_table(store: Store) -> None:
    """Draw the table; without benchmarks say how to add one."""
    block_title("Contamination", "8-word runs shared with test problems")
    if not store.benchmarks.names():
        st.caption("No test problems yet. Import a file with “These are test problems” switched on.")
        return
    found = _closest(store, store.path, store.revision_of("seeds", "benchmarks"))
    share = st.column_config.ProgressColumn("Closest", min_value=0.0, max_value=1.0, format="%.2f")
    st.dataframe(found, hide_index=True, column_config={"Closest": share})
    copies = int(found["Matches"].sum())
    if copies:
        st.markdown(f":orange[:material/block: {copies:,} seeds match a test set.]")
        st.caption("Generated problems that copy a test item are dropped on the way.")
