"""The end of a queue: how it went, and what to go on with."""

from __future__ import annotations

import streamlit as st

from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.review import queues
from studio import charts, session, workspace
from studio.parts.review import state as acts
from studio.parts.review.agreement import agreement_block
from studio.parts.review.alike import alike_button, alike_list
from studio.parts.review.decision_column import last_decisions
from studio.parts.review.draws import draw_button, make_countable, outlook_block
from studio.parts.review.state import ReviewState
from studio.parts.review.words import span
from studio.text.markdown import escape
from studio.theme import tokens
from studio.ui.blocks import block_title


def end_of_queue(at: ReviewState) -> None:
    """Draw the panel that stands where the card was."""
    left, right = st.columns([2.2, 1], gap="medium")
    with left, st.container(border=True):
        if at.mode == "alike" and at.offer is not None:
            alike_list(at, at.offer)
        else:
            _summary(at)
            _draws(at)
            _go_on(at)
    with left:
        agreed, rejected = st.columns(2, gap="medium")
        with agreed:
            agreement_block()
        with rejected:
            _reasons()
    with right:
        _figures(at)
        alike_button(at)
        last_decisions()


def _summary(at: ReviewState) -> None:
    total, open_now = len(at.queue.ids), len(queues.waiting(workspace.store(), at.queue))
    if not total:
        st.markdown("**This queue is empty**")
        st.markdown(f":gray[{escape(_WHY_EMPTY.get(at.queue.kind, 'No problem belongs into it.'))}]")
        return
    st.markdown("**End of the queue**")
    st.markdown(f"{total - open_now:,} of {total:,} problems are decided.")
    if open_now:
        lent = {lease.problem_id for lease in workspace.store().leases.held()} & set(at.queue.ids)
        others = f", {len(lent)} of them in other hands now" if lent else ""
        st.markdown(f":gray[{open_now:,} are still open: skipped, passed on{others}.]")


def _draws(at: ReviewState) -> None:
    """Draw what the labels tell and the way to the next draw; elsewhere the way to labels that count."""
    if at.queue.kind != "draw":
        make_countable("review.countable")
    elif workspace.store().draws.all():
        if at.queue.ids:
            outlook_block(at)
        draw_button(at)
    elif workspace.store().problems.count():
        draw_button(at)


def _go_on(at: ReviewState) -> None:
    following = _following(at)
    with st.container(horizontal=True):
        if following:
            kind, label, count = following
            st.button(
                f"Next queue: {label} ({count:,})", key="review.next",
                type="secondary" if at.queue.kind == "draw" else "primary", icon=":material/arrow_forward:",
                on_click=acts.open_queue, args=(kind,),
            )  # fmt: skip
        if queues.waiting(workspace.store(), at.queue):
            st.button("Show the skipped again", key="review.skipped", on_click=acts.skipped_again)
        st.button("Look for new ones", key="review.refill", icon=":material/refresh:", on_click=acts.refill)


def _following(at: ReviewState) -> tuple[str, str, int] | None:
    """Return the first other queue that still holds something to decide."""
    store, me = workspace.store(), session.curator()
    for kind in ("second", "differ", "disagree", "split", "borderline", "new"):
        if kind == at.queue.kind:
            continue
        made = queues.make(store, kind, at.queue.policy, me)
        if left := len(queues.waiting(store, made)):
            return kind, queues.LABELS[kind], left
    return None


def _figures(at: ReviewState) -> None:
    store, me = workspace.store(), session.curator()
    pace = store.decisions.pace(me)
    table = scores_of(store)
    kept = policies.apply(at.queue.policy, table, override=False).kept
    labelled = table.label >= 0
    same = int(((table.label == 1) == kept)[labelled].sum())
    one, two = st.columns(2)
    one.metric("You decided", f"{pace.decided:,}")
    two.metric("A card takes", span(pace.median_seconds) if pace.median_seconds is not None else "–")
    st.caption(f"As the limits: {same} of {int(labelled.sum())} labelled rows, drawn or picked. No share of all rows.")


def _reasons() -> None:
    reasons = workspace.store().decisions.reasons()
    if len(reasons):
        block_title("Why problems were rejected")
        names = [str(name or "no reason").capitalize() for name in reasons["reason"]]
        values = reasons["problems"].tolist()
        drawn = charts.bars(names, {"rejected": values}, [tokens().bad], horizontal=True, height=34 * len(names) + 40)
        drawn.update_traces(text=values, textposition="auto").update_xaxes(visible=False)
        charts.draw(drawn, key="review.reasons", alt=f"{names[0]} is the most frequent reason, {values[0]} times.")


_WHY_EMPTY = {
    "disagree": "The judges are of one mind on every problem.",
    "split": "Solvers and checks agree on every problem.",
    "second": "Nobody asks you for a second opinion.",
    "differ": "Wherever two people read the same problem, they agree.",
    "review": "Every problem has the scores that the limits ask for.",
    "draw": "No row was drawn at random yet. Draw some here, or with: lemma labels draw",
    "audit": "No row waits for an audit. Freeze a kept set on the Tune page, Policy, or with: lemma certify start",
    "kept": "The limits keep nothing. Move them on the Tune page.",
    "ids": "None of the problems that were sent here exists in this project.",
}
