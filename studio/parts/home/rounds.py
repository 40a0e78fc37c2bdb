"""The rounds so far, with the accuracy of each model and how it rose or fell."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from engine.learning.rounds import promotion_state
from engine.store import Store
from studio import navigation
from studio.parts.rounds.cards import round_state
from studio.ui.blocks import block_title

MOST = 6


def rounds(store: Store) -> None:
    """Draw the last rounds and the way to them, nothing where there was none."""
    if table(store):
        navigation.link("rounds", "Open rounds", icon=":material/autorenew:")


def table(store: Store) -> bool:
    """Draw the last rounds as a table; return whether there was one."""
    events = store.rounds.events()
    found = promotion_state.outcomes(events)
    if not found:
        return False
    block_title("Rounds")
    here, rows = promotion_state.current(events), []
    for place, one in enumerate(found, start=1):
        so_far = [_mean(found[0].before), *(_mean(earlier.accuracy) for earlier in found[:place])]
        rows.append(
            {
                "Round": f"M{place}",
                "State": round_state(one, events, here)[0],
                "Accuracy": so_far[-1],
                "Change": None if one.gain is None else 100 * one.gain,
                "Trend": [value for value in so_far if value is not None],
            }
        )
    st.dataframe(
        pd.DataFrame(rows[-MOST:]),
        hide_index=True,
        placeholder="–",
        column_config={
            "Accuracy": st.column_config.NumberColumn(format="%.1f", help="Mean over the benchmarks, in percent."),
            "Change": st.column_config.NumberColumn(format="%+.1f", help="Against the model it started from."),
            "Trend": st.column_config.LineChartColumn(help="Mean accuracy from the first model to this one."),
        },
    )
    return True


def _mean(accuracy: Mapping[str, float]) -> float | None:
    return 100 * sum(accuracy.values()) / len(accuracy) if accuracy else None
