"""Judges beside each other, and beside the curators of this project."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.curation.trust.agreement import NO_VARIATION
from engine.reporting.judge_standings import JudgesTogether, ReviewedJudge
from studio import navigation
from studio.text.markdown import plain
from studio.ui.blocks import block_title

_TWO = st.column_config.NumberColumn(format="%.2f")


def together_view(every: Sequence[JudgesTogether]) -> None:
    """Draw how models in the same place agree with each other; their sets are among the combinations."""
    if not every:
        st.caption("No two models were asked about the same rows yet: name several for one check.")
    for one in every:
        value, bounds = one.alpha.value, one.alpha.interval
        said = NO_VARIATION if value is None else f"{value:.2f}"
        ends = f" ({bounds[0]:.2f} – {bounds[1]:.2f})" if bounds else ""
        block_title(f"{one.judge} on {one.source}", f"Krippendorff's alpha {said}{ends}, {one.alpha.rows:,} rows")
        _pairs(one)


def _pairs(one: JudgesTogether) -> None:
    rows = [
        {
            "First": plain(pair.first),
            "Second": plain(pair.second),
            "Rows": pair.rows,
            "Agree": pair.values["po"],
            "κ": pair.values["kappa"],
            "κ 95 %": f"{ends[0]:.2f} – {ends[1]:.2f}" if (ends := pair.intervals["kappa"]) else None,
            "First passes": pair.first_rate,
            "Second passes": pair.second_rate,
        }
        for pair in one.pairs
    ]
    shares = dict.fromkeys(("Agree", "κ", "First passes", "Second passes"), _TWO)
    key = f"judges.pairs.{one.judge}.{one.source}"
    st.dataframe(rows, hide_index=True, column_config=shares, placeholder=NO_VARIATION, key=key)


def desk_view(reviewed: Sequence[ReviewedJudge]) -> None:
    """Draw where judges and curators spoke of the same problems: as counts, since nobody drew those rows at random."""
    if not reviewed:
        st.caption("No curator has decided a judged problem yet.")
        navigation.link("review", "Open the review desk", icon=":material/fact_check:")
        return
    block_title("Where curators decided as well", "counts of hand-reviewed rows (not a random sample)")
    rows = [
        {
            "Judge": plain(one.judge),
            "Role": plain(one.role),
            "Model": plain(one.model),
            "Agrees on": f"{one.agree:,} of {one.rows:,}",
            "Passed, approved": one.both,
            "Passed, rejected or edited": one.judge_only,
            "Turned away, approved": one.curator_only,
            "Turned away, rejected or edited": one.neither,
            "Unreadable": one.unreadable,
        }
        for one in reviewed
    ]
    st.dataframe(rows, hide_index=True, key="judges.desk")
    st.caption(
        "Somebody chose to look at these rows, and may have seen the judge's word before deciding: no share and no "
        "interval can be had from them."
    )
