"""The line under the title: the exact count and, where something asks to be looked at, the worst of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.core.records import Rule
from engine.curation.policy import PolicyResult, margins
from engine.curation.scores import SCORES
from engine.curation.strategies import alarms
from engine.curation.table import ScoreTable
from engine.curation.trust.reviewed import ENOUGH, kappa
from studio.parts.tune.policy import JUDGED, begin
from studio.parts.tune.reads import let_go
from studio.text.markdown import escape

LACKS = 0.1
KAPPA = 0.4


def header_line(
    table: ScoreTable, chosen: PolicyResult, run: str, *, stale: bool, rules: tuple[Rule, ...], most: float
) -> None:
    """Draw the line under the title: an alarm where there is one, the exact count, and news of the scores.

    `most` is the share of the problems that one rule may drop without an alarm (FL-28).
    """
    if said := worst(table, chosen, most):
        st.markdown(f":orange[:material/warning: {escape(said)}]", width="content")
    of = f" · run {escape(run)}" if run else ""
    st.caption(f"exactly {chosen.count:,} of {len(table):,} kept{of}", width="content")
    if stale:
        st.caption("Scores changed.", width="content")
        st.button(
            "Refresh", icon=":material/refresh:", type="tertiary", key="tune.refresh", on_click=_refresh, args=(rules,)
        )


def _refresh(rules: tuple[Rule, ...]) -> None:
    let_go()
    begin(rules)


def worst(table: ScoreTable, chosen: PolicyResult, most: float) -> str | None:
    """Return the most urgent alarm in a sentence, None where all is well.

    A rule that drops much comes first, then judges that people do not confirm, then scores that are missing.
    """
    return _drops(table, chosen, most) or _unsure(table, chosen) or _lacks(table, chosen)


def _drops(table: ScoreTable, chosen: PolicyResult, most: float) -> str | None:
    reasons = {name: count for name, count in chosen.reasons().items() if name in SCORES}
    score, count = max(reasons.items(), key=lambda pair: pair[1], default=("", 0))
    if not alarms(len(table), len(table) - count, most):
        return None
    return f"{SCORES[score].label} drops {count / len(table):.0%} of the problems. The alarm is at {most:.0%}."


def _unsure(table: ScoreTable, chosen: PolicyResult) -> str | None:
    used = [rule for rule in chosen.policy.rules if rule.use and rule.score in JUDGED]
    labels = int(np.count_nonzero(table.label >= 0))
    if used and labels < ENOUGH:
        return f"{SCORES[used[0].score].label} is not calibrated: {labels} labels. {ENOUGH} are needed."
    for rule in used:
        agreed = kappa(margins(rule, table) >= 0, table.label)
        if agreed is not None and agreed < KAPPA:
            label = SCORES[rule.score].label
            return (
                f"{label} agrees little with people: κ {agreed:.2f} over {labels} labels. The alarm is below {KAPPA}."
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
