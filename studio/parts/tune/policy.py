"""The policy in hand: where it starts, what the lens made of it, and the acts that change, keep or use it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import streamlit as st

from engine.core.errors import LemmaError
from engine.core.records import Policy, Rule
from engine.curation import policy as policies
from engine.curation import policy_file
from engine.curation.apply_policy import select
from engine.curation.methods import of_method, source_of, with_method
from engine.curation.scores import SCORES
from engine.curation.trust.policy_trust import PolicyTrust
from engine.store import Store
from studio import navigation, session
from studio.lens import LensRule, LensState
from studio.parts.tune.agreement import agreement_lines, kappa_text
from studio.text.markdown import escape
from studio.ui.blocks import failure

START, ORDER, RULES, SIZE = "tune.start", "tune.order", "tune.rules", "tune.size"
METHOD, WHOLE, NOW = "tune.method", "tune.whole", "tune.now"
"""Whose rules are in the lens ('' for those of all), the rules of all methods, and the policy in hand."""
_OPS = {"at least": "≥", "at most": "≤"}
JUDGED = ("judge_score", "solution_pass")
"""Scores that judges give, which people's decisions can confirm or not."""

_MISSING = {"drop": "drop", "keep": "keep", "review": "send to review"}


def begin(start: Policy | Sequence[Rule]) -> None:
    """Put a policy, or only its limits, into the lens; the order number tells it that this is news."""
    if isinstance(start, Policy):
        st.session_state[SIZE] = start.size
    st.session_state[RULES] = complete(start.rules if isinstance(start, Policy) else start)
    st.session_state[ORDER] = st.session_state.get(ORDER, 0) + 1


def begin_whole(start: Policy, method: str) -> None:
    """Start from a policy: that of one method goes into the lens, the others stand as the policy has them."""
    st.session_state[WHOLE] = start
    begin(of_method(start, method) if method else start)


def turn_to(method: str) -> None:
    """Put the rules of another method into the lens; what was moved for the one before stays moved."""
    begin_whole(st.session_state[WHOLE], method)


def take_whole(now: Policy, method: str) -> Policy:
    """Return the policy of all methods with the one in hand in its place, and remember it."""
    whole: Policy = st.session_state[WHOLE]
    if not method:
        whole = now
    elif (before := of_method(whole, method)).size != now.size or trimmed(before.rules) != trimmed(now.rules):
        whole = with_method(whole, method, replace(now, rules=trimmed(now.rules)))
    st.session_state[WHOLE] = whole
    return whole


