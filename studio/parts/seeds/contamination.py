"""Are seeds test problems? A table per benchmark, tier by tier, and what matches."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from engine.similarity.overlap import UNFOUND
from engine.store import Store
from studio.tasks import overlap_job
from studio.tasks.overlap_job import BenchmarkOverlap, OverlapJob
from studio.text.markdown import escape, plain
from studio.ui.blocks import block_title

_MOST = 500
"""Matching seeds that are listed."""


def contamination_table(store: Store) -> None:
    """Draw the table; without benchmarks say how to add one."""
    block_title("Contamination", "test problems among the seeds, tier by tier")
    if not store.benchmarks.names():
        st.caption("No test problems yet. Import a file with “These are test problems” switched on.")
        return
    job = overlap_job.look(store)
    # What is quickly compared needs no progress line.
    job.wait(0.3)
    if job.error:
        st.error(escape(str(job.error)), icon=":material/error:")
    elif job.found is None:
        _comparing(job)
    else:
        _draw(job.found)


@st.fragment(run_every="1s")
def _comparing(job: OverlapJob) -> None:
    """Show how far it is; the page is drawn anew when it has ended."""
    if job.found or job.error:
        st.rerun()
    st.progress(
        job.share, f"Comparing {job.total:,} seeds with test problems" if job.total else "Reading test problems"
    )


def _draw(found: BenchmarkOverlap) -> None:
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
        st.markdown(
            f":orange[:material/warning: {many - copies:,} with other numbers or words, or near a test problem.]"
        )
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


def _share(title: str) -> ColumnConfig:
    return st.column_config.ProgressColumn(title, min_value=0.0, max_value=1.0, format="%.2f", width="small")
