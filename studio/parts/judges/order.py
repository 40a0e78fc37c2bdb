"""What came of asking judges about pairs both ways round: `lemma bench order` keeps it in the project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from engine.learning.evaluation.order_results import KeptOrder, kept_orders
from studio.text.markdown import plain
from studio.ui.blocks import block_title

_TWO = st.column_config.NumberColumn(format="%.2f")
_BIASED = {True: "the place counts", False: "may be chance", None: "can't tell"}


def order_results(project: Path) -> Sequence[KeptOrder]:
    """Return what was measured in this project, the newest first."""
    return kept_orders(project)


def order_view(found: Sequence[KeptOrder]) -> None:
    """Draw a row for each model and file: how often its word holds, and which way it leans."""
    block_title("When the two solutions change places", "the same pair asked both ways")
    st.dataframe(
        [_row(one) for one in found], hide_index=True, placeholder="–", key="judges.order",
        column_config={"Keeps its word": _TWO, "Leans to the first": _TWO},
    )  # fmt: skip
    st.caption(
        "Leaning is the share of pairs that went to the first place less that to the second: 0 is none, and the word "
        "says whether its interval holds 0. A word that holds both ways may still be wrong."
    )


def _row(one: KeptOrder) -> dict[str, Any]:
    bias = one.bias
    return {
        "Model": plain(one.model),
        "Pairs": bias.pairs,
        "Keeps its word": bias.consistent_share,
        "95 %": _ends(bias.consistent_low, bias.consistent_high),
        "Leans to the first": bias.preference,
        "95 % ": _ends(bias.preference_low, bias.preference_high),
        "In words": _BIASED[bias.biased],
        "Unread": bias.unread,
        "Columns": plain(" / ".join(one.columns)),
        "When": one.when,
    }


def _ends(low: float | None, high: float | None) -> str | None:
    return None if low is None or high is None else f"{low:.2f} – {high:.2f}"
