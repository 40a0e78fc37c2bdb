"""The policy in hand: where it starts, what the lens made of it, and the acts that change, keep or use it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import streamlit as st

from engine.curation import policy as policies
from engine.curation import policy_file
from engine.curation.scores import SCORES
from engine.errors import LemmaError
from engine.records import Policy, Rule
from engine.selecting import select
from engine.store import Store
from studio import navigation, session
from studio.latex import escape
from studio.widgets.blocks import failure
from studio.widgets.lens import LensRule, LensState

START, ORDER, RULES = "tune.start", "tune.order", "tune.rules"
_OPS = {"at least": "≥", "at most": "≤"}


def begin(rules: Sequence[Rule]) -> None:
    """Put `rules` into the lens; the order number tells it that this is news."""
    st.session_state[RULES] = tuple(rules)
    st.session_state[ORDER] = st.session_state.get(ORDER, 0) + 1


def started(known: Mapping[str, Policy]) -> tuple[Rule, ...]:
    """Return the rules that the lens was last given; the chosen policy's at first."""
    if RULES not in st.session_state:
        begin(known[st.session_state.get(START) or next(iter(known))].rules)
    rules: tuple[Rule, ...] = st.session_state[RULES]
    return rules


def lens_rules(rules: Sequence[Rule]) -> list[LensRule]:
    """Return rules as the lens takes them."""
    return [LensRule(rule.score, rule.limit, rule.use, rule.if_missing) for rule in rules]


def in_hand(rules: Sequence[Rule], said: LensState) -> Policy:
    """Return the policy as the curator left it in the lens.

    What the lens said before the last order (a reset, another policy, an edited table) is out of date.
    """
    fresh = said.after == st.session_state.get(ORDER)
    limits = (said.limits or {}) if fresh else {}
    use = said.use if fresh else {}
    moved = tuple(
        Rule(
            rule.score,
            rule.op,
            float(limits.get(rule.score, rule.limit)),
            rule.if_missing,
            use.get(rule.score, rule.use),
        )
        for rule in rules
    )
    return policies.make("in hand", moved, by=session.curator())


@st.dialog("Save as policy")
def save_dialog(store: Store, now: Policy) -> None:
    """Ask for a name, and keep the limits under it."""
    with st.form("tune.save", border=False):
        name = st.text_input("Name", placeholder="Strict v2")
        if st.form_submit_button("Save", type="primary", icon=":material/save:") and name.strip():
            store.policies.save(policies.make(name.strip(), now.rules, by=session.curator(), at=time.time()))
            st.session_state[START] = name.strip()
            st.rerun()


def apply_and_review(store: Store, now: Policy) -> None:
    """Apply the limits to the whole project and go to the review desk with the policy frozen in the queue."""
    name = f"Limits of {time.strftime('%d %b %H:%M:%S')}"
    kept = policies.make(name, now.rules, by=session.curator(), at=time.time())
    try:
        done = select(store, kept, session.curator())
    except LemmaError as error:
        failure(error, key="tune.apply")
        return
    navigation.go("review", queue="borderline", policy=done.policy.id)


def policy_table(now: Policy, project: Path) -> None:
    """Draw the rules as a table that can be edited, the same as the strips, and the same as a command."""
    shown = pd.DataFrame(
        {
            "Use": [rule.use for rule in now.rules],
            "Rule": [SCORES[rule.score].label for rule in now.rules],
            "Is": [_OPS[rule.op] for rule in now.rules],
            "Limit": [rule.limit for rule in now.rules],
            "If missing": [rule.if_missing for rule in now.rules],
            "Default": [SCORES[rule.score].source or "Our choice." for rule in now.rules],
            "Method": [SCORES[rule.score].method or "–" for rule in now.rules],
        }
    )
    columns = {
        "Limit": st.column_config.NumberColumn(format="%.2f", step=0.01),
        "If missing": st.column_config.SelectboxColumn(options=["drop", "keep", "review"], required=True),
    }
    edited = st.data_editor(
        shown,
        hide_index=True,
        column_config=columns,
        disabled=["Rule", "Is", "Default", "Method"],
        key=f"tune.table.{now.id}",
    )
    st.caption("People's decisions stand above every rule.")
    if not edited.equals(shown):
        _take(now, edited)
    text = policy_file.to_toml(now)
    left, right = st.columns([2, 1])
    with left, st.expander("The same as a file and a command"):
        st.code(text, language="toml")
        st.code(policy_file.command("policy.toml", project), language="bash")
    right.download_button("Download policy.toml", text, "policy.toml", icon=":material/download:")


def _take(now: Policy, edited: pd.DataFrame) -> None:
    """Put the edited table into the lens; a limit outside its range is said and left."""
    rows = edited.to_dict("records")
    rules = tuple(
        Rule(rule.score, rule.op, float(row["Limit"]), row["If missing"], bool(row["Use"]))
        for rule, row in zip(now.rules, rows, strict=True)
    )
    try:
        policies.make("edited", rules)
    except LemmaError as error:
        st.error(escape(str(error)))
        return
    begin(rules)
    st.rerun()
