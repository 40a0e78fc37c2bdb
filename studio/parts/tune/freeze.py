"""Freeze and audit: what it costs to prove the kept set, how far the audit is, and what is proven."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import streamlit as st

from engine.core.errors import LemmaError
from engine.core.records import AuditPlan, Policy
from engine.core.settings.trust import TrustSettings
from engine.curation import policy as policies
from engine.curation.apply_policy import select
from engine.curation.table import ScoreTable
from engine.curation.trust import audit_words
from engine.curation.trust.audit_plan import OpenShare
from engine.curation.trust.auditing import AuditStanding, standing
from engine.curation.trust.freezing import freeze, latest, open_audit
from engine.curation.trust.from_ledger import labels_of
from engine.store import Store
from studio import navigation, session
from studio.text.markdown import escape
from studio.ui.as_command import as_commands, line
from studio.ui.blocks import block_title, failure

FAILED = "tune.freeze.failed"
SURE = (0.9, 0.95, 0.99)
PLANS: dict[AuditPlan, str] = {"meter": "May stop at any label", "fixed": "Size set in advance"}


@dataclass(frozen=True, slots=True)
class FreezeWish:
    """What is to be proven, and how."""

    target: float
    error: float
    plan: AuditPlan
    bad: int


def freeze_panel(store: Store, policy: Policy, table: ScoreTable) -> None:
    """Draw the panel: the last audit, and where none is open the form for the next one.

    `policy` is that of all methods in hand, `table` all problems of the project.
    """
    with st.container(border=True, key="tune.freeze"):
        block_title("Freeze and audit", "prove how good the kept set is, with fresh random labels")
        last = latest(store)
        found = standing(store, last) if last else None
        if found is not None:
            _told(found)
        if found is None or open_audit(store) is None:
            _form(store, policy, table)
        else:
            _acts(store, found)
        if error := st.session_state.pop(FAILED, None):
            failure(error, key="tune.freeze.failure")


def _told(found: AuditStanding) -> None:
    """Draw how an audit stands: the certificate, or how far it is."""
    said = escape(audit_words.state(found))
    when = time.strftime("%d %b %Y %H:%M", time.localtime(found.frozen.at))
    st.caption(escape(f"Frozen {when}: {found.frozen.kept:,} rows of {found.policy}. {audit_words.goal(found)}"))
    if found.state == "proven":
        st.success(said, icon=":material/verified:")
    elif found.state == "open":
        st.progress(_share(found), text=said)
    else:
        st.warning(said, icon=":material/block:" if found.state == "void" else ":material/info:")
    notes = (*(audit_words.assumptions(found) if found.guarantee else ()), *audit_words.remarks(found))
    if notes:
        st.caption(escape("; ".join(notes)))


def _share(found: AuditStanding) -> float:
    if found.frozen.plan == "fixed":
        return found.read / found.frozen.size if found.frozen.size else 1.0
    return min(max(found.reading / found.full, 0.0), 1.0) if found.full else 0.0


def _acts(store: Store, found: AuditStanding) -> None:
    """Draw the way to the queue of the audit, and how to end it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.state == "open":
            navigation.link("review", "Read the next rows", icon=":material/fact_check:", queue="audit")
        st.button(
            "End the audit", icon=":material/stop_circle:", key="tune.freeze.end", on_click=_end,
            args=(store, found.frozen.id), help="Labels stay, and count as known rows of the next audit.",
        )  # fmt: skip


def _end(store: Store, audit_id: str) -> None:
    store.audits.end(audit_id, session.curator())


def _form(store: Store, policy: Policy, table: ScoreTable) -> None:
    wish = _wish()
    share = _open_share(store, policy, table, wish.target)
    if not share.kept:
        st.caption("The limits keep nothing.")
        return
    rows = f"{share.kept:,} rows are kept by the limits alone"
    known = f", {share.known:,} of them were read before ({share.good:,} good) and count as they are" * bool(
        share.known
    )
    st.markdown(f"{rows}{known}. {escape(audit_words.cost(share, wish.error, wish.plan))}")
    st.button(
        "Freeze", icon=":material/lock:", type="primary", key="tune.freeze.go", disabled=share.lost,
        on_click=_freeze, args=(store, policy, wish),
    )  # fmt: skip
    if not share.lost and named(store, policy) is policy:
        as_commands([line(_words(policy, wish), Path(store.path).parent)], key="tune.freeze.command")
    st.caption("The rows are drawn anew at random, and read without the judges' scores. Moving a limit makes it void.")


def _words(policy: Policy, wish: FreezeWish) -> list[str]:
    words = ["certify", "start", "--policy", policy.name, "--target", f"{wish.target:g}"]
    words += ["--confidence", f"{1 - wish.error:g}", "--plan", wish.plan]
    return [*words, *(["--bad", str(wish.bad)] if wish.bad else [])]


def _wish() -> FreezeWish:
    settings = TrustSettings()
    first, second, third, fourth = st.columns([1, 1, 1.4, 1], vertical_alignment="bottom")
    target = first.number_input(
        "At least good", 0.5, 0.999, settings.audit_target, 0.01, format="%.3f", key="tune.freeze.target"
    )
    sure = second.selectbox(
        "Confidence", SURE, SURE.index(1 - settings.certificate_error), format_func=lambda one: f"{one:.0%}",
        key="tune.freeze.sure",
    )  # fmt: skip
    plan: AuditPlan = third.selectbox("Audit", list(PLANS), format_func=PLANS.__getitem__, key="tune.freeze.plan")
    bad = 0
    if plan == "fixed":
        bad = int(fourth.number_input("Bad rows allowed", 0, 50, 0, key="tune.freeze.bad"))
    return FreezeWish(target, round(1 - sure, 12), plan, bad)


def _open_share(store: Store, policy: Policy, table: ScoreTable, target: float) -> OpenShare:
    """Return how many rows the rules keep, and what is known of them by the labels that stand."""
    kept = policies.apply(policy, table, override=False).kept
    labels, _ = labels_of(store).on(table.ids)
    mine = labels.where(kept[labels.row] & labels.answered)
    return OpenShare(int(np.count_nonzero(kept)), len(mine), int(mine.good.sum()), target)


def _freeze(store: Store, policy: Policy, wish: FreezeWish) -> None:
    """Freeze the kept set; the policy is applied, so that an export holds what is audited."""
    me = session.curator()
    try:
        frozen = freeze(store, named(store, policy), wish.target, wish.error, plan=wish.plan, bad=wish.bad, by=me)
        saved = store.policies.get(frozen.policy_id)
        if saved is not None:
            select(store, saved, me)
    except LemmaError as error:
        st.session_state[FAILED] = error


def named(store: Store, policy: Policy) -> Policy:
    """Return the policy under a name of its own where limits were moved: the saved one stays as it is."""
    saved = store.policies.get(policy.name)
    if saved is None or replace(saved, id="", at=0.0, by="") == replace(policy, id="", at=0.0, by=""):
        return policy
    return policies.checked(replace(policy, name=f"Frozen {time.strftime('%d %b %H:%M:%S')}", by=session.curator()))
