"""Two rounds side by side: what their data hold, and how their models differ by concept."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.core.project import Project
from engine.learning.rounds import comparison
from engine.learning.rounds.promotion import answers_of
from engine.learning.rounds.promotion_state import Outcome
from engine.store import Store
from studio.parts.rounds.gain import gain_chart
from studio.parts.rounds.start import STUDIES, folder_of
from studio.text.markdown import rich
from studio.ui.blocks import block_title


@st.dialog("Compare two rounds", width="large", icon=":material/compare_arrows:")
def compare_dialog(project: Project, store: Store, rounds: Sequence[Outcome]) -> None:
    """Draw how models and data of two rounds differ, such as two studies from the same start."""
    names = {f"M{place}": one for place, one in enumerate(rounds, start=1)}
    left, right = st.columns(2)
    first = left.selectbox("First", list(names), max(0, len(names) - 2), key="rounds.compare.first")
    second = right.selectbox("Second", list(names), len(names) - 1, key="rounds.compare.second")
    for cell, name in ((left, first), (right, second)):
        cell.caption(f"Samples examined by: {STUDIES[names[name].study].lower()}")
    block_title("Models", f"accuracy change per concept, {first} to {second}")
    moved = comparison.changes(*(answers_of(store, names[name]) for name in (first, second)))
    gain_chart(moved, key="rounds.compare.gain")
    for change in comparison.data(folder_of(project, names[first]), folder_of(project, names[second])):
        what = {"train": "Learnt in the round", "candidates": "Fine-tuning data that came of it"}[change.name]
        block_title(what, f"{change.shared:,} in both")
        _facts(change, first, second)
        for text in change.only_second[:2]:
            with st.container(border=True):
                st.markdown(rich(text))


def _facts(change: comparison.DataChange, first: str, second: str) -> None:
    cells = st.columns(3)
    both = zip((first, second), (change.first, change.second), change.words, strict=True)
    for cell, (name, count, words) in zip(cells, both, strict=False):
        cell.metric(f"{name}, examples", f"{count:,}", f"{words:.0f} words", delta_color="off", delta_arrow="off")
    cells[2].metric(f"Only in {second}", f"{change.second - change.shared:,}")
