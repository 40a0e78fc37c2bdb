"""Rows of the Tune page and, beside them, why one of them is in or out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from engine.curation import policy as policies
from engine.curation.explain import why
from engine.curation.listing import Listing, Order, listing
from engine.curation.policy import Selection
from engine.curation.scores import SCORES
from engine.store import Store
from studio import navigation
from studio.latex import escape, plain, rich
from studio.widgets.tune_reads import Board

PAGE = 200
_NAMES: dict[Order, str] = {
    "borderline": "Borderline first",
    "kept": "Kept",
    "dropped": "Dropped",
    "review": "Lacks a score",
    "only this": "Only these limits",
    "only saved": "Only the other policy",
    "disagrees": "People disagree",
}


def rows_view(
    store: Store, board: Board, now: Selection, other: Selection | None, within: NDArray[np.bool_] | None
) -> None:
    """Draw 200 rows a page, and the reasons for the one that is selected."""
    orders = [order for order in _NAMES if other is not None or not order.startswith("only")]
    left, right = st.columns([2.15, 1], gap="medium")
    with left:
        picked = st.columns([3, 1.3])
        order = picked[1].selectbox(
            "Order",
            orders,
            format_func=lambda order: _NAMES[order],
            label_visibility="collapsed",
            key="tune.rows.order",
        )
        # People overrule the rules, so only the rules alone can disagree with them.
        ruled = policies.apply(now.policy, board.table, override=False) if order == "disagrees" else now
        found = listing(board.table, ruled, order, saved=other, within=within, size=PAGE, offset=_offset())
        if not found.ids and _offset():
            st.session_state["tune.rows.page"] = 1
            st.rerun()
        picked[0].caption(f"{found.total:,} rows")
        row = _table(board, now, found)
        _pages(found.total)
    with right:
        if row is None:
            st.caption("Select a row to see why it is in or out.")
        else:
            _why(store, board, now, row)


def _offset() -> int:
    return PAGE * (int(st.session_state.get("tune.rows.page", 1)) - 1)


def _pages(total: int) -> None:
    count = -(-total // PAGE)
    if count > 1:
        st.pagination(count, key="tune.rows.page")


def _table(board: Board, now: Selection, found: Listing) -> int | None:
    """Draw the page and return the number of the selected row."""
    rows = list(found.rows)
    taken = board.rows.take(rows)
    shown: dict[str, Any] = {
        "": ["kept" if now.kept[row] else "review" if now.review[row] else "dropped" for row in rows],
        "Problem": [plain(text) for text in taken["statement"].to_pylist()],
        "Concept": taken["concept"].to_pylist(),
        "Margin": [float(now.margin[row]) for row in rows],
    }
    for key in ("judge_score", "solution_pass", "agreement", "difficulty"):
        shown[SCORES[key].label] = board.table.scores[key][rows]
    number = st.column_config.NumberColumn(format="%.2f")
    columns: dict[str, Any] = {name: number for name in list(shown)[4:]}
    columns |= {"Margin": st.column_config.NumberColumn(format="%+.3f"), "Problem": st.column_config.Column(width=330)}
    said = st.dataframe(
        pd.DataFrame(shown), hide_index=True, height=390, column_config=columns, placeholder="–",
        on_select="rerun", selection_mode="single-row", key="tune.rows.table",
    )  # fmt: skip
    selected = [row for row in said.selection.rows if row < len(rows)]
    return rows[selected[0]] if selected else (rows[0] if rows else None)


def _why(store: Store, board: Board, now: Selection, row: int) -> None:
    ident = board.table.ids[row].as_py()
    values = {key: _number(board.table.scores[key][row]) for key in SCORES}
    human = int(board.table.human[row])
    reason = why(values, now.policy, None if human < 0 else human)
    text = store.problems.texts([ident])["statement"].to_pylist()
    with st.container(border=True):
        word = ("kept", "green", "check") if reason.kept else ("dropped", "gray", "close")
        word = ("to review", "orange", "warning") if reason.review else word
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":{word[1]}-badge[:material/{word[2]}: {word[0].capitalize()}]")
            st.caption(ident)
        st.markdown(rich(text[0] if text else ""))
        st.markdown(f"**{escape(reason.sentence)}**")
        seen = {
            "Rule": [rule.label for rule in reason.rules[:4]],
            "Value": [rule.value for rule in reason.rules[:4]],
            "Needs": [rule.needs for rule in reason.rules[:4]],
            " ": ["✓" if rule.ok else "×" for rule in reason.rules[:4]],
        }
        value = {"Value": st.column_config.NumberColumn(format="%.2f")}
        st.dataframe(pd.DataFrame(seen), hide_index=True, placeholder="–", column_config=value)
        navigation.link("review", "Open on the review desk", icon=":material/fact_check:", queue="ids", ids=ident)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
