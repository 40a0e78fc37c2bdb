"""Rows of the Tune page and, beside them, why one of them is in or out."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from engine.core.decimals import shortest
from engine.curation import policy as policies
from engine.curation.explain import why
from engine.curation.policy import PolicyResult
from engine.curation.scores import SCORES
from engine.curation.table import ScoreTable
from engine.curation.table_page import Order, TablePage, listing
from engine.store import Store
from studio import navigation
from studio.text.markdown import escape, plain, rich

PAGE = 200
SHOWN = 160
"""Letters of a statement that a cell shows."""

ORDER, TURNED = "tune.rows.order", "tune.rows.page"
NAMES: dict[Order, str] = {
    "borderline": "Borderline first",
    "kept": "Kept",
    "dropped": "Dropped",
    "review": "Lacks a score",
    "only this": "Only these limits",
    "only saved": "Only the other policy",
    "disagrees": "People disagree",
}
_NOTHING: dict[Order, str] = {
    "borderline": "Nothing lies in the selection.",
    "kept": "These limits keep nothing here.",
    "dropped": "These limits drop nothing here.",
    "review": "Every problem here has the scores that its rules ask for.",
    "only this": "The other policy keeps all that these limits keep.",
    "only saved": "These limits keep all that the other policy keeps.",
    "disagrees": "No decision of a person disagrees with the rules here.",
}


def pick_order(compared: bool) -> Order:
    """Ask in which order rows are shown; two orders need another policy to compare with."""
    orders = [order for order in NAMES if compared or not order.startswith("only")]
    if st.session_state.get(ORDER) not in orders:
        st.session_state[ORDER] = orders[0]
    order: Order = st.selectbox(
        "Order", orders, orders.index(st.session_state[ORDER]), format_func=NAMES.__getitem__,
        label_visibility="collapsed", key=ORDER, on_change=_first_page, persist_state="page",
    )  # fmt: skip
    return order


def rows_view(
    store: Store,
    table: ScoreTable,
    now: PolicyResult,
    other: PolicyResult | None,
    within: NDArray[np.bool_] | None,
    order: Order,
) -> None:
    """Draw 200 rows a page, and the reasons for the one that is selected."""
    left, right = st.columns([2.15, 1], gap="medium")
    # People overrule the rules, so only the rules alone can disagree with them.
    ruled = policies.apply(now.policy, table, override=False) if order == "disagrees" else now
    found = listing(table, ruled, order, saved=other, within=within, size=PAGE, offset=_offset())
    if not found.ids and _offset():
        _first_page()
        found = listing(table, ruled, order, saved=other, within=within, size=PAGE)
    with left:
        row = _table(store, table, now, found)
        _pages(found.total)
    with right:
        if row is None:
            st.caption(_NOTHING[order])
        else:
            _why(store, table, now, row)


def _first_page() -> None:
    st.session_state[TURNED] = 1


def _offset() -> int:
    return PAGE * (int(st.session_state.get(TURNED, 1)) - 1)


def _pages(total: int) -> None:
    count = -(-total // PAGE)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"{total:,} rows", width="content")
        if count > 1:
            st.pagination(count, key=TURNED)


def _table(store: Store, table: ScoreTable, now: PolicyResult, found: TablePage) -> int | None:
    """Draw the page and return the number of the selected row.

    Which rows and in which order is known here; the store gives the texts of these rows by id.
    """
    rows = list(found.rows)
    concepts = (*table.concepts.names, None)
    shown: dict[str, Any] = {
        "": ["kept" if now.kept[row] else "review" if now.review[row] else "dropped" for row in rows],
        "Problem": [plain(text[:SHOWN]) for text in store.problems.statements(found.ids)],
        "Concept": [concepts[min(code, len(concepts) - 1)] for code in table.concepts.codes[rows]],
        "Margin": shortest(now.margin[rows]),
    }
    for key in ("judge_score", "solution_pass", "agreement", "difficulty"):
        # The table can be taken away as CSV, where a number must read as it was given.
        shown[SCORES[key].label] = shortest(table.scores[key][rows])
    number = st.column_config.NumberColumn(format="%.2f")
    columns: dict[str, Any] = {name: number for name in list(shown)[4:]}
    columns |= {"Margin": st.column_config.NumberColumn(format="%+.3f"), "Problem": st.column_config.Column(width=330)}
    columns["Concept"] = st.column_config.Column(width=140)
    said = st.dataframe(
        pd.DataFrame(shown), hide_index=True, height=390, column_config=columns, placeholder="–",
        on_select="rerun", selection_mode="single-row", key="tune.rows.table",
    )  # fmt: skip
    selected = [row for row in said.selection.rows if row < len(rows)]
    return rows[selected[0]] if selected else (rows[0] if rows else None)


def _why(store: Store, table: ScoreTable, now: PolicyResult, row: int) -> None:
    ident = table.ids[row].as_py()
    values = {key: _number(table.scores[key][row]) for key in SCORES}
    human = int(table.human[row])
    reason = why(values, now.policy, None if human < 0 else human)
    text = store.problems.statements([ident])[0]
    with st.container(border=True):
        word = ("kept", "green", "check") if reason.kept else ("dropped", "gray", "close")
        word = ("to review", "orange", "warning") if reason.review else word
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":{word[1]}-badge[:material/{word[2]}: {word[0].capitalize()}]")
            st.caption(escape(ident))
        st.markdown(rich(text))
        st.markdown(f"**{escape(reason.sentence)}**")
        seen = {
            "Rule": [rule.label for rule in reason.rules[:4]],
            "Value": [rule.value for rule in reason.rules[:4]],
            "Needs": [rule.needs for rule in reason.rules[:4]],
            " ": ["✓" if rule.ok else "×" for rule in reason.rules[:4]],
        }
        # One decimal more than elsewhere: a value just below its limit must not look like it.
        value = {"Value": st.column_config.NumberColumn(format="%.3f")}
        st.dataframe(pd.DataFrame(seen), hide_index=True, placeholder="–", column_config=value)
        navigation.link("review", "Open on the review desk", icon=":material/fact_check:", queue="ids", ids=ident)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(shortest(value))
