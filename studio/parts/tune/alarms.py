"""The line under the title: the exact count and, where something asks to be looked at, the worst of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.core.records import Rule
from engine.curation.policy import PolicyResult
from engine.curation.scores import SCORES
from engine.curation.strategies import alarms
from engine.curation.table import ScoreTable
from engine.curation.trust.policy_trust import PolicyTrust, SetQuality
from engine.store import Store
from studio.parts.tune.agreement import base_rates, kappa_text
from studio.parts.tune.draw_more import label_more
from studio.parts.tune.looks import consequence
from studio.parts.tune.policy import JUDGED, begin
from studio.parts.tune.reads import let_go
from studio.text.markdown import escape

LACKS = 0.1
KAPPA = 0.4
ENOUGH = 50
"""Drawn labels from which it can be asked whether a judge agrees with people."""


def header_line(
    table: ScoreTable,
    chosen: PolicyResult,
    run: str,
    trust: PolicyTrust,
    *,
    stale: bool,
    rules: tuple[Rule, ...],
    most: float,
) -> None:
    """Draw the line under the title: an alarm where there is one, the exact count, and news of the scores.

    `most` is the share of the problems that one rule may drop without an alarm (FL-28).
    """
    if said := worst(table, chosen, trust, most):
        st.markdown(f":orange[:material/warning: {escape(said)}]", width="content")
    of = f" · run {escape(run)}" if run else ""
    st.caption(f"exactly {chosen.count:,} of {len(table):,} kept{of}", width="content")
    if stale:
        st.caption("Scores changed.", width="content")
        st.button(
            "Refresh", icon=":material/refresh:", type="tertiary", key="tune.refresh", on_click=_refresh, args=(rules,)
        )


def trust_line(store: Store, quality: SetQuality, looks: int, kept: int) -> None:
    """Say how many limits were looked at, and lead to a random draw where precision or recall cannot be said.

    `kept` is how many rows the limits keep.
    """
    if looks > 1:
        st.caption(f"limits looked at: {looks:,}", width="content", help=consequence(looks))
    refusal = quality.precision.refusal
    if refusal is not None and refusal.labels:
        label_more(store, refusal, kept, key="tune.draw", quiet=True)


def _refresh(rules: tuple[Rule, ...]) -> None:
    let_go()
    begin(rules)


def worst(table: ScoreTable, chosen: PolicyResult, trust: PolicyTrust, most: float) -> str | None:
    """Return the most urgent alarm in a sentence, None where all is well.

    A rule that drops much comes first, then judges that people do not confirm, then scores that are missing.
    """
    return _drops(table, chosen, most) or _unsure(chosen, trust) or _lacks(table, chosen)


def _drops(table: ScoreTable, chosen: PolicyResult, most: float) -> str | None:
    reasons = {name: count for name, count in chosen.reasons().items() if name in SCORES}
    score, count = max(reasons.items(), key=lambda pair: pair[1], default=("", 0))
    if not alarms(len(table), len(table) - count, most):
        return None
    return f"{SCORES[score].label} drops {count / len(table):.0%} of the problems. The alarm is at {most:.0%}."


def _unsure(chosen: PolicyResult, trust: PolicyTrust) -> str | None:
    """Return what is wrong with a judge in use: too few drawn labels, or an agreement that is surely low."""
    for rule in chosen.policy.rules:
        if not rule.use or rule.score not in JUDGED:
            continue
        label, told = SCORES[rule.score].label, trust.agreement(rule)
        if told.labels < ENOUGH:
            drawn = f"{told.labels} label{'' if told.labels == 1 else 's'} of rows drawn at random"
            return f"{label} is not calibrated: {drawn}. {ENOUGH} are needed."
        if told.interval is not None and told.interval[1] < KAPPA:
            return (
                f"{label} agrees little with people: κ {kappa_text(told)} over {told.labels} drawn labels, "
                f"{base_rates(told)}. The alarm is below {KAPPA}."
            )
    return None


def _lacks(table: ScoreTable, chosen: PolicyResult) -> str | None:
    missing = {
        rule.score: int(np.count_nonzero(np.isnan(table.scores[rule.score])))
        for rule in chosen.policy.rules
        if rule.use
    }
    score, count = max(missing.items(), key=lambda pair: pair[1], default=("", 0))
    if count <= LACKS * len(table):
        return None
    rule = next(rule for rule in chosen.policy.rules if rule.use and rule.score == score)
    then = {"drop": "They are dropped", "keep": "They are kept", "review": "They go to review"}[rule.if_missing]
    label = SCORES[score].label.lower()
    return f"{count:,} of {len(table):,} have no {label}. {then}."
