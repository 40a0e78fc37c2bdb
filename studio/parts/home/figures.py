"""The funnel from seed to training set, the pace, and what changed last."""

from __future__ import annotations

import time

import pandas as pd
import streamlit as st

from engine.store import ProjectFunnel, Store
from studio import navigation
from studio.charts import bars, draw
from studio.text.markdown import escape
from studio.theme import tokens
from studio.ui.blocks import block_title
from studio.ui.run_monitor import duration

_STAGES = (
    ("seeds", "Seeds", "seeds", ":material/input:"),
    ("written", "Written", "generate", ":material/auto_awesome:"),
    ("judged", "Judged", "tune", ":material/balance:"),
    ("selected", "Selected", "tune", ":material/tune:"),
    ("approved", "Approved", "review", ":material/fact_check:"),
    ("exported", "Exported", "export", ":material/upload:"),
)


def funnel(found: ProjectFunnel) -> None:
    """Draw six figures, each a link to the page that can change it."""
    block_title("From seed to training set")
    # One border around all six: six of their own leave no room for the words on a narrow screen.
    with st.container(border=True):
        for column, (key, label, page, icon) in zip(st.columns(6, gap="xxsmall"), _STAGES, strict=True):
            with column:
                st.metric(label, f"{getattr(found, key):,}")
                navigation.link(page, "Open", icon=icon)


def pace(store: Store) -> None:
    """Draw what was written and decided per day."""
    days = store.home.per_day()
    if not len(days):
        return
    block_title("Items a day")
    names = [f"{day:%b %d}" for day in days["day"]]
    series = {"written": days["written"].tolist(), "decided": days["decided"].tolist()}
    colours = tokens()
    finding = f"{sum(series['written']):,} written and {sum(series['decided']):,} decided on {len(names)} days."
    made = bars(names, series, [colours.dropped, colours.good])
    made.update_xaxes(type="category")
    made.update_traces(width=min(0.8, 0.1 * len(names)))
    draw(made, key="home.pace", alt=finding)


def changes(store: Store) -> None:
    """Say what changed last, newest first."""
    found: pd.DataFrame = store.home.changes(8)
    if not len(found):
        return
    block_title("Last changes")
    columns = (found[name].tolist() for name in ("made_at", "what", "who", "subject", "detail"))
    lines = []
    for at, what, who, subject, detail in zip(*columns, strict=True):
        parts = [str(part) for part in (who, what, subject, detail) if isinstance(part, str) and part]
        lines.append(f":gray[{duration(time.time() - at)}] {escape(' '.join(' · '.join(parts).split())[:140])}")
    st.markdown("  \n".join(lines))
