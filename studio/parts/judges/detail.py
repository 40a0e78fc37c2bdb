"""One judge on one material: what it is worth in words, both words counted, and the rows that it gets wrong."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.curation.trust.standing import sentences
from engine.reporting.judge_standings import CheckedJudge, ranking
from studio.text.markdown import escape, plain, rich
from studio.ui.blocks import block_title

SHOWN = 200


def judge_detail(one: CheckedJudge, wrong: pd.DataFrame) -> None:
    """Draw a judge in words and counts beside its misjudged rows."""
    left, right = st.columns([1, 1.5], gap="large")
    with left:
        _words(one)
    with right:
        _wrong(wrong)


def _words(one: CheckedJudge) -> None:
    block_title(one.name, one.source)
    for said in sentences(one.standing):
        st.markdown(escape(said))
    _counts(one)
    if one.separates:
        st.markdown(escape(ranking(one.separates)))
    drawn = f"{one.standing.rows:,} rows of {one.file_rows:,}" if one.file_rows else f"{one.standing.rows:,} rows"
    limit = "" if one.limit == 0.5 else f" · passes from {one.limit:g} on"
    st.caption(escape(f"{one.means or 'as the file says'} · {drawn} · {', '.join(one.runs)}{limit}"))


def _counts(one: CheckedJudge) -> None:
    """Draw the four counts: with equal chances for all rows they are whole numbers."""
    agreed = one.standing.agreed
    if not agreed.rows:
        return
    table = pd.DataFrame(
        {
            "": ["Judge lets pass", "Judge turns away", "All"],
            "People: good": [agreed.both, agreed.second_only, agreed.both + agreed.second_only],
            "People: bad": [agreed.first_only, agreed.neither, agreed.first_only + agreed.neither],
            "All": [agreed.both + agreed.first_only, agreed.second_only + agreed.neither, agreed.rows],
        }
    )
    whole = st.column_config.NumberColumn(format="%d")
    st.dataframe(
        table, hide_index=True, key="judges.counts", column_config={name: whole for name in table.columns[1:]}
    )  # fmt: skip


def _wrong(wrong: pd.DataFrame) -> None:
    block_title("Where it parts from people", "rows picked here are shown whole")
    if wrong.empty:
        st.caption("It says what people say of every row.")
        return
    shown = wrong.head(SHOWN)
    said = ["unreadable" if pd.isna(value) else f"{value:.2g}" for value in shown["value"]]
    table = {
        "People": ["good" if good else "bad" for good in shown["good"]],
        "Judge": [
            word if word == "unreadable" else _spoken(value, limit, word)
            for word, value, limit in zip(said, shown["value"], shown["limit"], strict=True)
        ],
        "Reason": [plain(text)[:200] for text in shown["reason"]],
        "Problem": [plain(text)[:200] for text in shown["statement"]],
    }
    picked = st.dataframe(
        table, hide_index=True, height=min(300, 37 * (len(shown) + 1)), key="judges.wrong", on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    st.caption(f"{len(wrong):,} rows" + (f" or more, the first {SHOWN} are listed" if len(wrong) >= SHOWN else ""))
    for place in (row for row in picked["selection"]["rows"] if row < len(shown)):
        row = shown.iloc[place]
        with st.container(border=True):
            st.markdown(rich(row["statement"]))
            if row["solution"]:
                st.markdown(rich(row["solution"]))
            st.caption(f"{escape(table['Judge'][place])}: {escape(row['reason'])}")


def _spoken(value: float, limit: float, number: str) -> str:
    if limit == 0.5 and value in (0.0, 1.0):
        return "True" if value else "False"
    return number
