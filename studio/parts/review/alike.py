"""Apply to all like it: rows with the flaw that an edit repaired, before and after, repaired as one batch."""

from __future__ import annotations

import streamlit as st

from engine.curation.review.bulk_repair import AlikeRow
from engine.curation.review.repair_rules import Repair
from studio.parts.review import actions as deeds
from studio.parts.review import state as acts
from studio.parts.review.offer import Offer
from studio.parts.review.state import ReviewState
from studio.parts.review.words import short
from studio.text import diff
from studio.text.markdown import code, escape
from studio.theme import tokens

ROWS = 10
"""Rows of one page."""


def alike_button(at: ReviewState) -> None:
    """Offer to look for rows with the same flaw, after an edit."""
    if at.offer is None:
        return
    rows = f"{at.offer.rows:,} " if at.offer.found else ""
    st.button(
        f"Find {rows}more like it", key="review.alike", icon=":material/find_replace:", width="stretch",
        on_click=deeds.look_for_alike, disabled=at.mode != "read",
        help=f"Rows with the flaw that your edit of {escape(short(at.offer.problem_id))} repaired.",
    )  # fmt: skip


def alike_list(at: ReviewState, offer: Offer) -> None:
    """Draw the rows of the chosen rule with what would become of them."""
    st.markdown("#### The same flaw elsewhere", anchors=False)
    st.caption(
        f"As in your edit of {escape(short(offer.problem_id))}. Each repaired row gets a version of its own and keeps "
        "its decision; one undo takes all of it back."
    )
    _rule(offer)
    count, ticked = len(offer.matches), len(offer.ticked)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            f"Repair {ticked:,}", key="review.alike.apply", type="primary", icon=":material/find_replace:",
            on_click=deeds.repair_alike, disabled=not ticked,
        )  # fmt: skip
        word = "Untick all" if ticked else "Tick all"
        st.button(word, key="review.alike.all", type="tertiary", on_click=_tick_all, args=(offer, not ticked))
        st.button("Back", key="review.alike.back", shortcut="Esc", on_click=acts.set_mode, args=("read",))
        st.caption(f"{ticked:,} of {count:,} ticked", width="content")
    if any(match.statement is not None for match in offer.ticked):
        st.checkbox("Their solutions hold for the repaired statements; without this they wait", key=deeds.HOLD)
    pages, rows = -(-count // ROWS), st.container()
    page = st.pagination(pages, key=f"review.alike.page.{offer.chosen}") if pages > 1 else 1
    for match in offer.matches[(page - 1) * ROWS : page * ROWS]:
        with rows:
            st.divider()
            _row(offer, match)


def _rule(offer: Offer) -> None:
    rules = offer.open
    if len(rules) == 1:
        st.markdown(f"{code(rules[0].before)} becomes {_become(rules[0])}")
        return

    def chosen() -> None:
        offer.chosen = st.session_state["review.alike.rule"]

    def told(place: int) -> str:
        rule = rules[place]
        return f"{rule.before} → {rule.after or 'nothing'} · {len(offer.found[rule]):,}"

    st.selectbox(
        "What is replaced", range(len(rules)), offer.chosen, format_func=told, key="review.alike.rule",
        on_change=chosen,
    )  # fmt: skip


def _become(rule: Repair) -> str:
    return code(rule.after) if rule.after.strip() else "nothing"


def _row(offer: Offer, match: AlikeRow) -> None:
    key = f"review.alike.{offer.chosen}.{match.problem_id}"
    state = "" if match.row.decision == "open" else f" · {match.row.decision}"

    def flip() -> None:
        offer.left_out ^= {match.problem_id}

    # The key carries the state, so that "tick all" is seen by boxes that are drawn already.
    ticked = match.problem_id not in offer.left_out
    st.checkbox(escape(f"{short(match.problem_id)}{state}"), ticked, key=f"{key}.{ticked}", on_change=flip)
    if match.doubt:
        st.markdown(f":orange[:material/warning: {escape(match.doubt)}]")
    for before, after in ((match.row.statement, match.statement), (match.row.solution or "", match.solution)):
        if after is not None:
            _sides(*changed_parts(before, after))


def _sides(before: str, after: str) -> None:
    now = tokens()
    both = diff.changes(before, after, removed=now.bad, added=now.good)
    left, right = st.columns(2, gap="medium")
    left.markdown(both.before)
    right.markdown(both.after)


def changed_parts(before: str, after: str) -> tuple[str, str]:
    """Return the lines that differ, or both texts whole where lines were joined or cut."""
    old, new = before.split("\n"), after.split("\n")
    # A formula over several lines must not be cut.
    if len(old) != len(new) or "$$" in before or "\\[" in before or "\\begin" in before:
        return before, after
    pairs = [(was, now) for was, now in zip(old, new, strict=True) if was != now]
    return "\n\n".join(was for was, _ in pairs), "\n\n".join(now for _, now in pairs)


def _tick_all(offer: Offer, ticked: bool) -> None:
    ids = {match.problem_id for match in offer.matches}
    offer.left_out = offer.left_out - ids if ticked else offer.left_out | ids
