"""Pick for me: the widest limits that hold a target, what that promises and what not, and the price where none do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from engine.core.records import Policy, Rule
from engine.curation.scores import SCORES
from engine.curation.trust.choose import LimitChoice
from engine.curation.trust.limit_curve import LimitCurve
from engine.curation.trust.limit_search import SearchedLimits, search_limits
from engine.curation.trust.policy_trust import PolicyTrust, look_of
from studio.parts.tune.policy import begin
from studio.text.markdown import escape
from studio.ui.blocks import block_title

TARGET, SURE, EXACT, SCOPE = "tune.pick.target", "tune.pick.sure", "tune.pick.exact", "tune.pick.scope"
_SURE = {0.9: "90 %", 0.95: "95 %", 0.99: "99 %"}
_ONE, _ALL = "This limit", "All limits in use"
_SIGN = {"at least": "≥", "at most": "≤"}


def error_asked() -> float:
    """Return how often the band may miss, as asked; the curve and the pick go by the same band."""
    return round(1 - float(st.session_state.get(SURE, 0.9)), 6)


def pick_for_me(trust: PolicyTrust, now: Policy, index: int, curve: LimitCurve) -> None:
    """Draw what is asked, and the widest limits that answer it."""
    with st.container(border=True):
        block_title("Pick for me", "the widest limits that hold a target")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            target = st.number_input(
                "Precision of at least", 0.5, 0.999, 0.9, 0.01, format="%.3f", key=TARGET, width=170
            )
            st.selectbox("Confidence", list(_SURE), format_func=_SURE.__getitem__, key=SURE, width=110)
            scope = st.segmented_control(
                "Search", [_ONE, _ALL], default=_ONE, key=SCOPE, required=True, width="content"
            )
            exact = st.toggle("Exact", key=EXACT, disabled=scope == _ALL, help=_EXACT_HELP, width="content")
        if scope == _ALL:
            asked = ("search", look_of(now), target, error_asked())
            _searched(now, trust.remember(asked, lambda: search_limits(trust, now, target, error_asked())), target)
        else:
            choice = curve.chosen_strictly(target, trust.settings) if exact else curve.chosen(target)
            _one(trust, now, index, choice, target, exact)


_EXACT_HELP = (
    "Exact tests hold for every number of labels. They need labels of one simple random draw, and keep less than the "
    "band does."
)


def _one(trust: PolicyTrust, now: Policy, index: int, choice: LimitChoice, target: float, exact: bool) -> None:
    if choice.tick is None or choice.limit is None:
        _none(choice, target)
        return
    rules = tuple(
        replace(rule, limit=choice.limit, use=True) if at == index else rule for at, rule in enumerate(now.rules)
    )
    _offer(now, rules, (index,), choice.kept, len(trust.table))
    st.caption(escape(promise(target, error_asked(), choice.kept, exact)))


def _searched(now: Policy, found: SearchedLimits, target: float) -> None:
    if found.rules is None:
        _none(found.choice, target)
    else:
        moved = tuple(at for at, rule in enumerate(now.rules) if rule.use and rule.score in found.moved)
        _offer(now, found.rules, moved, found.choice.kept, 0)
        st.caption(escape(promise(target, error_asked(), found.choice.kept, False)))
    if found.tested:
        st.caption(
            f"Scores alone ranked {found.candidates:,} policies, before any label was read; labels tested the "
            f"{found.tested} on the front of that ranking, all at once."
        )


def _offer(now: Policy, rules: tuple[Rule, ...], moved: Sequence[int], kept: int, of: int) -> None:
    """Say the limits and what they keep, and put them into the lens when asked."""
    said = ", ".join(f"{SCORES[rules[at].score].label} {_SIGN[rules[at].op]} {rules[at].limit:g}" for at in moved)
    part = f" of {of:,} ({kept / of:.1%})" if of else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{escape(said)}** keeps {kept:,}{part}.", width="content")
        st.button(
            "Use this limit" if len(moved) == 1 else "Use these limits", icon=":material/check:", key="tune.pick.use",
            disabled=rules == now.rules, on_click=begin, args=(rules,),
        )  # fmt: skip


def promise(target: float, error: float, kept: int, exact: bool) -> str:
    """Return in words what the choice promises, and what not. Only an exact test guarantees."""
    sure, goal = f"{1 - error:.0%}", f"{target:.1%}"
    rest = "that verdicts are right, and anything about rows still to come"
    if exact:
        return (
            f"Guaranteed with {sure} confidence: at least {goal} of these {kept:,} rows are good, by an exact test of "
            f"one random draw, for this one target. Not guaranteed: other targets or scores tried on the same labels, "
            f"{rest}."
        )
    return (
        f"Its lower bound in the light band is at least {goal}. The band is calibrated by simulated draws to hold at "
        f"all limits at once with {sure} confidence: about {round(100 * error)} of 100 such choices may still miss the "
        f"target. Not promised: {rest}."
    )


def _none(choice: LimitChoice, target: float) -> None:
    """Say why nothing can be chosen, and what labels it would take."""
    st.markdown(f":material/block: {escape(choice.why)}")
    price = [f"{choice.clean:,} labels of one kept set without a single bad row would prove {target:.1%}"]
    if choice.expected:
        price.append(f"at the present estimate it would likely take about {choice.expected:,}")
    if choice.clean and not choice.impossible:
        st.caption(escape(f"The price: {'; '.join(price)}."))
