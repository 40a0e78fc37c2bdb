"""Rows on which judges, the symbolic check or solvers differ, and the way to have people read them."""

from __future__ import annotations

import streamlit as st

from engine.curation.review.disagreements import Disagreements
from engine.store import Store
from studio import navigation
from studio.text.markdown import escape, plain
from studio.ui.blocks import block_title

SENT = 40
SHOWN = 200


def agreeing(compared: int) -> str:
    """Return in words that none of so many undecided rows is listed."""
    if not compared:
        return "No undecided row has two witnesses that could differ: two judges, a judge and a check, or two solvers."
    if compared == 1:
        return "The witnesses of the one undecided row that has two or more say the same."
    return f"The witnesses of all {compared:,} undecided rows that have two or more say the same."


def disagreements_view(found: Disagreements, store: Store) -> None:
    """Draw the rows by what a label of them is expected to tell."""
    said = escape(", ".join(f"{count:,} {kind}" for kind, count in found.counts.items() if count))
    block_title("Disagreements", f"{found.total:,} undecided rows: {said}" if said else "")
    if not found.rows:
        st.caption(agreeing(found.compared))
        return
    shown = found.rows[:SHOWN]
    texts = store.problems.statements([one.problem_id for one in shown])
    rows = [
        {"Problem": plain(text)[:200], "Bits": one.bits, "Who differs": plain(one.why)}
        for one, text in zip(shown, texts, strict=True)
    ]
    columns = {
        "Bits": st.column_config.NumberColumn(
            format="%.2f", help="Entropy of the chance that the row is good, witnesses weighing alike."
        ),
        "Problem": st.column_config.Column(width=520),
        "Who differs": st.column_config.Column(width=420),
    }
    st.dataframe(rows, hide_index=True, height=300, column_config=columns, key="judges.disagreements")
    sent = min(SENT, len(found.rows))
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(f"Send {sent:,} to review", icon=":material/fact_check:", key="judges.send"):
            navigation.go("review", queue="ids", ids=",".join(one.problem_id for one in found.rows[:sent]))
        st.caption(
            escape(
                "These rows are hand-picked: their labels help the rows and show how judges err, and help no "
                "precision. For that, label a random draw."
            ),
            width="stretch",
        )
