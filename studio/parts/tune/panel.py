"""Whose word counts in the policy in hand: weights of judges, judges of solutions, several solutions of a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
import streamlit as st

from engine.core.errors import LemmaError
from engine.core.records import Policy, PolicyPanel
from engine.curation import policy as policies
from engine.curation.judge_words import About, judges_there
from engine.curation.panel import RULES, STRATEGIES
from engine.store import Store
from studio.parts.tune.policy import WHOLE, begin
from studio.text.markdown import escape, plain
from studio.ui.blocks import block_title

_WEIGHT, _HEARD = "Weight in the judge score", "Heard on solutions"


def panel_table(now: Policy, store: Store) -> None:
    """Draw the judges of the project as rows that can be edited, and what several solutions must be."""
    there = judges_there(store)
    panel = now.panel
    weights = dict(panel.weights)
    names = sorted({*there["problem"], *there["solution"], *weights, *panel.judges})
    block_title("Whose word counts", "empty: what each run made of its own judges")
    edited = _judges(now, names, there) if names else None
    if edited is None:
        st.caption("No judge has spoken of a problem yet.")
    left, middle, right = st.columns([1, 1, 2], vertical_alignment="bottom")
    rule = left.selectbox(
        "Votes on a solution", RULES, list(RULES).index(panel.rule), format_func=RULES.__getitem__,
        key=f"tune.panel.rule.{now.id}", disabled=not panel.judges,
    )  # fmt: skip
    strategy = middle.selectbox(
        "Several solutions", STRATEGIES, list(STRATEGIES).index(panel.strategy), format_func=STRATEGIES.__getitem__,
        key=f"tune.panel.strategy.{now.id}",
    )  # fmt: skip
    right.caption(
        "Judges are heard on the solution that stands, which is the one that goes out. What the answers of several "
        "solutions must be counts it as well: a majority that it is not of keeps nothing. Rows of which none of these "
        "judges spoke keep what their run said."
    )
    wanted = PolicyPanel.of(
        {
            "weights": {name: weight for name, weight, _ in edited or () if weight is not None},
            "judges": [name for name, _, heard in edited or () if heard],
            "rule": rule,
            "strategy": strategy,
        }
    )
    if wanted != panel:
        _hear(now, wanted)


def _judges(
    now: Policy, names: list[str], there: Mapping[About, Mapping[str, int]]
) -> list[tuple[str, float | None, bool]]:
    weights = dict(now.panel.weights)
    shown = pd.DataFrame(
        {
            "Judge": [plain(name) for name in names],
            _WEIGHT: pd.Series([weights.get(name) for name in names], dtype=float),
            _HEARD: [name in now.panel.judges for name in names],
            "Problems scored": [there["problem"].get(name, 0) for name in names],
            "Solutions checked": [there["solution"].get(name, 0) for name in names],
        }
    )
    columns = {
        _WEIGHT: st.column_config.NumberColumn(
            min_value=0.0, step=0.05, format="%.2f", help="Made to add up to 1 over the judges that scored a problem."
        ),
        _HEARD: st.column_config.CheckboxColumn(help="Judges whose votes on the solution decide."),
    }
    edited = st.data_editor(
        shown, hide_index=True, column_config=columns, placeholder="–", key=f"tune.panel.{now.id}",
        disabled=["Judge", "Problems scored", "Solutions checked"],
    )  # fmt: skip
    cells = zip(names, edited[_WEIGHT].tolist(), edited[_HEARD].tolist(), strict=True)
    return [(name, None if pd.isna(weight) else float(weight), bool(heard)) for name, weight, heard in cells]


def _hear(now: Policy, panel: PolicyPanel) -> None:
    """Put the panel into the policy in hand; limits that were moved stay moved, over the new scores."""
    whole: Policy = st.session_state[WHOLE]
    try:
        st.session_state[WHOLE] = policies.checked(replace(whole, panel=panel))
    except LemmaError as error:
        st.error(escape(str(error)))
        return
    begin(now)
    st.rerun()
