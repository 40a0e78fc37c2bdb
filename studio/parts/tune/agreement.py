"""How far a rule agrees with people, in words: kappa never without base rates, hand-picked rows never in percent."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.curation.trust.agreement import NO_VARIATION
from engine.curation.trust.rule_agreement import RuleAgreement
from studio.text.markdown import escape


def kappa_text(told: RuleAgreement) -> str | None:
    """Return kappa with its interval; None without drawn rows."""
    if told.drawn is None:
        return None
    if told.kappa is None:
        return NO_VARIATION
    if told.interval is None:
        return f"{told.kappa:.2f} (no interval)"
    return f"{told.kappa:.2f} ({told.interval[0]:.2f} – {told.interval[1]:.2f})"


def base_rates(told: RuleAgreement) -> str:
    """Return what must stand beside kappa: the share of good rows, of passing rows, and of equal words."""
    said = told.drawn
    if said is None or said.first_rate is None or said.second_rate is None or said.values["po"] is None:
        return "no rates"
    return (
        f"people call {said.second_rate:.2f} good, the rule passes {said.first_rate:.2f}, "
        f"both say the same of {said.values['po']:.2f}"
    )


def agreement_lines(judged: Sequence[tuple[str, RuleAgreement]]) -> None:
    """Say of each judged rule what its kappa rests on."""
    lines = []
    for label, told in judged:
        if told.drawn is not None:
            lines.append(f"{label}: κ {kappa_text(told)} over {told.labels:,} drawn labels; {base_rates(told)}.")
        elif told.picked:
            lines.append(
                f"{label}: the rule says the same as people of {told.same:,} of {told.picked:,} hand-reviewed rows "
                "(not a random sample)."
            )
    if lines:
        st.caption(escape(" ".join(lines)))