def trimmed(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules without those that only offer a strip: switched off, where they start."""
    return tuple(rule for rule in rules if rule.use or rule != replace(policies.rule_of(SCORES[rule.score]), use=False))


def started() -> tuple[Rule, ...]:
    """Return the rules that the lens was last given."""
    rules: tuple[Rule, ...] = st.session_state[RULES]
    return rules


def complete(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules with one more, switched off, for each score that has none: every strip can be moved."""
    there = {rule.score for rule in rules}
    return (*rules, *(replace(policies.rule_of(spec), use=False) for key, spec in SCORES.items() if key not in there))


def lens_rules(rules: Sequence[Rule]) -> list[LensRule]:
    """Return rules as the lens takes them."""
    return [LensRule(rule.score, rule.limit, rule.use, rule.if_missing, rule.op) for rule in rules]


def is_fresh(said: LensState) -> bool:
    """Whether the lens has carried out the last order: what it said before (a reset, another policy) counts no more."""
    return said.after == st.session_state.get(ORDER)


def in_hand(rules: Sequence[Rule], said: LensState) -> Policy:
    """Return the policy as the curator left it in the lens."""
    now = moved(rules, said.rules if is_fresh(said) else ())
    made = policies.make("in hand", now, size=st.session_state.get(SIZE), by=session.curator())
    whole: Policy | None = st.session_state.get(WHOLE)
    return policies.checked(replace(made, unanswered=whole.unanswered, panel=whole.panel)) if whole else made


def comparable(rival: Policy) -> bool:
    """Whether a policy hears the judges whose scores are in the lens."""
    whole: Policy = st.session_state[WHOLE]
    return rival.panel == whole.panel


def beside(rival: Policy, said: LensState) -> Policy:
    """Return the policy on the other side: the one to compare with or, after a swap, what was in hand before it."""
    if not (said.other and is_fresh(said)):
        return rival
    made = policies.make("the limits before", moved(complete(rival.rules), said.other), size=rival.size)
    return replace(made, panel=rival.panel)


def moved(rules: Sequence[Rule], told: Sequence[LensRule]) -> tuple[Rule, ...]:
    """Return `rules` with what was told of their scores, of a band its first limit first."""
    news: dict[str, list[LensRule]] = {}
    for new in told:
        news.setdefault(new.score, []).append(new)
    found = []
    for rule in rules:
        if (waiting := news.get(rule.score)) is not None:
            rule = _told(rule, waiting.pop(0)) if waiting else replace(rule, use=False)
        found.append(rule)
    return tuple(found)


def _told(rule: Rule, new: LensRule) -> Rule:
    return replace(rule, op=new.op or rule.op, limit=new.limit, if_missing=new.if_missing, use=new.use)


@st.dialog("Save as policy")
def save_dialog(store: Store, now: Policy) -> None:
    """Ask for a name, and keep the limits under it."""
    with st.form("tune.save", border=False):
        name = st.text_input("Name", placeholder="Strict v2")
        if st.form_submit_button("Save", type="primary", icon=":material/save:") and name.strip():
            store.policies.save(replace(now, name=name.strip(), by=session.curator(), at=time.time()))
            st.session_state[START] = name.strip()
            st.rerun()


def apply_and_review(store: Store, now: Policy) -> None:
    """Apply the limits to the whole project and go to the review desk with the policy frozen in the queue."""
    name = f"Limits of {time.strftime('%d %b %H:%M:%S')}"
    kept = policies.checked(replace(now, name=name, by=session.curator(), at=time.time()))
    try:
        done = select(store, kept, session.curator())
    except LemmaError as error:
        failure(error, key="tune.apply")
        return
    navigation.go("review", queue="borderline", policy=done.policy.id)


def policy_table(now: Policy, whole: Policy, method: str, trust: PolicyTrust, project: Path) -> None:
    """Draw the rules as a table that can be edited, the same as the strips, and `whole` as a file and a command."""
    shown = _shown(now, method, trust)
    columns = {
        "Limit": st.column_config.NumberColumn(format="%.2f", step=0.01),
        "If missing": st.column_config.SelectboxColumn(
            options=list(_MISSING), format_func=lambda option: _MISSING[str(option)], required=True
        ),
        "κ": st.column_config.TextColumn(
            width=130, help="How far this rule alone agrees with people beyond chance, on rows drawn at random, 95 %."
        ),
        "Default": st.column_config.TextColumn(width=240),
        "Method": st.column_config.TextColumn(width=180),
    }
    edited = st.data_editor(
        shown, hide_index=True, column_config=columns, placeholder="–", key=f"tune.table.{now.id}",
        disabled=["Rule", "Is", "κ", "Default", "Method"],
    )  # fmt: skip
    if not edited.equals(shown):
        _take(now, edited)
    agreement_lines([(SCORES[rule.score].label, trust.agreement(rule)) for rule in _judged(now)])
    _size(now)
    text = policy_file.to_toml(whole)
    left, right = st.columns([2, 1])
    with left, st.expander("The same as a file and a command"):
        st.code(text, language="toml")
        st.code(policy_file.command("policy.toml", project), language="bash")
    right.download_button("Download policy.toml", text, "policy.toml", icon=":material/download:")


def _judged(now: Policy) -> list[Rule]:
    return [rule for rule in now.rules if rule.use and rule.score in JUDGED]


def _shown(now: Policy, method: str, trust: PolicyTrust) -> pd.DataFrame:
    sources = [source_of(method, rule.score) for rule in now.rules]
    judged = _judged(now)
    agreed = [kappa_text(trust.agreement(rule)) if rule in judged else None for rule in now.rules]
    return pd.DataFrame(
        {
            "Use": [rule.use for rule in now.rules],
            "Rule": [SCORES[rule.score].label for rule in now.rules],
            "Is": [_OPS[rule.op] for rule in now.rules],
            "Limit": [rule.limit for rule in now.rules],
            "If missing": [rule.if_missing for rule in now.rules],
            "κ": pd.Series(agreed, dtype=object),
            "Default": [said or "Our choice." for said, _ in sources],
            "Method": [where or "–" for _, where in sources],
        }
    )


def _size(now: Policy) -> None:
    """Ask how many of the kept problems may stay."""
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    size = left.number_input(
        "Keep at most", min_value=1, value=now.size, placeholder="all that pass", key=f"tune.size.{now.id}"
    )
    right.caption(
        "The best stay: approved first, then by judge score (AgenticMath by curated joint score), then by rarity. "
        "People's decisions stand above rules."
    )
    if size != now.size:
        st.session_state[SIZE] = size
        st.rerun()


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
