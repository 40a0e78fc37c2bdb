"""Two policies beside each other: what each keeps, how sure that is, and which concepts change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from engine.curation import policy as policies
from engine.curation.arrays import Ints
from engine.curation.marks import Bools
from engine.curation.policy import PolicyResult
from engine.curation.table import ScoreTable
from engine.curation.trust.reviewed import LabelledShare, PolicyAgreement, agreement
from engine.curation.whatif import Counts
from studio.charts import draw, two_sided
from studio.text.markdown import escape
from studio.ui.blocks import block_title

THIN = 30
SHOWN = 12


def compare_view(table: ScoreTable, first: Counts, second: Counts, name: str) -> None:
    """Draw the two policies side by side, and the concepts that change most."""
    now, other = first.chosen, second.chosen
    both = _per_concept(table, now.kept & other.kept)
    left, right = st.columns([1.2, 1], gap="medium")
    with left:
        block_title("This policy and the other", "B swaps them")
        concepts = [first.concepts, second.concepts, both]
        st.dataframe(_table(table, now, other, concepts, name), hide_index=True, placeholder="–")
        only = int((now.kept & ~other.kept).sum()), int((other.kept & ~now.kept).sum())
        labels = int(np.count_nonzero(table.label >= 0))
        st.caption(
            f"{only[0]:,} only with these limits, {only[1]:,} only with {escape(name)}: the Rows view lists them. "
            f"Precision and recall rest on {labels:,} labels."
        )
    with right:
        _changed(table, first.concepts - both, second.concepts - both, name)


def _table(table: ScoreTable, now: PolicyResult, other: PolicyResult, concepts: list[Ints], name: str) -> pd.DataFrame:
    rules = [policies.apply(one.policy, table, override=False).kept for one in (now, other)]
    # How good rules are is asked of the rules alone, without people's decisions above them.
    judged = [agreement(kept, table.label) for kept in (*rules, rules[0] & rules[1])]
    sides = (now.kept, other.kept, now.kept & other.kept)
    columns = {"These limits (A)": 0, f"{name} (B)": 1, "Both": 2}
    return pd.DataFrame(
        {
            "": [
                "Kept", "Precision (95 %)", "Recall (95 %)", f"Concepts with {THIN}+", "Mean difficulty",
                "Mean nearest twin",
            ],
            **{label: _column(table, sides[side], judged[side], concepts[side]) for label, side in columns.items()},
        }
    )  # fmt: skip


def _column(table: ScoreTable, kept: Bools, judged: PolicyAgreement, concepts: Ints) -> list[str]:
    return [
        f"{np.count_nonzero(kept):,}",
        _told(judged.precision),
        _told(judged.recall),
        f"{np.count_nonzero(concepts >= THIN):,} of {len(concepts):,}",
        _mean(table, "difficulty", kept),
        _mean(table, "nearest_twin", kept),
    ]


def _told(share: LabelledShare | None) -> str:
    return f"{share.value:.2f} ({share.low:.2f} – {share.high:.2f})" if share else "no labels"


def _per_concept(table: ScoreTable, kept: Bools) -> Ints:
    codes = table.concepts.codes[kept]
    return np.bincount(codes[codes < len(table.concepts.names)], minlength=len(table.concepts.names))


def _mean(table: ScoreTable, key: str, kept: Bools) -> str:
    values = table.scores[key][kept]
    return f"{np.nanmean(values):.2f}" if np.isfinite(values).any() else "–"


def _changed(table: ScoreTable, won: Ints, lost: Ints, name: str) -> None:
    block_title("Concepts that change most", "kept by one of the two only")
    rows = [int(row) for row in np.argsort(-(won + lost), kind="stable")[:SHOWN] if won[row] + lost[row]]
    if not rows:
        st.caption("Both keep the same of every concept.")
        return
    names = [table.concepts.names[row] for row in rows]
    first = rows[0]
    finding = f"{names[0]} changes most: {won[first]:.0f} only with these limits, {lost[first]:.0f} only with {name}."
    figure = two_sided(names, lost[rows].tolist(), won[rows].tolist(), (f"only {name}", "only these limits"))
    draw(figure, key="tune.changed", alt=finding)
